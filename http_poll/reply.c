/* http_poll/reply.c: replies, written and sent.  Which one is service.c's business, and routes.c's.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define REPLY_HEAD_MAX 2048

/* An answer carries the time (RFC 9110 6.6.1), which changes once a second. */
static const char *date_field(time_t now)
{
    static _Thread_local char field[64];
    static _Thread_local time_t of;
    struct tm tm;
    if (now != of && gmtime_r(&now, &tm)) {
        strftime(field, sizeof field, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
        of = now;
    }
    return field;
}

void http_reply(struct conn *c, int status, const char *fields, const void *body, size_t n)
{
    const struct http_conn *h = c->state;
    char head[REPLY_HEAD_MAX];
    const char *connection = h->close ? "close" : h->old ? "keep-alive" : NULL;
    bool no_body = status == 204 || status == 304;
    size_t len = http_response_write(head, sizeof head, status, date_field(time(NULL)), fields,
                                     no_body ? HTTP_NO_LENGTH : n, connection);
    conn_send2(c, head, len, body, no_body || h->is_head ? 0 : n);
}

void http_reply_stream(struct conn *c, const char *fields)
{
    char head[REPLY_HEAD_MAX];
    size_t len = http_response_write(head, sizeof head, 200, date_field(time(NULL)), fields,
                                     HTTP_NO_LENGTH, "close");
    conn_send(c, head, len);
}

void http_reply_text(struct conn *c, int status, const char *fields, const char *text)
{
    char all[512];
    snprintf(all, sizeof all, "Content-Type: text/plain; charset=utf-8\r\n%s", fields);
    http_reply(c, status, all, text, strlen(text));
}
