/* http_poll/file_path.h: which file a request's path names.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_FILE_PATH_H
#define HTTP_POLL_FILE_PATH_H

#include "http_poll/http_head.h"

#define FILE_TARGET_MAX 1024 /* bytes of a path, as it is written in a request */
#define FILE_INDEX "index.html"
#define FILE_PATH_MAX (FILE_TARGET_MAX + sizeof FILE_INDEX) /* with its NUL */

/* Turns a request's path (http_path()) into one that is relative to a root: percent-escapes are
 * decoded, a path that ends in a slash names FILE_INDEX there.  What is left are names, one slash
 * between each two, none of which is empty or begins with a dot (so that there is no "..", and
 * nothing hidden), and no backslash or control character.  Other bytes stay: UTF-8, or not.
 * Returns 0, 400 for a broken escape, a NUL or no path at all, 404 for what no file here can be
 * called. */
int file_path(char out[FILE_PATH_MAX], struct span path);

/* The Content-Type of a file with this name, by its extension. */
const char *file_type(const char *name);

#endif
