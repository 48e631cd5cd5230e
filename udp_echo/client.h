/* udp_echo/client.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_CLIENT_H
#define UDP_ECHO_CLIENT_H

#include "tcp_echo/explain.h"
#include "tcp_echo/program.h"
#include "udp_echo/explain.h"
#include "udp_echo/udp.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct udp *, const struct client_options *opt);

#endif
