/* length_frames: where a message begins and ends.  length_frames.h has the contract. */
#include "length_frames.h"

ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max)
{
    /* TODO: the head, the length, the limit, the payload: is all of it there? */
    (void)frame;
    (void)buf;
    (void)n;
    (void)max;
    return 0;
}
