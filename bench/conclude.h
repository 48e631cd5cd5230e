/* bench/conclude.h: what the figures say, in sentences that are computed, not written.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CONCLUDE_H
#define BENCH_CONCLUDE_H

#include "bench/results.h"

/* Writes the conclusion of a measure: a few sentences, without a newline. */
#define CONCLUSION_MAX 2048
void conclude(char *out, size_t cap, const struct results *, size_t measure);

#endif
