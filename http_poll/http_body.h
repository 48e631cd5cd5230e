/* http_poll/http_body.h: where a body ends (RFC 9112 6 and 7).  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_HTTP_BODY_H
#define HTTP_POLL_HTTP_BODY_H

#include "http_poll/http_head.h"

struct http_body {
    enum { BODY_NONE, BODY_LENGTH, BODY_CHUNKED, BODY_UNTIL_CLOSE } framing;
    enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_END, CHUNK_TRAILER } part; /* of a chunked body */
    bool done;
    uint32_t spare; /* bytes that extensions and trailers may still have, all together */
    uint64_t left; /* bytes of the body, or of this chunk, still to come */
};

/* What a body has to spare unless told otherwise, right after the call that fills it in. */
#define HTTP_SPARE 4096

/* How the body behind this head is delimited.  A request's: returns 0, or minus the status it is
 * refused with: -400 (two lengths, a length beside Transfer-Encoding, rubbish), -501 (a transfer
 * coding other than chunked).  A response's, to a request of this method: the same: who reads another end than the server meant would take the rest for the next reply. */
int http_request_body(struct http_body *, const struct http_head *);
int http_response_body(struct http_body *, const struct http_head *, const char *method);

/* Takes the next piece of the body from buf.  Returns the bytes consumed, 0 when more are needed
 * (or the body is done), -1 when it is malformed; *data is the payload among them, maybe empty. */
ssize_t http_body_next(struct http_body *, const uint8_t *buf, size_t n, struct span *data);

#endif
