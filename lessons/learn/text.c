/* lessons/learn/text.c: the list of text.h as two tables.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(id, en, ko) [id] = {en, ko},
static const char *const texts[TEXT_COUNT][2] = {TEXTS(X)};
#undef X

static bool in_korean;

void text_language(const char *lang)
{
    in_korean = strcmp(lang, "ko") == 0;
}

const char *text_in(enum text id, bool korean)
{
    return texts[id][korean];
}

const char *text(enum text id)
{
    return texts[id][in_korean];
}

void complain(const char *format, ...)
{
    va_list args;
    fputs("learn: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

const char *text_default_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "ko", 2) == 0 && strchr("_.@", value[2]) ? "ko" : "en";
    }
    return "en";
}
