/* http_poll/sse.h: server-sent events, a stream of lines that never ends (WHATWG HTML 9.2.6,
 * https://html.spec.whatwg.org/multipage/server-sent-events.html).  Pure: no allocation, no
 * descriptor.  Text is passed on as it came: that it is UTF-8 is not checked.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_SSE_H
#define HTTP_POLL_SSE_H

#include "http_poll/http_head.h"

#define SSE_TEXT_MAX 4096 /* bytes of an event's data and of the line under way, together */
#define SSE_NAME_MAX 64   /* bytes of an event's name, of an id; each with a NUL */

/* One stream's reader.  All zero at the start; what outlives the connection is id and retry_ms. */
struct sse {
    char id[SSE_NAME_MAX]; /* of the last whole event: what a Last-Event-ID field says; "" = none */
    int retry_ms;          /* 10..60000, bounded here; 0 = the stream has not said */
    /* the event under way */
    bool begun, behind_cr, has_data, ended;
    char next_id[SSE_NAME_MAX], name[SSE_NAME_MAX];
    size_t data_len, len; /* text is [0, data_len) of data, then up to len the line so far */
    char text[SSE_TEXT_MAX];
};

/* All spans are the reader's, valid until the next call. */
struct sse_event {
    struct span data; /* its lines joined by LF; .p is NULL when no event has ended yet */
    struct span name; /* empty = "message" */
    struct span id;   /* the last one said, by this event or before; empty = none */
};

/* Begins a new connection's stream: what was under way is forgotten, id and retry_ms stay. */
void sse_restart(struct sse *);

/* Reads buf up to the end of the next event, however the stream is cut into pieces.  Returns the
 * bytes consumed (call again with the rest, until it is 0), with event->data.p set when an event
 * has ended there; or -1 when a line, an event, a name or an id is too long: nothing can be read
 * behind it.  What the end of the stream cuts off is no event. */
ssize_t sse_next(struct sse *, const uint8_t *buf, size_t n, struct sse_event *event);

/* Writes "id: ID\ndata: TEXT\n\n".  out holds PUSH_FRAME_MAX bytes; the text, an event's of
 * tcp_echo/push.h, is one line of less than PUSH_TEXT_MAX bytes.  Returns the size. */
size_t sse_encode(uint8_t *out, uint64_t id, const char *text, size_t n);

#endif
