/* udp_echo/server.c: sends back every datagram it receives.
 * Partner: udp_echo/client.c.  The rules are in service.c, the waiting here and in tcp_echo/loop.c.
 * See the difference: diff tcp_echo/server.c udp_echo/server.c
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/clock.h"
#include "tcp_echo/loop.h"
#include "tcp_echo/program.h"
#include "tcp_echo/push.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"
#include "udp_echo/explain.h"
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"
#include "udp_echo/udp.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct program about = {
    .name = "udp_echo_server", .default_url = "udp://127.0.0.1:7002",
    .summary = "Sends back every datagram it receives over UDP.",
    .model = "iterative", .models = "iterative, loop",
};

struct server {
    struct watch watch; /* first: the loop hands it back */
    struct udp_service service;
    struct push *push;
    uint64_t started;
    int flags;           /* of recvfrom() and sendto() */
    uint8_t data[65536]; /* no datagram is longer */
};

static void tell(const struct server *s, enum direction direction, const struct peer *peer,
                 const void *data, size_t n)
{
    if (s->service.options->explain)
        udp_tell(peer_port(peer), clock_ns() - s->started, direction, data, n);
}

/* What the kernel does not take now is lost, as any datagram may be. */
static void send_to(struct server *s, const struct peer *peer, const void *data, size_t n)
{
    if (sendto(s->watch.fd, data, n, s->flags, &peer->addr.any, peer->len) >= 0)
        tell(s, SENT, peer, data, n);
}

/* One socket serves everybody: each datagram says who sent it, and is answered by itself. */
static bool echo_one(struct server *s)
{
    struct peer peer;
    peer.len = sizeof peer.addr;
    ssize_t n = recvfrom(s->watch.fd, s->data, sizeof s->data, s->flags, &peer.addr.any, &peer.len);
    if (n < 0)
        return false;
    tell(s, RECEIVED, &peer, s->data, (size_t)n);
    if (udp_answer(&s->service, &peer, s->data, (size_t)n))
        send_to(s, &peer, s->data, (size_t)n);
    return true;
}

/* [region: iterative] */
/* Nobody is connected, so nobody is owed a good-bye: the process may end wherever it stands. */
static void leave(int signal_number)
{
    (void)signal_number;
    _exit(0);
}

static _Noreturn void serve_iterative(struct server *s)
{
    for (;;)
        echo_one(s);
}
/* [end] */

static void datagrams_ready(struct watch *watch, unsigned events)
{
    struct server *s = (struct server *)watch;
    (void)events;
    s->service.now = clock_ns() / 1000000u;
    for (int burst = 0; burst < 64 && echo_one(s); burst++)
        continue; /* not for ever: the timer has its turn, too */
}

static void tick(void *arg)
{
    struct server *s = arg;
    push_tick(s->push);
    const char *text = push_text(s->push, push_newest(s->push));
    s->service.now = clock_ns() / 1000000u;
    leases_expire(&s->service);
    for (size_t i = 0; i < s->service.leased; i++)
        send_to(s, &s->service.leases[i].peer, text, strlen(text));
}

/* Only who must speak unasked has two things to wait for: a datagram, and the time. */
static int serve_loop(struct server *s, const struct server_options *opt)
{
    struct loop *loop = loop_new(opt);
    if (!loop)
        return -1;
    s->watch.ready = datagrams_ready;
    s->flags = MSG_DONTWAIT;
    int rc = loop_watch(loop, &s->watch, WATCH_READ);
    if (rc == 0 && opt->push_every_ms > 0) {
        loop_every(loop, opt->push_every_ms, tick, s);
        s->push = push_new();
        rc = s->push ? leases_open(&s->service) : -1;
    }
    if (rc == 0)
        rc = loop_run(loop);
    loop_free(loop);
    push_free(s->push);
    leases_close(&s->service);
    return rc;
}

int main(int argc, char **argv)
{
    static struct server server;
    struct server_options opt = server_options(&about, argc, argv, NULL);
    bool iterative = strcmp(opt.model, "iterative") == 0;
    int fd = udp_bind(opt.host, (int)opt.port);
    if (fd < 0)
        die("listen %s:%ld: %s", opt.host, opt.port, address_error(fd));
    server.watch.fd = fd;
    server.service = (struct udp_service){.options = &opt, .port = local_port(fd)};
    server.started = clock_ns();
    if (!iterative)
        catch_signals();
    else if (signal(SIGINT, leave) == SIG_ERR || signal(SIGTERM, leave) == SIG_ERR)
        die("signal: %s", strerror(errno));
    announce(&about, &opt, fd);
    if (opt.explain)
        udp_tell_start(local_port(fd));
    if (iterative)
        serve_iterative(&server);
    if (serve_loop(&server, &opt) < 0)
        die("serve %s:%ld: %s", opt.host, opt.port, strerror(errno));
    return 0;
}
