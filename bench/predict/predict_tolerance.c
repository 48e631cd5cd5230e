/* bench/predict/predict_tolerance.c: how far from its prediction a figure may lie, and why it may
 * at all.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"

#include <math.h>
#include <string.h>

/* Two signatures of the server's are 70 to 72 bytes long, its serial number 8 or 9 (DER writes no
 * leading zeros), and so may be those that we made up to count them. */
#define SIGNED 6
#define DIGITS 2 /* an event's number, and the clock that it tells, may have one more each */
#define SLACK 2e3 /* us: what processes take, and the wire's own lateness */
#define CARRIES 1e9 /* bit/s: the least that a wire without a rate carries here */

static double of_time(const struct plan *plan, const struct subject *s, size_t metric)
{
    double crossing = 2 * (double)plan->size * 8e6 / CARRIES;
    return 0.05 * predict(plan, s, metric) + SLACK + crossing;
}

/* Good-byes of TLS cross each other: is a FIN there when the other side answers the alert before
 * it?  That makes one acknowledgement more here and one less there. */
static double of_good_bye(size_t count)
{
    if (count == COUNT_PACKETS_OUT || count == COUNT_PACKETS_IN)
        return 1;
    return count == COUNT_BYTES_OUT || count == COUNT_BYTES_IN ? SEGMENT : 0;
}

static double of_handshake(const struct transport *t, const struct subject *s, size_t metric)
{
    bool is_signed = t->secure && !s->resumed;
    if (metric == HANDSHAKE_BYTES_IN)
        return is_signed ? SIGNED : 0;
    if (metric < HANDSHAKE_PHASES)
        return 0;
    metric -= HANDSHAKE_PHASES;
    size_t phase = metric / COUNTS, count = metric % COUNTS;
    if (phase == PHASE_TLS && count == COUNT_BYTES_IN)
        return is_signed ? SIGNED : 0;
    bool leaving = phase == PHASE_CLOSE || (phase == PHASE_MESSAGE && t->closes);
    return t->secure && leaving ? of_good_bye(count) : 0;
}

/* Polls come when chance has it (+-20 %), and the last one's answer is acknowledged apart. */
static double of_push(const struct plan *plan, const struct subject *s, size_t metric)
{
    if (s->transport == POLL)
        return 0.2 * fmax(1, predict(plan, s, metric));
    switch (metric) {
    case PUSH_REQUESTS: return 0.1; /* the first one found what had been before */
    case PUSH_BYTES: return 2 * DIGITS;
    case PUSH_PHASE + COUNT_BYTES_OUT:
    case PUSH_PHASE + COUNT_BYTES_IN: return DIGITS;
    default: return 0;
    }
}

double predict_tolerance(const struct plan *plan, const struct subject *s, size_t metric)
{
    const struct metric *m = &measures[s->measure].metrics[metric];
    if (strcmp(m->unit, "us") == 0)
        return of_time(plan, s, metric);
    if (s->measure == HANDSHAKE)
        return of_handshake(&transports[s->transport], s, metric);
    return s->measure == PUSH ? of_push(plan, s, metric) : 0;
}
