/* bench/report/conclude.c: a difference is claimed only when the interval of its ratio leaves out
 * 1.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/report/conclude.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What can be said about a transport beside the baseline. */
enum verdict { DIFFERS, SAME, UNSURE, LOSES, BASELINE_LOSES, SILENT };

static const struct row *headline(const struct results *r, const struct row *set)
{
    return set + measure_headline(r->plan, set->subject.measure);
}

static bool is_baseline(const struct results *r, const struct subject *s)
{
    return s->transport == r->plan->baseline && !s->resumed;
}

static double lost(const struct results *r, const struct subject *s)
{
    return results_lost(r, s->measure, s->transport, false);
}

static enum verdict judge(const struct results *r, const struct row *set)
{
    const struct row *row = headline(r, set);
    if (is_baseline(r, &row->subject) || row->na != T_NONE)
        return SILENT;
    if (lost(r, &row->subject) > 0)
        return LOSES;
    if (row->unranked)
        return BASELINE_LOSES;
    if (isnan(row->ratio.ci.low))
        return UNSURE;
    return shows_difference(row->ratio.ci) ? DIFFERS : SAME;
}

static void add_difference(struct writer *w, const struct row *row)
{
    char name[SUBJECT_NAME_MAX], value[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    ITEM(w, T_TIMES, subject_name(name, &row->subject), figure_ratio(value, row->ratio.value),
         figure_ratio(low, row->ratio.ci.low), figure_ratio(high, row->ratio.ci.high));
}

/* Whether the i-th set is of that measure and verdict. */
static bool is(const struct results *r, size_t i, size_t measure, enum verdict verdict)
{
    return r->sets[i]->subject.measure == measure && judge(r, r->sets[i]) == verdict;
}

#define NAMES_MAX (2 * TRANSPORTS * SUBJECT_NAME_MAX)

/* Names of all with that verdict: "a, b". */
static bool names_of(char out[NAMES_MAX], const struct results *r, size_t measure,
                     enum verdict verdict)
{
    char name[SUBJECT_NAME_MAX];
    *out = '\0';
    for (size_t i = 0; i < r->set_count; i++)
        if (is(r, i, measure, verdict))
            strcat(strcat(out, *out ? ", " : ""), subject_name(name, &r->sets[i]->subject));
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
    char names[NAMES_MAX];
    size_t to = r->plan->baseline;
    new_group(w);
    if (names_of(names, r, measure, verdict))
        ITEM(w, sentence, names, transports[to].name, results_lost(r, measure, to, false));
}

static void compare_all(struct writer *w, const struct results *r, size_t measure)
{
    w->separator = "";
    for (size_t i = 0; i < r->set_count; i++)
        if (is(r, i, measure, DIFFERS))
            add_difference(w, headline(r, r->sets[i]));
    add_group(w, r, measure, SAME, T_NO_DIFFERENCE);
    add_group(w, r, measure, UNSURE, T_NO_CLAIM);
    add_group(w, r, measure, BASELINE_LOSES, T_BASELINE_LOST);
    for (size_t i = 0; i < r->set_count; i++)
        if (is(r, i, measure, LOSES)) {
            const struct subject *s = &r->sets[i]->subject;
            new_group(w);
            ITEM(w, T_NOT_RANKED, transports[s->transport].name, lost(r, s));
        }
    ADD(w, ".");
}

static bool has_company(const struct results *r, size_t measure)
{
    for (size_t i = 0; i < r->set_count; i++)
        if (r->sets[i]->subject.measure == measure && judge(r, r->sets[i]) != SILENT)
            return true;
    return false;
}

static void against_baseline(struct writer *w, const struct results *r, size_t measure)
{
    static const enum text begin[MEASURES] = {T_AGAINST_HANDSHAKE, T_AGAINST_MESSAGE,
                                              T_AGAINST_PUSH};
    bool fan_out = measure == PUSH && r->plan->subscribers > 1;
    const struct row *base =
        results_row(r, measure, r->plan->baseline, measure_headline(r->plan, measure));
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

/* "connect, upgrade": where the round trips are. */
static void phases_waited_for(char out[64], const struct row *set)
{
    *out = '\0';
    for (enum phase p = PHASE_CONNECT; p <= PHASE_UPGRADE; p++) {
        const struct row *trips = &set[phase_metric(p) + COUNT_ROUND_TRIPS];
        if (trips->na == T_NONE && trips->value > 0)
            strcat(strcat(out, *out ? ", " : ""), phase_names[p]);
    }
}

static void add_round_trips_of(struct writer *w, const struct results *r, const struct row *set)
{
    const struct row *trips = &set[HANDSHAKE_ROUND_TRIPS], *ready = &set[HANDSHAKE_TOTAL];
    bool far = plan_is_far(r->plan);
    char phases[64], ms[FIGURE_MAX];
    phases_waited_for(phases, set);
    ITEM(w, T_TRIPS_OF, transports[set->subject.transport].name, trips->value, phases);
    if (!far)
        SAY(w, T_TRIPS_MS, figure(ms, 40 * trips->value));
    else if (!isnan(ready->p[P50]))
        SAY(w, T_TRIPS_MS, figure(ms, ready->p[P50] / 1e3));
}

static void add_round_trips(struct writer *w, const struct results *r)
{
    static const size_t compared[] = {TCP, TLS, WS, WSS};
    w->separator = "";
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
        const struct row *set = results_row(r, HANDSHAKE, compared[i], 0);
        if (!set || set[HANDSHAKE_ROUND_TRIPS].na != T_NONE)
            continue;
        if (!*w->separator)
            ADD(w, "%s%s: ", text(T_TRIPS), text(plan_is_far(r->plan) ? T_NONE : T_TRIPS_LINE));
        add_round_trips_of(w, r, set);
    }
    ADD(w, "%s", *w->separator ? ". " : "");
}

static void add_new_connection_of(struct writer *w, const struct results *r, const char *name,
                                  size_t closing, size_t keeping)
{
    const struct row *each = results_row(r, MESSAGE, closing, MESSAGE_RTT);
    const struct row *kept = results_row(r, MESSAGE, keeping, MESSAGE_RTT);
    char value[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    if (!each || !kept || each->round_count != kept->round_count)
        return;
    struct ratio ratio = ratio_of_rounds(each->rounds, kept->rounds, each->round_count);
    if (!shows_difference(ratio.ci))
        return;
    if (!*w->separator)
        ADD(w, "%s", text(T_NEW_CONNECTION));
    ITEM(w, T_SLOWER, name, figure_ratio(value, ratio.value), figure_ratio(low, ratio.ci.low),
         figure_ratio(high, ratio.ci.high));
}

static void add_new_connection(struct writer *w, const struct results *r)
{
    w->separator = "";
    add_new_connection_of(w, r, "HTTP", HTTP_CLOSE, HTTP_KEEP_ALIVE);
    add_new_connection_of(w, r, "HTTPS", HTTPS_CLOSE, HTTPS_KEEP_ALIVE);
    ADD(w, "%s", *w->separator ? ". " : "");
}

/* Sets that differ by TLS alone; extra is what else it adds. */
static void add_tls_of(struct writer *w, const struct results *r, const struct row *with,
                       const struct row *without, size_t extra, enum text sentence)
{
    char name[SUBJECT_NAME_MAX], us[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    const struct row *more = headline(r, with), *less = headline(r, without);
    if (more->round_count != less->round_count || with[extra].na != T_NONE)
        return;
    struct ratio added = difference_of_rounds(more->rounds, less->rounds, more->round_count);
    if (!(added.ci.low > 0)) /* not shown, or not known */
        return;
    if (!*w->separator)
        ADD(w, "%s", text(T_TLS_ADDS));
    ITEM(w, sentence, subject_name(name, &with->subject), figure(us, added.value),
         figure(low, added.ci.low), figure(high, added.ci.high),
         with[extra].value - (without[extra].na == T_NONE ? without[extra].value : 0));
}

static void add_tls(struct writer *w, const struct results *r, size_t measure)
{
    static const size_t pairs[][2] = {{TLS, TCP}, {WSS, WS}};
    bool handshake = measure == HANDSHAKE;
    w->separator = "";
    for (size_t i = 0; i < 4; i++) {
        struct subject s = {measure, pairs[i / 2][0], NULL, 0, i % 2};
        const struct row *with = results_find(r, &s, 0);
        const struct row *without = results_row(r, measure, pairs[i / 2][1], 0);
        if (with && without)
            add_tls_of(w, r, with, without, handshake ? HANDSHAKE_ROUND_TRIPS : MESSAGE_TLS,
                       handshake ? T_TLS_HANDSHAKE : T_TLS_ECHO);
    }
    ADD(w, "%s", *w->separator ? "." : "");
}

static void add_polling(struct writer *w, const struct results *r)
{
    const struct row *latency = results_row(r, PUSH, POLL, PUSH_LATENCY);
    const struct row *requests = results_row(r, PUSH, POLL, PUSH_REQUESTS);
    const struct row *empty = results_row(r, PUSH, POLL, PUSH_EMPTY);
    char ms[FIGURE_MAX], half[FIGURE_MAX], per[FIGURE_MAX];
    bool known = latency && latency->na == T_NONE && requests->na == T_NONE && empty->na == T_NONE;
    if (known)
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
    case HANDSHAKE:
        add_round_trips(&w, r);
        add_tls(&w, r, HANDSHAKE);
        break;
    case MESSAGE:
        add_new_connection(&w, r);
        add_tls(&w, r, MESSAGE);
        break;
    case PUSH: (r->plan->subscribers > 1 ? conclude_fan_out : add_polling)(&w, r); break;
    case IDLING: conclude_idle(&w, r); break;
    case MODELS: conclude_models(&w, r); break;
    }
    fclose(w.f);
    out[cap - 1] = '\0'; /* what does not fit is cut off */
}
