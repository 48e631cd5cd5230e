/* bench/subject.h: what is measured: a transport in one measure, and for some measures also a
 * server model and a number of connections.  Each has a row of every metric of its measure.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "bench/measure.h"
#include "bench/transport.h"

struct subject {
    size_t measure, transport; /* rows of measures[] and transports[] */
    const char *model;         /* of the server; NULL = the one that it takes by itself */
    size_t connections;        /* push: subscribers; idle, models: that stay; else 1 */
    bool resumed;              /* handshake: of a TLS session that there has been before */
};

/* "ws", or "wss resumed".  Returns out. */
#define SUBJECT_NAME_MAX 32
char *subject_name(char out[SUBJECT_NAME_MAX], const struct subject *);

enum { MODEL_ITERATIVE, MODEL_FORK, MODEL_THREAD, MODEL_POOL, MODEL_LOOP, MODEL_NAMES };
extern const char *const model_names[MODEL_NAMES];

/* How many connections stay, in rising order: 1, the workers of a pool, one more, ten times as
 * many, and the plan's own number, which none of the others exceeds.  Returns how many numbers. */
#define STAYS_MAX 5
size_t stays_of(const struct plan *, size_t list[STAYS_MAX]);

/* Clients of idle that come before those who are counted. */
#define IDLE_FIRST 256

/* Connections that one process will hold at once, at the most; 0 = no crowd at all. */
size_t crowd_of(const struct plan *);

/* What the plan's transports make of a measure, in the order of the tables.  Returns how many. */
#define SUBJECTS_MAX (TRANSPORTS * MODEL_NAMES * STAYS_MAX)
size_t subjects_of(const struct plan *, size_t measure, struct subject list[SUBJECTS_MAX]);

/* Operations a round: a part of what its measure does by itself where one takes many times as long
 * as elsewhere, more where they differ most. */
long subject_count(const struct plan *, const struct subject *);

/* --- predict.c --- */

/* What the protocols' rules say must come out of it, before anything connects.  NAN where they
 * leave it open (times on loopback, heads of free length). */
double predict(const struct plan *, const struct subject *, size_t metric);

/* --- predict_tolerance.c --- */

/* How far a measured figure may lie from the predicted one: 0 = they must be equal. */
double predict_tolerance(const struct plan *, const struct subject *, size_t metric);

#endif
