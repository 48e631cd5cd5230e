/* lessons/02-byte-streams/write_all/write_all.h: send() may take less than it is given.
 * SPDX-License-Identifier: MIT */
#ifndef WRITE_ALL_H
#define WRITE_ALL_H

#include <stddef.h>

/* Sends all n bytes of buf over a connected stream socket, each once and in their order; waits for
 * room as long as it takes.  When n is 0 there is nothing to send: 0, whatever the socket says.
 *
 * Returns 0 when the kernel has taken all of them (whether the peer has read them, nobody knows);
 * or -1 with errno set when that failed, part of them may have gone out by then.  A peer that has
 * gone is such a failure (EPIPE or ECONNRESET): the program must not die of SIGPIPE.  A signal that
 * interrupts the waiting (EINTR) is no failure: it goes on.
 *
 * fd is blocking; it stays so, and open, whatever comes.  It is send() that waits, not a loop that
 * asks again and again.  Nothing is kept between two calls.
 *     write_all(fd, "hello", 5)    returns 0
 *
 * send(2): what it returns, EPIPE, MSG_NOSIGNAL; signal(7) on EINTR and on what is sent by then. */
int write_all(int fd, const void *buf, size_t n);

#endif
