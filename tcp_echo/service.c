/* tcp_echo/service.c: an echo is the shortest service there is: TCP has no messages, so there is
 * nothing to parse and nothing to wait for.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/service.h"
#include "tcp_echo/explain.h"
#include "tcp_echo/push.h"

#include <string.h>

static size_t encode_line(uint8_t *out, const char *text, size_t n)
{
    memcpy(out, text, n);
    out[n] = '\n';
    return n + 1;
}

static int tcp_open(struct conn *c)
{
    if (c->worker->push)
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
    .narrate = tcp_explain,
    .open = tcp_open,
    .data = tcp_data,
    .closed = tcp_closed,
};
