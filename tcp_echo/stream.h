/* tcp_echo/stream.h: a byte stream to one peer: TCP, or TLS over TCP, and the place where --explain
 * listens.  Everything above (http_poll, ws_echo) reads and writes through it.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_STREAM_H
#define TCP_ECHO_STREAM_H

#include "tcp_echo/tls.h"
#include "tcp_echo/url.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum direction { SENT, RECEIVED };

/* Sees every byte of a stream as it is sent or received.  struct explain is one. */
struct tap {
    void (*opened)(struct tap *, int fd); /* connected, or accepted */
    void (*bytes)(struct tap *, enum direction, const void *data, size_t n);
    /* NULL, or sees what TLS makes of those bytes before they leave, and when they arrive */
    void (*wire)(struct tap *, enum direction, const void *data, size_t n);
    void (*closed)(struct tap *); /* the stream ends; frees the tap */
};

struct stream {
    int fd;
    const char *error; /* why the last call failed, in words that stay */
    struct tap *tap;   /* NULL, or who listens */
    struct secure *secure; /* NULL, or TLS */
};

/* s->tap is set, or NULL, before.  Connects to url->host and url->port within ms milliseconds
 * (negative = no limit), after which reads and writes are bounded by the same time; then, when the
 * scheme says so, puts TLS on top.  Returns 0, or -1 with s->error set. */
int stream_connect(struct stream *, const struct url *url, struct tls *, int ms);

/* The two halves of stream_connect(), for those who measure them.  The second does nothing for a
 * scheme without TLS. */
int stream_open(struct stream *, const struct url *url, int ms);
int stream_start_tls(struct stream *, const struct url *url, struct tls *);

/* Wraps a descriptor that is connected already. */
struct stream stream_of(int fd, struct tap *tap);

/* The server's end of an accepted descriptor, under TLS unless that is NULL.  Reads never wait
 * under TLS.  Returns 0, or -1 (no memory) with the descriptor closed. */
int stream_accept(struct stream *, int fd, struct tls *);

/* From now on the tap (NULL: nobody) hears of everything. */
void stream_set_tap(struct stream *, struct tap *);

/* The server's half of the TLS handshake.  Returns 1 when there is nothing (more) to do, or -1,
 * EAGAIN meaning that the client is not done yet. */
int stream_handshake(struct stream *);
bool stream_is_ready(const struct stream *);

/* Return the bytes read or written (fewer than asked for is normal), 0 at the peer's end of
 * stream (reads only), or -1 with errno set: EAGAIN is "not now" on a non-blocking descriptor
 * and "timed out" on a blocking one.  s->error is set by the last two. */
ssize_t stream_read(struct stream *, void *buf, size_t n);
ssize_t stream_write(struct stream *, const void *buf, size_t n);

/* True when stream_read() has something to return that no poll() tells of: TLS comes in records,
 * and one may be larger than was asked for. */
bool stream_pending(const struct stream *);

/* For who has polled and will not wait: false when what came is not for stream_read() yet. */
bool stream_ready(struct stream *);

/* Turns what the caller is up to into what to poll() for: TLS may have to write before it can read
 * on, and the other way round.  Returns true when it is so. */
bool stream_needs(const struct stream *, bool *reading, bool *writing);

/* Writes two pieces as if they stood in one buffer, so that a head and its payload leave in one
 * segment and, while they fit, in one record; either may be empty.  Returns as stream_write()
 * does. */
ssize_t stream_write2(struct stream *, const void *head, size_t head_len, const void *body,
                      size_t body_len);

/* Writes all n bytes of a blocking stream.  Returns 0, or -1 with s->error set. */
int stream_write_all(struct stream *, const void *buf, size_t n);

/* Nothing more will be written: the peer sees the end of the stream. */
void stream_finish(struct stream *);

/* Ends the stream, closes the descriptor (kept out of a second close by fd = -1). */
void stream_close(struct stream *);

#endif
