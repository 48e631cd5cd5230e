/* bench/report/conclude.h: what the parts of conclude() share.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CONCLUDE_H
#define BENCH_CONCLUDE_H

#include "bench/report/report.h"

struct writer {
    FILE *f;
    const char *separator; /* stands before the next item of a list */
};

/* fprintf to the writer: a format, a text's format, that as an item of a list. */
#define ADD(w, ...) fprintf((w)->f, __VA_ARGS__)
#define SAY(w, id, ...) ADD(w, text(id), __VA_ARGS__)
#define ITEM(w, id, ...)                                                                           \
    (ADD(w, "%s", (w)->separator), SAY(w, id, __VA_ARGS__), (w)->separator = ", ")

/* Times are told in milliseconds where packets are on their way for that long. */
double in_unit(const struct results *, double us);
const char *unit_of(const struct results *);

/* --- conclude_one.c: one sentence more --- */

void conclude_handshake(struct writer *, const struct results *);
void conclude_message(struct writer *, const struct results *);
void conclude_push(struct writer *, const struct results *);

/* --- conclude_crowd.c: one sentence more, or the only one, where many connections are measured
 * together.  Nothing is written where nothing can be said --- */

void conclude_fan_out(struct writer *, const struct results *);
void conclude_idle(struct writer *, const struct results *);
void conclude_models(struct writer *, const struct results *);

#endif
