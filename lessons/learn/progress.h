/* lessons/learn/progress.h: how far somebody is: WORK/progress, a text file of a version line and
 * one line per exercise, the last started one last:
 *     make_listener started 2026-11-21 hints 2 passed 2026-11-21
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_PROGRESS_H
#define LEARN_PROGRESS_H

#include "lessons/learn/exercise.h"

#include <stdbool.h>
#include <stddef.h>

#define PROGRESS_VERSION "socklab-progress 1"

enum { PROGRESS_MAX = 64, PROGRESS_TEXT = 64 * 1024 };

struct entry {
    char name[64];                               /* maybe of an exercise that is not known here */
    char started[11], passed[11], gave_up[11];   /* a local date, 2026-11-21; "" = not */
    int hints;                                   /* the levels shown so far */
    char failed[64];                             /* the first check that failed last; "" = none */
};

struct progress {
    struct entry entry[PROGRESS_MAX];
    size_t n;
    int lost; /* errno: it could be neither read nor kept, and must not be replaced; 0: it may */
};

/* --- pure --- */

/* Reads what it can.  Returns 0, or the number of the first line that it does not understand. */
size_t progress_parse(struct progress *, const char *text);

/* The file's text.  An entry takes at most half of its share of the room. */
void progress_format(const struct progress *, char out[PROGRESS_TEXT]);

/* That of an exercise; NULL when there is none. */
const struct entry *progress_find(const struct progress *, const char *name);

/* The last started exercise that has not passed, else the first that has not; NULL: all have. */
const struct exercise *progress_current(const struct progress *);

/* --- the file --- */

/* No file is no progress.  What is not understood is told on stderr and kept as progress.old. */
void progress_load(struct progress *, const char *work);

/* What happened to an exercise just now. */
enum event { STARTED, SEEN_HINT, GAVE_UP, ALL_PASSED, FAILED_CHECK, BEGUN_AGAIN };

/* Reads the file, notes the event, writes the file anew.  check: of FAILED_CHECK.  Returns false,
 * and says so on stderr, when it cannot be written. */
bool progress_note(const char *work, const struct exercise *, enum event, const char *check);

#endif
