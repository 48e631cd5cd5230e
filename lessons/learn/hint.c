/* lessons/learn/hint.c: help in small doses, and the solution.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEVELS = 3, SOLUTION_MAX = 1 << 20 };

static struct entry entry_of(const struct learner *l, const struct exercise *exercise)
{
    struct progress progress;
    progress_load(&progress, l->work.s);
    const struct entry *e = progress_find(&progress, exercise->name);
    return e ? *e : (struct entry){0};
}

static void tell_about_check(const struct hints *hints, const char *check)
{
    for (size_t i = 0; i < hints->checks_n; i++) {
        if (strcmp(hints->checks[i].check, check) != 0)
            continue;
        blank_line();
        say(STRONG, 2, text(T_HINT_CHECK), check);
        filled(2, hints->checks[i].hint);
    }
}

/* All levels so far: the last one builds on those before it. */
void tell_hint(const struct learner *l, const struct exercise *exercise, bool by_key)
{
    struct hints hints;
    struct entry e = entry_of(l, exercise);
    int level = e.hints < LEVELS ? e.hints + 1 : LEVELS;
    need_hints(&hints, l, exercise);
    if (e.hints < LEVELS && !progress_note(l->work.s, exercise, SEEN_HINT, NULL)) {
        paragraph(FAINT, 0, text(T_HINT_ALL));
        level = LEVELS;
    }
    for (int i = 0; i < level; i++) {
        say(STRONG, 2, text(T_HINT_N), i + 1, LEVELS);
        filled(2, hints.level[i]);
    }
    tell_about_check(&hints, e.failed);
    blank_line();
    struct string give_up = string_of("%s%s", command_line(l, "solution", exercise).s,
                                  *e.passed ? "" : " --give-up");
    if (level < LEVELS && by_key)
        paragraph(FAINT, 0, text(T_HINT_KEY));
    else if (level < LEVELS)
        to_type(FAINT, 0, text(T_HINT_MORE), command_line(l, "hint", exercise).s);
    else
        to_type(FAINT, 0, text(T_HINT_LAST), give_up.s);
    hints_free(&hints);
}

int hint_command(const struct learner *l)
{
    tell_hint(l, need_exercise(l), false);
    return PASS;
}

int solution_command(const struct learner *l)
{
    const struct exercise *exercise = need_exercise(l);
    struct entry e = entry_of(l, exercise);
    struct string file = lesson_file(l, exercise, "solution.c");
    if (!*e.passed && !*e.gave_up && !l->give_up)
        stop(MISUSE, text(T_NEEDS_GIVE_UP), exercise->name);
    char *solution = read_file(file.s, SOLUTION_MAX);
    if (!solution)
        stop(TROUBLE, text(T_CANNOT), "read", shown(file.s).s, strerror(errno));
    if (!*e.passed && !*e.gave_up)
        progress_note(l->work.s, exercise, GAVE_UP, NULL);
    fputs(solution, stdout);
    free(solution);
    return PASS;
}
