/* bench/report/warn.c: each warning is a row: when it holds, and its sentence in text.h.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "bench/report/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void warn(enum text id, ...)
{
    va_list args;
    va_start(args, id);
    fputs("bench: warning: ", stderr);
    vfprintf(stderr, text(id), args);
    fputc('\n', stderr);
    va_end(args);
}

static void warn_of_host(const struct host *h)
{
    if (*h->clocksource && strcmp(h->clocksource, "tsc") != 0 &&
        strcmp(h->clocksource, "arch_sys_counter") != 0)
        warn(W_CLOCK, h->clocksource);
    if (h->load > 0.9 * (double)h->cores)
        warn(W_LOAD, h->load, h->cores);
    if (strstr(h->build, "sanitized"))
        warn(W_SANITIZED);
    else if (strstr(h->build, "Debug"))
        warn(W_BUILD, h->build);
}

static void warn_of_baseline(const struct plan *plan)
{
    for (size_t m = 0; m < IDLING; m++) /* from there on, tables show no ratios */
        if (plan->measures >> m & 1 && !(plan->transports >> plan->baseline & 1 &&
                                         transports[plan->baseline].measures >> m & 1))
            warn(W_BASELINE, measures[m].name, transports[plan->baseline].name);
}

#define MANY 1000u
#define LONG_MESSAGE 16384 /* more than a first congestion window of ten segments carries */

static void warn_of_plan(const struct plan *plan, const struct host *h)
{
    bool here = !plan->wire;
    if (plan->quick)
        warn(W_QUICK);
    if (plan->rounds && median_rank(plan->rounds) == 0 && plan->measures < 1u << IDLING)
        warn(W_ROUNDS, plan->rounds);
    if (here && plan->size > 1400 && plan->measures >> MESSAGE & 1)
        warn(W_SEGMENTS, plan->size);
    if (here && plan->size > LONG_MESSAGE && strcmp(h->congestion_control, "bbr") == 0)
        warn(W_CONGESTION, h->congestion_control);
    if (plan->connections < MANY && plan->measures >> IDLING & 1)
        warn(W_FEW, plan->connections, MANY);
    warn_of_baseline(plan);
}

/* Once, for the first measure that it is true of. */
static void warn_of_pin(const struct results *r)
{
    for (size_t m = 0; m < MEASURES; m++) {
        enum pin wanted = plan_pin(r->plan, m);
        if (!(r->plan->measures >> m & 1) || wanted == results_pin(r, m))
            continue;
        if (results_pin(r, m) == PIN_SAME)
            warn(W_ONE_CPU);
        else
            warn(W_PIN, pin_name(wanted));
        return;
    }
}

void warn_before(const struct results *r)
{
    if (*r->no_wire)
        warn(W_NO_WIRE, r->no_wire);
    warn_of_host(&r->host);
    warn_of_pin(r);
    warn_of_plan(r->plan, &r->host);
}

#define STEADY 1.25 /* the most that the ends of a median's interval may differ by */

static void warn_unsteady(const struct results *r)
{
    if (plan_loses(r->plan))
        return; /* that is what works there */
    char low[FIGURE_MAX], high[FIGURE_MAX];
    for (size_t m = 0; m < PUSH; m++) {
        const struct row *row =
            results_row(r, m, r->plan->baseline, measure_headline(r->plan, m));
        if (row && row->ci.high > STEADY * row->ci.low)
            warn(W_UNSTEADY, measures[m].name, transports[r->plan->baseline].name,
                 figure(low, row->ci.low), figure(high, row->ci.high));
    }
}

static void warn_cut(const struct row *row)
{
    warn(W_CUT, measures[row->subject.measure].name, transports[row->subject.transport].name,
         SAMPLES_MAX);
}

static void warn_overlap(const struct results *r)
{
    char ms[FIGURE_MAX];
    for (size_t t = 0; t < TRANSPORTS; t++) {
        const struct row *last = results_row(r, PUSH, t, PUSH_LAST);
        if (results_overlap(r, t) && last->na == T_NONE)
            warn(W_OVERLAP, transports[t].name,
                 figure(ms, median_of_rounds(last->rounds, last->round_count) / 1e3),
                 r->plan->push_every_ms);
    }
}

static void warn_of_idle(const struct results *r)
{
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (results_row(r, IDLING, t, 0) && !results_idle_steady(r, t))
            warn(W_IDLE, transports[t].name);
}

static void warn_of_wire(const struct results *r)
{
    const struct wire_totals *t = &r->totals;
    unsigned long long lost = 0;
    char late[FIGURE_MAX], way[FIGURE_MAX];
    if (!r->plan->wire)
        return;
    if (t->late)
        warn(W_LATE, figure(late, t->late_p99), figure(way, (double)r->plan->wire->rtt_ns / 2e3));
    if (!t->metrics_forgotten)
        warn(W_WIRE_SETTINGS, t->congestion_control);
    for (int i = 0; i < 2; i++) {
        lost += t->refused[i] + (r->plan->wire->rate ? 0 : t->overflowed[i]);
        lost += isnan(t->tx_dropped[i]) ? 0 : (unsigned long long)t->tx_dropped[i];
    }
    if (lost > 0)
        warn(W_WIRE_LOST, lost);
    if (t->unrecorded > 0)
        warn(W_UNRECORDED, (unsigned long long)t->unrecorded);
}

void warn_after(const struct results *r)
{
    warn_of_wire(r);
    predict_warn(r);
    warn_unsteady(r);
    warn_overlap(r);
    warn_of_idle(r);
    for (size_t s = 0; s < r->set_count; s++) {
        const struct row *row = r->sets[s];
        row += measure_headline(r->plan, row->subject.measure);
        if (row->cut && r->plan->seconds > 0)
            warn_cut(row);
    }
}
