/* http_poll/service.c: HTTP/1.1, the server's side: collects a request, has it answered, goes on
 * with the next one on the same connection.  What is answered is in routes.c.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "http_poll/http_check.h"
#include "tcp_echo/push.h"

#include <stdio.h>
#include <string.h>

#define BLANK_MAX 64 /* empty lines before a head: old clients send one (RFC 9112 2.2) */
#define PROGRESS (16u * 1024) /* bytes of a body that a sender gets its patience anew for */

/* The request can't be read to its end, so nothing that follows can be understood either. */
static ssize_t refuse(struct conn *c, int status)
{
    struct http_conn *h = c->state;
    const char *fields = status == 503 ? "Retry-After: 1\r\n" : "";
    char line[64];
    h->close = true;
    h->is_head = false;
    conn_log(c, "refused: %d %s", status, http_reason(status));
    snprintf(line, sizeof line, "%s\n", http_reason(status));
    http_reply_text(c, status, fields, line);
    conn_close(c, FLUSH_THEN_FIN);
    return 0;
}

/* --- requests --- */

/* A request has been answered: its client may take its time, for the reply or for the next one. */
static void finish(struct conn *c, bool all)
{
    const struct http_conn *h = c->state;
    if (c->patience != IDLE)
        conn_set_patience(c, IDLE);
    if (h->close)
        conn_close(c, all ? FLUSH_THEN_CLOSE : FLUSH_THEN_FIN);
}

/* Has a whole request answered; all = nothing was received behind it. */
static void answer(struct conn *c, const struct http_request *request, bool all)
{
    struct http_conn *h = c->state;
    const struct http_site *site = (const struct http_site *)c->service;
    h->close = !http_keeps_alive(&request->head);
    h->is_head = span_equals(request->head.method, "HEAD");
    h->old = request->head.minor == 0;
    h->scanned = h->head_len = h->blank = 0;
    if (span_equals(request->head.target, "*")) /* asked of the server, not of a path */
        http_reply(c, 204, "Allow: GET, HEAD, POST, OPTIONS\r\n", "", 0);
    else
        site->answer(c, request);
    bool gone = c->service != &site->service; /* it speaks another protocol now */
    if (!gone && !h->held && !c->has_more)
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

/* From a head's first byte on, or from the connection's beginning, the whole head has so long. */
static void begin_head(struct conn *c)
{
    if (c->patience != HANDSHAKING)
        conn_set_patience(c, HANDSHAKING);
}

static ssize_t partial_head(struct conn *c, const char *buf, size_t n)
{
    struct http_conn *h = c->state;
    size_t limit = (size_t)c->worker->options->max_header;
    if (n >= limit)
        return refuse(c, memchr(buf, '\n', limit) ? 431 : 414);
    begin_head(c);
    h->scanned = (uint32_t)n;
    return 0;
}

static ssize_t take_empty_line(struct conn *c, const char *buf, size_t n)
{
    struct http_conn *h = c->state;
    if ((n > 1 && buf[1] != '\n') || h->blank == BLANK_MAX)
        return refuse(c, 400);
    begin_head(c);
    h->scanned = n == 1;
    if (n == 1)
        return 0;
    h->blank++;
    return 2;
}

/* The body will come in pieces: keep the head with it.  Who has begun to send it waits for no 100
 * (RFC 9110 10.1.1). */
static ssize_t collect(struct conn *c, const struct http_request *request, const uint8_t *head,
                       size_t head_len, bool begun)
{
    struct http_conn *h = c->state;
    if (bytes_append(&h->message, head, head_len) < 0)
        return -1;
    h->head_len = (uint32_t)head_len;
    h->scanned = 0;
    h->moved = 0;
    conn_set_patience(c, HANDSHAKING);
    if (!begun && http_field(&request->head, "Expect").p && request->head.minor >= 1)
        conn_send(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    return (ssize_t)head_len;
}

/* More of a head that was incomplete: no byte of it is looked at for each that comes.  Returns 1
 * when the head is whole, 0 when it is not, or minus a status. */
static int look_again(struct http_conn *h, const char *text, size_t n)
{
    size_t lines = h->head_len;
    if (!memchr(text + h->scanned, '\n', n - h->scanned))
        return 0;
    int rc = http_request_check_lines(text, n, &lines);
    h->head_len = (uint32_t)lines;
    return rc;
}

/* Returns the size of the head, 0 when it is incomplete, or minus a status. */
static int parse_head(struct conn *c, struct http_head *head, const char *text, size_t n)
{
    struct http_conn *h = c->state;
    int rc = h->scanned > 0 ? look_again(h, text, n) : 1;
    int len = rc > 0 ? http_request_parse(head, text, n) : rc;
    if (len > c->worker->options->max_header)
        return memchr(text, '\n', (size_t)c->worker->options->max_header) ? -431 : -414;
    return len;
}

static ssize_t take_head(struct conn *c, uint8_t *buf, size_t n)
{
    struct http_conn *h = c->state;
    struct http_request request;
    if (buf[0] == '\r')
        return take_empty_line(c, (const char *)buf, n);
    int len = parse_head(c, &request.head, (const char *)buf, n);
    if (len == 0)
        return partial_head(c, (const char *)buf, n);
    uint64_t max_body = (uint64_t)c->worker->options->max_message;
    int status = len < 0 ? -len : http_check_request(&request.head, max_body, &h->body);
    if (status)
        return refuse(c, status);
    h->body.spare = (uint32_t)c->worker->options->max_header;
    bool chunked = h->body.framing == BODY_CHUNKED, begun = n > (size_t)len;
    if (chunked || h->body.left > n - (size_t)len)
        return collect(c, &request, buf, (size_t)len, begun);
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

/* Whoever sends a body slowly may go on for as long as it likes, but not drop by drop: each time
 * that so many bytes have come (of the body, not of what is around it) its patience begins anew. */
static void count_progress(struct conn *c, size_t n)
{
    struct http_conn *h = c->state;
    if (n < PROGRESS - h->moved) {
        h->moved = (uint16_t)(h->moved + n);
        return;
    }
    h->moved = 0;
    conn_set_patience(c, HANDSHAKING);
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
    count_progress(c, data.n);
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

/* A file was to go on.  Meanwhile nothing was read: what has come is not known. */
void http_writable(struct conn *c)
{
    if (!c->has_more)
        return;
    http_go_on(c);
    if (!c->has_more)
        finish(c, false);
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

/* Who has sent half a request is told why it ends; who has sent nothing just sees it end, or that
 * there is no place for it. */
void http_ending(struct conn *c, enum ending why)
{
    struct http_conn *h = c->state;
    bool in_request = h->scanned > 0 || h->message;
    h->close = true;
    if (h->held)
        http_let_go(c);
    if (why == TOO_MANY)
        refuse(c, 503);
    else if (in_request && why != SHUTTING_DOWN)
        refuse(c, why == TIMED_OUT ? 408 : 400);
}

void http_closed(struct conn *c)
{
    struct http_conn *h = c->state;
    push_unsubscribe(c);
    http_drop_file(c);
    bytes_free(&h->message);
}
