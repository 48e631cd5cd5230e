/* http_poll/http.c: HTTP/1.1, the client's side: one request, one reply, and so on.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http.h"
#include "http_poll/explain.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/explain.h"
#include "tcp_echo/stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE (64u * 1024) /* also the longest reply head accepted */
#define INTERIM_MAX 16           /* 1xx replies before the real one */

static int __attribute__((format(printf, 2, 3))) fail(struct http *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(h->error, sizeof h->error, format, args);
    va_end(args);
    stream_close(&h->stream);
    return -1;
}

static int connect_now(struct http *h)
{
    h->start = h->end = 0;
    h->requests = h->replies = 0;
    h->stream.tap = h->explain ? explain(http_describe, 0) : NULL;
    if (stream_connect(&h->stream, h->url, h->tls, h->timeout_ms) == 0)
        return 0;
    if (h->stream.tap)
        h->stream.tap->closed(h->stream.tap);
    return fail(h, "%s", h->stream.error);
}

int http_connect(struct http *h, const struct url *url, struct tls *tls, int ms)
{
    h->url = url;
    h->tls = tls;
    h->timeout_ms = ms;
    if (h->max_message == 0)
        h->max_message = 64u << 20;
    h->stream.fd = -1;
    h->buf = malloc(BUFFER_SIZE);
    h->body = NULL;
    if (!h->buf)
        return fail(h, "no memory");
    return connect_now(h);
}

void http_close(struct http *h)
{
    stream_close(&h->stream);
    free(h->buf);
    h->buf = NULL;
    bytes_free(&h->body);
}

/* --- time: the socket bounds each wait, but a peer that drips would get its time anew with every
 * byte --- */

static void start_clock(struct http *h)
{
    h->deadline = h->timeout_ms < 0 ? INT64_MAX : clock_ms() + h->timeout_ms;
    h->waited = false;
}

/* The first wait needs no look at the clock: it is as long as all of the time. */
static bool wait_for_more(struct http *h)
{
    bool bounded = h->waited && h->deadline < INT64_MAX && !stream_pending(&h->stream);
    h->waited = true;
    int64_t left = bounded ? h->deadline - clock_ms() : 0;
    return !bounded || (left > 0 && wait_readable(h->stream.fd, (int)left) > 0);
}

/* --- the request --- */

static int send_request(struct http *h, const char *method, const char *path, const void *body,
                        size_t n)
{
    char head[URL_TEXT_MAX + 1600], host[URL_TEXT_MAX], length[48] = "";
    if (body)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", n);
    int len = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", method,
                       path ? path : h->url->path, url_authority(h->url, host), length,
                       h->fields ? h->fields : "", h->close ? "Connection: close\r\n" : "");
    if (len < 0 || (size_t)len >= sizeof head)
        return fail(h, "the request's head is too long");
    ssize_t sent = stream_write2(&h->stream, head, (size_t)len, body, body ? n : 0);
    if (sent >= 0 && sent < len) /* hardly ever: not even the head went out at once */
        sent = stream_write_all(&h->stream, head + sent, (size_t)(len - sent)) < 0 ? -1 : len;
    for (size_t done = sent < 0 ? 0 : (size_t)(sent - len); sent >= 0 && done < n;
         done += (size_t)sent) {
        if (clock_ms() >= h->deadline)
            return fail(h, "timed out after %zu bytes of the body", done);
        sent = stream_write(&h->stream, (const char *)body + done, n - done);
    }
    return sent < 0 ? fail(h, "%s", h->stream.error) : 0;
}

/* --- the reply --- */

/* Reads more behind what is unread.  Returns the bytes read, 0 at the end, -1. */
static ssize_t fill(struct http *h)
{
    if (h->start > 0) {
        memmove(h->buf, h->buf + h->start, h->end - h->start);
        h->end -= h->start;
        h->start = 0;
    }
    if (h->end == BUFFER_SIZE)
        return fail(h, "a reply head of more than %u bytes", BUFFER_SIZE);
    if (!wait_for_more(h))
        return fail(h, "timed out");
    ssize_t got = stream_read(&h->stream, h->buf + h->end, BUFFER_SIZE - h->end);
    if (got > 0)
        h->end += (size_t)got;
    return got;
}

/* Nothing has changed before another line is there. */
static int parse_head(struct http *h, struct http_head *head, size_t *seen)
{
    const char *text = (const char *)h->buf + h->start;
    size_t n = h->end - h->start, before = *seen;
    *seen = n;
    if (before > 0 && !memchr(text + before, '\n', n - before))
        return 0;
    return http_response_parse(head, text, n);
}

static int read_head(struct http *h, struct http_head *head)
{
    size_t seen = 0;
    for (int interim = 0; interim < INTERIM_MAX;) {
        int len = parse_head(h, head, &seen);
        if (len < 0)
            return fail(h, "%s", len == -431 ? "the reply's head is too long"
                                             : "the reply is not HTTP/1.x");
        h->start += (size_t)len;
        if (len > 0 && (head->status >= 200 || head->status == 101))
            return 0;
        interim += len > 0;
        if (len > 0)
            seen = 0;
        else if (fill(h) <= 0)
            return h->stream.fd < 0 ? -1 : fail(h, "%s before its reply", h->stream.error);
    }
    return fail(h, "more than %d interim replies", INTERIM_MAX);
}

/* Takes what is there of the body.  Returns 0, or -1. */
static int take_body(struct http *h)
{
    while (h->start < h->end && !h->framing.done) {
        struct span data;
        ssize_t used = http_body_next(&h->framing, h->buf + h->start, h->end - h->start, &data);
        if (used < 0)
            return fail(h, "the reply's body is malformed");
        if (used == 0)
            break;
        if (data.n > h->max_message - (h->body ? h->body->len : 0))
            return fail(h, "a reply of more than %zu bytes", h->max_message);
        if (bytes_append(&h->body, data.p, data.n) < 0)
            return fail(h, "no memory for the reply");
        h->body_len += data.n;
        h->start += (size_t)used;
    }
    return 0;
}

/* Takes what is there of the body, and what one read brings.  Returns 1, 0 when it was the end, or
 * -1. */
static int read_some(struct http *h)
{
    ssize_t got = h->framing.done ? 0 : fill(h);
    if (got == 0 && (h->framing.done || h->framing.framing == BODY_UNTIL_CLOSE))
        return 0;
    if (got <= 0)
        return fail(h, "%s after %" PRIu64 " bytes of the body",
                    h->stream.fd < 0 ? "timed out" : h->stream.error, h->body_len);
    return take_body(h) < 0 ? -1 : !h->framing.done;
}

static struct span body_so_far(const struct http *h)
{
    return h->body ? (struct span){(char *)h->body->data + h->body->head, h->body->len}
                   : (struct span){(char *)h->buf, 0};
}

static int begin_reply(struct http *h, const char *method, struct http_head *head)
{
    bytes_free(&h->body);
    h->body_len = 0;
    if (read_head(h, head) < 0)
        return -1;
    int rc = http_response_body(&h->framing, head, method);
    if (rc < 0)
        return fail(h, "%s", rc == -501 ? "a transfer coding this client does not know"
                                        : "the reply's length is malformed");
    h->keep = http_keeps_alive(head) && !h->close && h->framing.framing != BODY_UNTIL_CLOSE;
    return 0;
}

static void end_reply(struct http *h)
{
    h->replies++;
    if (!h->keep)
        stream_close(&h->stream);
}

static int read_body(struct http *h)
{
    int more = take_body(h) < 0 ? -1 : 1;
    while (more > 0)
        more = read_some(h);
    return more;
}

static int recv_reply(struct http *h, const char *method, struct http_reply *reply)
{
    struct http_head head;
    if (begin_reply(h, method, &head) < 0)
        return -1;
    reply->status = head.status;
    struct span last = http_field(&head, "Last-Event-ID");
    reply->last_event = last.n > 0 ? (int64_t)strtoull(last.p, NULL, 10) : -1;
    if (h->framing.framing == BODY_LENGTH && h->framing.left <= h->end - h->start) {
        reply->body = h->buf + h->start; /* all here: no copy */
        reply->body_len = (size_t)h->framing.left;
        h->start += reply->body_len;
    } else {
        if (read_body(h) < 0)
            return -1;
        reply->body = (const uint8_t *)body_so_far(h).p;
        reply->body_len = body_so_far(h).n;
    }
    end_reply(h);
    return 0;
}

int http_recv(struct http *h, const char *method, struct http_reply *reply)
{
    start_clock(h);
    return recv_reply(h, method, reply);
}

int http_recv_head(struct http *h, const char *method, struct http_head *head, struct span *piece)
{
    start_clock(h);
    if (begin_reply(h, method, head) < 0 || take_body(h) < 0)
        return -1;
    h->deadline = INT64_MAX;
    *piece = body_so_far(h);
    if (h->framing.done)
        end_reply(h);
    return !h->framing.done;
}

int http_recv_more(struct http *h, struct span *piece)
{
    bytes_free(&h->body);
    int more = read_some(h);
    *piece = body_so_far(h);
    if (more == 0)
        end_reply(h);
    return more;
}

/* Waits for the reply's first bytes.  Returns 1, 0 when the connection has ended without any, or
 * -1. */
static int await_reply(struct http *h)
{
    start_clock(h);
    ssize_t got = h->start < h->end ? 1 : fill(h);
    if (got > 0)
        return 1;
    return got == 0 || errno == ECONNRESET ? 0 : -1;
}

int http_send(struct http *h, const char *method, const char *path, const void *body, size_t n)
{
    if (h->start < h->end && h->replies == h->requests)
        stream_close(&h->stream); /* said unasked */
    if (h->stream.fd < 0 && connect_now(h) < 0)
        return -1;
    start_clock(h);
    h->requests++;
    return send_request(h, method, path, body, n);
}

/* A server may close an idle connection just as we use it.  Nothing has been answered then, and to
 * ask again on a new one does no harm here (RFC 9110 9.2.2, RFC 9112 9.3.1). */
int http_request(struct http *h, const char *method, const char *path, const void *body, size_t n,
                 struct http_reply *reply)
{
    bool reused = h->stream.fd >= 0 && h->requests > 0;
    int begun = http_send(h, method, path, body, n) < 0 ? 0 : await_reply(h);
    if (begun == 0 && reused) {
        stream_close(&h->stream);
        return http_request(h, method, path, body, n, reply);
    }
    if (begun <= 0)
        return h->stream.fd < 0 ? -1 : fail(h, "%s before its reply", h->stream.error);
    return recv_reply(h, method, reply);
}

int http_post(struct http *h, const void *message, size_t n, struct http_reply *reply)
{
    if (http_request(h, "POST", NULL, message, n, reply) < 0)
        return -1;
    if (reply->status != 200)
        return fail(h, "%d%s", reply->status, http_then_reason(reply->status));
    return 0;
}
