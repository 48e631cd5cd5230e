/* bench/grid.h: a table of texts, before it is known whether a terminal or Markdown shows it.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include "bench/columns.h"
#include "bench/results.h"

#include <stdio.h>

#define CELL_MAX 48

struct grid {
    size_t rows, columns; /* two head rows are the first */
    char cell[TRANSPORTS + 2][COLUMNS_MAX + 1][CELL_MAX];
    bool why[TEXT_COUNT]; /* reasons for the n/a in it */
};

/* One panel of a measure, a row for each transport measured. */
void grid_fill(struct grid *, const struct results *, size_t measure, const struct panel *);

/* "9 rounds of 300 connections, 64 B, ..." */
void grid_caption(char *out, size_t cap, const struct results *, size_t measure);

/* Writes text in lines of at most width columns, the further ones indented. */
void print_wrapped(FILE *, const char *words, size_t width, const char *indent);

#endif
