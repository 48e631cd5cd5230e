/* ws_echo/client.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_CLIENT_H
#define WS_ECHO_CLIENT_H

#include "ws_echo/explain.h"
#include "tcp_echo/program.h"
#include "ws_echo/ws.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct websocket *, const struct client_options *opt);

#endif
