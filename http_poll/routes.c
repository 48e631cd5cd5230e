/* http_poll/routes.c: what there is to ask for.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "tcp_echo/push.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char index_text[] =
    "socklab speaks HTTP here.\n"
    "  POST /echo             sends the body back\n"
    "  GET  /poll             nothing now: 204; afterwards\n"
    "  GET  /poll?after=SEQ   the events since SEQ, one a line, or 204\n";

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

static bool parse_seq(struct span s, uint64_t *seq)
{
    *seq = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || i > 18)
            return false;
        *seq = *seq * 10 + (uint64_t)(s.p[i] - '0');
    }
    return s.n > 0;
}

/* The events behind `after`, a line each.  What a client has missed for good it is told as a gap:
 * from where on there is something to hear.  Last-Event-ID says where to ask from next time: SSE's
 * name for it, and the only way to begin "from now". */
static void reply_events(struct conn *c, const struct push *push, uint64_t after)
{
    struct bytes *lines = NULL;
    uint64_t newest = push_newest(push), oldest = push_oldest(push);
    char text[128];
    if (after > newest || after + 1 < oldest) {
        after = oldest - 1;
        int n = snprintf(text, sizeof text, "gap %" PRIu64 "\n", oldest);
        bytes_append(&lines, text, (size_t)n);
    }
    for (uint64_t seq = after + 1; seq <= newest; seq++) {
        const char *event = push_text(push, seq);
        bytes_append(&lines, event, strlen(event));
        bytes_append(&lines, "\n", 1);
    }
    snprintf(text, sizeof text,
             "Content-Type: text/plain\r\nCache-Control: no-store\r\n"
             "Last-Event-ID: %" PRIu64 "\r\n",
             newest);
    if (lines)
        http_reply(c, 200, text, lines->data + lines->head, lines->len);
    else
        http_reply(c, 204, text, "", 0);
    bytes_free(&lines);
}

static void answer_poll(struct conn *c, const struct http_request *r)
{
    const struct push *push = c->worker->push;
    struct span text = http_query(r->head.target, "after");
    uint64_t after;
    if (!push)
        http_reply_text(c, 503, "", "Nothing happens here: start the server with --push-every.\n");
    else if (!text.p)
        reply_events(c, push, push_newest(push));
    else if (parse_seq(text, &after))
        reply_events(c, push, after);
    else
        http_reply_text(c, 400, "", "after= wants the number of an event.\n");
}

void http_poll_answer(struct conn *c, const struct http_request *r)
{
    struct span path = http_path(r->head.target);
    if (span_equals(path, "/")) {
        if (http_is_get(c, r))
            http_reply_text(c, 200, "", index_text);
    } else if (span_equals(path, "/echo")) {
        if (http_is_post(c, r))
            answer_echo(c, r);
    } else if (span_equals(path, "/poll")) {
        if (http_is_get(c, r))
            answer_poll(c, r);
    } else {
        http_reply_text(c, 404, "", "Nothing is here.\n");
    }
}

const struct http_site http_poll_site = {HTTP_SERVICE, http_poll_answer};
