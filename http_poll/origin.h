/* http_poll/origin.h: which web pages may use a server from within a browser: RFC 6454, RFC 6455
 * 10.2.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_ORIGIN_H
#define HTTP_POLL_ORIGIN_H

#include "http_poll/http_head.h"
#include "tcp_echo/program.h"

/* True when text is an origin as browsers write it: SCHEME://HOST[:PORT] in lower case, without a
 * path and without a port that goes without saying; or "null". */
bool origin_is_written_so(const char *text);

/* True when a request may come from where it says: it has no Origin, so it is not a browser's; or
 * its Origin is one of those listed; or it is our own, by the Host field, and Host is an address,
 * localhost, or the host of a listed origin.  Any other name might be an attacker's, who has it
 * resolved to our address (DNS rebinding): then Origin and Host agree, and prove nothing.
 * secure = the request came over TLS. */
bool origin_may(const struct http_head *request, bool secure, const struct texts *listed);

#endif
