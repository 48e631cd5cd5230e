/* lessons/learn/work.h: files: where they are, how a reader knows them, and how none of them is
 * ever lost.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_WORK_H
#define LEARN_WORK_H

#include "lessons/learn/exercise.h"

#include <stdbool.h>
#include <stddef.h>

struct string { /* a path, a line: what is longer is cut */
    char s[4096];
};

struct string string_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As somebody who stands in the working directory would type it. */
struct string shown(const char *path);

/* The same for all paths in a text; to be freed, NULL = no memory. */
char *shown_text(const char *text);

/* A descriptor to read it, never waiting for a fifo's writer; -1 with errno, EISDIR or EINVAL where
 * it is no regular file. */
int open_file(const char *path);

/* The whole file with a zero behind it, to be freed; NULL with errno set.  At most limit bytes. */
char *read_file(const char *path, size_t limit);

/* Makes a file that is not there yet.  Returns 0, or -1 with errno: EEXIST where there is one. */
int write_new(const char *path, const char *text);

/* The file has either its old content or the new one, whatever happens.  0, or -1 and errno. */
int replace_file(const char *path, const char *text);

/* Moves it out of the way, to the first of *name = PATHsuffix, PATHsuffix.1, .2 ... (PATH.1 first
 * when suffix is "") that is free.  Returns 0, or -1 with errno set. */
int set_aside(const char *path, const char *suffix, struct string *name);

/* The folder is there (it is made) and one may write in it: 0, or -1 with errno set. */
int work_ready(const char *work);

#endif
