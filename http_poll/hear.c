/* http_poll/hear.c: three ways to hear of events over HTTP, where a server may only answer: asked
 * again and again, asked and kept waiting, or asked once for an answer that does not end.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "http_poll/sse.h"
#include "tcp_echo/push.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A number too large is a number all the same: of an event that has not happened yet. */
static bool parse_seq(struct span s, uint64_t *seq)
{
    *seq = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *seq = *seq > UINT64_MAX / 100 ? UINT64_MAX / 10 : *seq * 10 + (uint64_t)(s.p[i] - '0');
    }
    return s.n > 0;
}

/* True when some of what a client wants is not to be had any more, or not yet: it knows another
 * server's numbers, or was away for too long.  A server that was restarted and has come past the
 * client's number since goes unnoticed: nothing in a SEQ says whose it is. */
static bool is_gap(const struct push *push, uint64_t after)
{
    return after > push_newest(push) || after + 1 < push_oldest(push);
}

/* Events come from a timer, and only the loop can wait for one beside its clients. */
static bool has_events(struct conn *c)
{
    if (c->worker->push && c->worker->options->push_every_ms > 0)
        return true;
    http_reply_text(c, 503, "", "Nothing happens here: start the server with --push-every.\n");
    return false;
}

/* after=SEQ, or from now on.  Returns false when it was refused. */
static bool wants_after(struct conn *c, const struct http_request *r, uint64_t *after)
{
    struct span text = http_query(r->head.target, "after");
    *after = push_newest(c->worker->push);
    if (!text.p || parse_seq(text, after))
        return true;
    http_reply_text(c, 400, "", "after= wants the number of an event.\n");
    return false;
}

/* --- /poll and /long-poll --- */

/* A line each.  What a client has missed for good it is told as a gap: from where on there is
 * something to hear.  Last-Event-ID says where to ask from next time: SSE's name for it, and the
 * only way to begin "from now". */
static int collect(const struct push *push, uint64_t after, struct bytes **lines)
{
    char text[64];
    int rc = 0;
    if (is_gap(push, after)) {
        after = push_oldest(push) - 1;
        int n = snprintf(text, sizeof text, "gap %" PRIu64 "\n", after + 1);
        rc = bytes_append(lines, text, (size_t)n);
    }
    for (uint64_t seq = after + 1; rc == 0 && seq <= push_newest(push); seq++) {
        int n = snprintf(text, sizeof text, "%s\n", push_text(push, seq));
        rc = bytes_append(lines, text, (size_t)n);
    }
    return rc;
}

/* Less than all would be lost for good: the client asks next time from the newest on. */
void http_reply_since(struct conn *c, uint64_t after)
{
    const struct push *push = c->worker->push;
    struct bytes *lines = NULL;
    char fields[128];
    snprintf(fields, sizeof fields,
             "Content-Type: text/plain\r\nCache-Control: no-store\r\n"
             "Last-Event-ID: %" PRIu64 "\r\n",
             push_newest(push));
    if (collect(push, after, &lines) < 0)
        http_reply_text(c, 503, "Retry-After: 1\r\n", "No memory for the events.\n");
    else if (lines)
        http_reply(c, 200, fields, lines->data + lines->head, lines->len);
    else
        http_reply(c, 204, fields, "", 0);
    bytes_free(&lines);
}

void http_poll_now(struct conn *c, const struct http_request *r)
{
    uint64_t after;
    if (has_events(c) && wants_after(c, r, &after))
        http_reply_since(c, after);
}

/* Telling many takes a while: who asks meanwhile may know already what it would be told of. */
static void happened(struct conn *c)
{
    const struct http_conn *h = c->state;
    if (h->after != push_newest(c->worker->push) || push_await(c, happened) < 0)
        http_let_go(c);
}

void http_long_poll(struct conn *c, const struct http_request *r)
{
    uint64_t after;
    if (!has_events(c) || !wants_after(c, r, &after))
        return;
    bool now = after != push_newest(c->worker->push);
    if (now || push_await(c, happened) < 0)
        http_reply_since(c, after);
    else
        http_hold(c, after);
}

/* --- /events: one answer without an end --- */

static int events_open(struct conn *c)
{
    conn_set_patience(c, KEEPING_ALIVE);
    return push_subscribe(c, sse_encode);
}

/* There is nothing more to ask for on this connection. */
static ssize_t events_data(struct conn *c, uint8_t *buf, size_t n)
{
    (void)c;
    (void)buf;
    return (ssize_t)n;
}

/* A comment tells proxies, and us, that the stream is alive. */
static bool events_expired(struct conn *c)
{
    return conn_send(c, ": keepalive\n\n", 13) == 0;
}

static void events_closed(struct conn *c)
{
    push_unsubscribe(c);
}

static const struct service events_service = {
    .name = "sse",
    .open = events_open,
    .data = events_data,
    .expired = events_expired,
    .closed = events_closed,
};

/* An id without data is remembered by the client all the same: should the connection be lost before
 * the first event, nothing is missed. */
static void begin_stream(struct conn *c, uint64_t after, uint64_t before)
{
    const struct push *push = c->worker->push;
    uint8_t frame[PUSH_FRAME_MAX];
    bool gap = is_gap(push, after);
    if (gap)
        after = push_oldest(push) - 1;
    int n = snprintf((char *)frame, sizeof frame, "retry: 1000\nid: %" PRIu64 "\n\n", after);
    conn_send(c, frame, (size_t)n);
    n = snprintf((char *)frame, sizeof frame, "event: gap\ndata: gap %" PRIu64 "\n\n", after + 1);
    if (gap)
        conn_send(c, frame, (size_t)n);
    for (uint64_t seq = after + 1; seq <= before; seq++) {
        const char *text = push_text(push, seq);
        conn_send(c, frame, sse_encode(frame, seq, text, strlen(text)));
    }
}

/* Who comes back says by Last-Event-ID what it has heard of.  Rubbish is answered, too: a browser
 * never asks again after an error. */
void http_events(struct conn *c, const struct http_request *r)
{
    struct span last = http_field(&r->head, "Last-Event-ID");
    uint64_t after;
    if (!has_events(c) || !wants_after(c, r, &after))
        return;
    uint64_t before = push_before(c->worker->push, sse_encode);
    if (last.n > 0 && !parse_seq(last, &after))
        after = UINT64_MAX;
    else if (last.n == 0 && !http_query(r->head.target, "after").p)
        after = before;
    bool head_only = span_equals(r->head.method, "HEAD");
    http_reply_stream(c, "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                         "X-Accel-Buffering: no\r\n");
    if (!head_only)
        begin_stream(c, after, before);
    if (head_only || conn_become(c, &events_service) < 0)
        conn_close(c, FLUSH_THEN_CLOSE);
}
