/* client.c: sends lines to an echo server and prints what comes back.
 * Partner: server.c beside it.  With --subscribe the server speaks first: subscribe.c.
 * The four clients differ in nothing but their protocol: diff tcp_echo/client.c ws_echo/client.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"
#include "ws_echo/client.h"

static const struct program about = {
    .name = "ws_echo_client", .default_url = "ws://127.0.0.1:7004",
    .summary = "Sends stdin's lines and prints each reply.",
};

/* A frame carries its own length: nothing to count. */
static void echo(struct websocket *conn, const struct client_options *opt)
{
    struct messages in;
    struct ws_message reply;
    messages_open(&in, opt, 0);
    while (next_line(&in, conn, opt)) {
        /* region exchange */
        if (ws_send(conn, ws_kind(in.data, in.len), in.data, in.len) < 0)
            die("send %s: %s", opt->url_text, conn->error);
        if (ws_recv(conn, &reply) < 0)
            die("recv %s: %s", opt->url_text, conn->error);
        messages_reply(&in, reply.data, reply.len, true);
        /* end exchange */
    }
    messages_close(&in);
}

int main(int argc, char **argv)
{
    struct websocket conn = {0};
    const struct option_row own[] = {
        {0, "protocol", "NAME", "the subprotocol to offer", TOKEN, &conn.protocol, 0, 0},
        {0},
    };
    struct client_options opt = client_options(&about, argc, argv, own);
    conn.stream.tap = opt.explain ? explain(ws_describe, 0) : NULL;
    url_set_default_path(&opt.url, opt.subscribe ? "/push" : "/echo");
    if (ws_connect(&conn, &opt.url, opt.tls, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, conn.error);
    if (opt.subscribe)
        subscribe(&conn, &opt);
    else
        echo(&conn, &opt);
    ws_close(&conn, WS_NORMAL);
    return 0;
}
