/* tests/site.h: a folder to be served, and what must not be beside it; and requests for it.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include "ws_hand.h"

/* Group set-up and tear-down: the test is inside the folder that holds site/ meanwhile. */
int make_site(void **state);
int remove_site(void **state);

/* A file below site/ of n bytes, fill_pattern()'s again and again. */
#define PATTERN 65536
void make_large(const char *name, size_t n);

/* ws_hand.h's head, and the body, NUL added, of the last answer. */
extern char body[PATTERN + 1];
extern size_t length; /* what Content-Length said */

/* Says a request for a path with these fields, in full ("A: b\r\n") or "". */
void ask(int fd, const char *method, const char *path, const char *fields);

/* Hears the answer to it, whose body fits into ours; returns its status. */
int hear_answer(int fd, const char *method);

/* Both. */
int ask_for(int fd, const char *method, const char *path, const char *fields);

/* Hears only the head; then bytes from .. from + n of make_large()'s file, which must be those. */
int hear_start(int fd);
void hear_large(int fd, size_t from, size_t n);

#endif
