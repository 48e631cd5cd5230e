/* ws_echo/server.c: sends back every message it receives over a WebSocket.
 * Partner: ws_echo/client.c.  The protocol is in service.c; other paths are http_poll's.
 * See the difference: diff tcp_echo/server.c ws_echo/server.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"
#include "ws_echo/explain.h"
#include "ws_echo/service.h"

#include <errno.h>
#include <string.h>

static const struct program about = {
    .name = "ws_echo_server", .default_url = "ws://127.0.0.1:7004",
    .summary = "Sends back every message it receives over a WebSocket; /push pushes events.",
};

static const char *protocol;

/* The same path may be asked for over HTTP (POST /echo) and as a WebSocket (GET, Upgrade). */
static void answer(struct conn *c, const struct http_request *request)
{
    struct span path = http_path(request->head.target);
    bool get = span_equals(request->head.method, "GET");
    if (get && span_equals(path, "/echo"))
        ws_accept(c, request, &ws_echo_service, protocol);
    else if (get && span_equals(path, "/push") && c->worker->push)
        ws_accept(c, request, &ws_push_service, protocol);
    else if (span_equals(path, "/push") && http_is_get(c, request))
        http_reply_text(c, 503, "", "Nothing happens here: start the server with --push-every.\n");
    else if (!span_equals(path, "/push"))
        http_poll_answer(c, request);
}

int main(int argc, char **argv)
{
    const struct option_row own[] = {
        {0, "protocol", "NAME", "the subprotocol to agree on", TEXT, &protocol, 0, 0},
        {0},
    };
    struct server_options opt = server_options(&about, argc, argv, own);
    struct http_site site = {HTTP_SERVICE, answer};
    site.service.narrate = ws_explain;
    int listener = make_listener(opt.host, (int)opt.port);
    if (listener < 0)
        die("listen %s:%ld: %s", opt.host, opt.port, address_error(listener));
    catch_signals();
    announce(&about, &opt, listener);
    if (serve(listener, &site.service, &opt) < 0)
        die("serve %s:%ld: %s", opt.host, opt.port, strerror(errno));
    return 0;
}
