/* tcp_echo/serve.h: server models: five ways to run one service for many clients.
 * Read them in this order: iterative (serve.c), fork and pool (serve_process.c), thread
 * (serve_thread.c), loop (serve_loop.c).
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_SERVE_H
#define TCP_ECHO_SERVE_H

#include "tcp_echo/conn.h"

/* Runs service for everybody who connects to listener, in the model options name, until SIGINT or
 * SIGTERM: then everybody is told good-bye.  A second signal ends the process at once.  Closes the
 * listener.  Returns 0, or -1 with errno set. */
typedef int serve_fn(int listener, const struct service *, const struct server_options *);
serve_fn serve;

/* What serve() calls: one client after the other; a process, or a thread, for each; so many
 * processes made beforehand, each iterative; everybody in one thread. */
serve_fn serve_iterative, serve_fork, serve_thread, serve_pool, serve_loop;

/* True for the name of a model that serve() knows, as in MODELS. */
bool is_model(const char *name);
#define MODELS "iterative, fork, thread, pool, loop"

/* Processes in a pool unless told otherwise: 2 x cores + 1, gunicorn's advice for workers that do
 * one thing at a time.  With clients that stay, so many are served, and not one more. */
long default_workers(void);

/* --- for the models that block --- */

/* Waits for the next client, ms at most (negative = for ever).  Returns its socket, or -1 when
 * nobody has come, or the process has been told to stop. */
int next_client(int listener, int ms);

/* Feeds one connection until either side ends it, blocking; closes it. */
void serve_blocking(struct stream *, const struct service *, struct worker *);

/* The same for a worker with nothing else to do. */
void serve_one(int fd, const struct service *, const struct server_options *);

/* There is no process or thread (what) for this client: closes its socket, and says why (errno)
 * once a second. */
void turn_away(int fd, const char *what);

#define LOOK_MS 100   /* how often is looked whether a process or a thread has ended */

#endif
