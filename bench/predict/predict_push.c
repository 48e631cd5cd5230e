/* bench/predict/predict_push.c: what an event costs its subscriber, and when it is there.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/predict/predict.h"

#include <inttypes.h>
#include <math.h>

#define COUNTED_EVENTS 2 /* measure_push.c */

/* tick SEQ T: the first few events, by a clock that shows the time since the machine started. */
static double event_text(void)
{
    return snprintf(NULL, 0, "tick 1 %" PRIu64, clock_ns());
}

/* us between two requests of a client that sends no second one before the first is answered. */
static double asked_every(const struct plan *plan, const struct line *line)
{
    return fmax((double)plan->poll_every_ms * 1e3, line->rtt);
}

/* An event that comes while a poll is on its way waits for the next one; it meets each part of the
 * interval as often as any other, so the mean is half of it. */
static double push_latency(const struct plan *plan, const struct line *line,
                           const struct speakers *s)
{
    struct talk t;
    double every = (double)plan->push_every_ms * 1e3;
    talk_begin(&t, line, false);
    if (s->transport == &transports[POLL])
        return asked_every(plan, line) / 2 + line->rtt / 2;
    if (!line->far)
        return NAN;
    if (s->transport == &transports[LONG_POLL]) /* it is a poll where events outrun it */
        return every < line->rtt ? line->rtt : line->rtt / 2;
    hear_events(&t, s, 1, event_text());
    return t.of[PHASE_PUSH].end;
}

static double push_requests(const struct plan *plan, const struct line *line,
                            const struct transport *t)
{
    double every = (double)plan->push_every_ms * 1e3;
    if (t == &transports[POLL])
        return every / asked_every(plan, line);
    if (t == &transports[LONG_POLL])
        return every < line->rtt ? every / line->rtt : 1;
    return 0;
}

#define ACK_DELAY 40e3 /* us: the least that Linux holds an acknowledgement back */

/* Each answer acknowledges its poll; each poll acknowledges the answer before it, unless that is
 * too long ago.  Polls come at times that are drawn from +-20 %. */
static double polls_count(const struct plan *plan, const struct line *line, size_t count)
{
    double every = (double)plan->poll_every_ms * 1e3;
    double n = push_requests(plan, line, &transports[POLL]);
    switch (count) {
    case COUNT_ROUND_TRIPS: case COUNT_PACKETS_IN: return n;
    case COUNT_PACKETS_OUT:
        if (1.2 * every - line->rtt < ACK_DELAY)
            return n;
        return 0.8 * every - line->rtt > ACK_DELAY ? 2 * n : NAN;
    case COUNT_AGAIN: return 0;
    default: return NAN; /* how many find nothing, and how many two events, is chance */
    }
}

static double push_count(const struct plan *plan, const struct line *line,
                         const struct speakers *s, size_t count)
{
    struct talk t;
    if (s->transport == &transports[POLL])
        return polls_count(plan, line, count);
    talk_begin(&t, line, true);
    hear_events(&t, s, COUNTED_EVENTS, event_text());
    return talk_count(&t, PHASE_PUSH, count) / COUNTED_EVENTS;
}

/* Copies of an event are sent one after the other, which takes no time where a line has no rate;
 * when a poll asks is chance, and of many polls none is the first or the last. */
static double fan_out(const struct plan *plan, const struct line *line, const struct speakers *s)
{
    bool asks = s->transport == &transports[POLL];
    return line->far && !asks && !(line->rate > 0) ? push_latency(plan, line, s) : NAN;
}

double predict_push(const struct plan *plan, const struct line *line,
                    const struct speakers *s, const struct subject *subject, size_t metric)
{
    bool alone = subject->connections == 1;
    if (metric >= PUSH_FIRST && metric <= PUSH_LAST)
        return alone ? NAN : fan_out(plan, line, s);
    if (metric == PUSH_LATENCY)
        return alone || s->transport == &transports[POLL] ? push_latency(plan, line, s) : NAN;
    if (metric == PUSH_REQUESTS)
        return push_requests(plan, line, s->transport);
    if (metric == PUSH_BYTES)
        return push_count(plan, line, s, COUNT_BYTES_OUT) +
               push_count(plan, line, s, COUNT_BYTES_IN);
    return metric >= PUSH_PHASE ? push_count(plan, line, s, metric - PUSH_PHASE) : NAN;
}
