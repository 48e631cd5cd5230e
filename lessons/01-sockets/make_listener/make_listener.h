/* lessons/01-sockets/make_listener/make_listener.h: what a server does before its first client.
 * SPDX-License-Identifier: MIT */
#ifndef MAKE_LISTENER_H
#define MAKE_LISTENER_H

#include <stdint.h>

/* Makes a TCP socket that listens on 127.0.0.1, and on no other address of this machine.
 *
 * port    the port to listen on, in host byte order: 8080 is 8080.  0 = any free port.
 * *bound  is set to the port that it listens on, in host byte order: the same number, or when port
 *         is 0, the one that the kernel has chosen.
 *
 * Sixteen clients can be connected before the first of them is accepted, and a server that has just
 * ended can be started again on its port, although some of its old connections are in TIME_WAIT.
 *
 * A port on which somebody listens is not shared (SO_REUSEPORT): that is a failure of bind().
 *
 * Returns the listening descriptor, a blocking one, which the caller closes; or -1, with errno as
 * the call that failed has set it, and no descriptor left open.
 *
 *     uint16_t bound;
 *     int listener = make_listener(0, &bound);    listener is 3, bound is 45678, for example
 *
 * ip(7), tcp(7), socket(7): SO_REUSEADDR; byteorder(3); listen(2): the backlog. */
int make_listener(uint16_t port, uint16_t *bound);

#endif
