/* bench/heard.h: which of the numbered events have come, and which have not.  Over UDP one may
 * overtake another: what is late is neither missed nor heard twice.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_HEARD_H
#define BENCH_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heard {
    uint64_t first; /* numbers below it were not listened for */
    uint64_t last; /* the highest number so far; 0 = none yet */
    uint64_t seen; /* bit i: last - i has come, or was before the first */
    size_t missed; /* of those too old to be in seen */
    size_t duplicate;
};

/* Event number (1 or more) is here.  Returns false for one that has come before, is older than the
 * first, or comes so late, by 64 and more, that it was counted as missed. */
bool heard_event(struct heard *, uint64_t number);

/* How many numbers below up_to, at most last, are missing so far. */
size_t heard_missing(const struct heard *, uint64_t up_to);

#endif
