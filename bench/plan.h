/* bench/plan.h: what is to be measured, and how: the command line, understood.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "bench/wire/wire_spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pin { PIN_SAME, PIN_SPLIT, PIN_NONE };
enum report { REPORT_JSON, REPORT_CSV, REPORT_MD, REPORT_PCAP, REPORT_SVG, REPORTS };

struct plan {
    unsigned measures, transports; /* bit i: the table's row i is wanted */
    size_t size;                   /* bytes of a message */
    long count;                    /* operations a round; 0 = what the measure does by itself */
    double seconds;                /* length of a round instead of a count; 0 = by count */
    size_t rounds;                 /* 0 = what the measure does by itself */
    size_t subscribers;            /* of push */
    size_t connections;            /* of idle; the most of models */
    long workers;                  /* of models' pool */
    size_t depth;                  /* messages under way at once when pipelined */
    long poll_every_ms;
    long push_every_ms;
    enum pin pin, push_pin;        /* of all measures but push; of push */
    uint64_t seed;
    bool quick, list;
    size_t baseline;               /* index of the transport others are compared with */
    const struct wire_spec *wire;  /* NULL = over loopback */
    struct wire_spec wire_spec;    /* what that points to */
    bool wire_wanted;              /* whether it can be had or not */
    bool ladder;                   /* on the terminal, below the tables */
    const char *file[REPORTS];     /* "-" = stdout, NULL = not wanted */
    int argc;
    char **argv;                   /* as given, in a list of our own */
};

/* Reads the command line.  Exits for --help and --version (0) and for misuse (2, one line). */
void plan_read(struct plan *, int argc, char **argv);
void plan_free(struct plan *);

const char *pin_name(enum pin);

/* Whether what is measured mostly waits for what is on its way, and whether some of it gets lost or
 * held back on purpose. */
bool plan_is_far(const struct plan *);
bool plan_loses(const struct plan *);

/* What the plan wants for a measure. */
enum pin plan_pin(const struct plan *, size_t measure);

#endif
