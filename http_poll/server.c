/* http_poll/server.c: answers POST /echo, GET /poll and GET / over HTTP/1.1.
 * Partner: http_poll/client.c.  The protocol is in service.c, what it answers in routes.c.
 * See the difference: diff tcp_echo/server.c http_poll/server.c
 * SPDX-License-Identifier: MIT */
#include "http_poll/files.h"
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <string.h>

static const struct program about = {
    .name = "http_poll_server", .default_url = "http://127.0.0.1:7003",
    .summary = "Sends back the body of every POST /echo, and answers GET /poll.",
};

int main(int argc, char **argv)
{
    static struct server_options opt; /* threads may outlive main(), and need it */
    const char *root = NULL;
    const struct option_row own[] = {
        {0, "root", "DIR", "answer GET with the files below it, too", TEXT, &root, 0, 0},
        {0},
    };
    opt = server_options(&about, argc, argv, own);
    if (root && http_serve_files(root) < 0)
        die("--root %s: %s", root, strerror(errno));
    int listener = make_listener(opt.host, (int)opt.port);
    if (listener < 0)
        die("listen %s:%ld: %s", opt.host, opt.port, address_error(listener));
    catch_signals();
    announce(&about, &opt, listener);
    if (serve(listener, &http_poll_site.service, &opt) < 0)
        die("serve %s:%ld: %s", opt.host, opt.port, strerror(errno));
    return 0;
}
