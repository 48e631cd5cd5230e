/* http_poll/http_check.h: what is refused as soon as a request's head is there.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_HTTP_CHECK_H
#define HTTP_POLL_HTTP_CHECK_H

#include "http_poll/http_body.h"

/* Returns 0 with *body saying how the body is delimited, or the status to refuse the request with:
 * 400 (Host, target, framing), 411, 413 (a body of more than max_body bytes), 417, 501 (a transfer
 * coding, CONNECT).  What stands behind a refused head can't be told from the next request. */
int http_check_request(const struct http_head *, uint64_t max_body, struct http_body *body);

/* True when this is "host" or "host:port", the host an IP literal or a name: RFC 3986 3.2.2. */
bool http_is_authority(struct span);

#endif
