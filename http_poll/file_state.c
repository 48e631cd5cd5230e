/* http_poll/file_state.c: validators, and conditional requests.
 * SPDX-License-Identifier: MIT */
#include "http_poll/file_state.h"

#include <stdio.h>
#include <string.h>

#define HTTP_DATE "%a, %d %b %Y %H:%M:%S GMT"

void file_state(struct file_state *state, uint64_t size, struct timespec written, time_t now)
{
    struct tm tm = {0};
    snprintf(state->etag, sizeof state->etag, "\"%llx-%llx-%lx\"", (unsigned long long)size,
             (unsigned long long)written.tv_sec, (unsigned long)written.tv_nsec);
    state->time = written.tv_sec < now ? written.tv_sec : now;
    gmtime_r(&state->time, &tm);
    strftime(state->modified, sizeof state->modified, HTTP_DATE, &tm);
}

/* The date of that field; false when there is none that counts.  strptime() lets much pass (other
 * letters, blanks too many, 31 February): what is written otherwise than we write it is no date. */
static bool read_date(const struct http_head *head, const char *name, time_t *date)
{
    struct span value = http_field(head, name);
    struct tm tm = {0};
    char text[32] = "", again[32] = "";
    if (!value.p || value.n >= sizeof text || http_field_count(head, name) > 1)
        return false;
    memcpy(text, value.p, value.n);
    if (!strptime(text, HTTP_DATE, &tm))
        return false;
    *date = timegm(&tm);
    strftime(again, sizeof again, HTTP_DATE, &tm);
    return span_equals(value, again);
}

/* Is the file in a state which that field lists?  It need not be the same to the byte where it
 * only saves sending (If-None-Match): proxies that compress make our tags weak. */
static bool is_listed(const struct http_head *head, const char *name, const char *etag, bool weak)
{
    char weakened[80];
    snprintf(weakened, sizeof weakened, "W/%s", etag);
    return span_equals(http_field(head, name), "*") || http_field_lists(head, name, etag) ||
           (weak && http_field_lists(head, name, weakened));
}

int file_condition(const struct http_head *head, const struct file_state *state)
{
    time_t date;
    if (http_field(head, "If-Match").p) {
        if (!is_listed(head, "If-Match", state->etag, false))
            return 412;
    } else if (read_date(head, "If-Unmodified-Since", &date) && state->time > date) {
        return 412;
    }
    if (http_field(head, "If-None-Match").p)
        return is_listed(head, "If-None-Match", state->etag, true) ? 304 : 200;
    return read_date(head, "If-Modified-Since", &date) && state->time <= date ? 304 : 200;
}
