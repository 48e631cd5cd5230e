/* ws_echo/ws_handshake.c: from HTTP to WebSocket, on the same TCP connection.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_handshake.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define SHA1_LEN 20

/* Since OpenSSL 3, EVP_sha1() means looking the algorithm up at every use. */
static const EVP_MD *sha1(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    static _Atomic(EVP_MD *) fetched; /* should two threads fetch it, one is for nothing */
    EVP_MD *md = fetched;
    if (!md)
        fetched = md = EVP_MD_fetch(NULL, "SHA1", NULL);
    return md;
#else
    return EVP_sha1();
#endif
}

/* [region: accept_key] */
int ws_accept_key(char out[WS_ACCEPT_LEN + 1], struct span key)
{
    uint8_t text[WS_KEY_LEN + sizeof GUID], digest[EVP_MAX_MD_SIZE];
    if (key.n > WS_KEY_LEN || !sha1())
        return -1;
    memcpy(text, key.p, key.n);
    memcpy(text + key.n, GUID, sizeof GUID - 1);
    if (!EVP_Digest(text, key.n + sizeof GUID - 1, digest, NULL, sha1(), NULL))
        return -1;
    EVP_EncodeBlock((uint8_t *)out, digest, SHA1_LEN);
    return 0;
}
/* [end] */

/* --- the server's side --- */

bool ws_wants_upgrade(const struct http_head *request)
{
    return http_field_has_token(request, "Upgrade", "websocket") &&
           http_field_has_token(request, "Connection", "Upgrade");
}

/* 24 characters of base64 that stand for 16 bytes: 22 that count and two = signs. */
static bool is_key(struct span key)
{
    uint8_t bytes[WS_KEY_LEN];
    return key.n == WS_KEY_LEN && !memchr(key.p, '=', 22) && memcmp(key.p + 22, "==", 2) == 0 &&
           EVP_DecodeBlock(bytes, (const uint8_t *)key.p, WS_KEY_LEN) == 18;
}

int ws_check_request(const struct http_head *request)
{
    size_t versions = http_field_count(request, "Sec-WebSocket-Version");
    bool one_key = http_field_count(request, "Sec-WebSocket-Key") == 1;
    if (request->minor < 1 || !ws_wants_upgrade(request))
        return 426;
    if (!span_equals(request->method, "GET"))
        return 405;
    if (versions != 1)
        return 400;
    if (!span_equals(http_field(request, "Sec-WebSocket-Version"), "13"))
        return 426;
    return one_key && is_key(http_field(request, "Sec-WebSocket-Key")) ? 101 : 400;
}

size_t ws_write_response(char *out, const struct http_head *request, const char *protocol)
{
    char accept[WS_ACCEPT_LEN + 1];
    if (ws_accept_key(accept, http_field(request, "Sec-WebSocket-Key")) < 0)
        return 0;
    int n = snprintf(out, WS_RESPONSE_MAX,
                     "HTTP/1.1 101 Switching Protocols\r\n"
                     "Upgrade: websocket\r\n"
                     "Connection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
                     accept, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "",
                     protocol ? "\r\n" : "");
    return n < WS_RESPONSE_MAX ? (size_t)n : 0;
}

/* --- the client's side --- */

void ws_write_key(char out[WS_KEY_LEN + 1], const uint8_t random[WS_KEY_BYTES])
{
    EVP_EncodeBlock((uint8_t *)out, random, WS_KEY_BYTES);
}

size_t ws_write_request(char *out, const struct url *url, const char *key, const char *protocol)
{
    char host[URL_TEXT_MAX];
    int n = snprintf(out, WS_REQUEST_MAX,
                     "GET %s HTTP/1.1\r\n"
                     "Host: %s\r\n"
                     "Upgrade: websocket\r\n"
                     "Connection: Upgrade\r\n"
                     "Sec-WebSocket-Key: %s\r\n"
                     "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                     url->path[0] ? url->path : "/", url_authority(url, host), key,
                     protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "",
                     protocol ? "\r\n" : "");
    return n < WS_REQUEST_MAX ? (size_t)n : 0;
}

static const char *check_protocol(const struct http_head *response, const char *protocol)
{
    size_t chosen = http_field_count(response, "Sec-WebSocket-Protocol");
    if (chosen == 0)
        return NULL; /* the server may choose none */
    bool asked = protocol && span_equals(http_field(response, "Sec-WebSocket-Protocol"), protocol);
    return chosen == 1 && asked ? NULL : "the server chose a subprotocol that was not offered";
}

/* True when there is one field of that name, and this is its value, in any case. */
static bool is_only(const struct http_head *head, const char *name, const char *value)
{
    return http_field_count(head, name) == 1 && span_is(http_field(head, name), value);
}

const char *ws_check_response(const struct http_head *response, const char *key,
                              const char *protocol)
{
    char accept[WS_ACCEPT_LEN + 1];
    if (response->minor < 1)
        return "a 101 of HTTP/1.0, which has none";
    if (!is_only(response, "Upgrade", "websocket"))
        return "the 101 does not name websocket, and nothing else, in Upgrade";
    if (!http_field_has_token(response, "Connection", "Upgrade"))
        return "the 101 does not name Upgrade in Connection";
    if (ws_accept_key(accept, (struct span){key, strlen(key)}) < 0)
        return "no SHA-1 in libcrypto, or no memory";
    if (http_field_count(response, "Sec-WebSocket-Accept") != 1 ||
        !span_equals(http_field(response, "Sec-WebSocket-Accept"), accept))
        return "Sec-WebSocket-Accept does not belong to our key";
    if (http_field(response, "Sec-WebSocket-Extensions").p)
        return "the server chose an extension that was not offered";
    return check_protocol(response, protocol);
}
