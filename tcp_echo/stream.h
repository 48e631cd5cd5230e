/* tcp_echo/stream.h: a byte stream to one peer: plain TCP now, the place where TLS comes in, and
 * where --explain listens.  Everything above (http_poll, ws_echo) reads and writes through it.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_STREAM_H
#define TCP_ECHO_STREAM_H

#include "tcp_echo/url.h"

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum direction { SENT, RECEIVED };

/* Sees every byte of a stream as it is sent or received.  struct explain is one. */
struct tap {
    void (*opened)(struct tap *, int fd); /* connected, or accepted */
    void (*bytes)(struct tap *, enum direction, const void *data, size_t n);
    void (*closed)(struct tap *); /* the stream ends; frees the tap */
};

struct stream {
    int fd;
    const char *error; /* why the last call failed, in words that stay */
    struct tap *tap;   /* NULL, or who listens */
};

/* s->tap is set, or NULL, before.  Connects to url->host and url->port within ms milliseconds
 * (negative = no limit), after which reads and writes are bounded by the same time.
 * Returns 0, or -1 with s->error set. */
int stream_connect(struct stream *, const struct url *url, int ms);

/* Wraps a descriptor that is connected already. */
struct stream stream_of(int fd, struct tap *tap);

/* Return the bytes read or written (fewer than asked for is normal), 0 at the peer's end of
 * stream (reads only), or -1 with errno set: EAGAIN is "not now" on a non-blocking descriptor
 * and "timed out" on a blocking one.  s->error is set by the last two. */
ssize_t stream_read(struct stream *, void *buf, size_t n);
ssize_t stream_write(struct stream *, const void *buf, size_t n);

/* Writes two pieces as if they stood in one buffer, so that a head and its payload leave in one
 * segment; either may be empty.  Returns as stream_write() does. */
ssize_t stream_write2(struct stream *, const void *head, size_t head_len, const void *body,
                      size_t body_len);

/* Writes all n bytes of a blocking stream.  Returns 0, or -1 with s->error set. */
int stream_write_all(struct stream *, const void *buf, size_t n);

/* Closes the descriptor (kept out of a second close by fd = -1). */
void stream_close(struct stream *);

#endif
