/* lessons/02-byte-streams/read_exact/read_exact.h: TCP keeps bytes, not messages: count until the
 * message is there.
 * SPDX-License-Identifier: MIT */
#ifndef READ_EXACT_H
#define READ_EXACT_H

#include <stddef.h>
#include <sys/types.h>

/* Reads n bytes (1 or more, of any value) from a connected TCP socket into buf; waits until all of
 * them have come, in however many pieces.  Not a byte more is taken: what comes behind them stays
 * in the socket for the next call.
 *
 * Returns how many bytes are in buf:
 *     n            all of them;
 *     1 .. n - 1   the peer has ended its side in the middle: more will never come;
 *     0            the peer has ended its side before the first byte: a clean end;
 * or -1 with errno set when the connection has failed, whatever had come by then.  A signal that
 * interrupts the waiting (EINTR) is no failure: it goes on.
 *
 * fd is blocking; it stays so, and open, whatever comes.  It is recv() that waits, not a loop that
 * asks again and again.  Nothing is kept between two calls.  When the peer sends "hel", then "lo",
 * and ends:
 *     read_exact(fd, buf, 5)    returns 5, buf is "hello"
 *     read_exact(fd, buf, 5)    returns 0
 *
 * recv(2), also on what 0 means; signal(7) on EINTR. */
ssize_t read_exact(int fd, void *buf, size_t n);

#endif
