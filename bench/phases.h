/* bench/phases.h: one conversation, counted phase by phase: packets and bytes in each direction,
 * round trips, retransmissions.  After each phase the conversation comes to rest, so that no packet
 * of it is counted in the next one.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PHASES_H
#define BENCH_PHASES_H

#include "bench/job.h"

struct tally {
    double count[COUNTS];
};

struct phases {
    struct job *job;
    struct link *link;
    int fd;             /* a second descriptor: it outlives the link's, until all is counted */
    struct tally begun; /* as it stood when the phase began */
};

/* Before the link connects; its traffic is counted from now on. */
void phases_begin(struct phases *, struct job *, struct link *, struct traffic *);

/* The link has done what the phase consists of, so many times: waits until all is quiet and tells
 * the counts of one time, which it returns; NAN where they can't be had. */
struct tally phase_ends(struct phases *, enum phase, size_t times);

/* Tells a figure that is made of such counts. */
void phase_tell(struct phases *, size_t metric, double v);

/* What has been until now belongs to no phase; rests: it is waited until all is quiet. */
void phase_begins(struct phases *, bool rests);

/* The same for a phase that this transport has not. */
void phase_is_absent(struct phases *, enum phase, enum text why);

void phases_end(struct phases *);

#endif
