/* bench/report/report_read.h: a run as report_json.c recorded it, read again.  A measure or a
 * transport that this version does not know ends the program; rows of a metric or under a condition
 * that it does not know are left out with a warning; other fields are ignored.  What the file lacks
 * is n/a.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_READ_H
#define BENCH_REPORT_READ_H

#include "bench/report/json_read.h"
#include "bench/results.h"

#define STRANGE_MAX 16

struct recording {
    const char *file; /* for messages */
    struct plan *plan;
    struct results *r;
    const char *strange[STRANGE_MAX]; /* names that were warned of */
    size_t stranges;
};

/* Fills results and plan (for results_free() and plan_free()), which use the strings of root.
 * Reports are still to be chosen in plan->file.  Ends the program, naming the place, when that is
 * not possible. */
void report_read(struct results *, struct plan *, const char *file, const struct json *root);

/* --- what report_read.c and report_read_row.c share --- */

/* Ends the program: "report FILE: line 3, column 14: ...". */
_Noreturn void recording_wrong(const struct recording *, const struct json *at, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));

/* A member of that kind, or NULL when it is not there, or null.  Ends the program when it is of
 * another kind. */
const struct json *recording_member(const struct recording *, const struct json *object,
                                    const char *name, enum json_kind);

/* The same; ends the program when it is not there, too. */
const struct json *recording_needs(const struct recording *, const struct json *object,
                                   const char *name, enum json_kind);

/* A whole number from least to most; 0 when it is not there, or null. */
size_t recording_whole(const struct recording *, const struct json *object, const char *name,
                       size_t least, size_t most);

/* The rows' measure, transport and params. */
size_t recorded_measure(const struct recording *, const struct json *row);
size_t recorded_transport(const struct recording *, const struct json *row);

/* report_read_row.c: takes a row into the set of its subject, which it makes if need be. */
void report_read_row(struct recording *, const struct json *row);

/* report_read_wire.c: what crossed the wire; or that there was none, and why. */
void report_read_wire(struct recording *, const struct json *root);

/* Makes a set of rows that are n/a, for the file has none of them.  Ends the program when there are
 * more sets than there can be. */
struct row *recording_begin(struct recording *, const struct json *at, const struct subject *);

#endif
