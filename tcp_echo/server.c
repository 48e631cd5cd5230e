/* tcp_echo/server.c: sends back every byte it receives.
 * Partner: tcp_echo/client.c.  The protocol is in service.c, the waiting in serve.c and loop.c.
 * See the difference: diff tcp_echo/server.c ws_echo/server.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/service.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <string.h>

static const struct program about = {
    .name = "tcp_echo_server", .default_url = "tcp://127.0.0.1:7001",
    .summary = "Sends back every byte it receives over TCP.",
};

int main(int argc, char **argv)
{
    static struct server_options opt; /* threads may outlive main(), and need it */
    bool broadcast = false;
    const struct option_row own[] = {
        {0, "broadcast", NULL, "send every line to everybody: a chat", FLAG, &broadcast, 0, 0},
        {0},
    };
    opt = server_options(&about, argc, argv, own);
    if (broadcast)
        needs_loop(&opt, "--broadcast");
    if (broadcast && opt.push_every_ms > 0)
        usage_error("--broadcast: nobody could tell its lines from those of --push-every");
    int listener = make_listener(opt.host, (int)opt.port);
    if (listener < 0)
        die("listen %s:%ld: %s", opt.host, opt.port, address_error(listener));
    catch_signals();
    announce(&about, &opt, listener);
    if (serve(listener, broadcast ? &tcp_broadcast_service : &tcp_echo_service, &opt) < 0)
        die("serve %s:%ld: %s", opt.host, opt.port, strerror(errno));
    return 0;
}
