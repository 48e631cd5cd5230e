/* tcp_echo/client.c: sends lines to an echo server over TCP and prints what comes back.
 * Partner: tcp_echo/server.c.  With --subscribe the server speaks first: subscribe.c.
 * See the difference: diff tcp_echo/client.c ws_echo/client.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/explain.h"
#include "tcp_echo/messages.h"
#include "tcp_echo/program.h"
#include "tcp_echo/stream.h"
#include "tcp_echo/subscribe.h"

static const struct program about = {
    .name = "tcp_echo_client",
    .summary = "Sends stdin's lines over TCP and prints each reply.",
    .scheme = "tcp",
    .default_url = "tcp://127.0.0.1:7001",
};

/* TCP keeps bytes, not messages: count until the line is home.  Part by part, because a client that
 * only writes, to a server that only echoes, ends with both waiting for the other to read. */
static void echo(struct stream *conn, const struct client_options *opt)
{
    struct messages in;
    char reply[16384];
    messages_open(&in, opt, 1);
    while (messages_next(&in)) {
        size_t len = in.len + 1; /* with its newline: nothing else ends a message here */
        for (size_t home = 0, part; home < len; home += part) {
            part = len - home < sizeof reply ? len - home : sizeof reply;
            if (stream_write_all(conn, in.data + home, part) < 0)
                die("send %s: %s", opt->url_text, stream_error(conn));
            for (size_t got = 0; got < part;) {
                ssize_t n = stream_read(conn, reply + got, part - got);
                if (n <= 0)
                    die("recv %s: %s after %zu of %zu bytes", opt->url_text, stream_error(conn),
                        home + got, len);
                got += (size_t)n;
            }
            messages_reply(&in, reply, part, home + part == len);
        }
    }
    messages_close(&in);
}

int main(int argc, char **argv)
{
    struct client_options opt = client_options(&about, argc, argv, NULL);
    struct stream conn = {.tap = opt.explain ? tcp_explain(0) : NULL};
    if (stream_connect(&conn, &opt.url, opt.timeout_ms) < 0)
        die("connect %s: %s", opt.url_text, stream_error(&conn));
    if (opt.subscribe)
        subscribe(&conn, &opt);
    else
        echo(&conn, &opt);
    stream_close(&conn);
    return 0;
}
