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

#endif
