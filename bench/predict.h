/* bench/predict.h: what the protocols' rules say must come out, computed before anything connects.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PREDICT_H
#define BENCH_PREDICT_H

#include "bench/measure.h"
#include "bench/transport.h"

/* NAN where the rules leave it open (times on loopback, heads of free length). */
double predict(const struct plan *, size_t measure, const struct transport *, size_t metric);

#endif
