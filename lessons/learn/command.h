/* lessons/learn/command.h: a command's words, as execvp wants them.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_COMMAND_H
#define LEARN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { COMMAND_WORDS = 128, COMMAND_BYTES = 32 * 1024 };

struct command { /* begin with {0} */
    char *argv[COMMAND_WORDS + 1]; /* NULL after the last */
    size_t n, used;
    bool too_long; /* a word did not fit and was left out */
    char bytes[COMMAND_BYTES];
};

/* One word, as printf writes it. */
void command_add(struct command *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The words of a text, which blanks separate (CC, CFLAGS); NULL has none. */
void command_add_words(struct command *, const char *text);

#endif
