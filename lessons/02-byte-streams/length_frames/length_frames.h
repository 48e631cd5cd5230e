/* lessons/02-byte-streams/length_frames/length_frames.h: framing by length: where a message begins
 * and where it ends.  Pure: no I/O, no memory of its own, nothing kept between two calls.
 * SPDX-License-Identifier: MIT */
#ifndef LENGTH_FRAMES_H
#define LENGTH_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A frame is a head of four bytes, the payload's length with the most significant byte first, and
 * that many bytes of payload, 0 or more.  "hello" is
 *
 *     00 00 00 05  68 65 6c 6c 6f          nine bytes
 */
#define FRAME_HEAD 4

struct frame {
    const uint8_t *payload; /* in the caller's buffer */
    size_t length;          /* of the payload, bytes */
};

/* Looks for the frame that begins at buf[0].  n bytes of the stream have come so far: half a head,
 * a frame and a half, three frames, as TCP pleases.  What stands in memory behind them has not
 * come, and means nothing.
 *
 * Returns
 *     > 0   the bytes that the frame takes up, head and payload; *frame describes it.  The next
 *           frame begins behind them;
 *     0     the frame is not whole yet: the caller reads more, and comes back with the same bytes
 *           and what has come behind them;
 *     -1    the head says that the payload is longer than max bytes.  This is the answer as soon as
 *           the head is there, before anybody waits for the payload or makes room for it.
 * *frame counts only when the result is more than 0.
 *
 * byteorder(3), recv(2); RFC 6455 5.2 for a protocol with such lengths. */
ssize_t frame_decode(struct frame *frame, const uint8_t *buf, size_t n, size_t max);

#endif
