/* bench/report/conclude_one.c: what handshake, message and push were measured for, where each has
 * its connection to itself.
 * Partner: conclude.c, which compares transports, and conclude_crowd.c.
 * SPDX-License-Identifier: MIT */
#include "bench/report/conclude.h"

#include <math.h>
#include <string.h>

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
    char name[SUBJECT_NAME_MAX], time[FIGURE_MAX], low[FIGURE_MAX], high[FIGURE_MAX];
    size_t head = measure_headline(r->plan, with->subject.measure);
    const struct row *more = with + head, *less = without + head;
    if (more->round_count != less->round_count || with[extra].na != T_NONE)
        return;
    struct ratio added = difference_of_rounds(more->rounds, less->rounds, more->round_count);
    if (!(added.ci.low > 0)) /* not shown, or not known */
        return;
    if (!*w->separator)
        ADD(w, "%s", text(T_TLS_ADDS));
    ITEM(w, sentence, subject_name(name, &with->subject), figure(time, in_unit(r, added.value)),
         unit_of(r), figure(low, in_unit(r, added.ci.low)), figure(high, in_unit(r, added.ci.high)),
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

void conclude_handshake(struct writer *w, const struct results *r)
{
    add_round_trips(w, r);
    add_tls(w, r, HANDSHAKE);
}

void conclude_message(struct writer *w, const struct results *r)
{
    add_new_connection(w, r);
    add_tls(w, r, MESSAGE);
}

/* By the rules it is half of its interval, which is no shorter than a round trip, and the way. */
void conclude_push(struct writer *w, const struct results *r)
{
    const struct row *latency = results_row(r, PUSH, POLL, PUSH_LATENCY);
    const struct row *requests = results_row(r, PUSH, POLL, PUSH_REQUESTS);
    const struct row *empty = results_row(r, PUSH, POLL, PUSH_EMPTY);
    char ms[FIGURE_MAX], per[FIGURE_MAX];
    bool known = latency && latency->na == T_NONE && requests->na == T_NONE && empty->na == T_NONE;
    if (!known)
        return;
    SAY(w, T_POLLING, figure(ms, latency->mean / 1e3));
    if (!isnan(latency->predicted))
        SAY(w, T_POLLING_RULES, figure(ms, latency->predicted / 1e3));
    SAY(w, T_POLLING_ASKED, figure(per, requests->value), empty->value,
        mean(requests->rounds, requests->round_count) * (double)latency->n);
}
