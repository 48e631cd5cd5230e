/* tcp_echo/serve.c: server models.  Here: iterative, one client after the other, which is where
 * every book begins.  serve_loop.c has the one that does not let the second client wait.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_PAUSE 100 /* ms without accepting when descriptors have run out */

/* --- blocking: one connection --- */

/* Lets the peer read the last reply before the descriptor goes. */
static void wait_for_fin(struct conn *c)
{
    shutdown(c->stream.fd, SHUT_WR);
    conn_set_patience(c, HANDSHAKING);
    int more = 1;
    while (more > 0 && wait_readable(c->stream.fd, conn_time_left(c)) > 0) {
        more = conn_input(c, true);
        worker_tick(c->worker);
    }
}

/* [region: serve_blocking] */
void serve_blocking(struct stream *stream, const struct service *service, struct worker *worker)
{
    struct conn *c = conn_open(worker, stream, service);
    if (!c)
        return;
    int more = 1;
    while (more > 0 && !c->closing) {
        int ready = wait_readable(c->stream.fd, conn_time_left(c));
        worker_tick(worker);
        if (ready > 0)
            more = conn_input(c, true);
        else
            conn_end(c, ready == 0 ? TIMED_OUT : SHUTTING_DOWN);
    }
    if (more == 0)
        conn_end(c, PEER_ENDED);
    if (c->closing == FLUSH_THEN_FIN)
        wait_for_fin(c);
    conn_free(c);
}
/* [end] */

/* --- models --- */

/* [region: iterative] */
static int serve_iterative(int listener, const struct service *service, struct worker *worker)
{
    while (wait_readable(listener, -1) > 0) {
        int fd = tcp_accept(listener, true);
        if (fd < 0) {
            if (is_exhausted(errno)) /* the client still waits: look away, or this would spin */
                wait_readable(-1, ACCEPT_PAUSE);
            continue; /* or it has left already */
        }
        set_io_timeout(fd, worker->options->idle_timeout_ms);
        worker_tick(worker);
        struct stream stream = stream_of(fd, NULL);
        serve_blocking(&stream, service, worker);
    }
    return 0;
}
/* [end] */

static int run_iterative(int listener, const struct service *service,
                         const struct server_options *options)
{
    struct worker worker;
    if (worker_open(&worker, options) < 0)
        return -1;
    int rc = serve_iterative(listener, service, &worker);
    worker_close(&worker);
    close(listener);
    return rc;
}

bool is_model(const char *name)
{
    return strcmp(name, "iterative") == 0 || strcmp(name, "loop") == 0;
}

/* As many descriptors as we may have. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int serve(int listener, const struct service *service, const struct server_options *options)
{
    raise_descriptor_limit();
    if (strcmp(options->model, "iterative") == 0)
        return run_iterative(listener, service, options);
    return serve_loop(listener, service, options);
}
