/* http_poll/file_state.h: in which state a file is, and whether who asks has it so already
 * (RFC 9110 8.8 and 13).  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_FILE_STATE_H
#define HTTP_POLL_FILE_STATE_H

#include "http_poll/http_head.h"

#include <time.h>

struct file_state {
    char etag[64];     /* with its quotes */
    char modified[32]; /* as in Last-Modified */
    time_t time;       /* the same */
};

/* Of a file with so many bytes, last written then; now: a time to come is none that can be told. */
void file_state(struct file_state *, uint64_t size, struct timespec written, time_t now);

/* Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since of a GET or HEAD, in
 * the order of RFC 9110 13.2.2.  Returns 200, 304, or 412.  Dates in the two forms that are obsolete
 * are taken for none, so that the file is sent. */
int file_condition(const struct http_head *, const struct file_state *);

#endif
