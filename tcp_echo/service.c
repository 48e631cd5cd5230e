/* tcp_echo/service.c: an echo is the shortest service there is: TCP has no messages, so there is
 * nothing to parse and nothing to wait for.  A room for all needs lines, or two who speak at once
 * would be heard as one.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/service.h"
#include "tcp_echo/describe.h"
#include "tcp_echo/push.h"

#include <string.h>

/* --- echo: whoever has not spoken yet is told of events --- */

static size_t encode_line(uint8_t *out, uint64_t seq, const char *text, size_t n)
{
    (void)seq;
    memcpy(out, text, n);
    out[n] = '\n';
    return n + 1;
}

static int tcp_open(struct conn *c)
{
    conn_set_patience(c, IDLE); /* no handshake but that of TLS, which is over */
    if (c->worker->options->push_every_ms > 0)
        push_subscribe(c, encode_line);
    return 0;
}

static ssize_t tcp_data(struct conn *c, uint8_t *data, size_t n)
{
    push_unsubscribe(c);
    conn_send(c, data, n);
    return (ssize_t)n;
}

static void tcp_closed(struct conn *c)
{
    push_unsubscribe(c);
}

const struct service tcp_echo_service = {
    .name = "tcp",
    .describe = tcp_describe,
    .open = tcp_open,
    .data = tcp_data,
    .closed = tcp_closed,
};

/* --- broadcast: a line that one sends goes to all --- */

struct speaker {
    struct bytes *line; /* as much of it as has come */
};

static int room_open(struct conn *c)
{
    conn_set_patience(c, IDLE);
    return push_join(c);
}

static ssize_t room_data(struct conn *c, uint8_t *data, size_t n)
{
    struct speaker *s = c->state;
    const uint8_t *end = memchr(data, '\n', n);
    size_t piece = end ? (size_t)(end + 1 - data) : n, before = s->line ? s->line->len : 0;
    if (piece > PUSH_SAY_MAX - before) {
        conn_log(c, "a line of more than %d bytes: closed", PUSH_SAY_MAX);
        return -1;
    }
    if (!end)
        return bytes_append(&s->line, data, n) < 0 ? -1 : (ssize_t)n;
    if (push_is_full(c))
        return 0;
    push_say(c, s->line ? s->line->data + s->line->head : data, before, data, piece);
    bytes_free(&s->line);
    return (ssize_t)piece;
}

static void room_closed(struct conn *c)
{
    struct speaker *s = c->state;
    push_unsubscribe(c);
    bytes_free(&s->line);
}

const struct service tcp_broadcast_service = {
    .name = "tcp",
    .state_size = sizeof(struct speaker),
    .describe = tcp_describe,
    .open = room_open,
    .data = room_data,
    .closed = room_closed,
};
