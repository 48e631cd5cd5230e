/* bench/conclude.c: a difference is claimed only when the interval of its ratio leaves out 1.
 * SPDX-License-Identifier: MIT */
#include "bench/conclude.h"
#include "bench/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct writer {
    char *out;
    size_t cap;
};

static size_t end_of(const struct writer *w)
{
    return strlen(w->out);
}

#define ADD(w, ...) snprintf((w)->out + end_of(w), (w)->cap - end_of(w), __VA_ARGS__)

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
    ADD(w, text(T_TIMES), transports[row->subject.transport].name,
        figure_ratio(value, row->ratio.value), figure_ratio(low, row->ratio.ci.low), figure_ratio(high, row->ratio.ci.high));
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

static void add_group(struct writer *w, const struct results *r, size_t measure,
                      enum verdict verdict, enum text sentence, const char **separator)
{
    char names[256];
    size_t to = r->plan->baseline;
    if (!names_of(names, r, measure, verdict))
        return;
    ADD(w, "%s", *separator);
    ADD(w, text(sentence), names, transports[to].name, results_lost(r, measure, to, false));
    *separator = "; ";
}

static void compare_all(struct writer *w, const struct results *r, size_t measure)
{
    const char *separator = "";
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (judge(r, measure, t) != DIFFERS)
            continue;
        ADD(w, "%s", separator);
        add_difference(w, headline(r, measure, t));
        separator = ", ";
    }
    if (*separator)
        separator = "; ";
    add_group(w, r, measure, SAME, T_NO_DIFFERENCE, &separator);
    add_group(w, r, measure, UNSURE, T_NO_CLAIM, &separator);
    add_group(w, r, measure, BASELINE_LOSES, T_BASELINE_LOST, &separator);
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (judge(r, measure, t) != LOSES)
            continue;
        ADD(w, "%s", separator);
        ADD(w, text(T_NOT_RANKED), transports[t].name, results_lost(r, measure, t, false));
        separator = "; ";
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
        ADD(w, text(T_NO_BASELINE), name);
        return;
    }
    if (!has_company(r, measure)) {
        ADD(w, text(T_ALONE), name);
        return;
    }
    ADD(w, text(fan_out ? T_AGAINST_FAN_OUT : begin[measure]), name, figure(us, row_typical(base)));
    compare_all(w, r, measure);
}

/* --- one sentence more, about what each measure is for --- */

static void add_round_trips(struct writer *w, const struct results *r)
{
    const struct row *ws = results_row(r, HANDSHAKE, WS, HANDSHAKE_ROUND_TRIPS);
    const struct row *tcp = results_row(r, HANDSHAKE, TCP, HANDSHAKE_ROUND_TRIPS);
    if (ws && tcp)
        ADD(w, text(T_TRIPS), ws->value, tcp->value, 40 * ws->value, 40 * tcp->value);
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
        ADD(w, text(T_NEW_CONNECTION), figure_ratio(value, ratio.value),
            figure_ratio(low, ratio.ci.low), figure_ratio(high, ratio.ci.high));
}

static void add_polling(struct writer *w, const struct results *r)
{
    const struct row *latency = results_row(r, PUSH, POLL, PUSH_LATENCY);
    const struct row *requests = results_row(r, PUSH, POLL, PUSH_REQUESTS);
    const struct row *empty = results_row(r, PUSH, POLL, PUSH_EMPTY);
    char ms[FIGURE_MAX], half[FIGURE_MAX], per[FIGURE_MAX];
    if (latency && latency->na == T_NONE)
        ADD(w, text(T_POLLING), figure(ms, latency->mean / 1e3),
            figure(half, (double)r->plan->poll_every_ms / 2), figure(per, requests->value),
            empty->value, mean(requests->rounds, requests->round_count) * (double)latency->n);
}

static void add_fan_out(struct writer *w, const struct results *r)
{
    const char *separator = "";
    char n[FIGURE_MAX], us[FIGURE_MAX];
    ADD(w, text(T_FAN_OUT), figure_count(n, (double)r->plan->subscribers));
    for (size_t t = 0; t < TRANSPORTS; t++) {
        const struct row *first = results_row(r, PUSH, t, PUSH_FIRST);
        const struct row *last = results_row(r, PUSH, t, PUSH_LAST);
        if (!first || first->na != T_NONE || last->na != T_NONE)
            continue;
        ADD(w, "%s", separator);
        ADD(w, text(T_FAN_OUT_OF), figure(us, row_typical(last) - row_typical(first)),
            transports[t].name);
        separator = ", ";
    }
    ADD(w, ".");
}

static void add_memory(struct writer *w, const struct results *r)
{
    const char *separator = "";
    char mib[FIGURE_MAX];
    for (size_t t = 0; t < TRANSPORTS; t++) {
        const struct row *user = results_row(r, IDLING, t, IDLE_USER);
        const struct row *kernel = results_row(r, IDLING, t, IDLE_KERNEL);
        if (!user || user->na != T_NONE)
            continue;
        bool both = kernel->na == T_NONE;
        ADD(w, "%s", *separator ? separator : text(both ? T_IDLE_BOTH : T_IDLE_USER));
        ADD(w, text(T_IDLE_OF), transports[t].name,
            figure(mib, (user->value + (both ? kernel->value : 0)) * 10000 / (1 << 20)));
        separator = ", ";
    }
    ADD(w, "%s", *separator ? "." : "");
}

/* The fewest connections of which a model leaves one without an answer; NULL = it never does. */
static const struct row *starved(const struct results *r, size_t transport, const char *model)
{
    size_t stays[STAYS_MAX], n = stays_of(r->plan, stays);
    for (size_t i = 0; i < n; i++) {
        struct subject s = {MODELS, transport, model, stays[i]};
        const struct row *row = results_find(r, &s, MODELS_SERVED);
        if (row && row->na == T_NONE && row->value < (double)stays[i])
            return row;
    }
    return NULL;
}

static void add_starved(struct writer *w, const struct results *r, size_t transport)
{
    const char *separator = NULL;
    char served[FIGURE_MAX], of[FIGURE_MAX];
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        const struct row *row = starved(r, transport, model_names[m]);
        if (!row)
            continue;
        if (!separator)
            ADD(w, text(T_STARVED), transports[transport].name);
        ADD(w, "%s", separator ? separator : "");
        ADD(w, text(T_STARVED_OF), model_names[m], figure_count(served, row->value),
            figure_count(of, (double)row->subject.connections));
        if (m == MODEL_POOL)
            ADD(w, text(T_STARVED_WHY), r->plan->workers);
        separator = m == MODEL_POOL ? " " : ", ";
    }
    if (separator && *separator == ',')
        ADD(w, ".");
}

static void add_served(struct writer *w, const struct results *r, size_t transport)
{
    char names[128] = "", n[FIGURE_MAX];
    struct subject s = {MODELS, transport, NULL, r->plan->connections};
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        s.model = model_names[m];
        const struct row *row = results_find(r, &s, MODELS_SERVED);
        if (row->na == T_NONE && !starved(r, transport, s.model))
            strcat(strcat(names, *names ? ", " : ""), s.model);
    }
    if (*names)
        ADD(w, text(T_ALL_SERVED), figure_count(n, (double)s.connections),
            transports[transport].name, names);
}

static void add_models(struct writer *w, const struct results *r)
{
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (!results_row(r, MODELS, t, 0))
            continue;
        add_starved(w, r, t);
        ADD(w, " ");
        add_served(w, r, t);
        ADD(w, " ");
    }
}

void conclude(char *out, size_t cap, const struct results *r, size_t measure)
{
    struct writer w = {out, cap};
    *out = '\0';
    if (measure != IDLING && measure != MODELS) {
        against_baseline(&w, r, measure);
        ADD(&w, " ");
    }
    switch (measure) {
    case HANDSHAKE: add_round_trips(&w, r); break;
    case MESSAGE: add_new_connection(&w, r); break;
    case PUSH: (r->plan->subscribers > 1 ? add_fan_out : add_polling)(&w, r); break;
    case IDLING: add_memory(&w, r); break;
    case MODELS: add_models(&w, r); break;
    }
}
