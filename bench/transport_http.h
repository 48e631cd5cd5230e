/* bench/transport_http.h: the verbs of the HTTP transports.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_TRANSPORT_HTTP_H
#define BENCH_TRANSPORT_HTTP_H

#include "bench/transport.h"

int http_dial(struct link *);
int http_exchange(struct link *);
int http_ask(struct link *), http_hear_reply(struct link *);
int poll_hear(struct link *, struct event *), long_poll_hear(struct link *, struct event *);
int sse_ask(struct link *), sse_hear(struct link *, struct event *);
void http_leave(struct link *);

#endif
