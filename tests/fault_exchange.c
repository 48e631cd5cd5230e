/* tests/fault_exchange.c: one short exchange in every protocol.
 * SPDX-License-Identifier: MIT */
#include "fault_exchange.h"
#include "http_poll/http.h"
#include "http_poll/sse.h"
#include "tcp_echo/clock.h"
#include "ws_echo/ws.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char text[] = "hello"; /* what is said, and comes back */

static enum outcome failed(char *error, const char *why)
{
    snprintf(error, ERROR_MAX, "%s", why ? why : "");
    return FAILED;
}

static enum outcome compare(const void *data, size_t n)
{
    return n == strlen(text) && memcmp(data, text, n) == 0 ? WHOLE : WRONG;
}

/* An event whose time was cut short would be of long ago. */
static enum outcome check_tick(const void *data, size_t n)
{
    char line[64];
    uint64_t seq, at, now = clock_ns();
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : 0), (const char *)data);
    bool is_tick = sscanf(line, "tick %" SCNu64 " %" SCNu64, &seq, &at) == 2;
    return is_tick && at <= now && now - at < UINT64_C(60000000000) ? WHOLE : WRONG;
}

/* --- tcp --- */

static enum outcome read_line(struct stream *s, char *line, size_t cap, size_t *n, char *error)
{
    for (*n = 0; *n < cap && (*n == 0 || line[*n - 1] != '\n');) {
        ssize_t got = stream_read(s, line + *n, cap - *n);
        if (got <= 0)
            return failed(error, s->error);
        *n += (size_t)got;
    }
    return *n > 0 && memchr(line, '\n', *n) ? WHOLE : WRONG;
}

static enum outcome say_line(struct stream *s, char *error, bool last)
{
    char line[64];
    size_t n;
    if (stream_write_all(s, "hello\n", 6) < 0)
        return failed(error, s->error);
    if (last)
        stream_finish(s); /* may come in one piece with what was said */
    if (read_line(s, line, sizeof line, &n, error) != WHOLE)
        return FAILED;
    return compare(line, n - 1);
}

static enum outcome say_one_line(struct stream *s, char *error)
{
    return say_line(s, error, false);
}

static enum outcome say_last_line(struct stream *s, char *error)
{
    return say_line(s, error, true);
}

static enum outcome hear_line(struct stream *s, char *error)
{
    char line[256];
    size_t n;
    if (read_line(s, line, sizeof line, &n, error) != WHOLE)
        return FAILED;
    return check_tick(line, strcspn(line, "\n"));
}

static enum outcome over_tcp(const struct url *url, struct tls *tls, int ms, char *error,
                             enum outcome (*talk)(struct stream *, char *))
{
    struct stream s = {0};
    if (stream_connect(&s, url, tls, ms) < 0)
        return failed(error, s.error);
    enum outcome outcome = talk(&s, error);
    stream_close(&s);
    return outcome;
}

static enum outcome tcp_echo(const struct url *url, struct tls *tls, int ms, char *error)
{
    return over_tcp(url, tls, ms, error, say_one_line);
}

static enum outcome tcp_half_close(const struct url *url, struct tls *tls, int ms, char *error)
{
    return over_tcp(url, tls, ms, error, say_last_line);
}

static enum outcome tcp_push(const struct url *url, struct tls *tls, int ms, char *error)
{
    return over_tcp(url, tls, ms, error, hear_line);
}

/* --- http --- */

static enum outcome post(struct http *h, int times, char *error)
{
    enum outcome outcome = WHOLE;
    while (outcome == WHOLE && times-- > 0) {
        struct http_reply reply;
        if (http_post(h, text, strlen(text), &reply) < 0)
            return failed(error, h->error);
        outcome = compare(reply.body, reply.body_len);
    }
    return outcome;
}

static enum outcome http_echo(const struct url *url, struct tls *tls, int ms, char *error,
                              bool close)
{
    struct http h = {.close = close};
    enum outcome outcome = FAILED;
    if (http_connect(&h, url, tls, ms) < 0)
        failed(error, h.error);
    else
        outcome = post(&h, close ? 1 : 2, error);
    http_close(&h);
    return outcome;
}

static enum outcome http_once(const struct url *url, struct tls *tls, int ms, char *error)
{
    return http_echo(url, tls, ms, error, true);
}

static enum outcome http_twice(const struct url *url, struct tls *tls, int ms, char *error)
{
    return http_echo(url, tls, ms, error, false);
}

static enum outcome long_poll(const struct url *url, struct tls *tls, int ms, char *error)
{
    struct http h = {0};
    struct http_reply reply;
    enum outcome outcome = FAILED;
    if (http_connect(&h, url, tls, ms) < 0 || http_request(&h, "GET", NULL, NULL, 0, &reply) < 0)
        failed(error, h.error);
    else if (reply.status != 200)
        failed(error, http_reason(reply.status));
    else
        outcome = check_tick(reply.body, reply.body_len);
    http_close(&h);
    return outcome;
}

/* Takes events from a piece of the stream.  Returns WHOLE when there was one, FAILED for none. */
static enum outcome take_event(struct sse *sse, struct span piece)
{
    struct sse_event event;
    while (piece.n > 0) {
        ssize_t used = sse_next(sse, (const uint8_t *)piece.p, piece.n, &event);
        if (used < 0)
            return WRONG;
        if (event.data.p)
            return check_tick(event.data.p, event.data.n);
        piece = (struct span){piece.p + used, piece.n - (size_t)used};
    }
    return FAILED;
}

static enum outcome read_stream(struct http *h, char *error)
{
    struct http_head head;
    struct span piece;
    struct sse sse = {0};
    int more = http_recv_head(h, "GET", &head, &piece);
    if (more >= 0 && head.status != 200)
        return failed(error, http_reason(head.status));
    while (more >= 0) {
        enum outcome outcome = take_event(&sse, piece);
        if (outcome != FAILED)
            return outcome;
        if (more == 0)
            return failed(error, "the stream has ended");
        more = http_recv_more(h, &piece);
    }
    return failed(error, h->error);
}

static enum outcome events(const struct url *url, struct tls *tls, int ms, char *error)
{
    struct http h = {0};
    enum outcome outcome = FAILED;
    if (http_connect(&h, url, tls, ms) < 0 || http_send(&h, "GET", NULL, NULL, 0) < 0)
        failed(error, h.error);
    else
        outcome = read_stream(&h, error);
    http_close(&h);
    return outcome;
}

/* --- ws --- */

/* Control frames come in between, and a message in fragments is put together. */
static enum outcome over_ws(const struct url *url, struct tls *tls, int ms, char *error, bool says,
                            enum outcome (*check)(const void *, size_t))
{
    struct websocket ws = {0};
    struct ws_message message;
    enum outcome outcome = FAILED;
    if (ws_connect(&ws, url, tls, ms) < 0 ||
        (says && ws_send(&ws, WS_TEXT, text, strlen(text)) < 0) || ws_recv(&ws, &message) < 0)
        failed(error, ws.error);
    else
        outcome = check(message.data, message.len);
    ws_close(&ws, WS_NORMAL);
    return outcome;
}

static enum outcome ws_echo(const struct url *url, struct tls *tls, int ms, char *error)
{
    return over_ws(url, tls, ms, error, true, compare);
}

static enum outcome ws_push(const struct url *url, struct tls *tls, int ms, char *error)
{
    return over_ws(url, tls, ms, error, false, check_tick);
}

/* --- all of them --- */

#define TCP "tcp_echo_server"
#define WS "ws_echo_server"
#define TICKS "--push-every 2"

const struct exchange exchanges[] = {
    {"tcp", "tcp://127.0.0.1", TCP, "", false, tcp_echo},
    {"tcp half-close", "tcp://127.0.0.1", TCP, "", false, tcp_half_close},
    {"tcp broadcast", "tcp://127.0.0.1", TCP, "--broadcast", true, tcp_echo},
    {"tcp push", "tcp://127.0.0.1", TCP, TICKS, true, tcp_push},
    {"http close", "http://127.0.0.1/echo", WS, "", false, http_once},
    {"http keep-alive", "http://127.0.0.1/echo", WS, "", false, http_twice},
    {"long-poll", "http://127.0.0.1/long-poll", WS, TICKS, true, long_poll},
    {"sse", "http://127.0.0.1/events", WS, TICKS, true, events},
    {"ws", "ws://127.0.0.1/echo", WS, "", false, ws_echo},
    {"ws chat", "ws://127.0.0.1/chat", WS, "", true, ws_echo},
    {"ws push", "ws://127.0.0.1/push", WS, TICKS, true, ws_push},
};
const int exchange_count = sizeof exchanges / sizeof exchanges[0];

struct url exchange_url(const struct exchange *e, int port, bool secure)
{
    struct url url = {0};
    url_parse(&url, e->url);
    url.port = port;
    if (secure)
        snprintf(url.scheme, sizeof url.scheme, "%s", url_secure_scheme(url.scheme));
    return url;
}

bool is_a_reason(const char *error)
{
    for (const char *p = error; *p; p++)
        if (*p < ' ' || *p > '~')
            return false;
    return error[0] != '\0';
}
