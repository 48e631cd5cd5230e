/* lessons/learn/hints.c: reads hints.txt.  A section begins with a line that is its name in
 * brackets; everything up to the next one is its text, without the empty lines around it.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/exercise.h"
#include "lessons/learn/work.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 64 * 1024, MOST_CHECKS = 64 };

/* Returns the name when this line is a section's head, cut at its bracket; else NULL. */
static char *head_of(char *line)
{
    size_t n = strcspn(line, "\r\n");
    if (n < 3 || line[0] != '[' || line[n - 1] != ']')
        return NULL;
    size_t name =
        strspn(line + 1, "abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (name != n - 2)
        return NULL;
    line[n - 1] = '\0';
    return line + 1;
}

/* Where a section's text is kept in *hints; NULL: no room for another check. */
static const char **place_of(struct hints *hints, const char *name)
{
    if (strcmp(name, "task") == 0)
        return &hints->task;
    if (name[0] >= '1' && name[0] <= '3' && name[1] == '\0')
        return &hints->level[name[0] - '1'];
    if (hints->checks_n == MOST_CHECKS)
        return NULL;
    hints->checks[hints->checks_n].check = name;
    return &hints->checks[hints->checks_n++].hint;
}

static void trim_end(const char *start, char *end)
{
    while (end > start && strchr(" \t\r\n", end[-1]))
        end--;
    *end = '\0';
}

static const char *cut(struct hints *hints)
{
    const char **text = NULL;
    char *start = hints->file;
    for (char *line = hints->file, *next; *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        next += *next == '\n';
        char *name = head_of(line);
        if (!name)
            continue;
        if (text)
            trim_end(start, line);
        text = place_of(hints, name);
        if (!text)
            return "too many sections";
        if (*text)
            return "a section occurs twice";
        start = next + strspn(next, "\r\n");
        *text = start;
    }
    if (text)
        trim_end(start, start + strlen(start));
    return NULL;
}

static const char *what_lacks(const struct hints *hints)
{
    if (!hints->task)
        return "there is no [task]";
    for (int i = 0; i < 3; i++)
        if (!hints->level[i])
            return "there is no [1], [2] or [3]";
    return hints->checks_n == 0 ? "no check has a section" : NULL;
}

int hints_read(struct hints *hints, const char *top, const struct exercise *exercise,
               const char *lang, char why[256])
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/lessons/%s/%s/hints%s.txt", top, exercise->lesson,
             exercise->name, strcmp(lang, "ko") == 0 ? ".ko" : "");
    *hints = (struct hints){.file = read_file(path, LONGEST - 1)};
    if (hints->file)
        hints->checks = calloc(MOST_CHECKS, sizeof(*hints->checks));
    if (!hints->checks) {
        snprintf(why, 256, "read %.200s: %s", path, strerror(errno));
        hints_free(hints);
        return -1;
    }
    const char *wrong = cut(hints);
    if (!wrong)
        wrong = what_lacks(hints);
    if (!wrong)
        return 0;
    snprintf(why, 256, "read %.200s: %s", path, wrong);
    hints_free(hints);
    return -1;
}

void hints_free(struct hints *hints)
{
    free(hints->file);
    free(hints->checks);
    *hints = (struct hints){0};
}
