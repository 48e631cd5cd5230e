/* bench/children.h: the processes we start, and nobody else's.  They are stopped by their ids, and
 * die with us even when we are killed (on Linux).
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CHILDREN_H
#define BENCH_CHILDREN_H

#include "tcp_echo/url.h"

#include <sys/types.h>

struct tls;
struct transport;
struct wire;

/* From now on SIGINT, SIGTERM and SIGHUP end the program through children_check(). */
void children_init(void);

/* Children started from now on may have so many connections, 0 = a few.  Ends the program when that
 * can't be. */
void children_connections(size_t);

/* fork() whose child runs on that CPU (-1 = any) and dies with its parent.  name is for messages.
 * Ends the program when there can be no child. */
pid_t child_fork(const char *name, int cpu);

/* What a server shall be able to do; 0 and NULL are its own choice. */
struct server_needs {
    long push_every_ms;
    const char *model;
    long workers;    /* of the model "pool" */
    size_t clients;  /* at once */
    long patience_s; /* with handshakes */
    const struct wire *wire; /* at whose other end it listens; NULL = 127.0.0.1 */
};

/* Starts the transport's server and waits until it listens.  Returns its id; *url is where, *tls
 * what trusts its certificate and no other (for tls_free(); NULL without TLS).  Ends the program
 * when it does not start. */
pid_t child_server(const struct transport *, int cpu, const struct server_needs *, struct url *url,
                   struct tls **tls);

/* Stops a child: SIGTERM, and SIGKILL when that does not help within two seconds. */
void child_stop(pid_t);

/* Waits for a child that is about to end.  Returns its wait status. */
int child_wait(pid_t);

/* Ends the program when a signal asked for it, or when this child has ended (during: what was
 * being done). */
void children_check(pid_t server, const char *during);

/* Stops all children, prints "bench: ..." on stderr, exits with status 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
