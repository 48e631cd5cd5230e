/* tcp_echo/serve.h: server models: ways to run one service for many clients.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_SERVE_H
#define TCP_ECHO_SERVE_H

#include "tcp_echo/conn.h"

/* Runs service for everybody who connects to listener, in the model options name, until SIGINT or
 * SIGTERM: then everybody is told good-bye.  A second signal ends the process at once.  Closes the
 * listener.  Returns 0, or -1 with errno set. */
int serve(int listener, const struct service *, const struct server_options *);

/* The model "loop": what serve() calls for it. */
int serve_loop(int listener, const struct service *, const struct server_options *);

/* Feeds one connection until either side ends it, blocking; closes it.  What the iterative model
 * (and every other that blocks) does with an accepted connection. */
void serve_blocking(struct stream *, const struct service *, struct worker *);

/* True for the name of a model that serve() knows. */
bool is_model(const char *name);

#endif
