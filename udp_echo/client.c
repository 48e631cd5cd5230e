/* client.c: sends lines to an echo server and prints what comes back.
 * Partner: server.c beside it.  With --subscribe the server speaks first: subscribe.c.
 * The four clients differ in nothing but their protocol: diff tcp_echo/client.c ws_echo/client.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"
#include "udp_echo/numbered.h"
#include "udp_echo/client.h"

static const struct program about = {
    .name = "udp_echo_client", .default_url = "udp://127.0.0.1:7002",
    .summary = "Sends stdin's lines and prints each reply.",
    .timeout_ms = 1000,
};

/* UDP keeps messages, but not every one: number each, and wait for its reply only so long. */
static void echo(struct udp *conn, const struct client_options *opt)
{
    struct messages in;
    struct sequence seq = {0};
    messages_open(&in, opt, NUMBER_LEN);
    while (messages_next(&in)) {
        if (sequence_send(&seq, conn, in.data, in.len) < 0)
            die("send %s: %s", opt->url_text, udp_error(conn));
        if (sequence_recv(&seq, conn, opt->timeout_ms) < 0)
            die("recv %s: %s", opt->url_text, udp_error(conn));
        if (seq.reply)
            messages_reply(&in, seq.reply, seq.len, true);
    }
    messages_close(&in);
    sequence_close(&seq, opt);
}

int main(int argc, char **argv)
{
    struct client_options opt = client_options(&about, argc, argv, NULL);
    struct udp conn = {.tap = opt.explain ? explain(udp_describe, 0) : NULL};
    if (udp_connect(&conn, &opt.url, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, udp_error(&conn));
    if (opt.subscribe)
        subscribe(&conn, &opt);
    else
        echo(&conn, &opt);
    udp_close(&conn);
    return 0;
}
