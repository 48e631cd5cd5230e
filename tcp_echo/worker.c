/* tcp_echo/worker.c: whoever feeds connections: its buffers, its clock, and who has waited for how
 * long.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/conn.h"
#include "tcp_echo/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

int worker_open(struct worker *w, const struct server_options *options)
{
    *w = (struct worker){.options = options, .in_cap = READ_SIZE + (size_t)options->max_header};
    worker_tick(w);
    for (int p = 0; p < PATIENCES; p++)
        ring_init(&w->waiting[p]);
    w->in = malloc(w->in_cap);
    w->out = malloc(OUT_CAP);
    if (w->in && w->out)
        return 0;
    worker_close(w);
    errno = ENOMEM;
    return -1;
}

void worker_tick(struct worker *w)
{
    w->now_ns = clock_ns();
    w->now = (uint32_t)(w->now_ns / 1000000u);
}

void worker_close(struct worker *w)
{
    free(w->in);
    free(w->out);
    w->in = w->out = NULL;
}

/* --- patience: lists in the order of their time, so that only the first needs a look --- */

void worker_wait_last(struct conn *c)
{
    c->since = c->worker->now;
    ring_append(&c->worker->waiting[c->patience], &c->waiting);
}

static struct conn *conn_at(const struct ring *place, const struct ring *end)
{
    return place == end ? NULL : (struct conn *)((char *)place - offsetof(struct conn, waiting));
}

struct conn *worker_first(const struct worker *w, enum patience patience)
{
    return conn_at(w->waiting[patience].next, &w->waiting[patience]);
}

struct conn *worker_next(const struct conn *c)
{
    return conn_at(c->waiting.next, &c->worker->waiting[c->patience]);
}

void conn_set_patience(struct conn *c, enum patience patience)
{
    ring_leave(&c->waiting);
    c->patience = (uint8_t)patience;
    worker_wait_last(c);
}

static void restart(struct conn *c)
{
    if (c->since != c->worker->now)
        conn_set_patience(c, (enum patience)c->patience);
}

void conn_touch(struct conn *c)
{
    if (c->patience == IDLE || c->patience == KEEPING_ALIVE)
        restart(c);
}

void conn_heard(struct conn *c)
{
    if (c->patience == ASKED)
        conn_set_patience(c, LISTENING);
    else if (c->patience == LISTENING)
        restart(c);
    else
        conn_touch(c);
}

int conn_time_left(const struct conn *c)
{
    const struct server_options *o = c->worker->options;
    int half = o->idle_timeout_ms / 2 + o->idle_timeout_ms % 2;
    int asking = half < ASKING_MS ? half : ASKING_MS;
    int parting = o->handshake_timeout_ms < DRAIN_MS ? o->handshake_timeout_ms : DRAIN_MS;
    const int limits[PATIENCES] = {o->handshake_timeout_ms, o->idle_timeout_ms, HOLDING_MS,
                                   KEEPING_ALIVE_MS, asking, asking, parting};
    int limit = limits[c->patience];
    if (limit <= 0)
        return -1;
    int waited = (int)(c->worker->now - c->since);
    return waited < limit ? limit - waited : 0;
}
