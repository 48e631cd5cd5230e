/* tcp_echo/loop.c: the event loop: accepts, feeds what is ready, ends what is silent for too long.
 * Compare serve.c, where one connection at a time is served.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/loop.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <stddef.h>
#include <unistd.h>

#define MS UINT64_C(1000000) /* ns */
#define ACCEPT_PAUSE 1000u /* ms without accepting when descriptors have run out */
#define ACCEPT_MOST 64     /* clients in one turn */
#define CROWD 64           /* connections whose memory is worth giving back */
#define TURNED_AWAY 64     /* more than max_clients, who are being told that they are too many */

struct listener {
    struct watch watch;
    struct loop *loop;
    const struct service *service;
    bool paused;
    uint64_t resume_at;   /* ns, when paused */
    uint64_t quiet_until; /* ns: not to be told more than once a second */
};

struct timer {
    uint64_t period, due; /* ns; due UINT64_MAX = none */
    void (*tick)(void *);
    void *arg;
};

struct loop {
    struct worker worker;
    struct backend *backend;
    struct watch stop;
    struct listener listener;
    struct timer timer;
    bool (*work)(void *);
    void *work_arg;
    bool busy; /* the work is not done */
    size_t connections, most; /* now; and since memory was last given back */
    bool told_to_stop, stopping;
    uint64_t stop_by; /* ns, when stopping */
};

int loop_watch(struct loop *l, struct watch *w, unsigned wanted)
{
    unsigned was = w->wanted;
    if (was == wanted)
        return 0;
    w->wanted = wanted & 3u;
    if (backend_watch(l->backend, w, was, wanted) == 0)
        return 0;
    w->wanted = was & 3u;
    return -1;
}

/* --- connections --- */

static void accept_again(struct loop *l)
{
    struct listener *at = &l->listener;
    size_t most = (size_t)l->worker.options->max_clients + TURNED_AWAY;
    bool has_room = at->watch.fd >= 0 && l->connections < most;
    at->paused = has_room && loop_watch(l, &at->watch, WATCH_READ) < 0;
    at->resume_at = l->worker.now_ns + ACCEPT_PAUSE * MS;
}

/* malloc keeps what was freed for the next time.  When a crowd has left, the others may have it. */
static void give_back(struct loop *l)
{
    if (l->most < l->connections)
        l->most = l->connections;
    if (l->most - l->connections < (l->most / 8 > CROWD ? l->most / 8 : CROWD))
        return;
    l->most = l->connections;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static void drop(struct conn *c)
{
    struct loop *l = c->worker->loop;
    backend_forget(l->backend, &c->watch);
    conn_free(c);
    give_back(l);
    l->connections--;
    accept_again(l);
}

/* Watches for what the connection needs now.  Returns 0, or -1 when the kernel has no room. */
static int rewatch(struct conn *c)
{
    bool reading = c->closing ? c->closing == AWAITING_FIN : !c->paused && !conn_is_full(c);
    bool goes_on = (c->held_back || c->has_more) && !c->closing; /* when it is its turn again */
    bool writing = c->out || goes_on;
    stream_needs(&c->stream, &reading, &writing);
    unsigned wanted = (reading ? WATCH_READ : 0) | (writing ? WATCH_WRITE : 0);
    return loop_watch(c->worker->loop, &c->watch, wanted);
}

/* Returns false when the connection was dropped. */
static bool input(struct conn *c)
{
    int rc = conn_input(c, true);
    if (rc < 0 || (rc == 0 && c->closing)) {
        drop(c);
        return false;
    }
    if (rc == 0) /* the peer has only stopped talking: what it is owed still goes out */
        conn_end(c, PEER_ENDED);
    return true;
}

/* After anything that may have changed a connection's state; may free it. */
static void settle(struct conn *c)
{
    while (conn_pending(c))
        if (!input(c))
            return;
    if (c->closing == FLUSH_THEN_CLOSE && !c->out) {
        drop(c);
        return;
    }
    if (c->closing == FLUSH_THEN_FIN && !c->out) {
        stream_finish(&c->stream);
        c->closing = AWAITING_FIN;
        conn_set_patience(c, PARTING);
    }
    if (rewatch(c) < 0) /* it would not be heard of any more */
        drop(c);
}

/* Returns 0, or -1 when the connection is to be dropped. */
static int flush(struct conn *c)
{
    if (conn_output(c) < 0)
        return -1;
    if (c->out || c->closing)
        return 0;
    if (c->service->writable)
        c->service->writable(c);
    return c->in && !c->has_more && conn_input(c, false) < 0 ? -1 : 0;
}

static void conn_ready(struct watch *w, unsigned events)
{
    struct conn *c = (struct conn *)w;
    bool reading = events & w->wanted & WATCH_READ, writing = events & WATCH_WRITE;
    if (stream_needs(&c->stream, &reading, &writing))
        reading = writing = true; /* either may go on now */
    if (writing && (c->out || c->held_back || c->has_more) && flush(c) < 0) {
        drop(c);
        return;
    }
    if (reading && !input(c))
        return;
    settle(c);
}

static struct conn *adopt(struct loop *l, struct stream *stream, const struct service *service)
{
    struct conn *c = conn_open(&l->worker, stream, service);
    if (!c)
        return NULL;
    l->connections++;
    c->watch.ready = conn_ready;
    /* what TLS holds already is asked for in the next turn, when there is room to write: always */
    if (loop_watch(l, &c->watch, WATCH_READ | (conn_pending(c) ? WATCH_WRITE : 0)) == 0)
        return c;
    c->watch.wanted = 0;
    drop(c);
    return NULL;
}

struct conn *loop_adopt(struct loop *l, struct stream *stream, const struct service *service)
{
    set_blocking(stream->fd, false);
    return adopt(l, stream, service);
}

/* --- accepting --- */

/* With no descriptor left, the listener stays ready and accept() would spin: look away until a
 * connection closes, or for a while.  Who waits is in the listen queue meanwhile. */
static void pause_accepting(struct listener *at, const char *why)
{
    uint64_t now = at->loop->worker.now_ns;
    if (why && now >= at->quiet_until) {
        fprintf(stderr, "accept: %s: new connections wait (raise ulimit -n)\n", why);
        at->quiet_until = now + ACCEPT_PAUSE * MS;
    }
    loop_watch(at->loop, &at->watch, 0);
    at->paused = true;
    at->resume_at = now + ACCEPT_PAUSE * MS;
}

/* Returns true when there may be more to accept. */
static bool accept_one(struct listener *at)
{
    const struct server_options *options = at->loop->worker.options;
    size_t most = (size_t)options->max_clients;
    struct stream stream;
    int fd = tcp_accept(at->watch.fd, false);
    if (fd < 0) {
        if (is_exhausted(errno))
            pause_accepting(at, strerror(errno));
        return false;
    }
    if (stream_accept(&stream, fd, options->tls) < 0)
        return true;
    struct conn *c = adopt(at->loop, &stream, at->service);
    if (c && c->closing) /* it is one too many, and has been told so */
        settle(c);
    if (at->loop->connections >= most + TURNED_AWAY)
        pause_accepting(at, NULL);
    return !at->paused;
}

/* One at a time: a system call that finds nobody would cost as much as a client.  But while there
 * is work in every turn, turns are long, and those who come must not wait for one each. */
static void listener_ready(struct watch *w, unsigned events)
{
    struct listener *at = (struct listener *)w;
    (void)events;
    for (int most = at->loop->busy ? ACCEPT_MOST : 1; most > 0 && accept_one(at); most--)
        continue;
}

int loop_listen(struct loop *l, int listener, const struct service *service)
{
    l->listener = (struct listener){
        .watch = {.fd = listener, .ready = listener_ready}, .loop = l, .service = service};
    set_blocking(listener, false);
    return loop_watch(l, &l->listener.watch, WATCH_READ);
}

static void stop_accepting(struct loop *l)
{
    struct listener *at = &l->listener;
    if (at->watch.fd < 0)
        return;
    loop_watch(l, &at->watch, 0);
    close(at->watch.fd);
    at->watch.fd = -1;
}

/* --- time --- */

void loop_every(struct loop *l, long period_ms, void (*tick)(void *), void *arg)
{
    uint64_t period = (uint64_t)period_ms * MS;
    l->timer = (struct timer){period, l->worker.now_ns + period, tick, arg};
}

static void run_timer(struct timer *t, uint64_t now)
{
    if (!t->tick || now < t->due)
        return;
    t->tick(t->arg);
    t->due += t->period;
    if (t->due < now)
        t->due = now + t->period;
}

/* The first in line is over its time. */
static void end_first(struct conn *c)
{
    if (c->closing) {
        drop(c);
        return;
    }
    conn_expire(c);
    settle(c);
}

static void end_silent(struct loop *l)
{
    for (enum patience p = 0; p < PATIENCES; p++) {
        struct conn *c = worker_first(&l->worker, p);
        while (c && conn_time_left(c) == 0) {
            end_first(c);
            c = worker_first(&l->worker, p);
        }
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t next_deadline(const struct loop *l)
{
    uint64_t deadline = l->timer.due;
    for (enum patience p = 0; p < PATIENCES; p++) {
        const struct conn *c = worker_first(&l->worker, p);
        int left = c ? conn_time_left(c) : -1;
        if (left >= 0)
            deadline = earlier(deadline, l->worker.now_ns + (uint64_t)left * MS);
    }
    if (l->listener.paused)
        deadline = earlier(deadline, l->listener.resume_at);
    return l->stopping ? earlier(deadline, l->stop_by) : deadline;
}

void loop_always(struct loop *l, bool (*work)(void *), void *arg)
{
    l->work = work;
    l->work_arg = arg;
}

/* --- running and stopping --- */

/* Everybody is told; who has nothing under way is gone at once. */
static void say_goodbye(struct loop *l)
{
    for (enum patience p = 0; p < PATIENCES; p++)
        for (struct conn *c = worker_first(&l->worker, p), *next; c; c = next) {
            next = worker_next(c);
            if (!c->closing) {
                conn_end(c, SHUTTING_DOWN);
                settle(c);
            }
        }
}

/* Not while events are being dispatched: they may be of connections that go here. */
static void stop_now(struct loop *l)
{
    l->stopping = true;
    l->stop_by = l->worker.now_ns + DRAIN_MS * MS;
    stop_accepting(l);
    say_goodbye(l);
}

void loop_stop(struct loop *l)
{
    l->told_to_stop = true;
}

static void stop_ready(struct watch *w, unsigned events)
{
    (void)events;
    struct loop *l = (struct loop *)((char *)w - offsetof(struct loop, stop));
    loop_watch(l, w, 0);
    loop_stop(l);
}

struct loop *loop_new(const struct server_options *options)
{
    struct loop *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->timer.due = UINT64_MAX;
    l->listener.watch.fd = -1;
    l->stop = (struct watch){.fd = stop_fd(), .ready = stop_ready};
    bool opened = worker_open(&l->worker, options) == 0;
    l->backend = backend_new();
    if (opened && l->backend &&
        (l->stop.fd < 0 || loop_watch(l, &l->stop, WATCH_READ) == 0)) {
        l->worker.loop = l;
        l->worker.settle = settle;
        return l;
    }
    loop_free(l);
    return NULL;
}

void loop_free(struct loop *l)
{
    stop_accepting(l);
    for (enum patience p = 0; p < PATIENCES; p++)
        while (worker_first(&l->worker, p))
            drop(worker_first(&l->worker, p));
    worker_close(&l->worker);
    if (l->backend)
        backend_free(l->backend);
    free(l);
}

static bool is_over(const struct loop *l)
{
    return l->stopping && (l->connections == 0 || l->worker.now_ns >= l->stop_by);
}

int loop_turn(struct loop *l, uint64_t until_ns)
{
    uint64_t deadline = l->busy ? 0 : earlier(next_deadline(l), until_ns);
    if (backend_wait(l->backend, deadline) < 0)
        return -1;
    worker_tick(&l->worker);
    backend_dispatch(l->backend);
    if (l->told_to_stop && !l->stopping)
        stop_now(l);
    run_timer(&l->timer, l->worker.now_ns);
    l->busy = l->work && l->work(l->work_arg);
    if (l->listener.paused && l->worker.now_ns >= l->listener.resume_at)
        accept_again(l);
    end_silent(l);
    return 0;
}

int loop_run(struct loop *l)
{
    worker_tick(&l->worker);
    while (!is_over(l))
        if (loop_turn(l, UINT64_MAX) < 0)
            return -1;
    return 0;
}

struct worker *loop_worker(struct loop *l)
{
    return &l->worker;
}
