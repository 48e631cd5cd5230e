/* http_poll/http_head.h: heads of HTTP/1.x messages, parsed and written.  Pure: no allocation, no
 * descriptor; the spans of a parsed head point into the caller's buffer.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_HTTP_HEAD_H
#define HTTP_POLL_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HTTP_FIELDS_MAX 100

struct span {
    const char *p;
    size_t n;
};

struct http_field {
    struct span name, value; /* value without the white space around it */
};

struct http_head {
    struct span method, target; /* of a request */
    int status;                 /* of a response */
    int minor;                  /* HTTP/1.minor: 0 or 1 */
    size_t fields;
    struct http_field field[HTTP_FIELDS_MAX];
};

/* Parse a head, RFC 9112 2 to 5.  Return the head's size with its empty line, 0 when more bytes are
 * needed, or minus the status a server refuses it with: -400, -431 (too many fields), -505.
 * Requests are read strictly: CRLF only, no obs-fold, no space before a colon. */
int http_request_parse(struct http_head *, const char *buf, size_t n);
int http_response_parse(struct http_head *, const char *buf, size_t n);

/* Looks for what is wrong in a request's head while it is still coming, line by line, so that no
 * line is read twice: *checked is what was read before, 0 at first, and moves behind the last whole
 * line.  Returns 1 when the head is whole and can be parsed, 0 when more bytes are needed, or minus
 * a status, as above.  Empty lines before the head are not its business. */
int http_request_check_lines(const char *buf, size_t n, size_t *checked);

/* One field with its CRLF, as in a head.  Returns its size, 0 when more bytes are needed, -400. */
int http_field_parse(struct http_field *, const char *buf, size_t n);

/* The value of the first field of that name (any case); .p is NULL when there is none. */
struct span http_field(const struct http_head *, const char *name);

/* How many fields have that name. */
size_t http_field_count(const struct http_head *, const char *name);

/* True when a comma-separated list field of that name, in any of its lines, holds the token (any
 * case): Connection, Upgrade, Transfer-Encoding (RFC 9110 5.6.1). */
bool http_field_has_token(const struct http_head *, const char *name, const char *token);

/* The same where case matters: Sec-WebSocket-Protocol. */
bool http_field_lists(const struct http_head *, const char *name, const char *value);

/* What is between p and end, without the spaces and tabs around it. */
struct span span_trim(const char *p, const char *end);

/* True when the span is this text, in any case. */
bool span_is(struct span, const char *text);

/* True when the span is exactly this text: methods, paths. */
bool span_equals(struct span, const char *text);

/* A path's query value: q=... of target; .p is NULL when there is none. */
struct span http_query(struct span target, const char *name);

/* The target without its query, and without the scheme and host of an absolute-form. */
struct span http_path(struct span target);

/* "host" or "host:port": what an absolute-form target (http://host/path, RFC 9112 3.2.2) is for.
 * .p is NULL when the target has another form. */
struct span http_authority(struct span target);

/* Whom the request is for: the target's authority if it has one, or else Host's; .p may be NULL. */
struct span http_host(const struct http_head *);

/* What stays open behind this head when the body has been read: RFC 9112 9.3. */
bool http_keeps_alive(const struct http_head *);

/* "Not Found" and its like; "" when unknown. */
const char *http_reason(int status);

/* " Not Found" and its like, to be printed behind a status; "" when unknown. */
const char *http_then_reason(int status);

/* Writes a response head: status line, date and fields ("Name: value\r\n"..., may be ""),
 * Content-Length (HTTP_NO_LENGTH leaves it out), Connection (NULL leaves it out) and the empty
 * line.
 * Returns its size, or 0 when out is too small. */
size_t http_response_write(char *out, size_t cap, int status, const char *date, const char *fields,
                           uint64_t length, const char *connection);
#define HTTP_NO_LENGTH UINT64_MAX

#endif
