/* ws_echo/client.h: the client's other half: the server speaks first.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_CLIENT_H
#define WS_ECHO_CLIENT_H

#include "tcp_echo/explain.h"
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"
#include "ws_echo/explain.h"
#include "ws_echo/ws.h"

/* Prints what the server pushes, while sending stdin's lines; ends after opt->count events. */
void subscribe(struct websocket *, const struct client_options *opt);

/* messages_next(), answering the server's pings while stdin is quiet: who does not is taken for dead.
 * What the server says unasked is printed. */
bool next_line(struct messages *, struct websocket *, const struct client_options *opt);

#endif
