/* bench/grid.c: rows and columns as text.
 * SPDX-License-Identifier: MIT */
#include "bench/grid.h"
#include "bench/figure.h"

#include <math.h>
#include <string.h>

/* A heading may hold one %s (the baseline) or one %zu (the depth). */
static void head_cell(char *out, enum text id, const char *word, const struct column *c,
                      const struct plan *plan)
{
    if (id == T_H_TIMES)
        snprintf(out, CELL_MAX, text(id), transports[plan->baseline].name);
    else if (id == T_H_DEPTH)
        snprintf(out, CELL_MAX, text(id),
                 measures[MESSAGE].metrics[c->metric].pipelined ? plan->depth : 1);
    else
        snprintf(out, CELL_MAX, "%s", id != T_NONE ? text(id) : word ? word : "");
}

static void number_cell(struct grid *g, char *out, double v, enum text why,
                        char *write(char *, double))
{
    if (isnan(v)) {
        g->why[why] = true;
        strcpy(out, "n/a");
    } else
        write(out, v);
}

/* Without a baseline there is nothing to say, not even why. */
static void ratio_cell(struct grid *g, char *out, const struct row *row)
{
    if (row->unranked || !isnan(row->ratio.value))
        number_cell(g, out, row->ratio.value, T_NA_LOST, figure_ratio);
}

static void ci_cell(struct grid *g, char *out, const struct row *row)
{
    char low[FIGURE_MAX], high[FIGURE_MAX];
    struct interval ci = row->ratio.ci;
    if (isnan(ci.low) && (row->unranked || !isnan(row->ratio.value)))
        number_cell(g, out, NAN, row->unranked ? T_NA_LOST : T_NA_ROUNDS, figure_ratio);
    else if (!isnan(ci.low))
        snprintf(out, CELL_MAX, "%.20s..%.20s", figure_ratio(low, ci.low),
                 figure_ratio(high, ci.high));
}

static bool is_exact(const struct row *row)
{
    return row->metric->kind == TYPICAL || row->metric->kind == TOTAL;
}

static void figure_cell(struct grid *g, char *out, const struct row *row, enum show show)
{
    switch (show) {
    case SHOW_P50: number_cell(g, out, row->p[P50], T_NA_SAMPLES, figure); break;
    case SHOW_P90: number_cell(g, out, row->p[P90], T_NA_SAMPLES, figure); break;
    case SHOW_P99: number_cell(g, out, row->p[P99], T_NA_SAMPLES, figure); break;
    case SHOW_P999: number_cell(g, out, row->p[P999], T_NA_SAMPLES, figure); break;
    case SHOW_MAX: figure(out, row->max); break;
    case SHOW_MEAN: figure(out, row->mean); break;
    case SHOW_VALUE: (is_exact(row) ? figure_count : figure)(out, row->value); break;
    case SHOW_CI: ci_cell(g, out, row); break;
    case SHOW_RATIO: ratio_cell(g, out, row); break;
    }
}

static void fill_cell(struct grid *g, char *out, const struct row *row, const struct column *c)
{
    char predicted[FIGURE_MAX];
    if (row->na != T_NONE) {
        g->why[row->na] = true;
        strcpy(out, "n/a");
        return;
    }
    figure_cell(g, out, row, c->show);
    if (c->predicted && !isnan(row->predicted)) {
        (is_exact(row) ? figure_count : figure)(predicted, row->predicted);
        snprintf(out + strlen(out), CELL_MAX - strlen(out), " (%s)", predicted);
    }
}

void grid_fill(struct grid *g, const struct results *r, size_t measure, const struct panel *panel)
{
    *g = (struct grid){.rows = 2, .columns = 1};
    for (const struct column *c = panel->column;
         c < panel->column + COLUMNS_MAX && !column_ends(c); c++, g->columns++) {
        head_cell(g->cell[0][g->columns], c->head, c->name, c, r->plan);
        head_cell(g->cell[1][g->columns], c->below, c->unit, c, r->plan);
    }
    for (size_t s = 0; s < r->set_count; s++) {
        const struct row *set = r->sets[s];
        if (set->subject.measure != measure)
            continue;
        strcpy(g->cell[g->rows][0], transports[set->subject.transport].name);
        for (size_t i = 1; i < g->columns; i++)
            fill_cell(g, g->cell[g->rows][i], &set[panel->column[i - 1].metric],
                      &panel->column[i - 1]);
        g->rows++;
    }
}

/* --- the line that says how it was measured --- */

static void add(char *out, size_t cap, const char *more)
{
    snprintf(out + strlen(out), cap - strlen(out), "%s", more);
}

void grid_caption(char *out, size_t cap, const struct results *r, size_t measure)
{
    char piece[128];
    const struct plan *plan = r->plan;
    const struct measure *m = &measures[measure];
    if (plan->seconds > 0)
        snprintf(out, cap, text(T_ROUNDS_OF_S), measure_rounds(plan, m), plan->seconds, text(m->operations));
    else
        snprintf(out, cap, text(T_ROUNDS_OF_N), measure_rounds(plan, m),
                 measure_count(plan, m), text(m->operations));
    if (measure == PUSH)
        snprintf(piece, sizeof piece, text(T_EVERY), plan->push_every_ms, plan->poll_every_ms);
    else
        snprintf(piece, sizeof piece, text(T_SIZE), plan->size);
    add(out, cap, piece);
    snprintf(piece, sizeof piece, text(T_PIN), pin_name(results_pin(r)));
    add(out, cap, piece);
    snprintf(piece, sizeof piece, text(T_SEED), (unsigned long long)plan->seed);
    add(out, cap, piece);
}

void print_wrapped(FILE *f, const char *words, size_t width, const char *indent)
{
    size_t at = 0;
    while (*words) {
        size_t n = strcspn(words, " ");
        if (at > 0 && at + 1 + n > width) {
            fprintf(f, "\n%s", indent);
            at = strlen(indent);
        } else if (at > 0) {
            fputc(' ', f);
            at++;
        }
        at += (size_t)fprintf(f, "%.*s", (int)n, words);
        words += n + strspn(words + n, " ");
    }
    fputc('\n', f);
}
