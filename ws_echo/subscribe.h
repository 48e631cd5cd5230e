/* ws_echo/subscribe.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_SUBSCRIBE_H
#define WS_ECHO_SUBSCRIBE_H

#include "tcp_echo/program.h"
#include "ws_echo/ws.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct websocket *, const struct client_options *opt);

#endif
