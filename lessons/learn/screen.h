/* lessons/learn/screen.h: what goes to stdout: wrapped to the terminal's width, with colours and
 * marks only where a terminal can show them, and never a control character from elsewhere.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_SCREEN_H
#define LEARN_SCREEN_H

#include "lessons/learn/text.h"

#include <stdbool.h>
#include <stddef.h>

enum style { PLAIN, GOOD, BAD, STRONG, FAINT };
enum mark { MARK_PASSED, MARK_FAILED, MARK_HERE, MARK_STARTED, MARK_OPEN };

/* Looks at stdout and the environment: COLUMNS, NO_COLOR, TERM, the locale.  Once, first of all. */
void screen_begin(void);

bool screen_is_terminal(void);
int screen_width(void);
void screen_clear(void); /* on a terminal only */

/* One paragraph; its lines but the first begin with hang blanks.  A newline begins a line. */
void paragraph(enum style, int hang, const char *words);

/* The same from a text of the list, or any other format. */
void say(enum style, int hang, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* label words, the second and later lines of words below the first. */
void labelled(enum style, int indent, const char *label, const char *words);

/* The same, but a command is not broken: it is there to be copied. */
void to_type(enum style, int indent, const char *label, const char *command);

/* Text as an author filled it: lines are joined and filled again, but those that begin with a blank
 * or a list's mark stay as they are. */
void filled(int indent, const char *words);

/* At most so many lines as they are (a compiler's or a program's), then how many more there are. */
void verbatim(int indent, const char *words, size_t most);

void blank_line(void);

/* "+ words", in the mark's colour. */
void marked(enum mark, int indent, const char *words);

void progress_bar(size_t done, size_t all);

#endif
