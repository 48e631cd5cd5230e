/* bench/predict/predict_compare.c: predicted beside measured, phase by phase.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "bench/report/grid.h"
#include "bench/report/report.h"

#include <math.h>
#include <string.h>

#define NONE SIZE_MAX

/* One row: a part of a conversation, its time and the first of its counts, where it has them. */
struct part {
    const char *name;
    size_t time, counts;
};

static const struct part handshake_parts[] = {
    {"connect", HANDSHAKE_CONNECT, HANDSHAKE_PHASES + PHASE_CONNECT * COUNTS},
    {"tls", HANDSHAKE_TLS, HANDSHAKE_PHASES + PHASE_TLS * COUNTS},
    {"upgrade", HANDSHAKE_UPGRADE, HANDSHAKE_PHASES + PHASE_UPGRADE * COUNTS},
    {"ready", HANDSHAKE_TOTAL, NONE},
    {"reply", HANDSHAKE_FIRST_REPLY, HANDSHAKE_PHASES + PHASE_MESSAGE * COUNTS},
    {"close", NONE, HANDSHAKE_PHASES + PHASE_CLOSE * COUNTS},
    {0}};
static const struct part message_parts[] = {{"echo", MESSAGE_RTT, NONE}, {0}};
static const struct part push_parts[] = {{"push", PUSH_LATENCY, PUSH_PHASE}, {0}};
static const struct part *const parts[] = {
    [HANDSHAKE] = handshake_parts, [MESSAGE] = message_parts, [PUSH] = push_parts};

struct pair {
    double predicted, measured;
    bool wrong;
};

/* Who asks hears late by chance: it is the mean that is predicted. */
static double measured(const struct row *row)
{
    bool asks = row->subject.transport == POLL || row->subject.transport == LONG_POLL;
    if (row->na != T_NONE)
        return NAN;
    if (row->metric->kind != DISTRIBUTION)
        return row->value;
    if (asks)
        return row->mean;
    bool many = !isnan(row->p[P50]);
    return many ? row->p[P50] : median_of_rounds(row->rounds, row->round_count);
}

/* A prediction, by the plan as it is now. */
static struct pair pair_of(const struct results *r, const struct row *set, size_t metric)
{
    struct pair p = {NAN, NAN, false};
    if (metric == NONE)
        return p;
    p.measured = measured(&set[metric]);
    p.predicted = predict(r->plan, &set->subject, metric);
    p.wrong = fabs(p.measured - p.predicted) > predict_tolerance(r->plan, &set->subject, metric);
    return p;
}

/* What a row shows: a time, and packets and bytes out and in. */
struct shown {
    struct pair time, count[COUNTS];
    bool there, counts_wrong;
    size_t known, wrong; /* figures of which both are known */
};

static void tally(struct shown *s, const struct pair *p)
{
    bool known = !isnan(p->predicted) && !isnan(p->measured);
    s->known += known;
    s->wrong += known && p->wrong;
    s->there |= !isnan(p->measured);
}

static struct shown shown_of(const struct results *r, const struct row *set,
                             const struct part *part)
{
    bool far = r->plan->wire != NULL;
    struct shown s = {.time = pair_of(r, set, far ? part->time : NONE)};
    tally(&s, &s.time);
    for (size_t i = 0; i < COUNTS; i++) {
        s.count[i] = pair_of(r, set, part->counts == NONE ? NONE : part->counts + i);
        s.counts_wrong |= s.count[i].wrong;
        tally(&s, &s.count[i]);
    }
    return s;
}

/* --- the table --- */

#define CELL 64

/* Figures of many events have a fraction. */
static size_t out_in(char *out, size_t cap, double a, double b)
{
    int digits = (a == floor(a) && b == floor(b)) || a + b > 100 ? 0 : 1;
    return (size_t)snprintf(out, cap, "%.*f+%.*f", digits, a, digits, b);
}

/* "2+1", and behind it what was predicted where that is something else. */
static char *both(char out[CELL], const struct pair *p)
{
    bool known = !isnan(p[0].predicted) && !isnan(p[1].predicted);
    *out = '\0';
    if (isnan(p[0].measured))
        return out;
    size_t n = out_in(out, CELL, p[0].measured, p[1].measured);
    if (!known || (p[0].measured == p[0].predicted && p[1].measured == p[1].predicted))
        return out;
    n += (size_t)snprintf(out + n, CELL - n, " (");
    n += out_in(out + n, CELL - n, p[0].predicted, p[1].predicted);
    snprintf(out + n, CELL - n, ")");
    return out;
}

static char *ms(char out[FIGURE_MAX], double us)
{
    *out = '\0';
    if (!isnan(us))
        snprintf(out, FIGURE_MAX, "%.1f", us / 1e3);
    return out;
}

static void print_row(FILE *f, const char *name, const char *part, const struct shown *s)
{
    char a[FIGURE_MAX], b[FIGURE_MAX], c[FIGURE_MAX], packets[CELL], bytes[CELL], line[160];
    const struct pair *p = &s->count[COUNT_PACKETS_OUT], *q = &s->count[COUNT_BYTES_OUT];
    snprintf(line, sizeof line, "%-16s %-7s%c%7s %7s %6s  %-11s %s", name, part,
             s->wrong > 0 ? '*' : ' ', ms(a, s->time.predicted), ms(b, s->time.measured),
             ms(c, s->time.measured - s->time.predicted),
             both(packets, p), both(bytes, q));
    size_t n = strlen(line);
    while (n > 0 && line[n - 1] == ' ')
        n--;
    fprintf(f, "%.*s\n", (int)n, line);
}

/* --- warnings --- */

static void warn_of_time(const char *name, const char *part, const struct pair *p)
{
    char is[FIGURE_MAX], was[FIGURE_MAX];
    fputs("bench: warning: ", stderr);
    fprintf(stderr, text(W_PREDICTED_TIME), name, part, figure(is, p->measured / 1e3),
            figure(was, p->predicted / 1e3));
    fputc('\n', stderr);
}

/* One of them tells: where a packet is too many, so are its bytes. */
static void warn_of_counts(const char *name, const struct row *row, const struct pair *p)
{
    char is[FIGURE_MAX], was[FIGURE_MAX];
    size_t i = 0;
    while (!p[i].wrong)
        i++;
    fputs("bench: warning: ", stderr);
    fprintf(stderr, text(W_PREDICTED_COUNT), name, row[i].metric->name,
            figure_count(is, p[i].measured), figure_count(was, p[i].predicted));
    fputc('\n', stderr);
}

/* Of a conversation that is late somewhere one warning tells: how long it took until it was ready,
 * or else the first part that was. */
static void warn_of_late(const struct results *r, const struct row *set, const char *name)
{
    const struct part *late = NULL;
    for (const struct part *p = parts[set->subject.measure]; p->name; p++) {
        struct pair time = pair_of(r, set, p->time);
        if (time.wrong && (!late || p->time == HANDSHAKE_TOTAL))
            late = p;
    }
    if (!late)
        return;
    struct pair time = pair_of(r, set, late->time);
    warn_of_time(name, late->name, &time);
}

static void warn_of_set(const struct results *r, const struct row *set)
{
    char name[SUBJECT_NAME_MAX];
    subject_name(name, &set->subject);
    if (r->plan->wire)
        warn_of_late(r, set, name);
    for (const struct part *p = parts[set->subject.measure]; p->name; p++) {
        struct shown s = shown_of(r, set, p);
        if (s.counts_wrong)
            warn_of_counts(name, set + p->counts, s.count);
    }
}

static bool is_predicted(const struct row *set)
{
    return set->subject.measure <= PUSH; /* no rule tells memory, nor who is served how soon */
}

void predict_warn(const struct results *r)
{
    for (size_t i = 0; i < r->set_count; i++)
        if (is_predicted(r->sets[i]))
            warn_of_set(r, r->sets[i]);
}

/* Returns how many figures it has, adding to *wrong. */
static size_t print_set(FILE *f, const struct results *r, const struct row *set, size_t *wrong)
{
    const struct subject *subject = &set->subject;
    const char *name = row_name(subject);
    size_t known = 0;
    for (const struct part *p = parts[subject->measure]; p->name; p++) {
        struct shown s = shown_of(r, set, p);
        if (!s.there)
            continue;
        print_row(f, name, p->name, &s);
        known += s.known;
        *wrong += s.wrong;
        name = "";
    }
    return known;
}

void predict_compare(FILE *f, const struct results *r)
{
    char spec[WIRE_SPEC_TEXT_MAX];
    size_t known = 0, wrong = 0;
    const char *wire = r->plan->wire ? wire_spec_text(r->plan->wire, spec) : NULL;
    fprintf(f, text(T_PREDICTED_HEAD), wire ? wire : text(T_PREDICTED_LOOPBACK));
    fprintf(f, "\n\n%-16s %-7s %7s %7s %6s  %-11s %s\n", "", "", "pred.", "ms", "diff.", "packets",
            "bytes");
    for (size_t i = 0; i < r->set_count; i++)
        if (is_predicted(r->sets[i]))
            known += print_set(f, r, r->sets[i], &wrong);
    fputc('\n', f);
    print_wrapped(f, text(T_PREDICTED_NOTE), 79, "");
    fprintf(f, text(wrong ? T_PREDICTED_WRONG : T_PREDICTED_NONE), wrong ? wrong : known, known);
    fputc('\n', f);
    predict_warn(r);
}
