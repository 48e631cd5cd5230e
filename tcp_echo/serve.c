/* tcp_echo/serve.c: the server models' ground: one client, blocking; and the model where every book
 * begins, iterative: one client after the other.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/serve.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- one connection --- */

/* Lets the peer read the last reply before the descriptor goes: even when the process has been told
 * to stop, or what the peer still sends would be answered by a reset, and the reply be lost. */
static void wait_for_fin(struct conn *c)
{
    int64_t end = clock_ms() + DRAIN_MS;
    struct pollfd p = {.fd = c->stream.fd, .events = POLLIN};
    stream_finish(&c->stream);
    for (int64_t left = DRAIN_MS; left > 0; left = end - clock_ms())
        if (poll(&p, 1, (int)left) > 0 && conn_input(c, true) <= 0)
            return;
}

/* [region: serve_blocking] */
void serve_blocking(struct stream *stream, const struct service *service, struct worker *worker)
{
    struct conn *c = conn_open(worker, stream, service);
    if (!c)
        return;
    int more = 1;
    while (more > 0 && !c->closing) {
        int ready = conn_pending(c) ? 1 : wait_readable(c->stream.fd, conn_time_left(c));
        worker_tick(worker);
        if (ready > 0)
            more = conn_input(c, true);
        else if (ready == 0)
            conn_expire(c);
        else
            conn_end(c, SHUTTING_DOWN);
    }
    if (more == 0)
        conn_end(c, PEER_ENDED);
    if (c->closing == FLUSH_THEN_FIN)
        wait_for_fin(c);
    conn_free(c);
}
/* [end] */

/* How many clients there were, by which --explain tells them apart; serve() has it shared by all
 * processes. */
static atomic_uint own_count, *count = &own_count;

static int share_count(void)
{
    void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                        0);
    if (shared == MAP_FAILED)
        return -1;
    count = shared;
    return 0;
}

static void serve_client(int fd, const struct service *service, struct worker *worker)
{
    struct stream stream;
    set_io_timeout(fd, worker->options->idle_timeout_ms);
    worker_tick(worker);
    worker->accepted = atomic_fetch_add(count, 1);
    if (stream_accept(&stream, fd, worker->options->tls) == 0)
        serve_blocking(&stream, service, worker);
}

void serve_one(int fd, const struct service *service, const struct server_options *options)
{
    struct worker worker;
    if (worker_open(&worker, options) < 0) {
        turn_away(fd, "worker");
        return;
    }
    serve_client(fd, service, &worker);
    worker_close(&worker);
}

/* --- the next one --- */

/* Says what failed (errno), and what comes of it, once a second. */
static void complain(const char *what, const char *consequence)
{
    static _Thread_local int64_t quiet_until;
    if (clock_ms() < quiet_until)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, strerror(errno), consequence);
    quiet_until = clock_ms() + 1000;
}

int next_client(int listener, int ms)
{
    for (;;) {
        if (wait_readable(listener, ms) <= 0)
            return -1;
        int fd = tcp_accept(listener, true);
        if (fd >= 0)
            return fd;
        if (is_exhausted(errno)) { /* the client still waits: look away, or this would spin */
            complain("accept", "new clients wait (raise ulimit -n)");
            wait_readable(-1, LOOK_MS);
        }
        /* or it has left, or another worker was quicker */
    }
}

void turn_away(int fd, const char *what)
{
    complain(what, "a client was turned away");
    close(fd);
}

/* --- models --- */

/* [region: iterative] */
int serve_iterative(int listener, const struct service *service,
                    const struct server_options *options)
{
    struct worker worker;
    if (worker_open(&worker, options) < 0)
        return -1;
    int fd = next_client(listener, -1);
    while (fd >= 0) {
        serve_client(fd, service, &worker); /* and whoever comes meanwhile waits */
        fd = next_client(listener, -1);
    }
    worker_close(&worker);
    close(listener);
    return 0;
}
/* [end] */

static const struct model {
    const char *name;
    serve_fn *serve;
} models[] = {
    {"iterative", serve_iterative}, {"fork", serve_fork}, {"thread", serve_thread},
    {"pool", serve_pool}, {"loop", serve_loop},
};

static const struct model *model_of(const char *name)
{
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    return NULL;
}

bool is_model(const char *name)
{
    return model_of(name) != NULL;
}

long default_workers(void)
{
    return 2 * sysconf(_SC_NPROCESSORS_ONLN) + 1;
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

/* Between the moment when somebody waits and accept(), the client may go, or another process may
 * take it: accept() must not block then. */
int serve(int listener, const struct service *service, const struct server_options *options)
{
    raise_descriptor_limit();
    set_blocking(listener, false);
    if (share_count() < 0)
        return -1;
    return model_of(options->model)->serve(listener, service, options);
}
