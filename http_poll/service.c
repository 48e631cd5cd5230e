/* http_poll/service.c: HTTP/1.1, the server's side: collects a request, has it answered, goes on
 * with the next one on the same connection.  What is answered is in routes.c.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "tcp_echo/push.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define REPLY_HEAD_MAX 2048

/* --- replying --- */

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

/* The request can't be read to its end, so nothing that follows can be understood either. */
static ssize_t refuse(struct conn *c, int status)
{
    struct http_conn *h = c->state;
    char line[64];
    h->close = true;
    h->is_head = false;
    conn_log(c, "refused: %d %s", status, http_reason(status));
    snprintf(line, sizeof line, "%s\n", http_reason(status));
    http_reply_text(c, status, "", line);
    conn_close(c, FLUSH_THEN_FIN);
    return 0;
}

/* --- requests --- */

static bool wants_body(struct span method)
{
    return span_equals(method, "POST") || span_equals(method, "PUT") || span_equals(method, "PATCH");
}

/* Host is empty or has a host's characters only: RFC 9112 3.2. */
static bool is_host(struct span host)
{
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] <= ' ' || strchr(",/?#@\\\"<>", host.p[i]))
            return false;
    return true;
}

/* What can be refused as soon as the head is there.  Returns 0, or a status. */
static int check_head(const struct conn *c, const struct http_head *head, struct http_body *body)
{
    size_t hosts = http_field_count(head, "Host");
    if (hosts > 1 || (hosts == 0 && head->minor >= 1) || !is_host(http_field(head, "Host")))
        return 400;
    int rc = http_request_body(body, head);
    if (rc < 0)
        return -rc;
    if (body->framing == BODY_NONE && wants_body(head->method))
        return 411;
    if (body->framing == BODY_LENGTH && body->left > (uint64_t)c->worker->options->max_message)
        return 413;
    struct span expect = http_field(head, "Expect");
    return expect.p && !span_is(expect, "100-continue") ? 417 : 0;
}

/* A request has been answered. */
static void finish(struct conn *c, bool all)
{
    const struct http_conn *h = c->state;
    if (h->close)
        conn_close(c, all ? FLUSH_THEN_CLOSE : FLUSH_THEN_FIN);
    else if (c->patience != IDLE)
        conn_set_patience(c, IDLE);
}

/* Has a whole request answered; all = nothing was received behind it. */
static void answer(struct conn *c, const struct http_request *request, bool all)
{
    struct http_conn *h = c->state;
    const struct http_site *site = (const struct http_site *)c->service;
    h->close = !http_keeps_alive(&request->head);
    h->is_head = span_equals(request->head.method, "HEAD");
    h->old = request->head.minor == 0;
    h->scanned = 0;
    site->answer(c, request);
    bool gone = c->service != &site->service; /* it speaks another protocol now */
    if (!gone && !h->held)
        finish(c, all);
}

void http_hold(struct conn *c, uint64_t after)
{
    struct http_conn *h = c->state;
    h->held = true;
    h->after = after;
    conn_set_patience(c, HOLDING);
}

void http_let_go(struct conn *c)
{
    struct http_conn *h = c->state;
    push_unsubscribe(c);
    h->held = false;
    http_reply_since(c, h->after);
    finish(c, !c->in);
}

static ssize_t partial_head(struct conn *c, const char *buf, size_t n)
{
    struct http_conn *h = c->state;
    size_t limit = (size_t)c->worker->options->max_header;
    if (n >= limit)
        return refuse(c, memchr(buf, '\n', limit) ? 431 : 414);
    if (h->scanned == 0)
        conn_set_patience(c, HANDSHAKING);
    h->scanned = (uint32_t)n;
    return 0;
}

/* The body will come in pieces: keep the head with it. */
static ssize_t collect(struct conn *c, const struct http_request *request, const uint8_t *head,
                       size_t head_len)
{
    struct http_conn *h = c->state;
    if (bytes_append(&h->message, head, head_len) < 0)
        return -1;
    h->head_len = (uint32_t)head_len;
    h->scanned = 0;
    conn_set_patience(c, IDLE);
    if (http_field(&request->head, "Expect").p && request->head.minor >= 1)
        conn_send(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    return (ssize_t)head_len;
}

static ssize_t take_head(struct conn *c, uint8_t *buf, size_t n)
{
    struct http_conn *h = c->state;
    struct http_request request;
    const char *text = (const char *)buf;
    if (h->scanned > 0 && !memchr(text + h->scanned, '\n', n - h->scanned))
        return partial_head(c, text, n); /* no line more than when it was looked at before */
    int len = http_request_parse(&request.head, text, n);
    if (len == 0)
        return partial_head(c, text, n);
    if (len > c->worker->options->max_header)
        len = memchr(text, '\n', (size_t)c->worker->options->max_header) ? -431 : -414;
    int status = len < 0 ? -len : check_head(c, &request.head, &h->body);
    if (status)
        return refuse(c, status);
    bool chunked = h->body.framing == BODY_CHUNKED;
    if (chunked || h->body.left > n - (size_t)len)
        return collect(c, &request, buf, (size_t)len);
    request.body = buf + len;
    request.body_len = (size_t)h->body.left;
    size_t used = (size_t)len + request.body_len;
    answer(c, &request, used == n);
    return (ssize_t)used;
}

static void answer_collected(struct conn *c, bool all)
{
    struct http_conn *h = c->state;
    struct http_request request;
    struct bytes *message = h->message;
    h->message = NULL;
    const uint8_t *start = message->data + message->head;
    http_request_parse(&request.head, (const char *)start, h->head_len);
    request.body = start + h->head_len;
    request.body_len = message->len - h->head_len;
    answer(c, &request, all);
    bytes_free(&message);
}

static ssize_t take_body(struct conn *c, uint8_t *buf, size_t n)
{
    struct http_conn *h = c->state;
    struct span data;
    ssize_t used = http_body_next(&h->body, buf, n, &data);
    if (used < 0)
        return refuse(c, 400);
    if (h->message->len - h->head_len + data.n > (size_t)c->worker->options->max_message)
        return refuse(c, 413);
    if (bytes_append(&h->message, data.p, data.n) < 0)
        return -1;
    if (h->body.done)
        answer_collected(c, (size_t)used == n);
    return used;
}

/* --- the service --- */

int http_open(struct conn *c)
{
    if (c->patience != HANDSHAKING) /* one limit for TLS and the first head */
        conn_set_patience(c, HANDSHAKING);
    return 0;
}

ssize_t http_data(struct conn *c, uint8_t *buf, size_t n)
{
    const struct http_conn *h = c->state;
    c->paused = h->held; /* the next request waits until this one is answered */
    if (h->held)
        return 0;
    return h->message ? take_body(c, buf, n) : take_head(c, buf, n);
}

/* Nothing has happened for so long that a proxy might lose patience. */
bool http_expired(struct conn *c)
{
    const struct http_conn *h = c->state;
    if (!h->held)
        return false;
    http_let_go(c);
    conn_resume(c);
    return true;
}

/* Who has sent half a request is told why it ends; who has sent nothing just sees it end. */
void http_ending(struct conn *c, enum ending why)
{
    struct http_conn *h = c->state;
    bool in_request = h->scanned > 0 || h->message;
    h->close = true;
    if (h->held)
        http_let_go(c);
    if (in_request && why != SHUTTING_DOWN)
        refuse(c, why == TIMED_OUT ? 408 : 400);
}

void http_closed(struct conn *c)
{
    struct http_conn *h = c->state;
    push_unsubscribe(c);
    bytes_free(&h->message);
}
