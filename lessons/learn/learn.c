/* lessons/learn/learn.c: what a command needs before it can begin, and the end of those that cannot
 * begin.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stop(enum status status, const char *format, ...)
{
    va_list args;
    char words[16 * 1024];
    fflush(stdout);
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    complain("%s", words);
    exit((int)status);
}

const struct exercise *need_exercise(const struct learner *l)
{
    if (l->exercise)
        return l->exercise;
    paragraph(GOOD, 0, text(T_FINISHED));
    exit(PASS);
}

void need_work(const struct learner *l)
{
    if (work_ready(l->work.s) < 0)
        stop(TROUBLE, text(T_NO_WORK), shown(l->work.s).s, strerror(errno));
}

struct string file_of(const struct learner *l, const struct exercise *exercise)
{
    return string_of("%s/%s.c", l->work.s, exercise->name);
}

struct string lesson_file(const struct learner *l, const struct exercise *exercise,
                          const char *name)
{
    return string_of("%s/lessons/%s/%s/%s", l->top, exercise->lesson, exercise->name, name);
}

struct string command_line(const struct learner *l, const char *command,
                         const struct exercise *exercise)
{
    return string_of("%s %s%s%s", l->self, command, exercise ? " " : "",
                   exercise ? exercise->name : "");
}

void need_hints(struct hints *hints, const struct learner *l, const struct exercise *exercise)
{
    char why[256];
    if (hints_read(hints, l->top, exercise, l->lang, why) < 0)
        stop(TROUBLE, "%s%s", text(S_FAULT), why);
}
