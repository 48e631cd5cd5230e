/* tests/fault_proxy.c: a proxy that is a bad network, in a thread of the test.
 * SPDX-License-Identifier: MIT */
#include "fault_proxy.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/tcp.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GATHER_MS 3 /* for what one says, from its first byte on */

/* One direction. */
struct way {
    int from, to;
    enum mishap mishap;
    size_t at, passed;
    bool ended, cut; /* from has said all; to has been told so before */
    size_t held_len;
    int64_t held_until; /* clock_ms() */
    char held[65536];
};

static bool forward(struct way *w, const char *data, size_t n)
{
    w->passed += n;
    for (ssize_t sent; n > 0; data += sent, n -= (size_t)sent) {
        sent = tcp_write(w->to, data, n);
        if (sent < 0)
            return false;
    }
    return true;
}

static bool forward_bytewise(struct way *w, const char *data, size_t n)
{
    while (n > 0 && forward(w, data, 1)) {
        data++;
        n--;
    }
    return n == 0;
}

static bool hold(struct way *w, const char *data, size_t n)
{
    if (n > sizeof w->held - w->held_len)
        return false;
    if (w->held_len == 0)
        w->held_until = clock_ms() + GATHER_MS;
    memcpy(w->held + w->held_len, data, n);
    w->held_len += n;
    return true;
}

static bool let_go(struct way *w)
{
    size_t n = w->held_len;
    w->held_len = 0;
    return forward(w, w->held, n);
}

/* Returns false when the connection is to be reset. */
static bool pass(struct way *w, const char *data, size_t n)
{
    if (w->cut)
        return true;
    if (w->mishap == BYTE_BY_BYTE)
        return forward_bytewise(w, data, n);
    if (w->mishap == GATHERED)
        return hold(w, data, n);
    if (w->mishap == NOTHING || w->at < w->passed || w->at >= w->passed + n)
        return forward(w, data, n);
    size_t first = w->at - w->passed;
    if (!forward(w, data, first) || w->mishap == A_RESET)
        return false;
    if (w->mishap == A_HALF_CLOSE) {
        w->cut = true;
        return shutdown(w->to, SHUT_WR) == 0;
    }
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    return forward(w, data + first, n - first);
}

/* Returns false when the connection is to be reset. */
static bool relay(struct way *w)
{
    static _Thread_local char buf[16384];
    ssize_t n = tcp_read(w->from, buf, sizeof buf);
    if (n > 0)
        return pass(w, buf, (size_t)n);
    w->ended = true;
    if (n < 0)
        return false;
    if (!let_go(w))
        return false;
    if (!w->cut)
        shutdown(w->to, SHUT_WR);
    return true;
}

static void reset(int fd)
{
    struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Returns false when the connection is to be reset. */
static bool turn(struct way *w, bool readable)
{
    if (readable && !relay(w))
        return false;
    return w->held_len == 0 || clock_ms() < w->held_until || let_go(w);
}

/* Returns false when neither side does anything any more. */
static bool connect_both(struct way way[2])
{
    while (!way[0].ended || !way[1].ended) {
        bool holding = way[0].held_len + way[1].held_len > 0;
        struct pollfd p[2];
        for (int i = 0; i < 2; i++)
            p[i] = (struct pollfd){.fd = way[i].ended ? -1 : way[i].from, .events = POLLIN};
        if (poll(p, 2, holding ? GATHER_MS : PROXY_PATIENCE) == 0 && !holding)
            return false;
        if (!turn(&way[0], p[0].revents) || !turn(&way[1], p[1].revents)) {
            reset(way[0].from);
            reset(way[1].from);
            break;
        }
    }
    return true;
}

static void serve_client(struct proxy *p, int client)
{
    static _Thread_local struct way way[2];
    int server = tcp_connect("127.0.0.1", p->server_port, PROXY_PATIENCE);
    for (int i = 0; i < 2; i++) {
        way[i] = (struct way){.from = i ? server : client, .to = i ? client : server, .at = p->at};
        way[i].mishap = p->answers == i ? p->mishap : NOTHING;
    }
    if (server < 0 || !connect_both(way))
        p->stuck = true;
    close(client);
    if (server >= 0)
        close(server);
    for (int i = 0; i < 2; i++)
        p->passed[i] += way[i].passed;
    p->mishap = NOTHING;
}

static void *work(void *arg)
{
    struct proxy *p = arg;
    for (;;) {
        struct pollfd ready[2] = {{.fd = p->listener, .events = POLLIN},
                                  {.fd = p->done[0], .events = POLLIN}};
        poll(ready, 2, -1);
        int client = ready[0].revents ? tcp_accept(p->listener, true) : -1;
        if (client >= 0)
            serve_client(p, client);
        else if (ready[1].revents)
            return NULL;
    }
}

int proxy_open(struct proxy *p, int server_port)
{
    *p = (struct proxy){.server_port = server_port, .done = {-1, -1}};
    p->listener = make_listener("127.0.0.1", 0);
    if (p->listener < 0)
        return -1;
    p->port = local_port(p->listener);
    return set_blocking(p->listener, false);
}

void proxy_close(struct proxy *p)
{
    close(p->listener);
}

int proxy_begin(struct proxy *p, enum mishap mishap, bool answers, size_t at)
{
    p->mishap = mishap;
    p->answers = answers;
    p->at = at;
    p->passed[0] = p->passed[1] = 0;
    if (pipe(p->done) < 0)
        return -1;
    return pthread_create(&p->thread, NULL, work, p) ? -1 : 0;
}

void proxy_end(struct proxy *p)
{
    close(p->done[1]);
    pthread_join(p->thread, NULL);
    close(p->done[0]);
}
