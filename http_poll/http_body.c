/* http_poll/http_body.c: the three ways in which a body ends.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_body.h"

#include <string.h>

#define LINES_MAX 4096 /* bytes of a chunk's size line, and of all trailers */

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
    *body = (struct http_body){.framing = BODY_CHUNKED};
    return 0;
}

int http_response_body(struct http_body *body, const struct http_head *head, const char *method)
{
    *body = (struct http_body){.framing = BODY_NONE, .done = true};
    if (strcmp(method, "HEAD") == 0 || head->status < 200 || head->status == 204 ||
        head->status == 304)
        return 0;
    struct span coding = http_field(head, "Transfer-Encoding");
    if (coding.p)
        *body = (struct http_body){
            .framing = span_is(coding, "chunked") ? BODY_CHUNKED : BODY_UNTIL_CLOSE};
    else if (by_length(body, head) < 0)
        return -1;
    if (body->framing == BODY_NONE) /* no length: the end of the connection is the end */
        *body = (struct http_body){.framing = BODY_UNTIL_CLOSE};
    return 0;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [ BWS ; extensions ], RFC 9112 7.1; extensions are read over. */
static int parse_chunk_size(const uint8_t *line, size_t n, uint64_t *size)
{
    size_t i = 0;
    *size = 0;
    for (; i < n && hex_value(line[i]) >= 0; i++) {
        if (*size >> 58)
            return -1;
        *size = *size << 4 | (uint64_t)hex_value(line[i]);
    }
    if (i == 0)
        return -1;
    while (i < n && (line[i] == ' ' || line[i] == '\t'))
        i++;
    if (i < n && line[i] != ';')
        return -1;
    for (; i < n; i++)
        if (line[i] < ' ' && line[i] != '\t')
            return -1;
    return 0;
}

/* Returns the size of a line with its CRLF, 0 when it is incomplete, -1 when it is none. */
static ssize_t find_line(const uint8_t *buf, size_t n)
{
    const uint8_t *lf = memchr(buf, '\n', n);
    if (!lf)
        return n > LINES_MAX ? -1 : 0;
    return lf > buf && lf[-1] == '\r' && lf - buf < LINES_MAX ? lf - buf + 1 : -1;
}

static ssize_t next_line(struct http_body *body, const uint8_t *buf, size_t n)
{
    if (body->part == CHUNK_END && (buf[0] != '\r' || (n > 1 && buf[1] != '\n')))
        return -1;
    ssize_t len = find_line(buf, n);
    if (len <= 0)
        return len;
    size_t text = (size_t)len - 2;
    switch (body->part) {
    case CHUNK_SIZE:
        if (parse_chunk_size(buf, text, &body->left) < 0)
            return -1;
        body->part = body->left > 0 ? CHUNK_DATA : CHUNK_TRAILER;
        break;
    case CHUNK_TRAILER: /* left counts the bytes of all trailers here */
        body->done = text == 0;
        body->left += (size_t)len;
        return body->left > LINES_MAX ? -1 : len;
    default: /* the CRLF behind a chunk's data */
        body->part = CHUNK_SIZE;
        break;
    }
    return len;
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
