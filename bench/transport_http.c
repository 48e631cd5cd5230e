/* bench/transport_http.c: a message is a POST, answered on the same connection or on one of its
 * own; an event is found by asking for it, again and again.
 * SPDX-License-Identifier: MIT */
#include "bench/transport_http.h"
#include "bench/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int http_dial(struct link *l)
{
    l->http = (struct http){.close = l->transport->closes};
    if (http_connect(&l->http, &l->url, l->timeout_ms) < 0)
        return link_fail(l, "connect", l->http.error);
    l->fd = l->http.stream.fd;
    if (l->traffic) { /* http.h has no place for a tap before the connection is there */
        l->http.stream.tap = &l->traffic->tap;
        l->traffic->tap.opened(&l->traffic->tap, l->fd);
    }
    return 0;
}

static int check_reply(struct link *l, const struct http_reply *reply)
{
    l->got = reply->body;
    bool whole = reply->status == 200 && reply->body_len == l->size;
    return whole ? 0 : link_fail(l, "post", "the reply is not the message");
}

int http_exchange(struct link *l)
{
    struct http_reply reply;
    if (http_post(&l->http, l->message, l->size, &reply) < 0)
        return link_fail(l, "post", l->http.error);
    return check_reply(l, &reply);
}

int http_ask(struct link *l)
{
    int rc = http_send(&l->http, "POST", NULL, l->message, l->size);
    return rc < 0 ? link_fail(l, "post", l->http.error) : 0;
}

int http_hear_reply(struct link *l)
{
    struct http_reply reply;
    if (http_recv(&l->http, "POST", &reply) < 0)
        return link_fail(l, "post", l->http.error);
    return check_reply(l, &reply);
}

/* Equal periods would lock phase with the events, so each interval is drawn from +-20 %. */
static uint64_t next_interval(struct link *l)
{
    return (uint64_t)((double)l->poll_every_ms * 1e6 * (0.8 + 0.4 * random_unit(&l->random)));
}

static int poll_once(struct link *l)
{
    struct http_reply reply;
    char path[64];
    sleep_until(l->due);
    l->due = (l->due ? l->due : clock_ns()) + next_interval(l);
    snprintf(path, sizeof path, "/poll?after=%" PRIu64, l->number);
    if (http_request(&l->http, "GET", path, NULL, 0, &reply) < 0)
        return link_fail(l, "poll", l->http.error);
    l->arrived = clock_ns();
    l->requests++;
    l->empty += reply.status == 204;
    if (reply.status != 200 && reply.status != 204)
        return link_fail(l, "poll", "neither 200 nor 204 came");
    if (reply.status == 204)
        return 0;
    l->line = 0;
    l->lines_end = reply.body_len < LINES_MAX ? reply.body_len : LINES_MAX;
    memcpy(l->lines, reply.body, l->lines_end);
    return 0;
}

int poll_hear(struct link *l, struct event *e)
{
    uint64_t give_up = clock_ns() + (uint64_t)l->timeout_ms * 1000000u;
    while (!link_take_line(l, e)) {
        if (clock_ns() > give_up)
            return link_fail(l, "poll", "no event in time");
        if (poll_once(l) < 0)
            return -1;
    }
    l->number = e->number;
    return 0;
}

void http_leave(struct link *l)
{
    http_close(&l->http);
}
