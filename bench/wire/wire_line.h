/* bench/wire/wire_line.h: what is on its way: packets in, each with a time; what becomes of them,
 * and when they are due at the other side.  Pure: no descriptor, no clock.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_LINE_H
#define BENCH_WIRE_LINE_H

#include "bench/wire/wire_spec.h"

#define PARCEL_DATA 2000 /* more than the MTU */

/* One IPv4 packet; `record` is for whoever has it carried. */
struct parcel {
    uint64_t due; /* ns */
    size_t record, len;
    int from;     /* 0 client, 1 server */
    bool held_back;
    struct parcel *next; /* of the free ones */
    uint8_t data[PARCEL_DATA];
};

struct wire_line;

/* Returns NULL without memory. */
struct wire_line *wire_line_new(const struct wire_spec *);
void wire_line_free(struct wire_line *);

/* An empty parcel to read into, or NULL without memory; it goes back by wire_line_return(). */
struct parcel *wire_line_parcel(struct wire_line *);
void wire_line_return(struct wire_line *, struct parcel *);

/* Whose number is another one than before begins a turn, in which conversations are numbered from 0
 * on again; 0 at first. */
void wire_line_turn(struct wire_line *, uint64_t number);

/* Decides about a packet (data, len and from are set) that enters at `now`, which never goes back.
 * Sets due and held_back.
 *   due = when its last bit has left + half the round-trip time; it leaves at once, or, where there
 *   is a rate, when all that entered before on this side has left.
 *   LOST: by the drop list or by chance.  It took its time on the link all the same.
 *   OVERFLOWED: the queue in front of the link is full: one round trip's worth of the rate, at
 *   least 256 KiB.  Such a packet counts for nothing that follows but its number.
 *   held_back: due later by an eighth of the round-trip time, at least 1 ms, so that what enters
 *   within that time overtakes it.  Short enough for TCP's RACK (RFC 8985) not to take it for lost.
 * Chance is drawn from (seed, turn, conversation, direction, number) alone, twice for every packet:
 * a conversation's fate does not hang on what else is on the wire. */
enum verdict { ON_ITS_WAY, LOST, OVERFLOWED };
enum verdict wire_line_judge(struct wire_line *, struct parcel *, uint64_t now);

/* Takes a parcel that is on its way, and returns an empty one; or NULL, and takes nothing, when
 * there is no memory or 65,536 are on their way. */
struct parcel *wire_line_send(struct wire_line *, struct parcel *);

/* How many are on their way, and when the next one is due, UINT64_MAX = never. */
size_t wire_line_under_way(const struct wire_line *);
uint64_t wire_line_due(const struct wire_line *);

/* The next parcel that is due by then, or NULL; in order of due, then of arrival. */
struct parcel *wire_line_arrive(struct wire_line *, uint64_t now);

#endif
