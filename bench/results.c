/* bench/results.c: gathers samples by round, then computes what may be said about them.
 * SPDX-License-Identifier: MIT */
#include "bench/results.h"
#include "bench/children.h"
#include "bench/predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void results_begin(struct results *r, size_t measure, size_t transport)
{
    const struct measure *m = &measures[measure];
    struct row *rows = calloc(m->metric_count, sizeof *rows);
    if (!rows)
        fail("no memory");
    for (size_t i = 0; i < m->metric_count; i++) {
        rows[i] = (struct row){.measure = m, .transport = &transports[transport],
                               .metric = &m->metrics[i]};
        rows[i].predicted = predict(r->plan, measure, &transports[transport], i);
    }
    r->rows[measure][transport] = rows;
}

struct row *results_row(const struct results *r, size_t measure, size_t transport, size_t metric)
{
    struct row *rows = r->rows[measure][transport];
    return rows ? &rows[metric] : NULL;
}

static void append(struct row *row, const double *v, size_t n)
{
    if (row->cap - row->n < n) {
        row->cap = row->cap * 2 + n;
        row->v = realloc(row->v, row->cap * sizeof *v);
        if (!row->v)
            fail("no memory");
    }
    memcpy(row->v + row->n, v, n * sizeof *v);
    row->n += n;
}

static double middle(double *v, size_t n)
{
    sort_samples(v, n);
    return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

static void add_round(struct row *row, const struct finding *f)
{
    if (f->n == 0)
        fail("%s over %s: every message of a round was lost", row->measure->name,
             row->transport->name);
    row->rounds[row->round_count++] = middle(row->v + row->n - f->n, f->n);
}

void results_add(struct row *row, const struct finding *f)
{
    row += f->metric;
    row->na = f->na;
    if (f->na != T_NONE)
        return;
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

void results_na(struct row *row, enum text why)
{
    for (size_t i = 0; i < row->measure->metric_count; i++)
        row[i].na = why;
}

double results_lost(const struct results *r, size_t measure, size_t transport)
{
    static const size_t metric[MEASURES] = {[MESSAGE] = MESSAGE_LOST, [PUSH] = PUSH_MISSED};
    const struct row *row = results_row(r, measure, transport, metric[measure]);
    return row && metric[measure] && row->na == T_NONE ? row->value : 0;
}

double row_typical(const struct row *row)
{
    if (row->metric->kind != DISTRIBUTION)
        return row->value;
    return isnan(row->p[P50]) ? median_of_rounds(row->rounds, row->round_count) : row->p[P50];
}

enum pin results_pin(const struct results *r)
{
    return r->cpu_server < 0 ? PIN_NONE : r->cpu_server == r->cpu_client ? PIN_SAME : PIN_SPLIT;
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
    if (row->na != T_NONE)
        return;
    if (row->metric->kind == DISTRIBUTION)
        describe_samples(row);
    if (row->metric->kind == TYPICAL)
        row->value = middle(row->v, row->n);
    if (row->metric->kind == PER_ROUND)
        row->value = median_of_rounds(row->rounds, row->round_count);
    if (row->round_count)
        row->ci = median_interval(row->rounds, row->round_count);
}

/* No ratio when one of the two lost something: what is missing may have been the slowest. */
static void compare(struct results *r, size_t measure, size_t transport)
{
    size_t to = r->plan->baseline;
    bool lost = results_lost(r, measure, transport) > 0 || results_lost(r, measure, to) > 0;
    for (size_t i = 0; i < measures[measure].metric_count; i++) {
        struct row *row = results_row(r, measure, transport, i);
        const struct row *base = results_row(r, measure, to, i);
        row->unranked = lost;
        if (!lost && base && row->round_count && row->round_count == base->round_count &&
            base->value + base->min > 0)
            row->ratio = ratio_of_rounds(row->rounds, base->rounds, row->round_count);
    }
}

void results_finish(struct results *r)
{
    for (size_t m = 0; m < MEASURES; m++)
        for (size_t t = 0; t < TRANSPORTS; t++)
            for (size_t i = 0; r->rows[m][t] && i < measures[m].metric_count; i++)
                describe(&r->rows[m][t][i]);
    for (size_t m = 0; m < MEASURES; m++)
        for (size_t t = 0; t < TRANSPORTS; t++)
            if (r->rows[m][t])
                compare(r, m, t);
}

void results_free(struct results *r)
{
    for (size_t m = 0; m < MEASURES; m++)
        for (size_t t = 0; t < TRANSPORTS; t++) {
            for (size_t i = 0; r->rows[m][t] && i < measures[m].metric_count; i++) {
                free(r->rows[m][t][i].v);
                free(r->rows[m][t][i].hist);
            }
            free(r->rows[m][t]);
            r->rows[m][t] = NULL;
        }
}
