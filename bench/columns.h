/* bench/columns.h: which figures each measure's tables show.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_COLUMNS_H
#define BENCH_COLUMNS_H

#include "bench/measure.h"

enum show {
    SHOW_P50, SHOW_P90, SHOW_P99, SHOW_P999, SHOW_MAX, SHOW_MEAN, SHOW_VALUE, SHOW_RATIO, SHOW_CI
};

struct column {
    const char *name, *unit; /* used when there is no text for them */
    enum text head, below;
    size_t metric;
    enum show show;
    bool predicted;          /* the prediction stands behind it in brackets */
};

#define COLUMNS_MAX 8
#define PANELS 2 /* time, then cost */

struct panel {
    struct column column[COLUMNS_MAX]; /* ends with one that has no head and no name */
};

extern const struct panel panels[MEASURES][PANELS];

bool column_ends(const struct column *);

#endif
