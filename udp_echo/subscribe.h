/* udp_echo/subscribe.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_SUBSCRIBE_H
#define UDP_ECHO_SUBSCRIBE_H

#include "tcp_echo/program.h"
#include "udp_echo/udp.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct udp *, const struct client_options *opt);

#endif
