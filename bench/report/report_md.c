/* bench/report/report_md.c: the tables of report_text.c in Markdown.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "bench/report/grid.h"

static void print_row(FILE *f, const struct grid *g, size_t row)
{
    for (size_t i = 0; i < g->columns; i++)
        fprintf(f, "| %s ", g->cell[row][i]);
    fputs("|\n", f);
}

/* Markdown has one head row: the two of a grid are joined. */
static void print_head(FILE *f, const struct grid *g)
{
    for (size_t i = 0; i < g->columns; i++)
        fprintf(f, "| %s%s%s ", g->cell[0][i], i && *g->cell[1][i] ? ", " : "", g->cell[1][i]);
    fputs("|\n|---", f);
    for (size_t i = 1; i < g->columns; i++)
        fputs("|--:", f);
    fputs("|\n", f);
}

static void print_grid(FILE *f, const struct grid *g)
{
    fputc('\n', f);
    print_head(f, g);
    for (size_t i = 2; i < g->rows; i++)
        print_row(f, g, i);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (g->why[i])
            fprintf(f, "\n%s%s\n", text(T_NA), text((enum text)i));
}

void report_md(FILE *f, const struct results *r)
{
    char line[CONCLUSION_MAX], notes[NOTES_MAX];
    struct grid g;
    for (size_t m = 0; m < MEASURES; m++) {
        if (!(r->plan->measures >> m & 1))
            continue;
        fprintf(f, "## %s: %s\n\n", measures[m].name, text(measures[m].title));
        grid_caption(line, sizeof line, r, m);
        fprintf(f, "%s\n", line);
        for (size_t i = 0; grid_fill(&g, r, m, i); i++)
            print_grid(f, &g);
        notes_of(notes, r, m);
        if (*notes)
            fprintf(f, "\n%s\n", notes);
        conclude(line, sizeof line, r, m);
        fprintf(f, "\n%s\n\n", line);
    }
}
