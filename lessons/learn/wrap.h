/* lessons/learn/wrap.h: text in columns of a terminal.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_WRAP_H
#define LEARN_WRAP_H

#include <stddef.h>
#include <stdint.h>

/* The character that begins at s: its bytes, 0 at the end of the text.  A byte that is no UTF-8
 * counts as a character of its own, *c = U+FFFD. */
size_t character(const char *s, uint32_t *c);

/* Columns on a terminal: Hangul, Chinese characters and the like take two, combining ones none. */
int columns_of(uint32_t c);
int columns(const char *s);

/* How much of s, which has no newline, goes on a line of so many columns: bytes, at least one
 * character.  *next = where the next line begins: blanks at the break are left out. */
size_t wrap_line(const char *s, int room, size_t *next);

#endif
