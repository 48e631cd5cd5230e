/* stop_and_wait.h: reliability by hand.  Messages over UDP, one at a time: each is numbered, and
 * sent again until its number comes back (RFC 3366 1.4.1: stop-and-wait ARQ).
 *
 *     message: one byte, its number; then the message itself, 0 to MESSAGE_MAX bytes
 *     ack:     one byte, the number of the message that has arrived; no more and no less
 *
 * SPDX-License-Identifier: MIT */
#ifndef STOP_AND_WAIT_H
#define STOP_AND_WAIT_H

#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX 1000 /* bytes */

struct sender {
    int fd;         /* a UDP socket that is connected to the receiver; it stays the caller's */
    int timeout_ms; /* how long to wait for the ack each time a message has been sent; > 0 */
    int tries;      /* how often a message is sent at most, the first time included; > 0 */
    uint8_t number; /* of the next message; after 255 comes 0 */
};

/* Sends the n bytes (n <= MESSAGE_MAX) of message with s->number, and waits for the ack of that
 * number.  When s->timeout_ms have passed since it was sent, sends the same datagram again, and so
 * on, s->tries times at most; the last time, too, is waited for.
 *
 * Returns how often it was sent, 1 or more, as soon as the ack is there; or -1 with errno ETIMEDOUT
 * when all tries are used up.  s->number goes up by 1 in both cases: who hears no ack cannot know
 * whether the message or its ack was lost, so the number may have been seen.  The rest of *s stays
 * as it is, and so does the limit: each try waits for timeout_ms, asleep, not longer each time.
 *
 * Whatever else arrives is ignored: acks of other numbers, such as the second ack of an earlier
 * message, and datagrams that are no acks.  They neither end the wait nor begin it anew.  The same
 * goes for signals (EINTR) and for errors of sending and receiving, such as ECONNREFUSED while the
 * receiver is not there yet: that try is lost, and it takes its time like any other. */
int stop_and_wait(struct sender *s, const void *message, size_t n);

#endif
