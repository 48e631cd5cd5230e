/* bench/wire/wire_spec.h: what a wire shall be like, as it is written after --wire:
 *     rtt=40ms[,loss=1%][,rate=10mbit][,reorder=1%][,drop=c1+s3][,seed=N]
 * Pure.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_SPEC_H
#define BENCH_WIRE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_WHY_MAX 256       /* a reason and its NUL */
#define WIRE_SPEC_TEXT_MAX 640 /* any spec and its NUL, as wire_spec_text() writes it */
#define WIRE_DROPS_MAX 32

/* A packet of each conversation: drop=c1 is the client's first (the SYN), s3 the server's third. */
struct wire_drop {
    bool from_server;
    uint32_t number; /* from 1 on */
};

struct wire_spec {
    uint64_t rtt_ns;      /* there and back again, <= 10 s; half of it each way */
    double loss, reorder; /* of a direction's packets, in %, < 100 */
    uint64_t rate;        /* bit/s in each direction, of whole IP packets; 0 = no limit */
    struct wire_drop drop[WIRE_DROPS_MAX];
    size_t drops;
    uint64_t seed;        /* of loss and reorder */
};

/* Reads a spec.  Returns 0, or -1 with one line in why that names what is wrong. */
int wire_spec_parse(struct wire_spec *, const char *text, char why[WIRE_WHY_MAX]);

/* Writes a spec so that it can be read again, in one way only.  Returns text. */
const char *wire_spec_text(const struct wire_spec *, char text[WIRE_SPEC_TEXT_MAX]);

#endif
