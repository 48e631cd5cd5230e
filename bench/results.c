/* bench/results.c: gathers samples by round, then computes what may be said about them.
 * SPDX-License-Identifier: MIT */
#include "bench/results.h"
#include "bench/children.h"
#include "bench/subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t row_metrics(const struct row *set)
{
    return measures[set->subject.measure].metric_count;
}

size_t results_rounds(const struct results *r, size_t measure)
{
    size_t done = r->done[measure].rounds;
    return done ? done : measure_rounds(r->plan, &measures[measure]);
}

long results_count(const struct results *r, size_t measure)
{
    long done = r->done[measure].count;
    return done ? done : measure_count(r->plan, &measures[measure]);
}

void results_begin(struct results *r, const struct subject *subject)
{
    const struct measure *m = &measures[subject->measure];
    struct row *set = calloc(m->metric_count, sizeof *set);
    if (!set)
        fail("no memory");
    for (size_t i = 0; i < m->metric_count; i++)
        set[i] = (struct row){.subject = *subject, .metric = &m->metrics[i],
                              .predicted = predict(r->plan, subject, i),
                              .tolerance = predict_tolerance(r->plan, subject, i)};
    r->sets[r->set_count++] = set;
}

static bool is_wanted(const struct subject *s, const struct subject *wanted)
{
    return s->measure == wanted->measure && s->transport == wanted->transport &&
           s->resumed == wanted->resumed &&
           (!wanted->model || s->model == wanted->model) &&
           (!wanted->connections || s->connections == wanted->connections);
}

struct row *results_find(const struct results *r, const struct subject *wanted, size_t metric)
{
    for (size_t i = 0; i < r->set_count; i++)
        if (is_wanted(&r->sets[i]->subject, wanted))
            return &r->sets[i][metric];
    return NULL;
}

struct row *results_row(const struct results *r, size_t measure, size_t transport, size_t metric)
{
    return results_find(r, &(struct subject){measure, transport, NULL, 0, false}, metric);
}

static void append(struct row *row, const double *v, size_t n)
{
    if (row->cap - row->n < n) {
        row->cap = row->cap * 2 + n;
        row->v = realloc(row->v, row->cap * sizeof *v);
        if (!row->v)
            fail("no memory");
    }
    if (n > 0) /* or row->v may be NULL, which memcpy() does not allow */
        memcpy(row->v + row->n, v, n * sizeof *v);
    row->n += n;
}

static void add_round(struct row *row, const struct finding *f)
{
    if (f->n == 0)
        return; /* every message of the round was lost */
    row->rounds[row->round_count++] = median_in_place(row->v + row->n - f->n, f->n);
}

static void add_conversation(struct results *r, const struct row *row,
                             const struct told_conversation *c)
{
    r->told = realloc(r->told, (r->told_count + 1) * sizeof *r->told);
    if (!r->told)
        fail("no memory");
    r->told[r->told_count++] = (struct told){row->subject, *c};
}

/* What could be had in another round stays. */
static void give_up(struct row *set)
{
    for (size_t i = 0; i < row_metrics(set); i++)
        if (set[i].n + set[i].round_count == 0)
            set[i].na = T_NA_GAVE_UP;
}

void results_add(struct results *r, struct row *row, const struct finding *f)
{
    if (f->conversation) {
        add_conversation(r, row, f->conversation);
        return;
    }
    if (f->gave_up) {
        give_up(row);
        return;
    }
    row += f->metric;
    if (f->na != T_NONE && row->n + row->round_count > 0)
        return; /* it could be had in another round */
    row->na = f->na;
    if (f->na != T_NONE)
        return;
    row->cut |= f->n >= SAMPLES_MAX;
    switch (row->metric->kind) {
    case DISTRIBUTION:
        append(row, f->v, f->n);
        add_round(row, f);
        break;
    case PER_ROUND: row->rounds[row->round_count++] = f->v[0]; break;
    case TYPICAL: append(row, f->v, f->n); break;
    case TOTAL: row->value += f->v[0]; break;
    }
}

void results_na(struct row *set, enum text why)
{
    for (size_t i = 0; i < row_metrics(set); i++)
        set[i].na = why;
}

double results_lost(const struct results *r, size_t measure, size_t transport, bool pipelined)
{
    size_t metric = measure == PUSH ? PUSH_MISSED : pipelined ? MESSAGE_LOST_DEEP : MESSAGE_LOST;
    const struct row *row = results_row(r, measure, transport, metric);
    bool loses = measure == MESSAGE || measure == PUSH;
    return loses && row && row->na == T_NONE ? row->value : 0;
}

bool results_overlap(const struct results *r, size_t transport)
{
    const struct row *last = results_row(r, PUSH, transport, PUSH_LAST);
    const struct row *all = results_row(r, PUSH, transport, PUSH_LATENCY);
    double apart = 1e3 * (double)r->plan->push_every_ms;
    if (!last || transport == POLL)
        return false;
    if (last->na != T_NONE) /* then no event reached all */
        return all->na == T_NONE && all->max > apart;
    return median_of_rounds(last->rounds, last->round_count) > apart;
}

#define AGREE 1.2 /* the largest of the rounds' figures, over the smallest, at the most */

static bool agree(const struct row *row)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < row->round_count; i++) {
        low = fmin(low, row->rounds[i]);
        high = fmax(high, row->rounds[i]);
    }
    return row->na != T_NONE || high <= AGREE * low;
}

/* The server's allocator may keep what it took; the kernel's objects go with their connections. */
bool results_idle_steady(const struct results *r, size_t transport)
{
    const struct row *set = results_row(r, IDLING, transport, 0);
    const struct row *held = &set[IDLE_KERNEL], *after = &set[IDLE_KERNEL_AFTER];
    bool kept = held->na == T_NONE && after->na == T_NONE && after->value >= held->value;
    return agree(&set[IDLE_USER]) && agree(held) && !kept;
}

enum pin results_pin(const struct results *r, size_t measure)
{
    const struct cpus *cpus = &r->cpus[measure];
    return cpus->server < 0 ? PIN_NONE : cpus->server == cpus->client ? PIN_SAME : PIN_SPLIT;
}

static void describe_samples(struct row *row)
{
    row->hist = malloc(sizeof *row->hist);
    if (!row->hist)
        fail("no memory");
    sort_samples(row->v, row->n);
    histogram_fill(row->hist, row->v, row->n);
    row->mean = mean(row->v, row->n);
    row->min = row->v[0];
    row->max = row->v[row->n - 1];
    for (int p = 0; p < PERCENTILES; p++)
        row->p[p] = percentile(row->v, row->n, (enum percentile)p);
}

static void describe(struct row *row)
{
    row->ci = (struct interval){NAN, NAN};
    row->ratio = (struct ratio){NAN, {NAN, NAN}};
    if (row->na == T_NONE && row->metric->kind != TOTAL && row->n + row->round_count == 0)
        row->na = T_NA_UNTOLD;
    if (row->na != T_NONE)
        return;
    if (row->metric->kind == DISTRIBUTION)
        describe_samples(row);
    if (row->metric->kind == TYPICAL)
        row->value = median_in_place(row->v, row->n);
    if (row->metric->kind == PER_ROUND)
        row->value = median_of_rounds(row->rounds, row->round_count);
    if (row->round_count)
        row->ci = median_interval(row->rounds, row->round_count);
}

/* No ratio when one of the two lost something: what is missing may have been the slowest. */
static void rank(const struct results *r, struct row *set)
{
    const struct subject *s = &set->subject;
    for (size_t i = 0; i < row_metrics(set); i++) {
        bool deep = set[i].metric->pipelined;
        set[i].unranked = results_lost(r, s->measure, s->transport, deep) +
                              results_lost(r, s->measure, r->plan->baseline, deep) > 0;
    }
}

void results_rank(struct results *r)
{
    for (size_t s = 0; s < r->set_count; s++)
        rank(r, r->sets[s]);
}

static void compare(const struct results *r, struct row *set)
{
    struct subject to = set->subject;
    to.transport = r->plan->baseline;
    to.resumed = false;
    for (size_t i = 0; i < row_metrics(set); i++) {
        const struct row *base = results_find(r, &to, i);
        if (!set[i].unranked && base && set[i].round_count &&
            set[i].round_count == base->round_count && base->value + base->min > 0)
            set[i].ratio = ratio_of_rounds(set[i].rounds, base->rounds, base->round_count);
    }
}

void results_finish(struct results *r)
{
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < row_metrics(r->sets[s]); i++)
            describe(&r->sets[s][i]);
    results_rank(r);
    for (size_t s = 0; s < r->set_count; s++)
        compare(r, r->sets[s]);
}

void results_free(struct results *r)
{
    for (size_t s = 0; s < r->set_count; s++) {
        for (size_t i = 0; i < row_metrics(r->sets[s]); i++) {
            free(r->sets[s][i].v);
            free(r->sets[s][i].hist);
        }
        free(r->sets[s]);
    }
    free(r->told);
    r->set_count = 0;
}
