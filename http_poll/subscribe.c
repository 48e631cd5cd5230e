/* http_poll/subscribe.c: listens, in one of the ways of ways.c.  Partner: client.c, which talks.
 * Over HTTP every event is the reply to a request, so a connection that is lost can be opened again
 * behind the last event heard: the request says which that was.
 * See the difference: diff tcp_echo/subscribe.c http_poll/subscribe.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/client.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/messages.h"

#include <poll.h>
#include <stdio.h>

#define BACKOFF_FIRST 1000 /* ms, unless the stream has said another time */
#define BACKOFF_MAX 30000

/* --- coming back --- */

/* Each try waits twice as long as the one before.  Up to a quarter is added by chance, so that all
 * those who lost the same server do not return at the same moment. */
static int next_delay(struct hearing *how)
{
    int first = how->sse.retry_ms > 0 ? how->sse.retry_ms : BACKOFF_FIRST;
    int max = first > BACKOFF_MAX ? first : BACKOFF_MAX;
    int base = how->backoff_ms > 0 ? 2 * how->backoff_ms : first;
    how->backoff_ms = base < max ? base : max;
    return how->backoff_ms + (int)(clock_ns() / 1000 % (unsigned)(how->backoff_ms / 4 + 1));
}

/* Meanwhile stdin's lines stay where they are: in the pipe. */
static void come_back(struct hearing *how, const char *reason)
{
    if (!how->heard)
        die("get %s: %s", how->opt->url_text, reason);
    int ms = next_delay(how);
    fprintf(stderr, "http_poll_client: lost %s: %s; again in %.1f s\n", how->opt->url_text, reason,
            ms / 1e3);
    stream_close(&how->conn->stream);
    poll(NULL, 0, ms);
    how->asked = false;
    how->due = clock_ms();
}

/* --- talking --- */

/* Returns 0, or -1 when nobody has answered: then the line is the next one once more.  It may have
 * been heard already; to say it twice does an echo no harm, to lose it would. */
static int say(struct http *talk, const struct client_options *opt, struct messages *in)
{
    struct http_reply reply;
    bool ready = talk->buf || http_connect(talk, &opt->url, opt->tls, opt->timeout_ms) == 0;
    if (!ready || http_request(talk, "POST", "/echo", in->data, in->len, &reply) < 0) {
        in->taken = 0;
        return -1;
    }
    if (reply.status != 200)
        die("post %s: %d%s", opt->url_text, reply.status, http_then_reason(reply.status));
    print_event(reply.body, reply.body_len);
    return 0;
}

/* --- listening --- */

static int listen_on(struct hearing *how, bool readable)
{
    if (readable)
        return hear_reply(how);
    if (clock_ms() < how->due)
        return 0;
    if (!how->asked)
        return hear_ask(how);
    snprintf(how->conn->error, sizeof how->conn->error, "timed out");
    return -1;
}

/* A poll's connection is free between two questions.  One that waits for its reply is not: HTTP
 * answers in order, and a second question would wait behind the first.  So there are two. */
void subscribe(struct http *conn, struct hearing *how, const struct client_options *opt)
{
    struct http second = {.stream.fd = -1, .explain = opt->explain, .close = conn->close};
    struct http *talk = how->way == BY_POLL ? conn : &second;
    struct messages in;
    how->conn = conn;
    how->opt = opt;
    how->left = opt->count;
    how->after = -1;
    how->due = clock_ms();
    messages_open_stdin(&in);
    while (how->left != 0) {
        int64_t wait = how->due - clock_ms();
        struct stream *from = how->asked ? &conn->stream : NULL;
        bool readable = messages_hear(&in, from, wait > 0 ? (int)wait : 0);
        const char *lost = listen_on(how, readable) < 0 ? conn->error : NULL;
        while (!lost && messages_take(&in))
            lost = say(talk, opt, &in) < 0 ? talk->error : NULL;
        if (lost)
            come_back(how, lost);
    }
    http_close(&second);
    messages_close(&in);
}
