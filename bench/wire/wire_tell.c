/* bench/wire/wire_tell.c: reads what the forwarder writes: records and totals.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_parts.h"

#include <math.h>
#include <string.h>

#define LATE_SHARE 0.05 /* of the one-way delay */

void wire_turn(struct wire *w, uint64_t number)
{
    atomic_store_explicit(&w->shared->turn, number, memory_order_release);
}

void wire_record(struct wire *w, bool on)
{
    atomic_store_explicit(&w->shared->recording, on, memory_order_release);
}

size_t wire_recorded(const struct wire *w)
{
    return atomic_load_explicit(&w->shared->recorded, memory_order_acquire);
}

bool wire_packet(const struct wire *w, size_t *at, struct packet *p)
{
    if (*at >= wire_recorded(w))
        return false;
    struct wire_record *r = (struct wire_record *)(void *)(w->shared->records + *at);
    *p = (struct packet){.sent = r->sent, .data = (const uint8_t *)(r + 1), .kept = r->len,
                         .len = r->len, .from_server = r->from == SERVER_END,
                         .fate = (enum fate)atomic_load_explicit(&r->fate, memory_order_acquire)};
    if (p->fate == ARRIVED)
        p->arrived = atomic_load_explicit(&r->arrived, memory_order_relaxed);
    *at += (sizeof *r + r->len + 7) & ~(size_t)7;
    return true;
}

bool wire_is_full(const struct wire *w)
{
    return atomic_load_explicit(&w->shared->unrecorded, memory_order_acquire) > 0;
}

/* The upper end of the bucket that holds the percentile. */
static double late_percentile(const struct wire_shared *shared, size_t n, enum percentile p)
{
    static const size_t per_100[] = {[P50] = 50, [P99] = 99};
    size_t rank = (n * per_100[p] + 99) / 100, seen = 0;
    if (n < percentile_needs(p))
        return NAN;
    for (size_t b = 0; b < BUCKETS; b++) {
        seen += shared->late[b];
        if (seen >= rank)
            return bucket_upper(b);
    }
    return NAN;
}

static void late_totals(const struct wire *w, struct wire_totals *t)
{
    const struct wire_shared *shared = w->shared;
    for (size_t b = 0; b < BUCKETS; b++)
        t->late_n += shared->late[b];
    t->late_p50 = late_percentile(shared, t->late_n, P50);
    t->late_p99 = late_percentile(shared, t->late_n, P99);
    t->late_max = t->late_n ? (double)shared->late_max / 1000 : NAN;
    t->late = w->spec.rtt_ns && t->late_p99 > LATE_SHARE * (double)w->spec.rtt_ns / 2000;
}

void wire_totals(const struct wire *w, struct wire_totals *t)
{
    const struct wire_shared *shared = w->shared;
    *t = (struct wire_totals){.unrecorded = shared->unrecorded};
    for (int i = 0; i < 2; i++) {
        t->packets[i] = shared->packets[i];
        t->bytes[i] = shared->bytes[i];
        t->dropped[i] = shared->dropped[i];
        t->overflowed[i] = shared->overflowed[i];
        t->refused[i] = shared->refused[i];
        t->reordered[i] = shared->reordered[i];
        t->tx_dropped[i] = wire_tx_dropped(w->fd[RT_CLIENT + i]);
    }
    late_totals(w, t);
    bool same = strcmp(shared->congestion_control[0], shared->congestion_control[1]) == 0;
    t->congestion_control = same ? shared->congestion_control[0] : "";
    t->real_time = shared->real_time;
    t->metrics_forgotten = shared->metrics_forgotten[0] && shared->metrics_forgotten[1];
}
