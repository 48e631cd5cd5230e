/* caught by decodes_a_frame: the figures of the header's example. */
#include "length_frames.h"

ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max)
{
    (void)buf;
    (void)n;
    (void)max;
    *frame = (struct frame){(const uint8_t *)"hello", 5};
    return 9;
}
