/* lessons/learn/start.c: beginning, and beginning again.  No file of the learner's is ever replaced
 * without a copy.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STUB_MAX = 1 << 20 };

static bool copy_stub(const struct learner *l, const struct exercise *exercise)
{
    struct string from = lesson_file(l, exercise, "exercise.c"), to = file_of(l, exercise);
    char *stub = read_file(from.s, STUB_MAX);
    if (!stub)
        stop(TROUBLE, text(T_CANNOT), "read", shown(from.s).s, strerror(errno));
    int result = write_new(to.s, stub);
    free(stub);
    if (result < 0 && errno != EEXIST)
        stop(TROUBLE, text(T_CANNOT), "write", shown(to.s).s, strerror(errno));
    return result == 0;
}

bool begin_exercise(const struct learner *l, const struct exercise *exercise)
{
    need_work(l);
    bool is_new = copy_stub(l, exercise);
    progress_note(l->work.s, exercise, STARTED, NULL);
    return is_new;
}

void tell_task(const struct learner *l, const struct exercise *exercise)
{
    struct hints hints;
    need_hints(&hints, l, exercise);
    filled(0, hints.task);
    hints_free(&hints);
}

void tell_places(const struct learner *l, const struct exercise *exercise)
{
    const char *readme = strcmp(l->lang, "ko") == 0 ? "README.ko.md" : "README.md";
    struct string lesson = string_of("%s/lessons/%s/%s", l->top, exercise->lesson, readme);
    to_type(STRONG, 0, text(T_READ), shown(lesson.s).s);
    struct string header = string_of("%s.h", exercise->name);
    to_type(STRONG, 0, text(T_WHAT), shown(lesson_file(l, exercise, header.s).s).s);
    to_type(STRONG, 0, text(T_EDIT), shown(file_of(l, exercise).s).s);
}

int start_command(const struct learner *l)
{
    const struct exercise *exercise = need_exercise(l);
    bool is_new = begin_exercise(l, exercise);
    struct string file = shown(file_of(l, exercise).s);
    say(is_new ? GOOD : STRONG, 0, text(is_new ? T_IS_NEW : T_WAS_THERE), file.s);
    blank_line();
    tell_task(l, exercise);
    blank_line();
    tell_places(l, exercise);
    to_type(STRONG, 0, text(T_THEN), command_line(l, "check", exercise).s);
    return PASS;
}

/* --- reset --- */

/* A terminal's answer; anything but yes is no. */
static bool confirmed(const struct learner *l, const char *file)
{
    char answer[16];
    if (l->yes)
        return true;
    if (!isatty(STDIN_FILENO))
        stop(MISUSE, text(T_NEEDS_YES), l->exercise->name, file);
    printf(text(T_ASK_RESET), file);
    fflush(stdout);
    return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

int reset_command(const struct learner *l)
{
    const struct exercise *exercise = need_exercise(l);
    struct string file = file_of(l, exercise), known = shown(file.s), kept;
    need_work(l);
    struct stat there;
    if (lstat(file.s, &there) < 0) /* a link to nowhere is there, too */
        return start_command(l);
    if (!confirmed(l, known.s)) {
        say(PLAIN, 0, text(T_STAYS), known.s);
        return PASS;
    }
    if (set_aside(file.s, "", &kept) < 0)
        stop(TROUBLE, text(T_CANNOT), "rename", known.s, strerror(errno));
    say(PLAIN, 0, text(T_KEPT), shown(kept.s).s);
    progress_note(l->work.s, exercise, BEGUN_AGAIN, NULL);
    return start_command(l);
}
