/* tcp_echo/stream.c: a byte stream over one descriptor: secure.c's business when it has TLS, and
 * tcp.c's when not.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/stream.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORD_MAX 16384 /* bytes of plain text in one TLS record: RFC 8446 5.1 */

struct stream stream_of(int fd, struct tap *tap)
{
    if (tap)
        tap->opened(tap, fd);
    return (struct stream){.fd = fd, .tap = tap};
}

int stream_open(struct stream *s, const struct url *url, int ms)
{
    int fd = tcp_connect(url->host, url->port, ms);
    s->fd = fd < 0 ? -1 : fd;
    s->error = fd < 0 ? address_error(fd) : NULL;
    s->secure = NULL;
    if (fd >= 0 && s->tap)
        s->tap->opened(s->tap, fd);
    return fd < 0 ? -1 : 0;
}

int stream_start_tls(struct stream *s, const struct url *url, struct tls *tls)
{
    if (!url_is_secure(url))
        return 0;
    s->secure = secure_new(tls, s->fd, url);
    s->error = "no memory for TLS";
    if (!s->secure)
        return -1;
    secure_tap(s->secure, s->tap);
    return secure_handshake(s->secure, &s->error) < 0 ? -1 : 0;
}

int stream_connect(struct stream *s, const struct url *url, struct tls *tls, int ms)
{
    if (stream_open(s, url, ms) < 0)
        return -1;
    if (stream_start_tls(s, url, tls) == 0)
        return 0;
    stream_close(s);
    return -1;
}

int stream_accept(struct stream *s, int fd, struct tls *tls)
{
    *s = stream_of(fd, NULL);
    s->secure = tls ? secure_new(tls, fd, NULL) : NULL;
    if (!tls || s->secure)
        return 0;
    close(fd);
    return -1;
}

void stream_set_tap(struct stream *s, struct tap *tap)
{
    s->tap = tap;
    if (s->secure)
        secure_tap(s->secure, tap);
    if (tap)
        tap->opened(tap, s->fd);
}

int stream_handshake(struct stream *s)
{
    return s->secure ? secure_handshake(s->secure, &s->error) : 1;
}

bool stream_is_ready(const struct stream *s)
{
    return !s->secure || secure_is_ready(s->secure);
}

bool stream_pending(const struct stream *s)
{
    return s->secure && secure_pending(s->secure);
}

bool stream_ready(struct stream *s)
{
    return !s->secure || secure_ready(s->secure);
}

bool stream_needs(const struct stream *s, bool *reading, bool *writing)
{
    return s->secure && secure_needs(s->secure, reading, writing);
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
    ssize_t got = s->secure ? secure_read(s->secure, buf, n, &s->error) : tcp_read(s->fd, buf, n);
    if (got > 0 && s->tap)
        s->tap->bytes(s->tap, RECEIVED, buf, (size_t)got);
    if (got == 0)
        s->error = "closed by the peer";
    return s->secure ? got : outcome(s, got);
}

ssize_t stream_write(struct stream *s, const void *buf, size_t n)
{
    ssize_t sent = s->secure ? secure_write(s->secure, buf, n, &s->error)
                             : tcp_write(s->fd, buf, n);
    if (sent > 0 && s->tap)
        s->tap->bytes(s->tap, SENT, buf, (size_t)sent);
    return s->secure ? sent : outcome(s, sent);
}

static void tap_both(struct stream *s, const struct iovec *iov, size_t sent)
{
    size_t first = sent < iov[0].iov_len ? sent : iov[0].iov_len;
    s->tap->bytes(s->tap, SENT, iov[0].iov_base, first);
    if (sent > first)
        s->tap->bytes(s->tap, SENT, iov[1].iov_base, sent - first);
}

/* A record is made from one buffer.  What does not fit into one follows in the next call. */
static ssize_t write_joined(struct stream *s, const void *head, size_t head_len, const void *body,
                            size_t body_len)
{
    char record[RECORD_MAX];
    if (head_len >= RECORD_MAX || body_len == 0)
        return stream_write(s, head, head_len);
    size_t joined = body_len < RECORD_MAX - head_len ? body_len : RECORD_MAX - head_len;
    memcpy(record, head, head_len);
    memcpy(record + head_len, body, joined);
    return stream_write(s, record, head_len + joined);
}

ssize_t stream_write2(struct stream *s, const void *head, size_t head_len, const void *body,
                      size_t body_len)
{
    if (head_len == 0)
        return stream_write(s, body, body_len);
    if (body_len == 0)
        return stream_write(s, head, head_len);
    if (s->secure)
        return write_joined(s, head, head_len, body, body_len);
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

void stream_finish(struct stream *s)
{
    if (s->secure)
        secure_finish(s->secure);
    shutdown(s->fd, SHUT_WR);
}

void stream_close(struct stream *s)
{
    if (s->fd < 0)
        return;
    if (s->secure) {
        secure_finish(s->secure);
        secure_free(s->secure);
        s->secure = NULL;
    }
    if (s->tap)
        s->tap->closed(s->tap);
    s->tap = NULL;
    close(s->fd);
    s->fd = -1;
}
