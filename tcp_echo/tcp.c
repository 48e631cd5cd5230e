/* tcp_echo/tcp.c: what every TCP program does first.  make_listener() is the server's half,
 * tcp_connect() the client's.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/tcp.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/url.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS: SO_NOSIGPIPE is set on each socket instead */
#endif

/* A small message must not wait for the acknowledgement of the one before (Nagle, RFC 9293 3.7.4).
 * Accepted sockets inherit the option from their listener. */
static void set_socket_options(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* [region: make_listener] */
static int listen_at(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd < 0)
        return -errno;
    /* A server that restarts must not wait for the TIME_WAIT of its old connections. */
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    set_socket_options(fd);
    if (bind(fd, at->ai_addr, at->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int make_listener(const char *host, int port)
{
    struct addrinfo *list;
    int fd = address_resolve(&list, host, port, SOCK_STREAM, true);
    if (fd < 0)
        return fd;
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        fd = listen_at(at);
        if (fd >= 0)
            break;
    }
    freeaddrinfo(list);
    return fd;
}
/* [end] */

int tcp_accept(int listener, bool blocking)
{
#ifdef __linux__ /* one system call instead of three */
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK));
#else
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return -1;
    set_socket_options(fd);
    set_blocking(fd, blocking);
    return fd;
#endif
}

bool is_exhausted(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

int local_port(int fd)
{
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;
    if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
        return -1;
    if (addr.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&addr)->sin6_port);
    return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

int set_blocking(int fd, bool blocking)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return -1;
    return fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

void set_io_timeout(int fd, int timeout_ms)
{
    struct timeval tv = {0, 0};
    if (timeout_ms > 0)
        tv = (struct timeval){timeout_ms / 1000, timeout_ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

int io_timeout(int fd)
{
    struct timeval tv = {0, 0};
    socklen_t len = sizeof tv;
    getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
    return (int)(tv.tv_sec * 1000 + tv.tv_usec / 1000);
}

/* Waits until a non-blocking connect() has ended.  Returns 0, or the errno it ended with. */
static int connect_result(int fd, int timeout_ms)
{
    int64_t deadline = clock_ms() + timeout_ms;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int error, n;
    do {
        int64_t left = timeout_ms < 0 ? -1 : deadline - clock_ms();
        n = poll(&p, 1, timeout_ms >= 0 && left < 0 ? 0 : (int)left);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno;
    if (n == 0)
        return ETIMEDOUT;
    socklen_t len = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

static int connect_to(const struct addrinfo *to, int timeout_ms)
{
    int fd = socket(to->ai_family, to->ai_socktype, to->ai_protocol);
    if (fd < 0)
        return -errno;
    set_socket_options(fd);
    set_blocking(fd, false);
    int error = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR)
        error = connect_result(fd, timeout_ms);
    if (error) {
        close(fd);
        return -error;
    }
    set_blocking(fd, true);
    set_io_timeout(fd, timeout_ms);
    return fd;
}

int tcp_connect(const char *host, int port, int timeout_ms)
{
    struct addrinfo *list;
    int fd = address_resolve(&list, host, port, SOCK_STREAM, false);
    if (fd < 0)
        return fd;
    for (const struct addrinfo *to = list; to; to = to->ai_next) {
        fd = connect_to(to, timeout_ms);
        if (fd >= 0)
            break;
    }
    freeaddrinfo(list);
    return fd;
}

static ssize_t read_with(int fd, void *buf, size_t n, int flags)
{
    ssize_t got;
    do
        got = recv(fd, buf, n, flags);
    while (got < 0 && errno == EINTR);
    return got;
}

ssize_t tcp_read(int fd, void *buf, size_t n)
{
    return read_with(fd, buf, n, 0);
}

ssize_t tcp_read_now(int fd, void *buf, size_t n)
{
    return read_with(fd, buf, n, MSG_DONTWAIT);
}

ssize_t tcp_write(int fd, const void *buf, size_t n)
{
    ssize_t sent;
    do
        sent = send(fd, buf, n, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR && !told_to_stop());
    return sent;
}

ssize_t tcp_writev(int fd, const struct iovec *iov, int count)
{
    /* sendmsg() takes its iovec without const, and leaves it alone. */
    struct msghdr msg = {.msg_iov = (struct iovec *)iov, .msg_iovlen = (unsigned)count};
    ssize_t sent;
    do
        sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR && !told_to_stop());
    return sent;
}
