/* lessons/learn/command.c: a command's words.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void command_add(struct command *command, const char *format, ...)
{
    size_t room = sizeof(command->bytes) - command->used;
    char *word = command->bytes + command->used;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(word, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room || command->n == COMMAND_WORDS) {
        command->too_long = true;
        return;
    }
    command->argv[command->n++] = word;
    command->used += (size_t)n + 1;
}

void command_add_words(struct command *command, const char *text)
{
    static const char blanks[] = " \t\n";
    for (text = text ? text : ""; *(text += strspn(text, blanks)) != '\0';) {
        size_t n = strcspn(text, blanks);
        command_add(command, "%.*s", (int)n, text);
        text += n;
    }
}
