/* client.c: sends lines to an echo server and prints what comes back.
 * Partner: server.c beside it.  With --subscribe the server speaks first: subscribe.c.
 * The four clients differ in nothing but their protocol: diff tcp_echo/client.c ws_echo/client.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/client.h"
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"

static const struct program about = {
    .name = "http_poll_client", .default_url = "http://127.0.0.1:7003",
    .summary = "Sends stdin's lines and prints each reply.",
};

/* A reply says how long it is: nothing to count. */
static void echo(struct http *conn, const struct client_options *opt)
{
    struct messages in;
    struct http_reply reply;
    messages_open(&in, opt, 0);
    while (messages_next(&in)) {
        if (http_post(conn, in.data, in.len, &reply) < 0)
            die("post %s: %s", opt->url_text, conn->error);
        messages_reply(&in, reply.body, reply.body_len, true);
    }
    messages_close(&in);
}

int main(int argc, char **argv)
{
    struct http conn = {0};
    struct hearing how = {0};
    struct client_options opt = hearing_options(&about, argc, argv, &conn, &how);
    if (http_connect(&conn, &opt.url, opt.tls, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, conn.error);
    if (opt.subscribe)
        subscribe(&conn, &how, &opt);
    else
        echo(&conn, &opt);
    http_close(&conn);
    return 0;
}
