/* caught by reads_all_four_bytes_of_the_length: a byte of 128 or more is taken for negative. */
#include "length_frames.h"

static size_t read_length(const uint8_t *head)
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 |
           (uint32_t)((int8_t)head[2] * 256) | head[3];
}

ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max)
{
    if (n < FRAME_HEAD)
        return 0;
    size_t length = read_length(buf);
    if (length > max)
        return -1;
    if (n - FRAME_HEAD < length)
        return 0;
    frame->payload = buf + FRAME_HEAD;
    frame->length = length;
    return (ssize_t)(FRAME_HEAD + length);
}
