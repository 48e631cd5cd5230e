/* http_poll/routes.c: what there is to ask for.
 * SPDX-License-Identifier: MIT */
#include "http_poll/files.h"

#include <stdio.h>
#include <string.h>

static const char index_text[] =
    "socklab speaks HTTP here.\n"
    "  POST /echo                 sends the body back\n"
    "  GET  /poll                 where to begin: the newest event, in Last-Event-ID\n"
    "  GET  /poll?after=SEQ       the events since SEQ, one a line, or 204\n"
    "  GET  /long-poll?after=SEQ  the same, but waits for one: 25 s at most\n"
    "  GET  /events               every event, as it comes (text/event-stream)\n";

static bool is_method(struct conn *c, const struct http_request *r, const char *method,
                      const char *other, const char *allow)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
                                        "OPTIONS", "TRACE", "PATCH"};
    if (span_equals(r->head.method, method) || span_equals(r->head.method, other))
        return true;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (span_equals(r->head.method, known[i])) {
            http_reply_text(c, 405, allow, "This path does not do that.\n");
            return false;
        }
    http_reply_text(c, 501, "", "No such method in HTTP.\n");
    return false;
}

bool http_is_get(struct conn *c, const struct http_request *r)
{
    return is_method(c, r, "GET", "HEAD", "Allow: GET, HEAD\r\n");
}

bool http_is_post(struct conn *c, const struct http_request *r)
{
    return is_method(c, r, "POST", "POST", "Allow: POST\r\n");
}

/* The body goes back as what it came as. */
static void answer_echo(struct conn *c, const struct http_request *r)
{
    struct span type = http_field(&r->head, "Content-Type");
    char field[300] = "Content-Type: application/octet-stream\r\n";
    if (type.p && type.n <= 200)
        snprintf(field, sizeof field, "Content-Type: %.*s\r\n", (int)type.n, type.p);
    http_reply(c, 200, field, r->body, r->body_len);
}

void http_poll_answer(struct conn *c, const struct http_request *r)
{
    struct span path = http_path(r->head.target);
    if (span_equals(path, "/")) {
        if (!http_file_answer(c, r) && http_is_get(c, r))
            http_reply_text(c, 200, "", index_text);
    } else if (span_equals(path, "/echo")) {
        if (http_is_post(c, r))
            answer_echo(c, r);
    } else if (span_equals(path, "/poll")) {
        if (http_is_get(c, r))
            http_poll_now(c, r);
    } else if (span_equals(path, "/long-poll")) {
        if (http_is_get(c, r))
            http_long_poll(c, r);
    } else if (span_equals(path, "/events")) {
        if (http_is_get(c, r))
            http_events(c, r);
    } else if (!http_file_answer(c, r)) {
        http_reply_text(c, 404, "", "Nothing is here.\n");
    }
}

const struct http_site http_poll_site = {HTTP_SERVICE, http_poll_answer};
