/* http_poll/http.h: HTTP/1.1 as a client sees it, blocking.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_HTTP_H
#define HTTP_POLL_HTTP_H

#include "http_poll/http_body.h"
#include "tcp_echo/bytes.h"
#include "tcp_echo/stream.h"

struct http {
    struct stream stream;   /* fd -1 between two connections */
    const struct url *url;
    struct tls *tls;
    bool explain;           /* narrate every connection made */
    bool close;             /* ask for a new connection for every request */
    int timeout_ms;
    const char *fields;     /* more of every request's head, "Name: value\r\n"...; NULL = none */
    size_t max_message;     /* bytes of a reply's body that are accepted */
    unsigned long requests, replies; /* so far on this connection */
    int64_t deadline;       /* clock_ms() when to give up on what is under way */
    bool waited;            /* for the reply's first bytes */
    uint8_t *buf;           /* received: [start, end) is unread */
    size_t start, end;
    struct http_body framing; /* of the reply under way */
    uint64_t body_len;      /* of that reply, so far */
    bool keep;              /* the connection, when that reply has been read */
    struct bytes *body;     /* of the last reply, when it came in pieces */
    char error[192];        /* what went wrong in the call that failed */
};

struct http_reply {
    int status;
    const uint8_t *body; /* valid until the next call */
    size_t body_len;
    int64_t last_event; /* its Last-Event-ID field: the newest event there is; -1 without */
};

/* close, explain, fields and max_message (0 = 64 MiB) are set before, the rest zero.  Connects;
 * url, and tls, for https, must outlive the connection.  ms is how long it may take to connect, to
 * send a request, and for a whole reply to come, each (negative = as long as it likes).
 * Returns 0, or -1 with h->error set. */
int http_connect(struct http *, const struct url *url, struct tls *, int ms);

/* Sends a request and waits for its whole reply.  path NULL means the URL's; body may be NULL.
 * Connects anew when the connection before was closed, or the server has spoken on it unasked: what
 * it said is nobody's reply (RFC 9112 9.2).  1xx replies are skipped.
 * Returns 0 with *reply filled, whatever its status, or -1 with h->error set. */
int http_request(struct http *, const char *method, const char *path, const void *body, size_t n,
                 struct http_reply *reply);

/* http_request() in its two halves, for who sends several requests before it reads the first reply
 * (pipelining); without its second try.  method is that of the request replied to, and the time for
 * the reply begins with the call. */
int http_send(struct http *, const char *method, const char *path, const void *body, size_t n);
int http_recv(struct http *, const char *method, struct http_reply *reply);

/* http_recv() for a reply that is used while it comes.  The head first: its spans, and the body's
 * piece that came with it, are valid until the next call.  Then one read at a time, so that who has
 * polled stream.fd does not wait; only the head's time is bounded.  Both return 1 when there is
 * more to come, 0 when the body ends here (the piece still counts), or -1 with h->error set. */
int http_recv_head(struct http *, const char *method, struct http_head *head, struct span *piece);
int http_recv_more(struct http *, struct span *piece);

/* POST of one message to the URL, which must answer 200.  Returns 0, or -1 with h->error set. */
int http_post(struct http *, const void *message, size_t n, struct http_reply *reply);

void http_close(struct http *);

#endif
