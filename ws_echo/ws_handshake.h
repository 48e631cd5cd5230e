/* ws_echo/ws_handshake.h: the two HTTP heads after which HTTP is over (RFC 6455 4).  Pure, both
 * sides.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_WS_HANDSHAKE_H
#define WS_ECHO_WS_HANDSHAKE_H

#include "http_poll/http_head.h"
#include "tcp_echo/url.h"

#define WS_KEY_BYTES 16
#define WS_KEY_LEN 24    /* of the key in base64 */
#define WS_ACCEPT_LEN 28 /* of the answer to it */
#define WS_REQUEST_MAX (2 * URL_TEXT_MAX + 512)
#define WS_RESPONSE_MAX 512

/* The answer to a key: base64(SHA-1(key GUID)), which proves that the peer has read the key as
 * RFC 6455 says, and nothing else.  out is WS_ACCEPT_LEN characters and a NUL.
 * Returns 0, or -1 when libcrypto has no SHA-1. */
int ws_accept_key(char out[WS_ACCEPT_LEN + 1], struct span key);

/* --- the server's side --- */

/* True when a request asks for this upgrade at all. */
bool ws_wants_upgrade(const struct http_head *request);

/* Returns 101, or the status to refuse a request with: 400, 405, or 426 for another version of HTTP
 * or of WebSocket.  RFC 6455 4.2.1. */
int ws_check_request(const struct http_head *request);

/* Writes the 101; protocol is the subprotocol chosen, or NULL.  out holds WS_RESPONSE_MAX bytes.
 * Returns its size, or 0 when it can't be made. */
size_t ws_write_response(char *out, const struct http_head *request, const char *protocol);

/* --- the client's side --- */

/* The key in base64, from 16 random bytes.  out is WS_KEY_LEN characters and a NUL. */
void ws_write_key(char out[WS_KEY_LEN + 1], const uint8_t random[WS_KEY_BYTES]);

/* Writes the request.  out holds WS_REQUEST_MAX bytes.  Returns its size, or 0 when it does not
 * fit. */
size_t ws_write_request(char *out, const struct url *url, const char *key, const char *protocol);

/* Returns NULL when the response opens the WebSocket that was asked for, or what is wrong with it.
 * RFC 6455 4.1. */
const char *ws_check_response(const struct http_head *response, const char *key,
                              const char *protocol);

#endif
