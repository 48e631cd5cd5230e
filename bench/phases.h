/* bench/phases.h: one conversation, counted phase by phase: packets and bytes in each direction,
 * round trips, retransmissions.  After each phase the conversation comes to rest, so that no packet
 * of it is counted in the next one.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PHASES_H
#define BENCH_PHASES_H

#include "bench/follow.h"
#include "bench/job.h"

struct tally {
    double count[COUNTS];
    double payload; /* of the packets' bytes, what TCP or UDP carries, both directions */
};

struct phases {
    struct job *job;
    struct link *link;
    int fd;             /* a second descriptor: it outlives the link's, until all is counted */
    struct follow follow; /* over a wire: its packets */
    struct tally begun; /* as it stood when the phase began */
    uint64_t begun_ns;
    struct told_conversation told;
};

/* Before the link connects; its traffic is counted from now on. */
void phases_begin(struct phases *, struct job *, struct link *, struct traffic *);

/* While the link is connected; of its own accord the first phase's end does it. */
void phases_keep_socket(struct phases *);

/* The link has done what the phase consists of, so many times: waits until all is quiet and tells
 * the counts of one time, which it returns; NAN where they can't be had. */
struct tally phase_ends(struct phases *, enum phase, size_t times);

/* The same without telling, for a phase that is told in other figures; maybe without waiting. */
struct tally phase_spends(struct phases *, enum phase, bool rests);

/* Tells a figure that is made of such counts. */
void phase_tell(struct phases *, size_t metric, double v);

/* The same for a phase that this transport has not. */
void phase_is_absent(struct phases *, enum phase, enum text why);

/* What has been until now belongs to no phase; rests: it is waited until all is quiet. */
void phase_begins(struct phases *, bool rests);

/* Over a wire the link's farewell is waited for: what is captured ends with it, in no phase. */
void phases_end(struct phases *);

/* How long nothing must have moved before all counts as quiet. */
uint64_t phase_quiet_ns(const struct job *);

#endif
