/* tcp_echo/client.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_CLIENT_H
#define TCP_ECHO_CLIENT_H

#include "tcp_echo/explain.h"
#include "tcp_echo/program.h"
#include "tcp_echo/stream.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct stream *, const struct client_options *opt);

#endif
