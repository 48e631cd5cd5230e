/* ws_echo/server.c: sends back every message it receives over a WebSocket.
 * Partner: ws_echo/client.c.  The protocol is in service.c; other paths are http_poll's.
 * See the difference: diff tcp_echo/server.c ws_echo/server.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/files.h"
#include "http_poll/origin.h"
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"
#include "ws_echo/explain.h"
#include "ws_echo/service.h"
#include "ws_echo/ws_handshake.h"

#include <errno.h>
#include <string.h>

static const struct program about = {
    .name = "ws_echo_server", .default_url = "ws://127.0.0.1:7004",
    .summary = "Sends back every message it receives over a WebSocket (/echo), pushes events (/push),\n"
               "and lets all who are there hear each other (/chat).",
};

static struct ws_terms terms;

static const struct ws_service *service_at(struct span path)
{
    return span_equals(path, "/echo")   ? &ws_echo_service
           : span_equals(path, "/push") ? &ws_push_service
           : span_equals(path, "/chat") ? &ws_chat_service
                                        : NULL;
}

/* The same path may be asked for over HTTP (POST /echo) and as a WebSocket (GET, Upgrade): who wants
 * both at once is not answered as if it had asked for one.  And it may have a page: /chat is
 * chat.html to a browser that goes there, and the room to the WebSocket that the page opens. */
static void answer(struct conn *c, const struct http_request *request)
{
    const struct ws_service *service = service_at(http_path(request->head.target));
    bool get = span_equals(request->head.method, "GET");
    bool upgrade = ws_wants_upgrade(&request->head);
    if (!service || (service == &ws_echo_service && !get && !upgrade))
        http_poll_answer(c, request);
    else if (upgrade || (!http_file_answer(c, request) && http_is_get(c, request)))
        ws_accept(c, request, service, &terms);
}

static void check_origins(const struct texts *origins)
{
    for (size_t i = 0; i < origins->n; i++)
        if (!origin_is_written_so(origins->text[i]))
            usage_error("--origin: '%s' is not written as browsers do: SCHEME://HOST[:PORT]",
                        origins->text[i]);
}

int main(int argc, char **argv)
{
    static struct server_options opt; /* threads may outlive main(), and need it */
    const char *root = NULL;
    const struct option_row own[] = {
        {0, "root", "DIR", "answer GET with the files below it, too", TEXT, &root, 0, 0},
        {0, "protocol", "NAME", "the subprotocol to agree on", TOKEN, &terms.protocol, 0, 0},
        {0, "origin", "ORIGIN", "pages of that origin may come in, too (https://example.com)", TEXTS,
         &terms.origins, 0, 0},
        {0},
    };
    opt = server_options(&about, argc, argv, own);
    check_origins(&terms.origins);
    if (root && http_serve_files(root) < 0)
        die("--root %s: %s", root, strerror(errno));
    static struct http_site site = {HTTP_SERVICE, answer};
    site.service.describe = ws_describe;
    int listener = make_listener(opt.host, (int)opt.port);
    if (listener < 0)
        die("listen %s:%ld: %s", opt.host, opt.port, address_error(listener));
    catch_signals();
    announce(&about, &opt, listener);
    if (serve(listener, &site.service, &opt) < 0)
        die("serve %s:%ld: %s", opt.host, opt.port, strerror(errno));
    return 0;
}
