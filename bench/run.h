/* bench/run.h: measures everything the plan asks for.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench/results.h"

/* Rounds are interleaved: in each one every transport has its turn, in an order that the seed
 * shuffles, so that a machine that slows down slows all of them down. */
void run_plan(struct results *);

#endif
