/* bench/floor.c: two bare blocking processes over TCP, without a line of our library: the least
 * that an echo, or an event, can cost on this machine now.
 * Partner: the tcp verbs in transport.c do the same through tcp_echo's stream.
 * SPDX-License-Identifier: MIT */
#include "bench/floor.h"
#include "bench/clock.h"
#include "bench/transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_in address_of(const char *host, int port)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &addr.sin_addr);
    return addr;
}

/* Without this a second small message waits for the first one's acknowledgement (Nagle). */
static void set_nodelay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int floor_listen(const char *address, int *port)
{
    struct sockaddr_in addr = address_of(address, 0);
    socklen_t len = sizeof addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    set_nodelay(fd);
    if (bind(fd, (struct sockaddr *)&addr, len) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&addr, &len) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    *port = ntohs(addr.sin_port);
    return fd;
}

static int write_whole(int fd, const char *buf, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(fd, buf, n);
        if (sent < 0)
            return -1;
        buf += sent;
        n -= (size_t)sent;
    }
    return 0;
}

_Noreturn void floor_echo(int listener)
{
    static char buf[256 * 1024];
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        ssize_t n;
        while ((n = read(fd, buf, sizeof buf)) > 0)
            if (write_whole(fd, buf, (size_t)n) < 0)
                break;
        close(fd);
    }
}

/* One write() after the other: no library can tell n receivers with less. */
static int tell_all(const int *fd, size_t receivers, uint64_t number)
{
    char line[64];
    int n = snprintf(line, sizeof line, "tick %" PRIu64 " %" PRIu64 "\n", number, clock_ns());
    for (size_t i = 0; i < receivers; i++)
        if (write_whole(fd[i], line, (size_t)n) < 0)
            return -1;
    return 0;
}

_Noreturn void floor_push(int listener, long every_ms, size_t receivers)
{
    int *fd = calloc(receivers, sizeof *fd);
    if (!fd)
        _exit(1);
    for (;;) {
        uint64_t due, number = 0;
        for (size_t i = 0; i < receivers; i++)
            fd[i] = accept(listener, NULL, NULL);
        due = clock_ns();
        do {
            due += (uint64_t)every_ms * 1000000u;
            sleep_until(due);
        } while (tell_all(fd, receivers, ++number) == 0);
        for (size_t i = 0; i < receivers; i++)
            close(fd[i]);
    }
}

int floor_connect(struct link *l)
{
    struct sockaddr_in addr = address_of(l->url.host, l->url.port);
    struct timeval limit = {l->timeout_ms / 1000, l->timeout_ms % 1000 * 1000};
    l->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&addr, sizeof addr) < 0)
        return link_fail(l, "connect", strerror(errno));
    if (l->traffic)
        l->traffic->tap.opened(&l->traffic->tap, l->fd);
    set_nodelay(l->fd);
    setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(l->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return 0;
}

static int floor_write(struct link *l, size_t n)
{
    const char *rest = l->message + l->size - l->unsent;
    l->unsent -= n;
    if (l->traffic)
        l->traffic->tap.bytes(&l->traffic->tap, SENT, rest, n);
    return write_whole(l->fd, rest, n) < 0 ? link_fail(l, "send", strerror(errno)) : 0;
}

int floor_send(struct link *l)
{
    l->unsent = l->size;
    return floor_write(l, l->size < IN_FLIGHT_MAX ? l->size : IN_FLIGHT_MAX);
}

static ssize_t floor_read(struct link *l, char *buf, size_t cap)
{
    ssize_t n = read(l->fd, buf, cap);
    if (n <= 0)
        link_fail(l, "receive", n == 0 ? "closed by the peer" : strerror(errno));
    else if (l->traffic)
        l->traffic->tap.bytes(&l->traffic->tap, RECEIVED, buf, (size_t)n);
    return n;
}

int floor_receive(struct link *l)
{
    while (l->have < l->size) {
        ssize_t n = floor_read(l, l->reply + l->have, l->reply_cap - l->have);
        if (n <= 0)
            return -1;
        l->have += (size_t)n;
        if (l->unsent && floor_write(l, (size_t)n < l->unsent ? (size_t)n : l->unsent) < 0)
            return -1;
    }
    l->have -= l->size;
    l->got = l->reply;
    return 0;
}

int floor_hear(struct link *l, struct event *e)
{
    while (!link_take_line(l, e)) {
        ssize_t n = floor_read(l, l->lines + l->lines_end, LINES_MAX - l->lines_end);
        l->arrived = clock_ns();
        if (n <= 0)
            return -1;
        l->lines_end += (size_t)n;
    }
    return 0;
}

void floor_close(struct link *l)
{
    close(l->fd);
    l->fd = -1;
}
