/* http_poll/explain.c: heads and bodies in words.
 * SPDX-License-Identifier: MIT */
#include "http_poll/explain.h"
#include "http_poll/http_body.h"
#include "http_poll/sse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* describer->scratch of one direction */
struct half {
    struct http_body body;
    bool in_body;
    bool events;    /* the body is a stream of them */
    char method[8]; /* of the last request: a reply's body depends on it */
    uint64_t whole; /* bytes of the body, or of the chunk; 0 = not known */
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
    return step_whole(step, data, n, "not HTTP");
}

static void describe_request(struct describer *d, struct half *half, const struct http_head *head,
                             struct step *step)
{
    bool asks = http_field_has_token(head, "Upgrade", "websocket");
    snprintf(half->method, sizeof half->method, "%.*s", (int)head->method.n, head->method.p);
    snprintf(step->what, sizeof step->what, "%.*s %.*s%s", (int)head->method.n, head->method.p,
             (int)head->target.n, head->target.p, asks ? ", Upgrade: websocket" : "");
    half->in_body = http_request_body(&half->body, head) == 0 &&
                    half->body.framing != BODY_NONE && !half->body.done;
    d->upgrade = asks && !half->in_body ? UPGRADE_ASKED : NO_UPGRADE;
}

static void describe_response(struct describer *d, struct half *half, const struct half *other,
                              const struct http_head *head, struct step *step)
{
    snprintf(step->what, sizeof step->what, "%d%s", head->status, http_then_reason(head->status));
    half->in_body = http_response_body(&half->body, head, other->method) == 0 && !half->body.done;
    half->events = half->body.framing == BODY_UNTIL_CLOSE &&
                   span_is(http_field(head, "Content-Type"), "text/event-stream");
    if (head->status == 101 && http_field_has_token(head, "Upgrade", "websocket"))
        d->upgrade = UPGRADED;
    else if (head->status >= 200)
        d->upgrade = NO_UPGRADE;
}

static size_t describe_head(struct describer *d, enum direction direction, const uint8_t *data,
                            size_t n, struct step *step)
{
    struct half *half = (struct half *)(void *)d->scratch[direction];
    const struct half *other = (const struct half *)(void *)d->scratch[!direction];
    struct http_head head;
    const char *text = (const char *)data;
    bool request = from_client(d, direction);
    int len = request ? http_request_parse(&head, text, n) : http_response_parse(&head, text, n);
    if (len <= 0 && d->lost[direction] && n > 0)
        return describe_unplaced(step, data, n);
    if (len <= 0)
        return len == 0 ? 0 : not_http(data, n, step);
    d->lost[direction] = false;
    if (request)
        describe_request(d, half, &head, step);
    else
        describe_response(d, half, other, &head, step);
    half->whole = half->body.left;
    describe_lines(data, (size_t)len, "head", step);
    return (size_t)len;
}

/* What the event says, or what there is in place of one: a comment, an id, how soon to retry. */
static void name_event(const uint8_t *data, size_t n, struct step *step)
{
    char text[80], name[24];
    struct sse reader = {0};
    struct sse_event event;
    if (sse_next(&reader, data, n, &event) < 0 || !event.data.p)
        snprintf(step->what, sizeof step->what, "no event: %s", quote(text, sizeof text, data, n));
    else
        snprintf(step->what, sizeof step->what, "event%s%s: %s", event.name.n ? " " : "",
                 event.name.n ? quote(name, sizeof name, (const uint8_t *)event.name.p,
                                      event.name.n) : "",
                 quote(text, sizeof text, (const uint8_t *)event.data.p, event.data.n));
}

/* Up to the next empty line.  (Nobody ends lines by CR alone, though the standard lets them.) */
static size_t describe_event(const uint8_t *data, size_t n, struct step *step)
{
    size_t size = 0, text = 1;
    while (size < n && text > 0)
        size += line_size(data + size, n - size, &text);
    if (text > 0)
        return 0;
    name_event(data, size, step);
    describe_lines(data, size, "event", step);
    return size;
}

/* A piece of what is sent, however the stream was cut. */
static void name_piece(const struct half *half, struct span piece, struct step *step)
{
    const char *what = half->body.framing == BODY_CHUNKED ? "chunk data" : "body";
    char text[64];
    if (piece.n < half->whole)
        snprintf(step->what, sizeof step->what, "%s, %" PRIu64 " of %" PRIu64 " B", what,
                 half->whole - half->body.left, half->whole);
    else
        snprintf(step->what, sizeof step->what, "%s %s", what,
                 quote(text, sizeof text, (const uint8_t *)piece.p, piece.n));
}

static void name_framing(struct half *half, int part, struct step *step)
{
    if (part == CHUNK_SIZE)
        half->whole = half->body.left;
    if (part == CHUNK_SIZE && half->whole > 0)
        snprintf(step->what, sizeof step->what, "chunk of %" PRIu64 " B", half->whole);
    else
        snprintf(step->what, sizeof step->what, "%s",
                 part == CHUNK_SIZE ? "last chunk" : part == CHUNK_END ? "end of the chunk" :
                 half->body.done ? "end of the chunks" : "trailer");
}

static size_t describe_body(struct half *half, const uint8_t *data, size_t n, struct step *step)
{
    char text[64];
    struct span piece;
    int part = (int)half->body.part;
    ssize_t used = http_body_next(&half->body, data, n, &piece);
    if (used == 0)
        return 0;
    half->in_body = used > 0 && !half->body.done;
    if (used < 0)
        return not_http(data, n, step);
    if (piece.n > 0)
        name_piece(half, piece, step);
    else
        name_framing(half, part, step);
    step_part(step, (size_t)used, "%s", quote(text, sizeof text, data, (size_t)used));
    return (size_t)used;
}

size_t http_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                     struct step *step)
{
    struct half *half = (struct half *)(void *)d->scratch[direction];
    step->protocol = "http";
    if (d->lost[direction]) /* in a body, too, for who knows how much of it is gone */
        half->in_body = false;
    if (half->in_body && half->events)
        return describe_event(data, n, step);
    if (half->in_body)
        return describe_body(half, data, n, step);
    return describe_head(d, direction, data, n, step);
}
