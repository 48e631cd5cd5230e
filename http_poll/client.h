/* http_poll/client.h: the client's other half: asking again and again, since nobody tells it.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_CLIENT_H
#define HTTP_POLL_CLIENT_H

#include "http_poll/http.h"
#include "http_poll/explain.h"
#include "tcp_echo/program.h"

/* Prints the events that asking every poll_ms (0 = 1000) brings, while posting stdin's lines to
 * /echo; ends after opt->count events. */
void subscribe(struct http *, const struct client_options *opt);

#endif
