/* bench/report/grid.c: rows and columns as text.
 * SPDX-License-Identifier: MIT */
#include "bench/report/grid.h"
#include "bench/report/report.h"

#include <math.h>
#include <string.h>

static void head_cell(char *out, const char *head, const struct plan *plan)
{
    const char *baseline = transports[plan->baseline].name;
    if (strstr(head, "%zu"))
        snprintf(out, CELL_MAX, head, plan->depth);
    else if (strstr(head, "%s"))
        snprintf(out, CELL_MAX, head, strlen(baseline) > 5 ? "base" : baseline);
    else
        snprintf(out, CELL_MAX, "%s", head);
}

static void na_cell(struct grid *g, char *out, enum text why)
{
    g->why[why] = true;
    strcpy(out, "n/a");
}

static void ms_cell(struct grid *g, char *out, double us)
{
    if (isnan(us))
        na_cell(g, out, T_NA_SAMPLES);
    else
        figure(out, us / 1e3);
}

static void rtts_cell(struct grid *g, char *out, const struct row *row)
{
    char predicted[FIGURE_MAX];
    if (!(g->rtt_us > 0))
        na_cell(g, out, T_NA_WIRE);
    else if (isnan(row->p[P50]))
        na_cell(g, out, T_NA_SAMPLES);
    else
        figure_ratio(out, row->p[P50] / g->rtt_us);
    if (g->rtt_us > 0 && !isnan(row->predicted))
        snprintf(out + strlen(out), CELL_MAX - strlen(out), " (%s)",
                 figure_count(predicted, row->predicted / g->rtt_us));
}

static void percentile_cell(struct grid *g, char *out, double v)
{
    if (isnan(v))
        na_cell(g, out, T_NA_SAMPLES);
    else
        figure(out, v);
}

static void ratio_cell(struct grid *g, char *out, const struct row *row)
{
    if (row->unranked)
        na_cell(g, out, T_NA_LOST);
    else if (isnan(row->ratio.value))
        na_cell(g, out, T_NA_BASELINE);
    else
        figure_ratio(out, row->ratio.value);
}

static void ci_cell(struct grid *g, char *out, const struct row *row)
{
    char low[FIGURE_MAX], high[FIGURE_MAX];
    struct interval ci = row->ratio.ci;
    if (!isnan(ci.low))
        snprintf(out, CELL_MAX, "%.20s..%.20s", figure_ratio(low, ci.low),
                 figure_ratio(high, ci.high));
    else if (row->unranked)
        na_cell(g, out, T_NA_LOST);
    else
        na_cell(g, out, isnan(row->ratio.value) ? T_NA_BASELINE : T_NA_ROUNDS);
}

static char *typical(char out[FIGURE_MAX], const struct row *row, double v)
{
    bool exact = row->metric->kind == TYPICAL || row->metric->kind == TOTAL;
    return (exact ? figure_count : figure)(out, v);
}

static void add_predicted(char *out, const struct row *row)
{
    char predicted[FIGURE_MAX];
    if (!isnan(row->predicted))
        snprintf(out + strlen(out), CELL_MAX - strlen(out), " (%s)",
                 typical(predicted, row, row->predicted));
}

static void sum_cell(struct grid *g, char *out, const struct row *row)
{
    if (row[1].na != T_NONE)
        na_cell(g, out, row[1].na);
    else
        figure(out, row[0].value + row[1].value);
}

static bool is_surprise(const struct row *row)
{
    return fabs(row->value - row->predicted) > row->tolerance;
}

static void both_cell(struct grid *g, char *out, const struct row *row)
{
    if (row[1].na != T_NONE) {
        na_cell(g, out, row[1].na);
        return;
    }
    char a[FIGURE_MAX], b[FIGURE_MAX];
    bool wrong = is_surprise(&row[0]) || is_surprise(&row[1]); /* which a warning tells more of */
    snprintf(out, CELL_MAX, "%.10s+%.10s%s", typical(a, row, row[0].value),
             typical(b, row, row[1].value), wrong ? "*" : "");
}

static void lost_cell(char *out, const struct row *row)
{
    const struct row *deep = row + (MESSAGE_LOST_DEEP - MESSAGE_LOST);
    snprintf(out, CELL_MAX, "%.0f+%.0f", row->value, deep->na == T_NONE ? deep->value : 0);
}

/* Whoever is not served stands out. */
static void served_cell(char *out, const struct row *row)
{
    char served[FIGURE_MAX], of[FIGURE_MAX];
    double all = (double)row->subject.connections;
    figure_count(served, floor(row->value)); /* two rounds may differ */
    snprintf(out, CELL_MAX, row->value < all ? "%.20s of %.20s" : "%.20s", served,
             figure_count(of, all));
}

static void fill_cell(struct grid *g, char *out, const struct row *row, enum show show)
{
    if (row->na != T_NONE) {
        na_cell(g, out, row->na);
        return;
    }
    switch (show) {
    case SHOW_P50:
    case SHOW_P90:
    case SHOW_P99:
    case SHOW_P999: percentile_cell(g, out, row->p[show]); break;
    case SHOW_P50_MS:
    case SHOW_P90_MS: ms_cell(g, out, row->p[show - SHOW_P50_MS]); break;
    case SHOW_MAX_MS: ms_cell(g, out, row->max); break;
    case SHOW_MEAN_MS: ms_cell(g, out, row->mean); break;
    case SHOW_RTTS: rtts_cell(g, out, row); break;
    case SHOW_MAX: figure(out, row->max); break;
    case SHOW_MEAN: figure(out, row->mean); break;
    case SHOW_VALUE:
    case SHOW_SURPRISE:
    case SHOW_PREDICTED: typical(out, row, row->value); break;
    case SHOW_CI: ci_cell(g, out, row); break;
    case SHOW_RATIO: ratio_cell(g, out, row); break;
    case SHOW_BOTH: both_cell(g, out, row); break;
    case SHOW_SUM: sum_cell(g, out, row); break;
    case SHOW_MIB: figure(out, row->value / (1 << 20)); break;
    case SHOW_LOST: lost_cell(out, row); break;
    case SHOW_SERVED: served_cell(out, row); break;
    }
    bool surprise = show == SHOW_SERVED || show == SHOW_SURPRISE;
    if (show == SHOW_MEAN || show == SHOW_PREDICTED || (surprise && row->value != row->predicted))
        add_predicted(out, row);
}

static bool anything_lost(const struct results *r, size_t measure)
{
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (results_lost(r, measure, t, false) + results_lost(r, measure, t, true) > 0)
            return true;
    return false;
}

/* Fills the head; list gets the columns that are shown. */
static void fill_head(struct grid *g, const struct results *r, size_t measure,
                      const struct column *c, const struct column *list[COLUMNS_MAX])
{
    *g = (struct grid){.rows = 2, .columns = 1};
    g->rtt_us = r->plan->wire ? (double)r->plan->wire->rtt_ns / 1e3 : 0;
    for (; c->head; c++) {
        if (c->show == SHOW_LOST && !anything_lost(r, measure))
            continue;
        list[g->columns - 1] = c;
        head_cell(g->cell[0][g->columns], c->head, r->plan);
        head_cell(g->cell[1][g->columns++], c->below, r->plan);
    }
}

const char *row_name(const struct subject *s)
{
    if (s->measure == MODELS)
        return s->model;
    return s->resumed ? " resumed" : transports[s->transport].name;
}

static void fill_row(struct grid *g, const struct row *set, const struct column *const *list)
{
    strcpy(g->cell[g->rows][0], row_name(&set->subject));
    for (size_t i = 1; i < g->columns; i++)
        fill_cell(g, g->cell[g->rows][i], &set[list[i - 1]->metric], list[i - 1]->show);
    g->rows++;
}

/* --- models: for each transport who is served, then the cost of the most connections --- */

static void fill_served(struct grid *g, const struct results *r, struct subject s)
{
    char n[FIGURE_MAX];
    size_t stays[STAYS_MAX], count = stays_of(r->plan, stays);
    *g = (struct grid){.rows = 2 + MODEL_NAMES, .columns = 1 + count};
    strcpy(g->cell[0][0], transports[s.transport].name);
    for (size_t i = 0; i < count; i++) {
        s.connections = stays[i];
        snprintf(g->cell[0][i + 1], CELL_MAX, "of %s", figure_count(n, (double)stays[i]));
        strcpy(g->cell[1][i + 1], stays[i] == (size_t)r->plan->workers + 1 ? "= pool + 1"
                                  : stays[i] == 1                          ? "client"
                                                                           : "clients");
        for (size_t m = 0; m < MODEL_NAMES; m++) {
            s.model = model_names[m];
            strcpy(g->cell[2 + m][0], s.model);
            fill_cell(g, g->cell[2 + m][i + 1], results_find(r, &s, MODELS_SERVED), SHOW_SERVED);
        }
    }
}

static void fill_cost(struct grid *g, const struct results *r, struct subject s)
{
    const struct column *list[COLUMNS_MAX];
    fill_head(g, r, MODELS, models_columns, list);
    strcpy(g->cell[0][0], transports[s.transport].name);
    s.connections = r->plan->connections;
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        s.model = model_names[m];
        fill_row(g, results_find(r, &s, 0), list);
    }
}

static bool fill_models(struct grid *g, const struct results *r, size_t i)
{
    size_t before = i / 2;
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (!results_row(r, MODELS, t, 0) || before-- > 0)
            continue;
        (i % 2 ? fill_cost : fill_served)(g, r, (struct subject){MODELS, t, NULL, 0, false});
        return true;
    }
    return false;
}

bool grid_fill(struct grid *g, const struct results *r, size_t measure, size_t i)
{
    const struct column *list[COLUMNS_MAX], *c = panel_columns(r->plan, measure, i);
    if (measure == MODELS)
        return fill_models(g, r, i);
    if (!c)
        return false;
    fill_head(g, r, measure, c, list);
    for (size_t s = 0; s < r->set_count; s++)
        if (r->sets[s]->subject.measure == measure)
            fill_row(g, r->sets[s], list);
    return true;
}
