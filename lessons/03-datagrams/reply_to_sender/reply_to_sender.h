/* reply_to_sender.h: one step of a UDP echo server.
 * SPDX-License-Identifier: MIT */
#ifndef REPLY_TO_SENDER_H
#define REPLY_TO_SENDER_H

#include <sys/types.h>

/* Waits for one datagram on fd and sends it back, unchanged, to whoever sent it.
 *
 * fd is a blocking UDP socket, bound to its port and connected to nobody; it is the caller's and
 * stays as it is (no connect(), no other time limit), since the next datagram may come from anybody.
 * buf has room for cap bytes (cap > 0), and not one more.  What it holds afterwards is of no
 * importance.
 *
 * Returns how many bytes were sent back.  0 is such a number: an empty datagram is a datagram, and
 * gets its (empty) reply.
 *
 * A datagram of more than cap bytes loses its end when it is received (recv(2), MSG_TRUNC).  Half
 * of it is no echo: nothing is sent, and the function returns -1 with errno EMSGSIZE.  One of
 * exactly cap bytes fits.
 *
 * Two errors of receiving concern neither this datagram nor this sender, and the function goes on
 * waiting: EINTR, a signal came (signal(7)), and ECONNREFUSED, nobody was there any more to take an
 * earlier reply (udp(7)).  On any other error, of receiving or of sending, it returns -1 with errno
 * as the call left it. */
ssize_t reply_to_sender(int fd, void *buf, size_t cap);

#endif
