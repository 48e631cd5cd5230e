/* http_poll/explain.c: heads and bodies in words.
 * SPDX-License-Identifier: MIT */
#include "http_poll/explain.h"
#include "http_poll/http_body.h"

#include <stdio.h>
#include <string.h>

/* describer->scratch of one direction */
struct half {
    struct http_body body;
    bool in_body;
    bool events;    /* the body is a stream of them */
    char method[8]; /* of the last request: a reply's body depends on it */
};
_Static_assert(sizeof(struct half) <= sizeof ((struct describer *)0)->scratch[0], "scratch");

/* A line with its LF or CRLF, or all there is when none ends.  *text is the size without. */
static size_t line_size(const uint8_t *data, size_t n, size_t *text)
{
    const uint8_t *end = memchr(data, '\n', n);
    *text = end ? (size_t)(end - data) : n;
    if (end > data && end[-1] == '\r')
        --*text;
    return end ? (size_t)(end + 1 - data) : n;
}

/* One part for each line of a head or an event; the last takes what does not fit. */
static void describe_lines(const uint8_t *data, size_t n, const char *what, struct step *step)
{
    char quoted[90];
    size_t text;
    for (size_t at = 0; at < n;) {
        size_t len = line_size(data + at, n - at, &text);
        if (step->parts == STEP_PARTS_MAX - 1 && at + len < n) {
            step_part(step, n - at, "and %zu bytes more", n - at);
            return;
        }
        if (text == 0 && at + len < n)
            step_part(step, len, "an empty line: the %s has not begun", what);
        else if (text == 0)
            step_part(step, len, "the empty line: the %s ends", what);
        else
            step_part(step, len, "%s", quote(quoted, sizeof quoted, data + at, text));
        at += len;
    }
}

static size_t not_http(const uint8_t *data, size_t n, struct step *step)
{
    char text[64];
    snprintf(step->what, sizeof step->what, "%zu bytes that are not HTTP", n);
    step_part(step, n, "%s", quote(text, sizeof text, data, n));
    return n;
}

static size_t describe_head(struct describer *d, struct half *half, const struct half *other,
                            bool request, const uint8_t *data, size_t n, struct step *step)
{
    struct http_head head;
    const char *text = (const char *)data;
    int len = request ? http_request_parse(&head, text, n) : http_response_parse(&head, text, n);
    if (len == 0)
        return 0;
    if (len < 0)
        return not_http(data, n, step);
    if (request) {
        snprintf(half->method, sizeof half->method, "%.*s", (int)head.method.n, head.method.p);
        snprintf(step->what, sizeof step->what, "%.*s %.*s (request head, %d bytes)",
                 (int)head.method.n, head.method.p, (int)head.target.n, head.target.p, len);
        half->in_body = http_request_body(&half->body, &head) == 0 &&
                        half->body.framing != BODY_NONE && !half->body.done;
    } else {
        d->status = head.status;
        snprintf(step->what, sizeof step->what, "%d%s (response head, %d bytes)", head.status,
                 http_then_reason(head.status), len);
        half->in_body = http_response_body(&half->body, &head, other->method) == 0 &&
                        !half->body.done;
        half->events = half->body.framing == BODY_UNTIL_CLOSE &&
                       span_is(http_field(&head, "Content-Type"), "text/event-stream");
    }
    describe_lines(data, (size_t)len, "head", step);
    return (size_t)len;
}

/* Up to the next empty line.  (Nobody ends lines by CR alone, though the standard lets them.) */
static size_t describe_event(const uint8_t *data, size_t n, struct step *step)
{
    size_t size = 0, text = 1;
    while (size < n && text > 0)
        size += line_size(data + size, n - size, &text);
    if (text > 0)
        return 0;
    snprintf(step->what, sizeof step->what, "%zu bytes of the event stream", size);
    describe_lines(data, size, "event", step);
    return size;
}

static size_t describe_body(struct half *half, const uint8_t *data, size_t n, struct step *step)
{
    char text[64];
    struct span piece;
    ssize_t used = http_body_next(&half->body, data, n, &piece);
    if (used == 0)
        return 0;
    if (used < 0) {
        half->in_body = false;
        return not_http(data, n, step);
    }
    if (half->body.done)
        half->in_body = false;
    if (piece.n > 0)
        snprintf(step->what, sizeof step->what, "%zu bytes of the body", piece.n);
    else
        snprintf(step->what, sizeof step->what, "chunk framing");
    step_part(step, (size_t)used, "%s", quote(text, sizeof text, data, (size_t)used));
    return (size_t)used;
}

size_t http_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                     struct step *step)
{
    struct half *half = (struct half *)(void *)d->scratch[direction];
    struct half *other = (struct half *)(void *)d->scratch[!direction];
    step->protocol = "http";
    d->status = 0;
    if (half->in_body && half->events)
        return describe_event(data, n, step);
    if (half->in_body)
        return describe_body(half, data, n, step);
    return describe_head(d, half, other, from_client(d, direction), data, n, step);
}

struct tap *http_explain(unsigned id)
{
    return explain(http_describe, id);
}
