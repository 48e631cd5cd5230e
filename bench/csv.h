/* bench/csv.h: a field of a CSV line (RFC 4180).
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CSV_H
#define BENCH_CSV_H

#include <stdio.h>

/* Quoted when it must be. */
void csv_text(FILE *, const char *);

#endif
