/* bench/predict.h: what the protocols' rules say must come out, computed before anything connects.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PREDICT_H
#define BENCH_PREDICT_H

#include "bench/subject.h"

/* NAN where the rules leave it open (times on loopback, heads of free length). */
double predict(const struct plan *, const struct subject *, size_t metric);

#endif
