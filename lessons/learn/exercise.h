/* lessons/learn/exercise.h: the course's exercises, in the order in which they are done, and the
 * text that belongs to each: its task and its hints.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_EXERCISE_H
#define LEARN_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>

struct exercise {
    const char *lesson; /* "01-sockets" */
    const char *name;   /* "make_listener" */
};

extern const struct exercise exercises[];
extern const size_t exercises_n;

/* The exercise called so, or NULL. */
const struct exercise *exercise_find(const char *name);

/* The checkout's top: SOCKLAB_TOP, else the first directory from here upwards that has the lessons,
 * else where this program was built from.  NULL when none of them has the lessons. */
const char *find_top(void);

/* hints.txt (lang "en") or hints.ko.txt of an exercise, in sections: [task], [1], [2], [3], and one
 * for each check, named after it, in the order in which the checks are run. */
struct hints {
    char *file; /* the whole text, cut into the sections below */
    const char *task, *level[3];
    struct check_hint {
        const char *check, *hint;
    } *checks;
    size_t checks_n;
};

/* Returns 0, or -1 with one line about what is wrong in why. */
int hints_read(struct hints *, const char *top, const struct exercise *, const char *lang,
               char why[256]);
void hints_free(struct hints *);

#endif
