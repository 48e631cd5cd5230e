/* bench/crowd_roles.c: the client's side of each transport, as services that the event loop feeds:
 * what is a line, a reply, a stream or a frame to the one is an event, or an echo, to the crowd.
 * Partner: the servers' sides in the folders' service.c.
 * SPDX-License-Identifier: MIT */
#include "bench/crowd_roles.h"
#include "bench/clock.h"
#include "bench/transport_udp.h"
#include "http_poll/http_body.h"
#include "ws_echo/ws_handshake.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key for each connection tells a WebSocket server from what repeats an old answer.  There is
 * nothing in between here that could; so for masks. */
#define KEY "AAAAAAAAAAAAAAAAAAAAAA=="
static const uint8_t mask[4] = {1, 2, 3, 4};

/* The connection is of no use any more.  Returns -1 for the loop to close it. */
static int lose(struct member *m, const char *step, const char *why)
{
    snprintf(m->crowd->error, sizeof m->crowd->error, "%s: %s", step, why);
    return -1;
}

static void left(struct conn *conn)
{
    struct member *m = conn->state;
    if (!m->crowd || m->crowd->closing)
        return;
    if (!m->crowd->error[0])
        lose(m, "crowd", "the server has ended a connection");
    m->crowd->members[m->who] = NULL;
    m->crowd->lost++;
}

static void hear(struct member *m, const struct event *e)
{
    m->crowd->heard(m->crowd->arg, m->who, e);
}

/* --- tcp --- */

/* Returns the bytes of whole lines. */
static size_t take_lines(struct member *m, const uint8_t *data, size_t n)
{
    struct event e = {.arrived = clock_ns()};
    const uint8_t *start = data, *end;
    for (end = memchr(start, '\n', n); end; end = memchr(start, '\n', n - (size_t)(start - data))) {
        if (event_parse(&e, (const char *)start, (size_t)(end - start))) {
            m->last = e.number;
            hear(m, &e);
        }
        start = end + 1;
    }
    return (size_t)(start - data);
}

static ssize_t line_data(struct conn *conn, uint8_t *data, size_t n)
{
    struct member *m = conn->state;
    if (!m->crowd->echoes)
        return (ssize_t)take_lines(m, data, n);
    m->left -= n < m->left ? n : m->left;
    if (m->left == 0)
        hear(m, NULL);
    return (ssize_t)n;
}

/* --- http: a reply, and the next request --- */

void member_asks(struct member *m)
{
    char request[URL_TEXT_MAX + 128], after[40] = "";
    if (m->last > 0)
        snprintf(after, sizeof after, "?after=%" PRIu64, m->last);
    int n = snprintf(request, sizeof request, "GET %s%s HTTP/1.1\r\nHost: %s\r\n\r\n",
                     m->crowd->url->path, after, m->crowd->url->host);
    m->waits = true;
    m->crowd->requests++;
    conn_send(m->conn, request, (size_t)n);
}

/* Returns the size of the head, 0 when it is not whole, or -1. */
static int take_head(struct member *m, const uint8_t *data, size_t n, struct http_head *head)
{
    int size = http_response_parse(head, (const char *)data, n);
    if (size < 0)
        return lose(m, "reply", "not HTTP");
    if (size > 0 && head->status != 200 && head->status != 204 && head->status != 101)
        return lose(m, "reply", http_reason(head->status));
    m->begun = size > 0;
    return size;
}

static void end_reply(struct member *m)
{
    m->begun = m->waits = false;
    if (m->crowd->transport == &transports[LONG_POLL])
        member_asks(m);
}

static ssize_t begin_reply(struct member *m, const uint8_t *data, size_t n)
{
    struct http_head head;
    struct http_body body;
    int size = take_head(m, data, n, &head);
    if (size <= 0)
        return size;
    struct span newest = http_field(&head, "Last-Event-ID");
    if (newest.p && m->last == 0) /* the span ends in a CR */
        m->last = strtoull(newest.p, NULL, 10);
    if (http_response_body(&body, &head, "GET") < 0 || body.framing > BODY_LENGTH)
        return lose(m, "reply", "its body has no length");
    m->left = body.framing == BODY_LENGTH ? body.left : 0;
    m->crowd->empty += head.status == 204;
    if (m->left == 0)
        end_reply(m);
    return size;
}

static ssize_t reply_data(struct conn *conn, uint8_t *data, size_t n)
{
    struct member *m = conn->state;
    if (!m->begun)
        return begin_reply(m, data, n);
    size_t used = take_lines(m, data, n < m->left ? n : (size_t)m->left);
    m->left -= used;
    if (m->left == 0)
        end_reply(m);
    return (ssize_t)used;
}

/* --- sse --- */

static ssize_t stream_data(struct conn *conn, uint8_t *data, size_t n)
{
    struct member *m = conn->state;
    struct http_head head;
    struct sse_event said;
    struct event e = {.arrived = clock_ns()};
    if (!m->begun)
        return take_head(m, data, n, &head);
    ssize_t used = sse_next(m->sse, data, n, &said);
    if (used < 0)
        return lose(m, "events", "too long a line");
    if (said.data.p && event_parse(&e, said.data.p, said.data.n))
        hear(m, &e);
    return used;
}

/* --- ws --- */

static ssize_t take_101(struct member *m, const uint8_t *data, size_t n)
{
    struct http_head head;
    int size = take_head(m, data, n, &head);
    if (size <= 0)
        return size;
    const char *wrong = ws_check_response(&head, KEY, NULL);
    if (wrong)
        return lose(m, "upgrade", wrong);
    ws_init(&m->ws, WS_CLIENT, m->crowd->size + 1024);
    if (m->crowd->echoes)
        member_says(m);
    return size;
}

static ssize_t frame_data(struct conn *conn, uint8_t *data, size_t n)
{
    struct member *m = conn->state;
    struct ws_event got;
    struct event e = {.arrived = clock_ns()};
    if (!m->begun)
        return take_101(m, data, n);
    ssize_t used = ws_next(&m->ws, data, n, &got);
    if (used < 0 || (used > 0 && got.type == WS_EVENT_CLOSE))
        return lose(m, "receive", used < 0 ? "not a frame" : "the server closes");
    if (used > 0 && got.type == WS_EVENT_PING) /* an empty one, and any frame is an answer */
        conn_send(m->conn, "\x8a\x80\1\2\3\4", 6);
    if (used == 0 || got.type != WS_EVENT_DATA)
        return used;
    if (m->crowd->echoes && got.last)
        hear(m, NULL);
    else if (event_parse(&e, (const char *)got.data, got.len))
        hear(m, &e);
    return used;
}

/* --- udp --- */

void datagram_ready(struct watch *w, unsigned events)
{
    struct member *m = (struct member *)((char *)w - offsetof(struct member, watch));
    struct event e;
    char text[64];
    (void)events;
    ssize_t n = udp_recv(&m->udp, text, sizeof text);
    e.arrived = clock_ns();
    if (n > 0 && event_parse(&e, text, (size_t)n))
        hear(m, &e);
    udp_renew(&m->udp, m->token, &m->due);
}

/* --- what is said --- */

static void ask_for_upgrade(struct member *m)
{
    char request[WS_REQUEST_MAX];
    conn_send(m->conn, request, ws_write_request(request, m->crowd->url, KEY, NULL));
}

void member_greets(struct member *m)
{
    if (m->crowd->transport->upgrade)
        ask_for_upgrade(m);
    else if (m->conn->service->data != line_data)
        member_asks(m);
    else if (m->crowd->echoes)
        member_says(m);
}

void member_says(struct member *m)
{
    m->left = m->crowd->size;
    conn_send(m->conn, m->crowd->message, m->crowd->message_len);
}

/* x...x and a newline, for ws in a frame. */
int crowd_words(struct crowd *c)
{
    struct ws_head head = {true, true, WS_TEXT, {mask[0], mask[1], mask[2], mask[3]}, c->size};
    uint8_t *message = malloc(WS_HEAD_MAX + c->size);
    if (!message)
        return -1;
    size_t n = c->transport->upgrade ? ws_head_encode(message, &head) : 0;
    memset(message + n, 'x', c->size);
    message[n + c->size - 1] = '\n';
    if (n > 0)
        ws_mask(message + n, c->size, mask, 0);
    c->message = message;
    c->message_len = n + c->size;
    return 0;
}

#define ROLE(name_, data_, more)                                                               \
    {                                                                                          \
        .name = name_, .state_size = sizeof(struct member) + (more), .open = member_joins,     \
        .data = data_, .closed = left                                                          \
    }

const struct service *crowd_role(const struct crowd *c)
{
    static const struct service line = ROLE("tcp", line_data, 0),
                                reply = ROLE("http", reply_data, 0),
                                stream = ROLE("sse", stream_data, sizeof(struct sse)),
                                frame = ROLE("ws", frame_data, 0);
    static const struct service *const roles[TRANSPORTS] = {
        [FLOOR] = &line, [TCP] = &line, [TLS] = &line, [HTTP_KEEP_ALIVE] = &reply,
        [HTTPS_KEEP_ALIVE] = &reply, [POLL] = &reply, [LONG_POLL] = &reply, [SSE] = &stream,
        [WS] = &frame, [WSS] = &frame};
    return roles[c->transport - transports];
}
