/* bench/warn.h: what makes figures worse than they look: on stderr, cause and remedy.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WARN_H
#define BENCH_WARN_H

#include "bench/results.h"

#include <stdbool.h>

/* Before measuring; pinned = the plan's pinning is possible. */
void warn_all(const struct results *, bool pinned);

/* After measuring: the baseline's own rounds disagree, or a round was cut short. */
void warn_after(const struct results *);

#endif
