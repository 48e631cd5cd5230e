/* bench/report/grid.h: a table of texts, before it is known whether a terminal or Markdown shows
 * it.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include "bench/results.h"

#include <stdio.h>

/* --- columns.c: which figures each measure's tables show --- */

enum show {
    SHOW_P50, SHOW_P90, SHOW_P99, SHOW_P999, /* as enum percentile */
    SHOW_MAX, SHOW_MEAN, SHOW_VALUE, SHOW_RATIO, SHOW_CI,
    SHOW_PREDICTED, /* the value, and the prediction behind it in brackets; so does SHOW_MEAN */
    SHOW_SURPRISE,  /* the prediction only where it was wrong */
    SHOW_SUM,       /* of this metric and the next one */
    SHOW_BOTH,      /* this metric "+" the next one; a star where one was not as predicted */
    SHOW_MIB,       /* of bytes */
    SHOW_P50_MS, SHOW_P90_MS, SHOW_MAX_MS, SHOW_MEAN_MS, /* of us */
    SHOW_RTTS,      /* the median in round-trip times of the wire, and as predicted */
    SHOW_LOST,      /* one by one + pipelined; there is no such column when nothing was lost */
    SHOW_SERVED     /* "5 of 6" */
};

struct column {
    const char *head, *below; /* a %s in them is the baseline, a %zu the depth */
    size_t metric;
    enum show show;
};

#define COLUMNS_MAX 9

/* Ends with a column that has no head; NULL when the measure has no such panel. */
const struct column *panel_columns(const struct plan *, size_t measure, size_t panel);
extern const struct column models_columns[];

/* --- grid.c --- */

#define CELL_MAX 48
#define GRID_ROWS (2 * TRANSPORTS + 2) /* each may be there twice, TLS resumed */

struct grid {
    size_t rows, columns; /* two head rows are the first */
    char cell[GRID_ROWS][COLUMNS_MAX + 1][CELL_MAX];
    double rtt_us;        /* of the wire; 0 = there is none */
    bool why[TEXT_COUNT]; /* reasons for the n/a in it */
};

/* What a row begins with; that of a resumed session stands below the full handshake's. */
const char *row_name(const struct subject *);

/* The i-th table of a measure.  Returns false when it has no more. */
bool grid_fill(struct grid *, const struct results *, size_t measure, size_t i);

/* "9 rounds of 300 connections, 64 B, ..." */
void grid_caption(char *out, size_t cap, const struct results *, size_t measure);

#endif
