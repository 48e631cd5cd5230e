/* bench/report/conclude.c: a difference is claimed only when the interval of its ratio leaves out
 * 1.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/report/conclude.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What can be said about a transport beside the baseline. */
enum verdict { DIFFERS, SAME, UNSURE, FREE, LOSES, BASELINE_LOSES, SILENT };

double in_unit(const struct results *r, double us)
{
    return plan_is_far(r->plan) ? us / 1e3 : us;
}

const char *unit_of(const struct results *r)
{
    return text(plan_is_far(r->plan) ? T_MS : T_US);
}

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

/* A socket of UDP is ready when it is there: over a line that is no time to compare. */
static bool waits_for_nothing(const struct results *r, const struct subject *s)
{
    return plan_is_far(r->plan) && s->measure == HANDSHAKE && s->transport == UDP;
}

static enum verdict judge(const struct results *r, const struct row *set)
{
    const struct row *row = headline(r, set);
    if (is_baseline(r, &row->subject) || row->na != T_NONE)
        return SILENT;
    if (waits_for_nothing(r, &row->subject))
        return FREE;
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
    add_group(w, r, measure, FREE, T_WAITS_FOR_NOTHING);
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
    char time[FIGURE_MAX];
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
        SAY(w, T_BASELINE_TIME, figure(time, in_unit(r, base->p[P50])), unit_of(r));
    ADD(w, ": ");
    compare_all(w, r, measure);
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
    case HANDSHAKE: conclude_handshake(&w, r); break;
    case MESSAGE: conclude_message(&w, r); break;
    case PUSH: (r->plan->subscribers > 1 ? conclude_fan_out : conclude_push)(&w, r); break;
    case IDLING: conclude_idle(&w, r); break;
    case MODELS: conclude_models(&w, r); break;
    }
    fclose(w.f);
    out[cap - 1] = '\0'; /* what does not fit is cut off */
}
