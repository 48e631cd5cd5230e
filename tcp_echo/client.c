/* client.c: sends lines to an echo server and prints what comes back.
 * Partner: server.c beside it.  With --subscribe the server speaks first: subscribe.c.
 * The four clients differ in nothing but their protocol: diff tcp_echo/client.c ws_echo/client.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/client.h"
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"

static const struct program about = {
    .name = "tcp_echo_client", .default_url = "tcp://127.0.0.1:7001",
    .summary = "Sends stdin's lines and prints each reply.",
};

/* TCP keeps bytes, not messages: count until the line is home. */
static void echo(struct stream *conn, const struct client_options *opt)
{
    struct messages in;
    char reply[16384]; /* send no more at once: who only writes to an echo never ends */
    messages_open(&in, opt, 1);
    while (messages_next(&in)) {
        size_t len = in.len + 1, sent = 0, got = 0; /* the newline, too: nothing else ends a line */
        /* region exchange */
        while (got < len) {
            size_t part = len - sent < sizeof reply ? len - sent : sizeof reply;
            if (sent == got && stream_write_all(conn, in.data + sent, part) < 0)
                die("send %s: %s", opt->url_text, conn->error);
            sent += sent == got ? part : 0;
            ssize_t n = stream_read(conn, reply, sent - got);
            if (n <= 0)
                die("recv %s: %s after %zu of %zu bytes", opt->url_text, conn->error, got, len);
            got += (size_t)n;
            messages_reply(&in, reply, (size_t)n, got == len);
        }
        /* end exchange */
    }
    messages_close(&in);
}

int main(int argc, char **argv)
{
    struct client_options opt = client_options(&about, argc, argv, NULL);
    struct stream conn = {.tap = opt.explain ? explain(tcp_describe, 0) : NULL};
    if (stream_connect(&conn, &opt.url, opt.tls, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, conn.error);
    if (opt.subscribe)
        subscribe(&conn, &opt);
    else
        echo(&conn, &opt);
    stream_close(&conn);
    return 0;
}
