/* ws_echo/subscribe.c: listens.  Partner: client.c, which asks.
 * Over a WebSocket an event is a message: nothing to put together.
 * See the difference: diff tcp_echo/subscribe.c ws_echo/subscribe.c
 * SPDX-License-Identifier: MIT */
#include "ws_echo/client.h"
#include "tcp_echo/messages.h"

/* Returns true for a message, false for a ping, or part of a message. */
static bool hear(struct websocket *conn, const struct client_options *opt, struct ws_message *event)
{
    int heard = ws_step(conn, event);
    if (heard < 0)
        die("recv %s: %s", opt->url_text, conn->error);
    if (heard > 0)
        print_event(event->data, event->len);
    return heard > 0;
}

/* Waits for the server, or stdin.  Returns true when the server has something to hear. */
static bool await(struct messages *in, struct websocket *conn, const struct client_options *opt)
{
    int ms = ws_pending(conn) ? 0 : ws_keep_alive(conn);
    if (ms < 0)
        die("recv %s: %s", opt->url_text, conn->error);
    return ms == 0 || messages_hear(in, &conn->stream, ms);
}

void subscribe(struct websocket *conn, const struct client_options *opt)
{
    struct messages in;
    struct ws_message event;
    long left = opt->count;
    messages_open_stdin(&in);
    while (left != 0) {
        bool pushed = await(&in, conn, opt);
        while (messages_take(&in))
            if (ws_send(conn, ws_kind(in.data, in.len), in.data, in.len) < 0)
                die("send %s: %s", opt->url_text, conn->error);
        if (pushed && hear(conn, opt, &event))
            left -= messages_is_event(&in, event.data, event.len) && left > 0;
    }
    messages_close(&in);
}

bool next_line(struct messages *in, struct websocket *conn, const struct client_options *opt)
{
    struct ws_message unasked;
    if (in->made_up)
        return messages_next(in);
    while (!messages_take(in)) {
        if (in->eof)
            return false;
        if (await(in, conn, opt))
            hear(conn, opt, &unasked);
    }
    return true;
}
