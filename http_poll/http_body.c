/* http_poll/http_body.c: the three ways in which a body ends.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_body.h"

#include <string.h>

#define SIZE_DIGITS 16 /* what a chunk's size needs at most; what is longer costs body->spare */

/* Digits only: no sign, no space, nothing that a proxy might read otherwise. */
static int parse_length(struct span s, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || *value > (UINT64_MAX >> 1) / 10)
            return -1;
        *value = *value * 10 + (uint64_t)(s.p[i] - '0');
    }
    return s.n > 0 ? 0 : -1;
}

static int by_length(struct http_body *body, const struct http_head *head)
{
    size_t count = http_field_count(head, "Content-Length");
    *body = (struct http_body){.framing = count ? BODY_LENGTH : BODY_NONE};
    if (count > 1 || (count && parse_length(http_field(head, "Content-Length"), &body->left) < 0))
        return -400;
    body->done = body->left == 0;
    return 0;
}

int http_request_body(struct http_body *body, const struct http_head *head)
{
    size_t codings = http_field_count(head, "Transfer-Encoding");
    if (codings == 0)
        return by_length(body, head);
    /* With both fields, two readers may disagree where the request ends (RFC 9112 6.1, 11.2). */
    if (http_field_count(head, "Content-Length") > 0 || head->minor == 0)
        return -400;
    if (codings > 1 || !span_is(http_field(head, "Transfer-Encoding"), "chunked"))
        return -501;
    *body = (struct http_body){.framing = BODY_CHUNKED, .spare = HTTP_SPARE};
    return 0;
}

int http_response_body(struct http_body *body, const struct http_head *head, const char *method)
{
    *body = (struct http_body){.framing = BODY_NONE, .done = true};
    if (strcmp(method, "HEAD") == 0 || head->status < 200 || head->status == 204 ||
        head->status == 304)
        return 0;
    int rc = http_request_body(body, head);
    if (rc == 0 && body->framing == BODY_NONE) /* no length: the end of the connection is the end */
        *body = (struct http_body){.framing = BODY_UNTIL_CLOSE};
    return rc;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [ BWS ; extensions ], RFC 9112 7.1; extensions are read over.  White space is allowed
 * before an extension, and nowhere else. */
static int parse_chunk_size(const uint8_t *line, size_t n, uint64_t *size)
{
    size_t i = 0;
    *size = 0;
    for (; i < n && hex_value(line[i]) >= 0; i++) {
        if (*size >> 58)
            return -1;
        *size = *size << 4 | (uint64_t)hex_value(line[i]);
    }
    if (i == 0 || i == n)
        return i > 0 ? 0 : -1;
    while (i < n && (line[i] == ' ' || line[i] == '\t'))
        i++;
    if (i == n || line[i] != ';')
        return -1;
    for (; i < n; i++)
        if ((line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return -1;
    return 0;
}

/* Returns the size of a line with its CRLF, 0 when it is incomplete, -1 when it is none. */
static ssize_t find_line(const uint8_t *buf, size_t n, size_t max)
{
    const uint8_t *lf = memchr(buf, '\n', n);
    if (!lf)
        return n > max ? -1 : 0;
    return lf > buf && lf[-1] == '\r' ? lf - buf + 1 : -1;
}

/* Nobody may have us read what is not the body for ever (it is not kept, but it is work). */
static int spend(struct http_body *body, size_t n)
{
    if (n > body->spare)
        return -1;
    body->spare -= (uint32_t)n;
    return 0;
}

static int take_size(struct http_body *body, const uint8_t *line, size_t n)
{
    if (parse_chunk_size(line, n, &body->left) < 0)
        return -1;
    body->part = body->left > 0 ? CHUNK_DATA : CHUNK_TRAILER;
    return spend(body, n > SIZE_DIGITS ? n - SIZE_DIGITS : 0);
}

/* Trailers are thrown away, but they must be fields: a smuggled request is none. */
static int take_trailer(struct http_body *body, const uint8_t *line, size_t n)
{
    struct http_field field;
    body->done = n == 0;
    if (!body->done && http_field_parse(&field, (const char *)line, n + 2) <= 0)
        return -1;
    return spend(body, n);
}

static ssize_t next_line(struct http_body *body, const uint8_t *buf, size_t n)
{
    if (body->part == CHUNK_END && (buf[0] != '\r' || (n > 1 && buf[1] != '\n')))
        return -1;
    ssize_t len = find_line(buf, n, body->spare + SIZE_DIGITS);
    if (len <= 0)
        return len;
    size_t text = (size_t)len - 2;
    int rc = 0;
    if (body->part == CHUNK_SIZE)
        rc = take_size(body, buf, text);
    else if (body->part == CHUNK_TRAILER)
        rc = take_trailer(body, buf, text);
    else /* the CRLF behind a chunk's data */
        body->part = CHUNK_SIZE;
    return rc < 0 ? -1 : len;
}

ssize_t http_body_next(struct http_body *body, const uint8_t *buf, size_t n, struct span *data)
{
    *data = (struct span){(const char *)buf, 0};
    if (body->done || n == 0)
        return 0;
    if (body->framing == BODY_CHUNKED && body->part != CHUNK_DATA)
        return next_line(body, buf, n);
    if (body->framing == BODY_UNTIL_CLOSE) {
        data->n = n;
        return (ssize_t)n;
    }
    data->n = n < body->left ? n : (size_t)body->left;
    body->left -= data->n;
    if (body->left == 0 && body->framing == BODY_LENGTH)
        body->done = true;
    if (body->left == 0 && body->framing == BODY_CHUNKED)
        body->part = CHUNK_END;
    return (ssize_t)data->n;
}
