/* udp_echo/udp.c: datagram sockets.  Compare tcp_echo/tcp.c: no listen, no accept, nothing to wait
 * for when connecting, and no loop to read or write the rest: a datagram has no rest.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/udp.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int socket_at(const struct addrinfo *at, bool passive)
{
    int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd < 0)
        return -errno;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    /* No SO_REUSEADDR: with it a second server could take this one's datagrams away. */
    int rc = passive ? bind(fd, at->ai_addr, at->ai_addrlen)
                     : connect(fd, at->ai_addr, at->ai_addrlen);
    if (rc < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static int make_socket(const char *host, int port, bool passive)
{
    struct addrinfo *list;
    int fd = address_resolve(&list, host, port, SOCK_DGRAM, passive);
    if (fd < 0)
        return fd;
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        fd = socket_at(at, passive);
        if (fd >= 0)
            break;
    }
    freeaddrinfo(list);
    return fd;
}

int udp_bind(const char *host, int port)
{
    return make_socket(host, port, true);
}

int udp_connect(struct udp *u, const struct url *url, int ms)
{
    int fd = make_socket(url->host, url->port, false);
    u->fd = fd < 0 ? -1 : fd;
    u->error = fd < 0 ? fd : 0;
    if (fd < 0)
        return -1;
    set_io_timeout(fd, ms);
    if (u->tap)
        u->tap->opened(u->tap, fd);
    return 0;
}

int udp_send(struct udp *u, const void *data, size_t n)
{
    if (tcp_write(u->fd, data, n) < 0) { /* send(): all of it or nothing */
        u->error = errno;
        return -1;
    }
    if (u->tap)
        u->tap->bytes(u->tap, SENT, data, n);
    return 0;
}

ssize_t udp_recv(struct udp *u, void *buf, size_t cap)
{
    ssize_t got;
    do
        got = recv(u->fd, buf, cap, MSG_TRUNC); /* returns the length that it had on the wire */
    while (got < 0 && errno == EINTR);
    bool cut = got > (ssize_t)cap;
    u->error = cut ? EMSGSIZE : errno;
    if (got >= 0 && u->tap)
        u->tap->bytes(u->tap, RECEIVED, buf, cut ? cap : (size_t)got);
    return cut ? -1 : got;
}

void udp_close(struct udp *u)
{
    if (u->fd < 0)
        return;
    if (u->tap)
        u->tap->closed(u->tap);
    u->tap = NULL;
    close(u->fd);
    u->fd = -1;
}

const char *udp_error(const struct udp *u)
{
    if (u->error == EAGAIN || u->error == EWOULDBLOCK)
        return "timed out";
    return address_error(u->error);
}
