/* bench/transport_udp.c: datagrams, each numbered as udp_echo_client does it, so that a late reply
 * is not taken for the next one.  What does not come in time counts as lost.
 * SPDX-License-Identifier: MIT */
#include "bench/transport_udp.h"
#include "bench/clock.h"
#include "udp_echo/numbered.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LEASE_NS 30000000000u /* half of what a subscription lasts */

int udp_dial(struct link *l)
{
    l->udp.tap = l->traffic ? &l->traffic->tap : NULL;
    if (l->size > UDP_PAYLOAD_MAX)
        return link_fail(l, "send", "larger than one datagram");
    if (udp_connect(&l->udp, &l->url, l->lost_after_ms) < 0)
        return link_fail(l, "connect", udp_error(&l->udp));
    l->fd = l->udp.fd;
    return 0;
}

int udp_send_message(struct link *l)
{
    uint8_t number[NUMBER_LEN + 1];
    l->number++;
    number_write(number, (long)(l->number % NUMBERS));
    if (l->size >= NUMBER_LEN)
        memcpy(l->message, number, NUMBER_LEN);
    return udp_send(&l->udp, l->message, l->size) < 0
               ? link_fail(l, "send", udp_error(&l->udp)) : 0;
}

static bool timed_out(const struct udp *udp)
{
    return udp->error == EAGAIN || udp->error == EWOULDBLOCK || udp->error == ETIMEDOUT;
}

static bool is_stale(const struct link *l)
{
    return !l->pipelined && l->size >= NUMBER_LEN &&
           memcmp(l->reply, l->message, NUMBER_LEN) != 0;
}

int udp_receive(struct link *l)
{
    do {
        ssize_t n = udp_recv(&l->udp, l->reply, l->reply_cap);
        if (n < 0)
            return timed_out(&l->udp) ? LOST : link_fail(l, "receive", udp_error(&l->udp));
        if ((size_t)n != l->size)
            return link_fail(l, "receive", "a datagram came back with another size");
    } while (is_stale(l));
    l->got = l->reply;
    return 0;
}

/* The server answers zeros with a token; who sends that back has shown that it receives at the
 * address it claims, and is told of events for a minute. */
int udp_ask(struct link *l)
{
    char reply[64];
    snprintf(l->token, sizeof l->token, "subscribe%016d", 0);
    for (int tries = 0; tries < 8; tries++) {
        if (udp_send(&l->udp, l->token, strlen(l->token)) < 0)
            return link_fail(l, "subscribe", udp_error(&l->udp));
        ssize_t n = udp_recv(&l->udp, reply, sizeof reply);
        if (n == 25 && memcmp(reply, "subscribe", 9) == 0) {
            memcpy(l->token, reply, 25);
            l->due = clock_ns() + LEASE_NS;
            return udp_send(&l->udp, l->token, 25) < 0
                       ? link_fail(l, "subscribe", udp_error(&l->udp)) : 0;
        }
    }
    return link_fail(l, "subscribe", "no token came");
}

void udp_renew(struct udp *udp, const char *token, uint64_t *due)
{
    if (clock_ns() < *due)
        return;
    *due += LEASE_NS;
    udp_send(udp, token, 25);
}

int udp_hear(struct link *l, struct event *e)
{
    char text[64];
    uint64_t give_up = clock_ns() + (uint64_t)l->timeout_ms * 1000000u;
    while (clock_ns() < give_up) {
        udp_renew(&l->udp, l->token, &l->due);
        ssize_t n = udp_recv(&l->udp, text, sizeof text);
        e->arrived = clock_ns();
        if (n < 0 && !timed_out(&l->udp))
            return link_fail(l, "receive", udp_error(&l->udp));
        if (n > 0 && event_parse(e, text, (size_t)n))
            return 0;
    }
    return link_fail(l, "receive", "no event in time");
}

void udp_leave(struct link *l)
{
    udp_close(&l->udp);
}
