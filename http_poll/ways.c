/* http_poll/ways.c: three ways to be told by a server that only answers.
 * Partner: subscribe.c, which says when.
 * SPDX-License-Identifier: MIT */
#include "http_poll/client.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/describe.h"
#include "tcp_echo/messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A long-poll is held for 25 s, a stream says at least ": keepalive" as often: who is silent for
 * longer than that is gone, even if no packet says so. */
#define SILENCE_MS 45000
#define NOTHING_MS 1000 /* at least, from a question that brought nothing to the next */

static void choose_way(struct hearing *how, bool sse, bool long_poll)
{
    if (sse + long_poll + (how->poll_ms > 0) > 1)
        usage_error("%s and %s are two ways to hear: one is enough", sse ? "--sse" : "--long-poll",
                    how->poll_ms > 0 ? "--poll" : "--long-poll");
    how->way = how->poll_ms > 0 ? BY_POLL : long_poll ? BY_LONG_POLL : BY_SSE;
}

struct client_options hearing_options(const struct program *about, int argc, char **argv,
                                      struct http *conn, struct hearing *how)
{
    static const char *const paths[] = {"/events", "/long-poll", "/poll"};
    bool sse = false, long_poll = false;
    const struct option_row own[] = {
        {0, "close", NULL, "a new connection for every request", FLAG, &conn->close, 0, 0},
        {0, "keep-alive", NULL, "one for all of them (the default)", UNFLAG, &conn->close, 0, 0},
        {0, "sse", NULL, "subscribe by server-sent events (the default)", FLAG, &sse, 0, 0},
        {0, "long-poll", NULL, "subscribe by asking and being kept waiting", FLAG, &long_poll, 0,
         0},
        {0, "poll", "MS", "subscribe by asking every MS milliseconds", NUMBER, &how->poll_ms, 1,
         1L << 26},
        {0},
    };
    struct client_options opt = client_options(about, argc, argv, own);
    choose_way(how, sse, long_poll);
    opt.subscribe = opt.subscribe || sse || how->way != BY_SSE;
    conn->explain = opt.explain;
    url_set_default_path(&opt.url, opt.subscribe ? paths[how->way] : "/echo");
    return opt;
}

/* --- polls: a reply with the events since the last --- */

/* Prints the lines, at most *left of them.  Returns how many. */
static long print_lines(const char *data, size_t n, long *left)
{
    long lines = 0;
    for (const char *end; *left != 0 && n > 0; n -= (size_t)(end + 1 - data), data = end + 1) {
        end = memchr(data, '\n', n);
        if (!end)
            break;
        print_event(data, (size_t)(end + 1 - data));
        *left -= *left > 0;
        lines++;
    }
    return lines;
}

/* The next question comes at its time when polling, at once when the reply was held.  But a server
 * that holds nothing must not be asked as fast as it can say no. */
static void take_reply(struct hearing *how, const struct http_reply *reply, int64_t asked_at)
{
    if (reply->status != 200 && reply->status != 204)
        die("get %s: %d%s", how->opt->url_text, reply->status, http_then_reason(reply->status));
    if (reply->last_event >= 0)
        how->after = reply->last_event;
    long lines = print_lines((const char *)reply->body, reply->body_len, &how->left);
    how->asked = false;
    how->heard = true;
    how->backoff_ms = 0;
    how->due = asked_at + (how->way == BY_POLL ? how->poll_ms : lines > 0 ? 0 : NOTHING_MS);
}

/* The first time: from now on (after = -1).  Then: what has come since. */
static const char *path_after(const struct hearing *how, char *path, size_t cap)
{
    const char *own = how->opt->url.path;
    snprintf(path, cap, how->after < 0 ? "%s" : "%s%cafter=%" PRId64, own,
             strchr(own, '?') ? '&' : '?', how->after);
    return path;
}

static int poll_now(struct hearing *how, const char *path)
{
    struct http_reply reply;
    int64_t asked_at = clock_ms();
    if (http_request(how->conn, "GET", path, NULL, 0, &reply) < 0)
        return -1;
    take_reply(how, &reply, asked_at);
    return 0;
}

static int ask_after(struct hearing *how)
{
    char path[sizeof how->opt->url.path + 40];
    path_after(how, path, sizeof path);
    if (how->way == BY_POLL)
        return poll_now(how, path);
    how->due = clock_ms() + SILENCE_MS;
    return http_send(how->conn, "GET", path, NULL, 0);
}

static int hear_held(struct hearing *how)
{
    struct http_reply reply;
    if (http_recv(how->conn, "GET", &reply) < 0)
        return -1;
    take_reply(how, &reply, how->due - SILENCE_MS);
    return 0;
}

/* --- server-sent events: one reply, whose end never comes --- */

static int ask_for_stream(struct hearing *how)
{
    char fields[80 + SSE_NAME_MAX] = "Accept: text/event-stream\r\n";
    size_t n = strlen(fields);
    if (how->sse.id[0])
        snprintf(fields + n, sizeof fields - n, "Last-Event-ID: %s\r\n", how->sse.id);
    sse_restart(&how->sse);
    how->in_stream = false;
    how->due = clock_ms() + how->opt->timeout_ms;
    how->conn->fields = fields;
    int rc = http_send(how->conn, "GET", NULL, NULL, 0);
    how->conn->fields = NULL;
    return rc;
}

static void check_head(const struct hearing *how, const struct http_head *head)
{
    char text[80];
    struct span type = http_field(head, "Content-Type");
    const char *end = type.n > 0 ? memchr(type.p, ';', type.n) : NULL;
    if (head->status != 200)
        die("get %s: %d%s", how->opt->url_text, head->status, http_then_reason(head->status));
    if (!span_is(span_trim(type.p, end ? end : type.p + type.n), "text/event-stream"))
        die("get %s: the reply is %s, not text/event-stream", how->opt->url_text,
            quote(text, sizeof text, (const uint8_t *)type.p, type.n));
}

static void print_events(struct hearing *how, struct span piece)
{
    struct sse_event event;
    while (how->left != 0 && piece.n > 0) {
        ssize_t used = sse_next(&how->sse, (const uint8_t *)piece.p, piece.n, &event);
        if (used < 0)
            die("get %s: an event of more than %d bytes", how->opt->url_text, SSE_TEXT_MAX);
        piece = (struct span){piece.p + used, piece.n - (size_t)used};
        if (!event.data.p)
            continue;
        print_event(event.data.p, event.data.n);
        how->left -= how->left > 0;
        how->backoff_ms = 0;
    }
}

static int begin_stream(struct hearing *how, struct span *piece)
{
    struct http_head head;
    int more = http_recv_head(how->conn, "GET", &head, piece);
    if (more < 0)
        return -1;
    check_head(how, &head);
    how->in_stream = how->heard = true;
    return more;
}

static int hear_stream(struct hearing *how)
{
    struct span piece;
    int more = how->in_stream ? http_recv_more(how->conn, &piece) : begin_stream(how, &piece);
    if (more < 0)
        return -1;
    print_events(how, piece);
    how->due = clock_ms() + SILENCE_MS;
    if (more == 0)
        snprintf(how->conn->error, sizeof how->conn->error, "the stream has ended");
    return more > 0 ? 0 : -1;
}

/* --- */

int hear_ask(struct hearing *how)
{
    how->asked = true;
    return how->way == BY_SSE ? ask_for_stream(how) : ask_after(how);
}

int hear_reply(struct hearing *how)
{
    return how->way == BY_SSE ? hear_stream(how) : hear_held(how);
}
