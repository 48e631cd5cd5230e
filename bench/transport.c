/* bench/transport.c: the table of transports, and the verbs of tcp and ws; the others are
 * in transport_http.c, transport_udp.c and floor.c.  A new transport is one row and its verbs.
 * SPDX-License-Identifier: MIT */
#include "bench/transport.h"
#include "bench/clock.h"
#include "bench/measure.h"
#include "bench/transport_http.h"
#include "bench/transport_udp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int link_fail(struct link *l, const char *step, const char *why)
{
    snprintf(l->error, sizeof l->error, "%s: %s", step, why);
    return -1;
}

int link_init(struct link *l, const struct transport *transport, size_t size)
{
    *l = (struct link){.transport = transport, .size = size, .fd = -1};
    l->reply_cap = size < IN_FLIGHT_MAX ? IN_FLIGHT_MAX : size;
    l->message = malloc(size);
    l->reply = malloc(l->reply_cap);
    l->lines = malloc(LINES_MAX);
    if (!l->message || !l->reply || !l->lines)
        return -1;
    memset(l->message, 'x', size);
    l->message[size - 1] = '\n'; /* as tcp_echo_client sends it */
    memset(l->reply, 0, l->reply_cap);
    return 0;
}

int link_secure(struct link *l)
{
    if (!l->tls || stream_start_tls(&l->stream, &l->url, l->tls) == 0)
        return 0;
    return link_fail(l, "TLS", l->stream.error);
}

int link_open(struct link *l)
{
    if (l->transport->connect(l) < 0 || link_secure(l) < 0)
        return -1;
    return l->transport->upgrade ? l->transport->upgrade(l) : 0;
}

int link_exchange(struct link *l)
{
    if (l->transport->send && l->transport->send(l) < 0)
        return -1;
    return l->transport->receive(l);
}

bool event_parse(struct event *e, const char *text, size_t n)
{
    char copy[64], *end;
    if (n >= sizeof copy || n < 5 || memcmp(text, "tick ", 5) != 0)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    e->number = strtoull(copy + 5, &end, 10); /* a crowd hears too much for sscanf() */
    if (*end != ' ')
        return false;
    e->created = strtoull(end, &end, 10);
    return true;
}

int link_take_line(struct link *l, struct event *e)
{
    while (l->line < l->lines_end) {
        const char *start = l->lines + l->line;
        const char *end = memchr(start, '\n', l->lines_end - l->line);
        if (!end)
            break;
        l->line += (size_t)(end - start) + 1;
        e->arrived = l->arrived;
        if (event_parse(e, start, (size_t)(end - start)))
            return 1;
    }
    memmove(l->lines, l->lines + l->line, l->lines_end - l->line);
    l->lines_end -= l->line;
    l->line = 0;
    return 0;
}

/* --- tcp: bytes without boundaries, so both ends count --- */

static int tcp_dial(struct link *l)
{
    l->stream.tap = l->traffic ? &l->traffic->tap : NULL;
    if (stream_open(&l->stream, &l->url, l->timeout_ms) < 0)
        return link_fail(l, "connect", l->stream.error);
    l->fd = l->stream.fd;
    return 0;
}

static int tcp_send_piece(struct link *l, size_t n)
{
    const char *rest = l->message + l->size - l->unsent;
    l->unsent -= n;
    if (stream_write_all(&l->stream, rest, n) < 0)
        return link_fail(l, "send", l->stream.error);
    return 0;
}

static int tcp_send(struct link *l)
{
    l->unsent = l->size;
    return tcp_send_piece(l, l->size < IN_FLIGHT_MAX ? l->size : IN_FLIGHT_MAX);
}

static int tcp_receive(struct link *l)
{
    while (l->have < l->size) {
        ssize_t n = stream_read(&l->stream, l->reply + l->have, l->reply_cap - l->have);
        if (n <= 0)
            return link_fail(l, "receive", l->stream.error);
        l->have += (size_t)n;
        if (l->unsent && tcp_send_piece(l, (size_t)n < l->unsent ? (size_t)n : l->unsent) < 0)
            return -1;
    }
    l->have -= l->size;
    l->got = l->reply;
    return 0;
}

static int tcp_hear(struct link *l, struct event *e)
{
    while (!link_take_line(l, e)) {
        ssize_t n = stream_read(&l->stream, l->lines + l->lines_end, LINES_MAX - l->lines_end);
        l->arrived = clock_ns();
        if (n <= 0)
            return link_fail(l, "receive", l->stream.error);
        l->lines_end += (size_t)n;
    }
    return 0;
}

static void tcp_close(struct link *l)
{
    stream_close(&l->stream);
}

/* --- ws: frames over the same TCP connection that asked for the upgrade --- */

static int ws_dial(struct link *l)
{
    l->ws = (struct websocket){.stream.tap = l->traffic ? &l->traffic->tap : NULL};
    if (stream_open(&l->ws.stream, &l->url, l->timeout_ms) < 0)
        return link_fail(l, "connect", l->ws.stream.error);
    l->fd = l->ws.stream.fd;
    return 0;
}

static int ws_become(struct link *l)
{
    return ws_upgrade(&l->ws, &l->url) < 0 ? link_fail(l, "upgrade", l->ws.error) : 0;
}

static int ws_send_message(struct link *l)
{
    return ws_send(&l->ws, WS_TEXT, l->message, l->size) < 0
               ? link_fail(l, "send", l->ws.error) : 0;
}

static int ws_receive(struct link *l)
{
    struct ws_message m;
    if (ws_recv(&l->ws, &m) < 0)
        return link_fail(l, "receive", l->ws.error);
    l->got = m.data;
    return m.len == l->size ? 0 : link_fail(l, "receive", "a message came back with another size");
}

static int ws_hear(struct link *l, struct event *e)
{
    struct ws_message m;
    do {
        if (ws_recv(&l->ws, &m) < 0)
            return link_fail(l, "receive", l->ws.error);
        e->arrived = clock_ns();
    } while (!event_parse(e, (const char *)m.data, m.len));
    return 0;
}

static void ws_leave(struct link *l)
{
    ws_close(&l->ws, WS_NORMAL);
}

#define IN(measure) (1u << (measure))
#define EVERYWHERE (IN(HANDSHAKE) | IN(MESSAGE) | IN(PUSH))
#define CROWDS (IN(IDLING) | IN(MODELS))
#define ECHOES (IN(HANDSHAKE) | IN(MESSAGE))

#define FLOOR_VERBS                                                                                \
    floor_connect, NULL, floor_send, floor_receive, NULL, floor_hear, floor_close
#define TCP_VERBS tcp_dial, NULL, tcp_send, tcp_receive, NULL, tcp_hear, tcp_close
#define UDP_VERBS udp_dial, NULL, udp_send_message, udp_receive, udp_ask, udp_hear, udp_leave
#define CLOSE_VERBS http_dial, NULL, NULL, http_exchange, NULL, NULL, http_leave
#define KEEP_VERBS http_dial, NULL, http_ask, http_hear_reply, NULL, NULL, http_leave
#define HEAR_VERBS(ask, hear) http_dial, NULL, NULL, NULL, ask, hear, http_leave
#define WS_VERBS ws_dial, ws_become, ws_send_message, ws_receive, NULL, ws_hear, ws_leave

static const char tcp[] = "tcp_echo_server", udp[] = "udp_echo_server", http[] = "http_poll_server",
                  ws[] = "ws_echo_server";

const struct transport transports[TRANSPORTS] = { /* ..., secure, closes, pipelines, ... */
    [FLOOR] = {"floor", NULL, "", "", EVERYWHERE, 0, 0, 1, FLOOR_VERBS},
    [TCP] = {"tcp", tcp, "", "", EVERYWHERE | CROWDS, 0, 0, 1, TCP_VERBS},
    [TLS] = {"tls", tcp, "", "", EVERYWHERE | CROWDS, 1, 0, 1, TCP_VERBS},
    [UDP] = {"udp", udp, "", "", EVERYWHERE, 0, 0, 1, UDP_VERBS},
    [HTTP_CLOSE] = {"http-close", http, "/echo", "", ECHOES, 0, 1, 0, CLOSE_VERBS},
    [HTTP_KEEP_ALIVE] = {"http-keep-alive", http, "/echo", "", ECHOES | IN(IDLING), 0, 0, 1,
                         KEEP_VERBS},
    [HTTPS_CLOSE] = {"https-close", http, "/echo", "", ECHOES, 1, 1, 0, CLOSE_VERBS},
    [HTTPS_KEEP_ALIVE] = {"https-keep-alive", http, "/echo", "", ECHOES | IN(IDLING), 1, 0, 1,
                          KEEP_VERBS},
    [POLL] = {"poll", http, "", "/poll", IN(PUSH), 0, 0, 0, HEAR_VERBS(NULL, poll_hear)},
    [LONG_POLL] = {"long-poll", http, "", "/long-poll", IN(PUSH) | IN(IDLING), 0, 0, 0,
                   HEAR_VERBS(NULL, long_poll_hear)},
    [SSE] = {"sse", http, "", "/events", IN(PUSH) | IN(IDLING), 0, 0, 0,
             HEAR_VERBS(sse_ask, sse_hear)},
    [WS] = {"ws", ws, "/echo", "/push", EVERYWHERE | CROWDS, 0, 0, 1, WS_VERBS},
    [WSS] = {"wss", ws, "/echo", "/push", EVERYWHERE | CROWDS, 1, 0, 1, WS_VERBS},
};
