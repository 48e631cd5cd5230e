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
    char method[8]; /* of the last request: a reply's body depends on it */
};
_Static_assert(sizeof(struct half) <= sizeof ((struct describer *)0)->scratch[0], "scratch");

/* One part for each line of the head; the last takes what does not fit. */
static void describe_lines(const uint8_t *head, size_t n, struct step *step)
{
    char text[90];
    for (size_t at = 0; at < n;) {
        const uint8_t *end = memchr(head + at, '\n', n - at);
        size_t len = end ? (size_t)(end + 1 - (head + at)) : n - at;
        if (step->parts == STEP_PARTS_MAX - 1 && at + len < n) {
            step_part(step, n - at, "and %zu bytes more", n - at);
            return;
        }
        if (len == 2)
            step_part(step, len, "the empty line: the head ends");
        else
            step_part(step, len, "%s", quote(text, sizeof text, head + at, len - 2));
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
        snprintf(step->what, sizeof step->what, "%d %s (response head, %d bytes)", head.status,
                 http_reason(head.status), len);
        half->in_body = http_response_body(&half->body, &head, other->method) == 0 &&
                        !half->body.done;
    }
    describe_lines(data, (size_t)len, step);
    return (size_t)len;
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
    if (half->in_body)
        return describe_body(half, data, n, step);
    return describe_head(d, half, other, from_client(d, direction), data, n, step);
}

struct tap *http_explain(unsigned id)
{
    return explain(http_describe, id);
}
