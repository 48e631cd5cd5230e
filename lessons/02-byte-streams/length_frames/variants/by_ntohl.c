/* The head is copied into a number, and ntohl() puts its bytes in order. */
#include "length_frames.h"

#include <arpa/inet.h>
#include <string.h>

ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max)
{
    uint32_t length;
    if (n < sizeof(length))
        return 0;
    memcpy(&length, buf, sizeof(length));
    length = ntohl(length);
    if ((uint64_t)length > max)
        return -1;
    if ((uint64_t)length + sizeof(length) > n)
        return 0;
    frame->length = length;
    frame->payload = buf + sizeof(length);
    return (ssize_t)sizeof(length) + (ssize_t)length;
}
