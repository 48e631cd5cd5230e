/* bench/conclude.c: a difference is claimed only when the interval of its ratio leaves out 1.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/conclude.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What can be said about a transport beside the baseline. */
enum verdict { DIFFERS, SAME, UNSURE, LOSES, BASELINE_LOSES, SILENT };

static const struct row *headline(const struct results *r, size_t measure, size_t transport)
{
    return results_row(r, measure, transport, measure_headline(r->plan, measure));
}

static enum verdict judge(const struct results *r, size_t measure, size_t transport)
{
    const struct row *row = headline(r, measure, transport);
    if (!row || transport == r->plan->baseline || row->na != T_NONE)
        return SILENT;
    if (results_lost(r, measure, transport, false) > 0)
        return LOSES;
    if (row->unranked)
        return BASELINE_LOSES;
    if (isnan(row->ratio.ci.low))
        return UNSURE;
    return shows_difference(row->ratio.ci) ? DIFFERS : SAME;
}

static void add_difference(struct writer *w, const struct row *row)
{
    char value[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    ITEM(w, T_TIMES, transports[row->subject.transport].name,
         figure_ratio(value, row->ratio.value), figure_ratio(low, row->ratio.ci.low),
         figure_ratio(high, row->ratio.ci.high));
}

/* Names of all with that verdict: "a, b". */
static bool names_of(char out[256], const struct results *r, size_t measure, enum verdict verdict)
{
    *out = '\0';
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (judge(r, measure, t) == verdict)
            strcat(strcat(out, *out ? ", " : ""), transports[t].name);
    return *out;
}

static void new_group(struct writer *w)
{
    if (*w->separator)
        w->separator = "; ";
}

static void add_group(struct writer *w, const struct results *r, size_t measure,
                      enum verdict verdict, enum text sentence)
{
    char names[256];
    size_t to = r->plan->baseline;
    new_group(w);
    if (names_of(names, r, measure, verdict))
        ITEM(w, sentence, names, transports[to].name, results_lost(r, measure, to, false));
}

static void compare_all(struct writer *w, const struct results *r, size_t measure)
{
    w->separator = "";
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (judge(r, measure, t) == DIFFERS)
            add_difference(w, headline(r, measure, t));
    add_group(w, r, measure, SAME, T_NO_DIFFERENCE);
    add_group(w, r, measure, UNSURE, T_NO_CLAIM);
    add_group(w, r, measure, BASELINE_LOSES, T_BASELINE_LOST);
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (judge(r, measure, t) == LOSES) {
            new_group(w);
            ITEM(w, T_NOT_RANKED, transports[t].name, results_lost(r, measure, t, false));
        }
    ADD(w, ".");
}

static bool has_company(const struct results *r, size_t measure)
{
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (judge(r, measure, t) != SILENT)
            return true;
    return false;
}

static void against_baseline(struct writer *w, const struct results *r, size_t measure)
{
    static const enum text begin[MEASURES] = {T_AGAINST_HANDSHAKE, T_AGAINST_MESSAGE,
                                              T_AGAINST_PUSH};
    bool fan_out = measure == PUSH && r->plan->subscribers > 1;
    const struct row *base = headline(r, measure, r->plan->baseline);
    const char *name = transports[r->plan->baseline].name;
    char us[FIGURE_MAX];
    if (!base || base->na != T_NONE) {
        SAY(w, T_NO_BASELINE, name);
        return;
    }
    if (!has_company(r, measure)) {
        SAY(w, T_ALONE, name);
        return;
    }
    ADD(w, text(fan_out ? T_AGAINST_FAN_OUT : begin[measure]), name);
    if (!isnan(base->p[P50]))
        SAY(w, T_MICROSECONDS, figure(us, base->p[P50]));
    ADD(w, ": ");
    compare_all(w, r, measure);
}

/* --- one sentence more, about what each measure is for --- */

static void add_round_trips(struct writer *w, const struct results *r)
{
    const struct row *ws = results_row(r, HANDSHAKE, WS, HANDSHAKE_ROUND_TRIPS);
    const struct row *tcp = results_row(r, HANDSHAKE, TCP, HANDSHAKE_ROUND_TRIPS);
    if (ws && tcp)
        SAY(w, T_TRIPS, ws->value, tcp->value, 40 * ws->value, 40 * tcp->value);
}

static void add_new_connection(struct writer *w, const struct results *r)
{
    const struct row *each = results_row(r, MESSAGE, HTTP_CLOSE, MESSAGE_RTT);
    const struct row *kept = results_row(r, MESSAGE, HTTP_KEEP_ALIVE, MESSAGE_RTT);
    char value[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    if (!each || !kept)
        return;
    struct ratio ratio = ratio_of_rounds(each->rounds, kept->rounds, each->round_count);
    if (shows_difference(ratio.ci))
        SAY(w, T_NEW_CONNECTION, figure_ratio(value, ratio.value),
            figure_ratio(low, ratio.ci.low), figure_ratio(high, ratio.ci.high));
}

static void add_polling(struct writer *w, const struct results *r)
{
    const struct row *latency = results_row(r, PUSH, POLL, PUSH_LATENCY);
    const struct row *requests = results_row(r, PUSH, POLL, PUSH_REQUESTS);
    const struct row *empty = results_row(r, PUSH, POLL, PUSH_EMPTY);
    char ms[FIGURE_MAX], half[FIGURE_MAX], per[FIGURE_MAX];
    if (latency && latency->na == T_NONE)
        SAY(w, T_POLLING, figure(ms, latency->mean / 1e3),
            figure(half, (double)r->plan->poll_every_ms / 2), figure(per, requests->value),
            empty->value, mean(requests->rounds, requests->round_count) * (double)latency->n);
}

void conclude(char *out, size_t cap, const struct results *r, size_t measure)
{
    struct writer w = {fmemopen(out, cap, "w"), ""};
    if (!w.f)
        fail("no memory");
    if (measure != IDLING && measure != MODELS) {
        against_baseline(&w, r, measure);
        ADD(&w, " ");
    }
    switch (measure) {
    case HANDSHAKE: add_round_trips(&w, r); break;
    case MESSAGE: add_new_connection(&w, r); break;
    case PUSH: (r->plan->subscribers > 1 ? conclude_fan_out : add_polling)(&w, r); break;
    case IDLING: conclude_idle(&w, r); break;
    case MODELS: conclude_models(&w, r); break;
    }
    fclose(w.f);
    out[cap - 1] = '\0'; /* what does not fit is cut off */
}
