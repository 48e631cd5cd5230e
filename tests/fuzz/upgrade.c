/* tests/fuzz/upgrade.c: the WebSocket handshake, from both sides: who is let in has kept the rules,
 * and our two sides understand each other.  Input: 0 for a request, 1 for a response to KEY, 2 for
 * our own request; then the head, or 16 random bytes and a URL.
 * SPDX-License-Identifier: MIT */
#include "http_poll/origin.h"
#include "ws_echo/ws_handshake.h"
#include "tests/fuzz/fuzz.h"

#include <strings.h>

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* RFC 6455 1.3 */
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static struct http_head head, answer;

/* The list that all fields of this name make together, a member at a time. */
static bool slow_lists(const struct http_head *message, const char *name, const char *member,
                       int (*compare)(const char *, const char *))
{
    bool found = false;
    for (size_t i = 0; i < message->fields; i++) {
        struct span value = message->field[i].value;
        char *list = as_string(value.p, value.n), *rest = list;
        for (char *p = strsep(&rest, ","); p; p = strsep(&rest, ",")) {
            p += strspn(p, " \t");
            for (size_t n = strlen(p); n > 0 && strchr(" \t", p[n - 1]);)
                p[--n] = '\0';
            found = found || (compare(p, member) == 0 && span_is(message->field[i].name, name));
        }
        free(list);
    }
    return found;
}

/* 16 bytes in base64: 22 characters of its alphabet and two that fill up. */
static bool slow_is_key(struct span key)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (key.n != 24 || key.p[22] != '=' || key.p[23] != '=')
        return false;
    for (size_t i = 0; i < 22; i++)
        if (!memchr(alphabet, key.p[i], 64))
            return false;
    return true;
}

/* RFC 6455 4.2.1 */
static bool slow_may_enter(const struct http_head *request)
{
    return span_equals(request->method, "GET") && request->minor >= 1 &&
           slow_lists(request, "Upgrade", "websocket", strcasecmp) &&
           slow_lists(request, "Connection", "upgrade", strcasecmp) &&
           http_field_count(request, "Sec-WebSocket-Version") == 1 &&
           span_equals(http_field(request, "Sec-WebSocket-Version"), "13") &&
           http_field_count(request, "Sec-WebSocket-Key") == 1 &&
           slow_is_key(http_field(request, "Sec-WebSocket-Key"));
}

/* Our answer is one that our client takes, and no other key's. */
static void check_answer(const struct http_head *request, const char *protocol)
{
    char *out = malloc(WS_RESPONSE_MAX), key[WS_KEY_LEN + 1] = "";
    CHECK(out != NULL);
    size_t n = ws_write_response(out, request, protocol);
    CHECK(n > 0 && n < WS_RESPONSE_MAX);
    CHECK(http_response_parse(&answer, out, n) == (int)n && answer.status == 101);
    memcpy(key, http_field(request, "Sec-WebSocket-Key").p, WS_KEY_LEN);
    CHECK(ws_check_response(&answer, key, protocol) == NULL);
    CHECK((ws_check_response(&answer, key, NULL) == NULL) == !protocol);
    key[0] = key[0] == 'A' ? 'B' : 'A';
    CHECK(ws_check_response(&answer, key, protocol) != NULL);
    free(out);
}

/* A page may come in from a listed origin; from ours where nobody can have turned its name into our
 * address: it is one, or localhost, or listed (design: DNS rebinding). */
static void check_origin(const struct http_head *request, bool secure)
{
    static const struct texts listed = {1, {"https://app.example:444"}};
    struct span origin = http_field(request, "Origin"), host = http_host(request);
    if (!origin.p || !origin_may(request, secure, &listed) || span_equals(origin, listed.text[0]))
        return;
    char *from = as_string(origin.p, origin.n), *to = as_string(host.p, host.n);
    const char *scheme = secure ? "https://" : "http://";
    size_t n = strlen(scheme), address = strspn(to, "0123456789.");
    CHECK(http_field_count(request, "Origin") == 1);
    CHECK(strncmp(from, scheme, n) == 0 && strcmp(from + n, to) == 0);
    if (!address && to[0] == '[')
        address = 1 + strspn(to + 1, "0123456789abcdefABCDEF:.]");
    address = strncasecmp(to, "localhost", 9) == 0 ? 9 : address;
    address = strncasecmp(to, "app.example", 11) == 0 ? 11 : address;
    CHECK(address > 0 && (to[address] == ':' || to[address] == '\0'));
    free(from);
    free(to);
}

static void check_request(const char *text, size_t n)
{
    if (http_request_parse(&head, text, n) <= 0)
        return;
    check_origin(&head, false);
    check_origin(&head, true);
    int status = ws_check_request(&head);
    CHECK((status == 101) == slow_may_enter(&head));
    CHECK(status == 101 || (status >= 400 && http_reason(status)[0]));
    if (status != 101)
        return;
    check_answer(&head, NULL);
    bool offered = http_field_lists(&head, "Sec-WebSocket-Protocol", "chat");
    CHECK(offered == slow_lists(&head, "Sec-WebSocket-Protocol", "chat", strcmp));
    if (offered)
        check_answer(&head, "chat");
}

static void check_response(const char *text, size_t n)
{
    if (http_response_parse(&head, text, n) <= 0)
        return;
    struct span chosen = http_field(&head, "Sec-WebSocket-Protocol");
    if (ws_check_response(&head, KEY, "chat") != NULL)
        return;
    CHECK(head.minor >= 1 && span_is(http_field(&head, "Upgrade"), "websocket"));
    CHECK(slow_lists(&head, "Connection", "upgrade", strcasecmp));
    CHECK(span_equals(http_field(&head, "Sec-WebSocket-Accept"), ACCEPT));
    CHECK(http_field_count(&head, "Sec-WebSocket-Extensions") == 0);
    CHECK(http_field_count(&head, "Sec-WebSocket-Accept") == 1);
    CHECK(http_field_count(&head, "Sec-WebSocket-Protocol") <= 1);
    CHECK(!chosen.p || span_equals(chosen, "chat"));
    CHECK((ws_check_response(&head, KEY, NULL) == NULL) == !chosen.p);
}

/* What our client asks for, our server grants. */
static void check_ours(const uint8_t *data, size_t n)
{
    struct url url;
    char key[WS_KEY_LEN + 1], text[WS_REQUEST_MAX] = "";
    if (n < WS_KEY_BYTES || n - WS_KEY_BYTES >= sizeof text)
        return;
    memcpy(text, data + WS_KEY_BYTES, n - WS_KEY_BYTES);
    if (url_parse(&url, text) != NULL)
        return;
    ws_write_key(key, data);
    size_t size = ws_write_request(text, &url, key, n % 2 ? "chat" : NULL);
    CHECK(size > 0 && size < sizeof text);
    CHECK(http_request_parse(&head, text, size) == (int)size && slow_may_enter(&head));
    CHECK(ws_check_request(&head) == 101);
    CHECK(http_field_lists(&head, "Sec-WebSocket-Protocol", "chat") == (n % 2 == 1));
    CHECK(span_equals(head.target, url.path[0] ? url.path : "/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1)
        return 0;
    uint8_t *text = exactly(data + 1, n - 1);
    switch (data[0] % 3) {
    case 0: check_request((const char *)text, n - 1); break;
    case 1: check_response((const char *)text, n - 1); break;
    default: check_ours(text, n - 1);
    }
    release(text, n - 1);
    return 0;
}
