/* http_poll/subscribe.c: asks.  Partner: client.c, which talks.
 * Over HTTP a server can't speak first, so hearing of something means asking whether it happened.
 * See the difference: diff tcp_echo/subscribe.c http_poll/subscribe.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/client.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Prints the lines, at most *left of them. */
static void print_lines(const char *data, size_t n, long *left)
{
    for (const char *end; *left != 0 && n > 0; n -= (size_t)(end + 1 - data), data = end + 1) {
        end = memchr(data, '\n', n);
        if (!end)
            break;
        print_event(data, (size_t)(end + 1 - data));
        *left -= *left > 0;
    }
}

/* The first time: from now on (after = -1).  Then: what has come since. */
static void ask(struct http *conn, const struct client_options *opt, long *left, int64_t *after)
{
    char path[sizeof opt->url.path + 40];
    struct http_reply reply;
    bool has_query = strchr(opt->url.path, '?');
    snprintf(path, sizeof path, *after < 0 ? "%s" : "%s%cafter=%" PRId64, opt->url.path,
             has_query ? '&' : '?', *after);
    if (http_request(conn, "GET", path, NULL, 0, &reply) < 0)
        die("get %s: %s", opt->url_text, conn->error);
    if (reply.status != 200 && reply.status != 204)
        die("get %s: %d %s", opt->url_text, reply.status, http_reason(reply.status));
    *after = reply.last_event;
    print_lines((const char *)reply.body, reply.body_len, left);
}

static void say(struct http *conn, const struct client_options *opt, const struct messages *in)
{
    struct http_reply reply;
    if (http_request(conn, "POST", "/echo", in->data, in->len, &reply) < 0)
        die("post %s: %s", opt->url_text, conn->error);
    print_event(reply.body, reply.body_len);
}

void subscribe(struct http *conn, const struct client_options *opt)
{
    struct messages in;
    long left = opt->count;
    int64_t after = -1;
    int64_t due = clock_ms();
    messages_open_stdin(&in);
    while (left != 0) {
        int64_t wait = due - clock_ms();
        messages_wait(&in, -1, wait > 0 ? (int)wait : 0);
        while (messages_take(&in))
            say(conn, opt, &in);
        if (clock_ms() < due)
            continue;
        ask(conn, opt, &left, &after);
        due += conn->poll_ms ? conn->poll_ms : 1000;
    }
    messages_close(&in);
}
