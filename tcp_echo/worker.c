/* tcp_echo/worker.c: whoever feeds connections: its buffers, its clock, and who has waited for how
 * long.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/conn.h"
#include "tcp_echo/clock.h"

#include <errno.h>
#include <stdlib.h>

int worker_open(struct worker *w, const struct server_options *options)
{
    *w = (struct worker){.options = options, .in_cap = READ_SIZE + (size_t)options->max_header};
    worker_tick(w);
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
    struct worker *w = c->worker;
    c->since = w->now;
    c->next = NULL;
    c->prev = w->waiting[c->patience].last;
    *(c->prev ? &c->prev->next : &w->waiting[c->patience].first) = c;
    w->waiting[c->patience].last = c;
}

void worker_forget(struct conn *c)
{
    struct worker *w = c->worker;
    *(c->prev ? &c->prev->next : &w->waiting[c->patience].first) = c->next;
    *(c->next ? &c->next->prev : &w->waiting[c->patience].last) = c->prev;
}

void conn_set_patience(struct conn *c, enum patience patience)
{
    worker_forget(c);
    c->patience = (uint8_t)patience;
    worker_wait_last(c);
}

void conn_touch(struct conn *c)
{
    bool restarts = c->patience == IDLE || c->patience == KEEPING_ALIVE;
    if (!restarts || c->since == c->worker->now)
        return;
    worker_forget(c);
    worker_wait_last(c);
}

int conn_time_left(const struct conn *c)
{
    const struct server_options *o = c->worker->options;
    const int limits[PATIENCES] = {o->handshake_timeout_ms, o->idle_timeout_ms, HOLDING_MS,
                                   KEEPING_ALIVE_MS};
    int limit = limits[c->patience];
    if (limit <= 0)
        return -1;
    int waited = (int)(c->worker->now - c->since);
    return waited < limit ? limit - waited : 0;
}
