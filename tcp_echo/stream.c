/* tcp_echo/stream.c: a byte stream over one descriptor.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/stream.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

struct stream stream_of(int fd, struct tap *tap)
{
    if (tap)
        tap->opened(tap, fd);
    return (struct stream){.fd = fd, .tap = tap};
}

int stream_connect(struct stream *s, const struct url *url, int ms)
{
    int fd = tcp_connect(url->host, url->port, ms);
    s->fd = fd < 0 ? -1 : fd;
    s->error = fd < 0 ? address_error(fd) : NULL;
    if (fd >= 0 && s->tap)
        s->tap->opened(s->tap, fd);
    return fd < 0 ? -1 : 0;
}

static ssize_t outcome(struct stream *s, ssize_t n)
{
    if (n >= 0)
        return n;
    int saved = errno;
    bool waited = errno == EAGAIN || errno == EWOULDBLOCK;
    s->error = waited ? "timed out" : address_error(saved);
    errno = saved; /* the caller looks at it */
    return n;
}

ssize_t stream_read(struct stream *s, void *buf, size_t n)
{
    ssize_t got = tcp_read(s->fd, buf, n);
    if (got > 0 && s->tap)
        s->tap->bytes(s->tap, RECEIVED, buf, (size_t)got);
    if (got == 0)
        s->error = "closed by the peer";
    return outcome(s, got);
}

ssize_t stream_write(struct stream *s, const void *buf, size_t n)
{
    ssize_t sent = tcp_write(s->fd, buf, n);
    if (sent > 0 && s->tap)
        s->tap->bytes(s->tap, SENT, buf, (size_t)sent);
    return outcome(s, sent);
}

static void tap_both(struct stream *s, const struct iovec *iov, size_t sent)
{
    size_t first = sent < iov[0].iov_len ? sent : iov[0].iov_len;
    s->tap->bytes(s->tap, SENT, iov[0].iov_base, first);
    if (sent > first)
        s->tap->bytes(s->tap, SENT, iov[1].iov_base, sent - first);
}

ssize_t stream_write2(struct stream *s, const void *head, size_t head_len, const void *body,
                      size_t body_len)
{
    if (head_len == 0)
        return stream_write(s, body, body_len);
    struct iovec iov[2] = {{(void *)head, head_len}, {(void *)body, body_len}};
    ssize_t sent = tcp_writev(s->fd, iov, 2);
    if (sent > 0 && s->tap)
        tap_both(s, iov, (size_t)sent);
    return outcome(s, sent);
}

int stream_write_all(struct stream *s, const void *buf, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t sent = stream_write(s, (const char *)buf + done, n - done);
        if (sent < 0)
            return -1;
        done += (size_t)sent;
    }
    return 0;
}

void stream_close(struct stream *s)
{
    if (s->fd < 0)
        return;
    if (s->tap)
        s->tap->closed(s->tap);
    s->tap = NULL;
    close(s->fd);
    s->fd = -1;
}
