/* http_poll/client.c: sends lines to an echo server over HTTP and prints what comes back.
 * Partner: http_poll/server.c.  With --poll or --subscribe it asks for news: subscribe.c.
 * See the difference: diff tcp_echo/client.c http_poll/client.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/http.h"
#include "http_poll/subscribe.h"
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"

static const struct program about = {
    .name = "http_poll_client",
    .summary = "Sends stdin's lines over HTTP and prints each reply.",
    .scheme = "http",
    .default_url = "http://127.0.0.1:7003",
};

/* A reply says how long it is: nothing to count. */
static void echo(struct http *conn, const struct client_options *opt)
{
    struct messages in;
    struct http_reply reply;
    messages_open(&in, opt, 0);
    while (messages_next(&in)) {
        if (http_post(conn, in.data, in.len, &reply) < 0)
            die("post %s: %s", opt->url_text, http_error(conn));
        messages_reply(&in, reply.body, reply.body_len, true);
    }
    messages_close(&in);
}

int main(int argc, char **argv)
{
    bool close = false, keep_alive = false;
    long poll_every = 0;
    const struct option_row own[] = {
        {0, "close", NULL, "a new connection for every request", FLAG, &close, 0, 0},
        {0, "keep-alive", NULL, "one connection for all of them (this is the default)", FLAG,
         &keep_alive, 0, 0},
        {0, "poll", "MS", "ask for events every MS milliseconds (= --subscribe: 1000)", NUMBER,
         &poll_every, 1, 86400000},
        {0},
    };
    struct client_options opt = client_options(&about, argc, argv, own);
    struct http conn = {.explain = opt.explain, .close = close};
    if (close && keep_alive)
        usage_error("--close and --keep-alive: one of them");
    url_set_default_path(&opt.url, opt.subscribe || poll_every ? "/poll" : "/echo");
    if (http_connect(&conn, &opt.url, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, http_error(&conn));
    if (opt.subscribe || poll_every)
        subscribe(&conn, &opt, poll_every ? (int)poll_every : 1000);
    else
        echo(&conn, &opt);
    http_close(&conn);
    return 0;
}
