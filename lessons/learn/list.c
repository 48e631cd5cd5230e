/* lessons/learn/list.c: all exercises, and how far somebody is.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"

#include <stdio.h>
#include <string.h>

static void add(struct string *words, const char *more)
{
    size_t n = strlen(words->s);
    snprintf(words->s + n, sizeof(words->s) - n, "%s%s", n ? ", " : "", more);
}

/* "passed 2026-11-21, 2 hints" */
static struct string state_of(const struct entry *e, bool here)
{
    struct string words = {""};
    if (e && *e->passed)
        add(&words, string_of(text(T_PASSED_ON), e->passed).s);
    else if (e && *e->started)
        add(&words, text(T_STARTED));
    if (here)
        add(&words, text(T_HERE));
    if (e && e->hints > 0)
        add(&words, string_of(text(e->hints == 1 ? T_HINT_ONE : T_HINTS), e->hints).s);
    if (e && *e->gave_up)
        add(&words, text(T_LOOKED));
    return words;
}

static void tell_row(const struct progress *p, const struct exercise *exercise, bool here)
{
    const struct entry *e = progress_find(p, exercise->name);
    struct string state = state_of(e, here);
    struct string row = string_of("%-20s %s", exercise->name, state.s);
    enum mark mark = e && *e->passed    ? MARK_PASSED
                     : here             ? MARK_HERE
                     : e && *e->started ? MARK_STARTED
                                        : MARK_OPEN;
    marked(mark, 2, *state.s ? row.s : exercise->name);
}

void tell_progress(const struct learner *l)
{
    struct progress p;
    size_t passed = 0;
    progress_load(&p, l->work.s);
    for (size_t i = 0; i < p.n; i++)
        passed += *p.entry[i].passed && exercise_find(p.entry[i].name);
    progress_bar(passed, exercises_n);
}

void tell_list(const struct learner *l)
{
    struct progress p;
    progress_load(&p, l->work.s);
    const struct exercise *current = progress_current(&p);
    for (size_t i = 0; i < exercises_n; i++) {
        if (i == 0 || strcmp(exercises[i].lesson, exercises[i - 1].lesson) != 0)
            paragraph(STRONG, 0, exercises[i].lesson);
        tell_row(&p, &exercises[i], &exercises[i] == current);
    }
    tell_progress(l);
}

int list_command(const struct learner *l)
{
    tell_list(l);
    return PASS;
}
