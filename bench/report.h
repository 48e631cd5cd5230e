/* bench/report.h: the results, as people and as programs read them.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/results.h"

#include <stdio.h>

void report_text(FILE *, const struct results *);
void report_md(FILE *, const struct results *);
void report_json(FILE *, const struct results *);
void report_csv(FILE *, const struct results *);

/* Measures, transports and metrics: --list. */
void report_list(FILE *);

/* --- what JSON and CSV say of a row alike, report_fields.c --- */

struct field {
    const char *name;
    bool there;       /* it makes sense for this row, even if the figure is NAN */
    const char *word; /* or, when that is NULL: */
    double number;
};

#define PARAMS 10 /* under which it was measured */
void params_of(struct field out[PARAMS], const struct results *, const struct row *);

#define FIGURES 9 /* what came out */
void figures_of(struct field out[FIGURES], const struct row *);

/* A field of a CSV line (RFC 4180), in quotes when it must be. */
void csv_text(FILE *, const char *);

#endif
