/* bench/report/caption.c: what stands above and below a measure's tables: how it was measured, and
 * what the tables cannot say of themselves.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "bench/report/grid.h"

#include <string.h>

#define ADD(...) snprintf(out + strlen(out), cap - strlen(out), __VA_ARGS__)

static void add_operations(char *out, size_t cap, const struct results *r, size_t measure)
{
    const struct measure *m = &measures[measure];
    const struct plan *plan = r->plan;
    size_t rounds = results_rounds(r, measure);
    ADD(text(rounds == 1 ? T_ONE_ROUND : T_ROUNDS), rounds);
    long n = measure == IDLING ? (long)plan->connections : results_count(r, measure);
    if (plan->seconds > 0 && measure != IDLING)
        ADD(text(T_S_OF), plan->seconds, text(m->operations));
    else
        ADD(text(T_N_OF), n, text(n == 1 ? m->operation : m->operations));
}

static void add_events(char *out, size_t cap, const struct plan *plan)
{
    ADD(text(T_EVERY), plan->push_every_ms);
    if (plan->subscribers > 1)
        ADD(text(T_SUBSCRIBERS), plan->subscribers);
    ADD(text(T_POLL_EVERY), plan->poll_every_ms);
}

void grid_caption(char *out, size_t cap, const struct results *r, size_t measure)
{
    const struct plan *plan = r->plan;
    *out = '\0';
    add_operations(out, cap, r, measure);
    if (measure == PUSH)
        add_events(out, cap, plan);
    else if (measure != IDLING)
        ADD(text(T_SIZE), plan->size);
    if (measure == MODELS)
        ADD(text(T_WORKERS), plan->workers);
    ADD(text(T_PIN), pin_name(results_pin(r, measure)));
    ADD(text(T_SEED), (unsigned long long)plan->seed);
}

static bool anything_missed(const struct results *r)
{
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (results_lost(r, PUSH, t, false) > 0)
            return true;
    return false;
}

/* Where the counts of the caption are not everybody's. */
static enum text counts_note(const struct plan *plan, size_t measure)
{
    if (plan->count || plan->seconds > 0 || measure > PUSH)
        return T_NONE;
    if (measure == PUSH)
        return plan->transports >> POLL & 1 ? T_MORE_NOTE : T_NONE;
    return T_FEWER_NOTE;
}

/* What of the transports chosen has to be said. */
static enum text tls_note(const struct plan *plan, size_t measure)
{
    if (measure == MESSAGE)
        return plan->transports >> HTTPS_CLOSE & 1 ? T_RESUMES_NOTE : T_NONE;
    for (size_t t = 0; t < TRANSPORTS && measure == HANDSHAKE; t++)
        if (plan->transports >> t & 1 && transports[t].secure)
            return T_TICKET_NOTE;
    return T_NONE;
}

static enum text counter_note(const struct results *r, size_t measure)
{
    if (measure != HANDSHAKE)
        return T_NONE;
    return r->plan->wire ? T_BY_WIRE : T_BY_TCP_INFO;
}

void notes_of(char out[NOTES_MAX], const struct results *r, size_t measure)
{
    bool fan_out = measure == PUSH && r->plan->subscribers > 1;
    enum text note = fan_out ? T_FAN_OUT_NOTE : measures[measure].note;
    snprintf(out, NOTES_MAX, "%s%s%s%s%s", text(note), text(counter_note(r, measure)),
             text(tls_note(r->plan, measure)),
             text(counts_note(r->plan, measure)),
             text(fan_out && anything_missed(r) ? T_MISSED_NOTE : T_NONE));
}
