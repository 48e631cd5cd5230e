/* http_poll/service.h: the server's side of HTTP/1.1.  A request is collected until it is whole,
 * and answered at once.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_SERVICE_H
#define HTTP_POLL_SERVICE_H

#include "http_poll/explain.h"
#include "http_poll/http_body.h"
#include "tcp_echo/conn.h"

/* conn->state of a connection that speaks HTTP. */
struct http_conn {
    struct bytes *message; /* head and body so far of a request whose body is not all there */
    struct http_body body; /* where that body ends */
    uint32_t head_len;     /* of message */
    uint32_t scanned;      /* bytes of an incomplete head that were looked at */
    bool close, is_head, old; /* of the request being answered: not kept alive, HEAD, HTTP/1.0 */
};

struct http_request {
    struct http_head head;
    const uint8_t *body; /* whole and decoded; valid during the call */
    size_t body_len;
};

/* A site is the protocol and what it answers.  answer() calls http_reply() once, or hands the
 * connection to another protocol with conn_become(). */
struct http_site {
    struct service service; /* first: HTTP_SERVICE */
    void (*answer)(struct conn *, const struct http_request *);
};

/* The routes of http_poll: / /echo /poll, 404 for the rest; and a site that has no others. */
void http_poll_answer(struct conn *, const struct http_request *);
extern const struct http_site http_poll_site;

/* Replies; fields are "Name: value\r\n"... or "".  A reply to HEAD loses its body here. */
void http_reply(struct conn *, int status, const char *fields, const void *body, size_t n);

/* The same with a line of text: errors, mostly. */
void http_reply_text(struct conn *, int status, const char *fields, const char *text);

/* True when the method is GET or HEAD (or, the second, POST); otherwise the request has been
 * answered with 405 and Allow, or with 501 when HTTP does not know the method. */
bool http_is_get(struct conn *, const struct http_request *);
bool http_is_post(struct conn *, const struct http_request *);

#define HTTP_SERVICE                                                                        \
    {                                                                                       \
        .name = "http", .state_size = sizeof(struct http_conn), .narrate = http_explain,    \
        .open = http_open, .data = http_data, .ending = http_ending, .closed = http_closed, \
    }
int http_open(struct conn *);
ssize_t http_data(struct conn *, uint8_t *, size_t);
void http_ending(struct conn *, enum ending);
void http_closed(struct conn *);

#endif
