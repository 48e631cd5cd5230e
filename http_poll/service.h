/* http_poll/service.h: the server's side of HTTP/1.1.  A request is collected until it is whole,
 * and answered at once, or held until something happens.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_SERVICE_H
#define HTTP_POLL_SERVICE_H

#include "http_poll/explain.h"
#include "http_poll/http_body.h"
#include "tcp_echo/conn.h"

/* conn->state of a connection that speaks HTTP.  An idle one should be small. */
struct http_conn {
    struct bytes *message; /* head and body so far of a request whose body is not all there */
    struct http_body body; /* where that body ends */
    uint32_t head_len;     /* of message; of an incomplete head, what was checked: whole lines */
    uint32_t scanned;      /* bytes of an incomplete head that were looked at */
    uint16_t blank;        /* empty lines before a head */
    uint16_t moved;        /* bytes of the body since its sender's patience began */
    bool close, is_head, old; /* of the request being answered: not kept alive, HEAD, HTTP/1.0 */
    bool held;             /* which is not answered until something happens */
    union {
        uint64_t after;         /* ... after this event */
        struct http_file *file; /* while conn->has_more: what is being sent */
    };
};

struct http_request {
    struct http_head head;
    const uint8_t *body; /* whole and decoded; valid during the call */
    size_t body_len;
};

/* A site is the protocol and what it answers.  answer() calls http_reply() once, or http_hold(), or
 * hands the connection to another protocol with conn_become(). */
struct http_site {
    struct service service; /* first: HTTP_SERVICE */
    void (*answer)(struct conn *, const struct http_request *);
};

/* The routes of http_poll: / /echo /poll /long-poll /events, files (files.h), 404 for the rest; and
 * a site that has no others. */
void http_poll_answer(struct conn *, const struct http_request *);
extern const struct http_site http_poll_site;

/* Hearing of events, hear.c: GET /poll, /long-poll and /events. */
void http_poll_now(struct conn *, const struct http_request *);
void http_long_poll(struct conn *, const struct http_request *);
void http_events(struct conn *, const struct http_request *);

/* Replies with the events behind `after`, or that there are none. */
void http_reply_since(struct conn *, uint64_t after);

/* Keeps the request that is being answered; http_reply_since() answers it when it is let go. */
void http_hold(struct conn *, uint64_t after);
void http_let_go(struct conn *);

/* Replies; fields are "Name: value\r\n"... or "".  A reply to HEAD loses its body here. */
void http_reply(struct conn *, int status, const char *fields, const void *body, size_t n);

/* The same with a line of text: errors, mostly. */
void http_reply_text(struct conn *, int status, const char *fields, const char *text);

/* 200 with so many bytes of a file, which is read from fd as they leave, and closed; or, to HEAD,
 * none.  http_go_on() sends what comes next; when it was the last, conn->has_more is false again.
 * http_drop_file() forgets what is left. */
void http_reply_file(struct conn *, int fd, uint64_t size, const char *fields);
void http_go_on(struct conn *);
void http_drop_file(struct conn *);

/* The head of a reply that goes on until the connection ends. */
void http_reply_stream(struct conn *, const char *fields);

/* True when the method is GET or HEAD (or, the second, POST); otherwise the request has been
 * answered with 405 and Allow, or with 501 when HTTP does not know the method. */
bool http_is_get(struct conn *, const struct http_request *);
bool http_is_post(struct conn *, const struct http_request *);

#define HTTP_SERVICE                                                                        \
    {                                                                                       \
        .name = "http", .state_size = sizeof(struct http_conn), .describe = http_describe,  \
        .open = http_open, .data = http_data, .expired = http_expired,                      \
        .writable = http_writable, .ending = http_ending, .closed = http_closed,            \
    }
int http_open(struct conn *);
ssize_t http_data(struct conn *, uint8_t *, size_t);
bool http_expired(struct conn *);
void http_writable(struct conn *);
void http_ending(struct conn *, enum ending);
void http_closed(struct conn *);

#endif
