/* bench/ladder/ladder_scale.h: where the ends of arrows come to lie, for a ladder that is drawn to
 * scale.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_LADDER_SCALE_H
#define BENCH_LADDER_SCALE_H

#include "bench/ladder/ladder.h"

/* One packet's arrow.  y in px, downwards, from the ladder's top. */
struct arrow {
    double from, to; /* y at its sender's line, and at the other; a lost one's to is half-way */
    bool seen_there; /* its recorded time is that of its arrival */
};

/* A stretch of time in which nothing happened, and which is cut out. */
struct cut {
    double y; /* its middle */
    double ms;
    bool rest; /* in which the client waited for quiet, as phases told */
};

struct scale {
    size_t n, cuts;
    struct arrow *arrow; /* of the first n packets */
    struct cut *cut;
    double *phase; /* y where each begins, and what comes after them; phases + 1 of them */
    double height;
    bool guessed; /* arrivals are half a round trip away: nobody recorded them */
    bool level;   /* nothing is known of travel: arrows are level */
};

/* Lays out a ladder.  Time is to scale but where labels need room: there both lines are stretched
 * alike.  Returns 0, or -1 when there is no memory. */
int scale_make(struct scale *, const struct ladder *);

void scale_free(struct scale *);

#endif
