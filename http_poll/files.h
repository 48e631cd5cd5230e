/* http_poll/files.h: the files below one folder, for everybody to read.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_FILES_H
#define HTTP_POLL_FILES_H

#include "http_poll/service.h"

/* From now on the process serves what is below this folder; once, before serve().  Returns 0, or -1
 * with errno set. */
int http_serve_files(const char *folder);

/* Answers a request for a file, or for a folder, that is there.  Returns false, having done
 * nothing, when there is none of that name, or http_serve_files() was not called. */
bool http_file_answer(struct conn *, const struct http_request *);

#endif
