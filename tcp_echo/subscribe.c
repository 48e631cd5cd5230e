/* tcp_echo/subscribe.c: listens.  Partner: client.c, which asks.
 * Over TCP there is nothing to ask for: whoever connects and keeps silent is told.
 * See the difference: diff tcp_echo/subscribe.c ws_echo/subscribe.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/client.h"
#include "tcp_echo/messages.h"

#include <string.h>

/* Prints the whole lines among n bytes, at most *left events.  Returns the bytes printed. */
static size_t print_lines(struct messages *in, const char *data, size_t n, long *left)
{
    size_t done = 0;
    while (*left != 0) {
        const char *end = memchr(data + done, '\n', n - done);
        if (!end)
            break;
        size_t len = (size_t)(end + 1 - (data + done));
        print_event(data + done, len);
        *left -= messages_is_event(in, data + done, len) && *left > 0;
        done += len;
    }
    return done;
}

void subscribe(struct stream *conn, const struct client_options *opt)
{
    struct messages in;
    char events[16384];
    size_t held = 0;
    long left = opt->count;
    messages_open_stdin(&in);
    while (left != 0) {
        bool pushed = messages_hear(&in, conn, -1);
        while (messages_take(&in))
            if (stream_write_all(conn, in.data, in.len + 1) < 0)
                die("send %s: %s", opt->url_text, conn->error);
        if (!pushed)
            continue;
        ssize_t n = stream_read(conn, events + held, sizeof events - held);
        if (n <= 0)
            die("recv %s: %s", opt->url_text, conn->error);
        held += (size_t)n;
        size_t done = print_lines(&in, events, held, &left);
        if (done == 0 && held == sizeof events)
            die("recv %s: a line of more than %zu bytes", opt->url_text, held);
        memmove(events, events + done, held -= done);
    }
    messages_close(&in);
}
