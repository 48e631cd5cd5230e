/* bench/transport_http.c: a message is a POST, answered on the same connection or on one of its
 * own; an event is found by asking for it, again and again.
 * SPDX-License-Identifier: MIT */
#include "bench/transport_http.h"
#include "bench/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* http.h connects in one go: TCP alone is what it does for a URL without TLS. */
int http_dial(struct link *l)
{
    struct url plain = {.scheme = "http", .port = l->url.port};
    memcpy(plain.host, l->url.host, sizeof plain.host);
    l->http = (struct http){.close = l->transport->closes};
    if (http_connect(&l->http, &plain, NULL, l->timeout_ms) < 0)
        return link_fail(l, "connect", l->http.error);
    l->http.url = &l->url;
    l->http.tls = l->tls;
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

/* Events behind the last one that was heard; the first time, none but where to go on from. */
static int ask_for_events(struct link *l)
{
    struct http_reply reply;
    char path[sizeof l->url.path + 32];
    int n = snprintf(path, sizeof path, "%s", l->url.path);
    if (l->number > 0)
        snprintf(path + n, sizeof path - (size_t)n, "?after=%" PRIu64, l->number);
    if (http_request(&l->http, "GET", path, NULL, 0, &reply) < 0)
        return link_fail(l, l->transport->name, l->http.error);
    l->arrived = clock_ns();
    l->requests++;
    l->empty += reply.status == 204;
    if (reply.status != 200 && reply.status != 204)
        return link_fail(l, l->transport->name, "neither 200 nor 204 came");
    l->number = reply.last_event > 0 ? (uint64_t)reply.last_event : l->number;
    l->line = 0;
    l->lines_end = reply.body_len < LINES_MAX ? reply.body_len : LINES_MAX;
    memcpy(l->lines, reply.body, l->lines_end);
    return 0;
}

static int hear_by_asking(struct link *l, struct event *e, bool waits)
{
    uint64_t give_up = clock_ns() + (uint64_t)l->timeout_ms * 1000000u;
    while (!link_take_line(l, e)) {
        if (clock_ns() > give_up)
            return link_fail(l, l->transport->name, "no event in time");
        if (waits) {
            sleep_until(l->due);
            l->due = (l->due ? l->due : clock_ns()) + next_interval(l);
        }
        if (ask_for_events(l) < 0)
            return -1;
    }
    return 0;
}

int poll_hear(struct link *l, struct event *e)
{
    return hear_by_asking(l, e, true);
}

int long_poll_hear(struct link *l, struct event *e)
{
    return hear_by_asking(l, e, false);
}

static void keep_piece(struct link *l, struct span piece)
{
    l->arrived = clock_ns();
    l->line = 0;
    l->lines_end = piece.n < LINES_MAX ? piece.n : LINES_MAX;
    memcpy(l->lines, piece.p, l->lines_end);
}

int sse_ask(struct link *l)
{
    struct http_head head;
    struct span piece;
    if (http_send(&l->http, "GET", NULL, NULL, 0) < 0 ||
        http_recv_head(&l->http, "GET", &head, &piece) < 0)
        return link_fail(l, "subscribe", l->http.error);
    if (head.status != 200)
        return link_fail(l, "subscribe", "the answer is not 200");
    l->sse = (struct sse){0};
    l->requests++;
    keep_piece(l, piece);
    return 0;
}

int sse_hear(struct link *l, struct event *e)
{
    struct sse_event said = {0};
    struct span piece;
    do {
        if (l->line == l->lines_end) {
            if (http_recv_more(&l->http, &piece) <= 0)
                return link_fail(l, "receive", l->http.error);
            keep_piece(l, piece);
        }
        ssize_t used = sse_next(&l->sse, (uint8_t *)l->lines + l->line, l->lines_end - l->line,
                                &said);
        if (used < 0)
            return link_fail(l, "receive", "a line too long");
        l->line += (size_t)used;
    } while (!said.data.p || !event_parse(e, said.data.p, said.data.n));
    e->arrived = l->arrived;
    return 0;
}

void http_leave(struct link *l)
{
    http_close(&l->http);
}
