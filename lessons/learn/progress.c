/* lessons/learn/progress.c: lines of words, and what they mean.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LETTERS \
    "abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* --- reading --- */

static bool copy_name(char out[64], const char *word)
{
    size_t n = strlen(word);
    if (n == 0 || n > 63 || strspn(word, NAME_LETTERS) != n)
        return false;
    memcpy(out, word, n + 1);
    return true;
}

static bool copy_date(char out[11], const char *word)
{
    static const char shape[] = "0000-00-00";
    if (strlen(word) != 10)
        return false;
    for (int i = 0; i < 10; i++)
        if (shape[i] == '0' ? word[i] < '0' || word[i] > '9' : word[i] != '-')
            return false;
    memcpy(out, word, 11);
    return true;
}

static bool copy_count(int *out, const char *word)
{
    if (strlen(word) > 6 || strspn(word, "0123456789") != strlen(word))
        return false;
    *out = (int)strtol(word, NULL, 10);
    return true;
}

static bool set_field(struct entry *e, const char *key, const char *value)
{
    if (strcmp(key, "started") == 0)
        return copy_date(e->started, value);
    if (strcmp(key, "passed") == 0)
        return copy_date(e->passed, value);
    if (strcmp(key, "gave_up") == 0)
        return copy_date(e->gave_up, value);
    if (strcmp(key, "hints") == 0)
        return copy_count(&e->hints, value);
    return strcmp(key, "failed") == 0 && copy_name(e->failed, value);
}

/* Returns false when some of it is not understood; what is, is kept all the same. */
static bool parse_line(struct progress *p, char *line)
{
    bool whole = true;
    char *rest, *word = strtok_r(line, " \t\r", &rest);
    struct entry entry = {0};
    if (!word)
        return true;
    if (p->n == PROGRESS_MAX || !copy_name(entry.name, word) || progress_find(p, word))
        return false;
    for (word = strtok_r(NULL, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        const char *value = strtok_r(NULL, " \t\r", &rest);
        whole = value && set_field(&entry, word, value) && whole;
    }
    p->entry[p->n++] = entry;
    return whole;
}

size_t progress_parse(struct progress *p, const char *text)
{
    size_t number = 0, wrong = 0;
    *p = (struct progress){0};
    while (*text) {
        char line[512];
        size_t n = strcspn(text, "\n");
        bool fits = n < sizeof(line);
        snprintf(line, sizeof(line), "%.*s", (int)n, text);
        number++;
        bool good = number == 1 && strncmp(line, "socklab-progress", 16) == 0
                        ? strcmp(line, PROGRESS_VERSION) == 0
                        : parse_line(p, line) && fits && number > 1;
        if (!good && wrong == 0)
            wrong = number;
        text += n + (text[n] == '\n');
    }
    return wrong;
}

/* --- writing --- */

static char *put(char *at, const char *before, const char *value)
{
    return *value ? at + sprintf(at, "%s%s", before, value) : at;
}

void progress_format(const struct progress *p, char out[PROGRESS_TEXT])
{
    char *at = put(out, PROGRESS_VERSION, "\n");
    for (const struct entry *e = p->entry; e < p->entry + p->n; e++) {
        char hints[16] = "";
        if (e->hints > 0)
            snprintf(hints, sizeof(hints), "%d", e->hints);
        at = put(at, "", e->name);
        at = put(at, " started ", e->started);
        at = put(at, " hints ", hints);
        at = put(at, " gave_up ", e->gave_up);
        at = put(at, " failed ", e->failed);
        at = put(at, " passed ", e->passed);
        at = put(at, "", "\n");
    }
}

/* --- asking --- */

const struct entry *progress_find(const struct progress *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->entry[i].name, name) == 0)
            return &p->entry[i];
    return NULL;
}

const struct exercise *progress_current(const struct progress *p)
{
    for (size_t i = p->n; i-- > 0;) {
        const struct entry *e = &p->entry[i];
        const struct exercise *known = exercise_find(e->name);
        if (known && *e->started && !*e->passed)
            return known;
    }
    for (size_t i = 0; i < exercises_n; i++) {
        const struct entry *e = progress_find(p, exercises[i].name);
        if (!e || !*e->passed)
            return &exercises[i];
    }
    return NULL;
}
