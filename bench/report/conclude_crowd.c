/* bench/report/conclude_crowd.c: what push to many, idle and models were measured for.
 * Partner: conclude.c, which compares transports.
 * SPDX-License-Identifier: MIT */
#include "bench/report/conclude.h"

#include <math.h>
#include <string.h>

/* --- push to many --- */

/* Where some missed an event, its last arrival is not known, and may have been the latest. */
static bool has_span(const struct results *r, size_t transport)
{
    const struct row *first = results_row(r, PUSH, transport, PUSH_FIRST);
    return first && first->na == T_NONE && !isnan(first->p[P50]) &&
           !(results_lost(r, PUSH, transport, false) > 0);
}

static void add_spans(struct writer *w, const struct results *r)
{
    char n[FIGURE_MAX], span[FIGURE_MAX];
    w->separator = "";
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (!has_span(r, t))
            continue;
        const struct row *set = results_row(r, PUSH, t, 0);
        if (!*w->separator)
            SAY(w, T_FAN_OUT, figure_count(n, (double)r->plan->subscribers));
        double us = set[PUSH_LAST].p[P50] - set[PUSH_FIRST].p[P50];
        ITEM(w, T_FAN_OUT_OF, figure(span, in_unit(r, us)), unit_of(r), transports[t].name);
    }
    ADD(w, "%s", *w->separator ? ". " : "");
}

void conclude_fan_out(struct writer *w, const struct results *r)
{
    char names[256] = "";
    add_spans(w, r);
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (results_lost(r, PUSH, t, false) > 0 && results_overlap(r, t))
            strcat(strcat(names, *names ? ", " : ""), transports[t].name);
    if (*names)
        SAY(w, T_OUTRUN, names);
}

/* --- idle --- */

void conclude_idle(struct writer *w, const struct results *r)
{
    char mib[FIGURE_MAX];
    w->separator = "";
    for (size_t t = 0; t < TRANSPORTS; t++) {
        const struct row *user = results_row(r, IDLING, t, IDLE_USER);
        const struct row *kernel = results_row(r, IDLING, t, IDLE_KERNEL);
        if (!user || user->na != T_NONE || !results_idle_steady(r, t))
            continue;
        bool both = kernel->na == T_NONE;
        if (!*w->separator)
            ADD(w, "%s", text(both ? T_IDLE_BOTH : T_IDLE_USER));
        ITEM(w, T_IDLE_OF, transports[t].name,
             figure(mib, (user->value + (both ? kernel->value : 0)) * 10000 / (1 << 20)));
    }
    ADD(w, "%s", *w->separator ? "." : text(T_IDLE_UNSTEADY));
}

/* --- models --- */

static const struct row *served(const struct results *r, size_t transport, size_t model,
                                size_t stays)
{
    return results_find(r, &(struct subject){MODELS, transport, model_names[model], stays, false},
                        MODELS_SERVED);
}

/* No property of a model, but of this machine and a second. */
static enum text why_fewer(const struct row *row, size_t model)
{
    static const enum text why[MODEL_NAMES] = {
        T_LATE, T_LATE_PROCESSES, T_LATE_THREADS, T_LATE, T_LATE};
    return floor(row->value) < row->predicted ? why[model] : T_NONE;
}

static void add_served(struct writer *w, const struct results *r, size_t transport, size_t stays)
{
    char n[FIGURE_MAX];
    bool beyond = stays == (size_t)r->plan->workers + 1;
    SAY(w, beyond ? T_SERVED_BEYOND : T_SERVED_AT, figure_count(n, (double)stays));
    w->separator = "";
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        const struct row *row = served(r, transport, m, stays);
        if (row->na != T_NONE)
            continue;
        ITEM(w, T_MODEL_SERVED, model_names[m], figure_count(n, floor(row->value)));
        ADD(w, "%s", text(why_fewer(row, m)));
    }
}

/* One more than the pool has workers, and the most: the same numbers for all models. */
static void add_transport(struct writer *w, const struct results *r, size_t transport)
{
    size_t most = r->plan->connections, beyond = (size_t)r->plan->workers + 1;
    SAY(w, T_SERVED_OVER, transports[transport].name);
    if (beyond < most) {
        add_served(w, r, transport, beyond);
        ADD(w, "; ");
    }
    add_served(w, r, transport, most);
    ADD(w, ". ");
}

void conclude_models(struct writer *w, const struct results *r)
{
    bool starved = false;
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (!results_row(r, MODELS, t, 0))
            continue;
        const struct row *pool = served(r, t, MODEL_POOL, r->plan->connections);
        add_transport(w, r, t);
        starved |= pool->na == T_NONE && pool->predicted < (double)r->plan->connections;
    }
    if (!starved)
        return;
    SAY(w, r->plan->workers == 1 ? T_STARVED_ONE : T_STARVED, r->plan->workers);
    ADD(w, "%s", text(T_STARVED_REMEDY));
}
