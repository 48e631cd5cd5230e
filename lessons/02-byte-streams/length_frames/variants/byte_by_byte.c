/* A loop over the head; *frame is filled in early, which the contract does not forbid. */
#include "length_frames.h"

ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max)
{
    const uint8_t *next = buf, *end = buf + n;
    uint64_t length = 0;
    for (int i = 0; i < FRAME_HEAD; i++) {
        if (next == end)
            return 0;
        length = length * 256 + *next++;
    }
    frame->payload = next;
    frame->length = length <= max ? (size_t)length : max;
    if (length > max)
        return -1;
    return (uint64_t)(end - next) >= length ? (next - buf) + (ssize_t)length : 0;
}
