/* http_poll/subscribe.h: the client's other half: asking again and again, since nobody tells it.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_SUBSCRIBE_H
#define HTTP_POLL_SUBSCRIBE_H

#include "http_poll/http.h"
#include "tcp_echo/program.h"

/* Prints the events that asking every period_ms brings, while posting stdin's lines to /echo; ends
 * after opt->count events. */
void subscribe(struct http *, const struct client_options *opt, int period_ms);

#endif
