/* parse_response_head.h: what a client must know of a response before it reads the body.
 * SPDX-License-Identifier: MIT */
#ifndef PARSE_RESPONSE_HEAD_H
#define PARSE_RESPONSE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#define HEAD_MAX 8192 /* bytes a head may have, its empty line included */

struct response_head {
    int status;               /* the three digits: 200 */
    long long content_length; /* of the body in bytes, or -1 when the head does not say it */
    bool keeps_alive;         /* whether the connection stays open for a next request */
};

/* Reads the head of an HTTP/1.x response (RFC 9112 2 to 5) from the n bytes at buf, which may be
 * less than the head and may be more: the body, or a part of it, may follow.  buf is not a C
 * string; nothing behind the n bytes may be read, nothing is kept, nothing allocated.
 *
 * Returns the head's size, which is where the body begins, and fills in *head; 0 when the head is
 * not whole yet and more bytes are needed; -1 when this is no head.  *head means nothing then.
 *
 *     HTTP/1.1 200 OK\r\n            HTTP/1.D, a space, three digits, a space, a reason, which
 *     Content-Length: 5\r\n          may be empty; then fields; then an empty line
 *     Connection: keep-alive\r\n
 *     \r\n
 *
 * Lines end with CR LF.  RFC 9112 2.2 lets a recipient also take an LF alone for a line's end; this
 * one does not, and a head with a CR or LF alone in a line is no head.
 *
 * A field is a name, a colon, and a value without the spaces and tabs around it.  The name, of at
 * least one character, reaches up to the colon, has neither space nor tab in it, and may be written
 * in capital or small letters (RFC 9112 5.1, RFC 9110 5.1).  A line that begins with a space or tab
 * would continue the line before: obsolete (RFC 9112 5.2), and refused here.
 *
 * Content-Length is one or more decimal digits and nothing else, at most LLONG_MAX.  Anything else,
 * or a second Content-Length, whatever it says: no head (RFC 9110 8.6, RFC 9112 6.3).
 *
 * Connection is a list of words with commas between them, in capital or small letters, with spaces
 * and tabs around them or not (RFC 9110 7.6.1).  With "close" among them the connection does not
 * stay open.  Without it, HTTP/1.1 or later (D > 0) keeps it, and HTTP/1.0 does with "keep-alive"
 * among them only (RFC 9112 9.3).  There is at most one Connection field.
 *
 * A head of more than HEAD_MAX bytes is refused, as soon as more than HEAD_MAX bytes are there and
 * show it: who could send heads without an end could fill any memory.  Otherwise, whether -1 comes
 * with the first wrong byte or only when the empty line is there, is free.
 *
 * Left out: Transfer-Encoding, and statuses that have no body (http_poll/http_body.c has both). */
int parse_response_head(struct response_head *head, const char *buf, size_t n);

#endif
