/* tests/ws_handshake_test.c: the upgrade from HTTP to WebSocket, both sides.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* RFC 6455 1.2, 1.3 */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* --- the key --- */

static void the_key_of_the_rfc_has_the_answer_of_the_rfc(void **state)
{
    char accept[WS_ACCEPT_LEN + 1], *key = malloc(WS_KEY_LEN);
    (void)state;
    memcpy(key, KEY, WS_KEY_LEN); /* no NUL behind it */
    for (int twice = 0; twice < 2; twice++) {
        memset(accept, 'x', sizeof accept);
        assert_int_equal(ws_accept_key(accept, (struct span){key, WS_KEY_LEN}), 0);
        assert_string_equal(accept, ACCEPT);
    }
    free(key);
}

static void another_key_has_another_answer(void **state)
{
    static const struct { const char *key, *accept; } rows[] = {
        {"x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="},
        {"AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="},
    };
    char accept[WS_ACCEPT_LEN + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ws_accept_key(accept, span_of(rows[i].key)), 0);
        assert_string_equal(accept, rows[i].accept);
    }
    assert_int_equal(ws_accept_key(accept, span_of("a key of more than 24 bytes")), -1);
}

static void sixteen_random_bytes_make_a_key(void **state)
{
    char key[WS_KEY_LEN + 1];
    (void)state;
    memset(key, 'x', sizeof key);
    ws_write_key(key, (const uint8_t *)"the sample nonce");
    assert_string_equal(key, KEY);
}

/* --- the server's side --- */

#define LINE "GET /echo HTTP/1.1\r\n"
#define HOST "Host: h:7004\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define GOOD_KEY "Sec-WebSocket-Key: " KEY "\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define REST VERSION "\r\n"

static struct http_head parse_request(const char *text)
{
    struct http_head head;
    assert_int_equal(http_request_parse(&head, text, strlen(text)), strlen(text));
    return head;
}

static struct http_head parse_response(const char *text)
{
    struct http_head head;
    assert_int_equal(http_response_parse(&head, text, strlen(text)), strlen(text));
    return head;
}

static void a_request_is_accepted_or_refused_with_a_status(void **state)
{
    static const struct { int status; const char *text; } rows[] = {
        {101, LINE HOST UPGRADE CONNECTION GOOD_KEY REST},
        {101, LINE HOST "upgrade: WebSocket\r\nCONNECTION: upgrade\r\nsec-websocket-key:" KEY
              "\r\nSEC-WEBSOCKET-VERSION:13\r\n\r\n"},
        {101, LINE HOST UPGRADE "Connection: keep-alive, Upgrade\r\n" GOOD_KEY REST},
        {101, LINE HOST UPGRADE "Connection: keep-alive\r\nConnection: upgrade\r\n" GOOD_KEY REST},
        {101, LINE HOST "Upgrade: h2c, websocket\r\n" CONNECTION GOOD_KEY REST},
        {101, LINE HOST UPGRADE CONNECTION GOOD_KEY
              "Origin: http://h\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
              "Sec-WebSocket-Protocol: chat, superchat\r\n" REST},
        {101, LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Key: ABCDEFGHIJKLMNOPQRST+/==\r\n" REST},
        /* no upgrade asked for, or from HTTP/1.0 */
        {426, LINE HOST "\r\n"},
        {426, LINE HOST UPGRADE GOOD_KEY REST},
        {426, LINE HOST CONNECTION GOOD_KEY REST},
        {426, LINE HOST "Upgrade: websockets\r\n" CONNECTION GOOD_KEY REST},
        {426, LINE HOST "Upgrade: h2c\r\n" CONNECTION GOOD_KEY REST},
        {426, LINE HOST UPGRADE "Connection: keep-alive\r\n" GOOD_KEY REST},
        {426, LINE HOST UPGRADE "Connection: Upgraded\r\n" GOOD_KEY REST},
        {426, "GET / HTTP/1.0\r\n" HOST UPGRADE CONNECTION GOOD_KEY REST},
        {101, "GET / HTTP/1.2\r\n" HOST UPGRADE CONNECTION GOOD_KEY REST},
        /* not by GET */
        {405, "HEAD / HTTP/1.1\r\n" HOST UPGRADE CONNECTION GOOD_KEY REST},
        {405, "POST / HTTP/1.1\r\n" HOST UPGRADE CONNECTION GOOD_KEY REST},
        {405, "get / HTTP/1.1\r\n" HOST UPGRADE CONNECTION GOOD_KEY REST},
        /* versions */
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version: 12\r\n\r\n"},
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version: 8\r\n\r\n"},
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version: 130\r\n\r\n"},
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version: 1\r\n\r\n"},
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version: 8, 13\r\n\r\n"},
        {426, LINE HOST UPGRADE CONNECTION GOOD_KEY "Sec-WebSocket-Version:\r\n\r\n"},
        {400, LINE HOST UPGRADE CONNECTION GOOD_KEY "\r\n"},
        {400, LINE HOST UPGRADE CONNECTION GOOD_KEY VERSION REST},
        /* keys */
        {400, LINE HOST UPGRADE CONNECTION REST},
        {400, LINE HOST UPGRADE CONNECTION GOOD_KEY GOOD_KEY REST},
        {400, LINE HOST UPGRADE CONNECTION GOOD_KEY
              "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n" REST},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_head head = parse_request(rows[i].text);
        int status = ws_check_request(&head);
        if (status != rows[i].status)
            fail_msg("%d instead of %d for %s", status, rows[i].status, rows[i].text);
    }
}

/* 16 bytes in base64 are 22 characters of its alphabet and two = signs. */
static void only_sixteen_bytes_in_base64_are_a_key(void **state)
{
    static const char *const keys[] = {
        "", "AAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAA===", "AAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA===",
        "AAAAAAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAA==", "========================",
        "hello", "AAAAAAAAAAAAAAAAAAAAA=A="};
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        snprintf(text, sizeof text, LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Key: %s\r\n" REST,
                 keys[i]);
        struct http_head head = parse_request(text);
        if (ws_check_request(&head) != 400)
            fail_msg("taken as a key: \"%s\"", keys[i]);
    }
}

/* Every character at every place of the key. */
static void a_key_has_no_character_that_base64_has_not(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[512], *key;
    (void)state;
    snprintf(text, sizeof text, LINE HOST UPGRADE CONNECTION GOOD_KEY REST);
    key = strstr(text, KEY);
    for (size_t at = 0; at < 22; at++)
        for (int c = 1; c < 256; c++) {
            bool edge = at == 0 && (c == ' ' || c == '\t'); /* taken off: the key is too short */
            if ((c < ' ' && c != '\t') || c == 0x7f)
                continue; /* refused with the head */
            memcpy(key, KEY, WS_KEY_LEN);
            key[at] = (char)c;
            struct http_head head = parse_request(text);
            bool good = strchr(alphabet, c) && !edge;
            /* The last character stands for 2 bits only; whether the other 4 must be 0 is free. */
            if (at == 21 && good)
                continue;
            if (ws_check_request(&head) != (good ? 101 : 400))
                fail_msg("%.24s: %d", key, ws_check_request(&head));
        }
}

static void a_browser_asks_for_an_upgrade_and_curl_does_not(void **state)
{
    struct http_head head = parse_request(LINE HOST UPGRADE CONNECTION "\r\n");
    (void)state;
    assert_true(ws_wants_upgrade(&head));
    head = parse_request(LINE HOST "\r\n");
    assert_false(ws_wants_upgrade(&head));
    head = parse_request(LINE HOST "Upgrade: h2c\r\n" CONNECTION "\r\n");
    assert_false(ws_wants_upgrade(&head));
    head = parse_request(LINE HOST UPGRADE "Connection: close\r\n\r\n");
    assert_false(ws_wants_upgrade(&head));
}

static void the_response_is_written_to_the_byte(void **state)
{
    struct http_head head = parse_request(LINE HOST UPGRADE CONNECTION GOOD_KEY REST);
    char *out = malloc(WS_RESPONSE_MAX);
    static const char start[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n";
    char expected[WS_RESPONSE_MAX];
    (void)state;
    snprintf(expected, sizeof expected, "%s\r\n", start);
    size_t n = ws_write_response(out, &head, NULL);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    snprintf(expected, sizeof expected, "%sSec-WebSocket-Protocol: chat\r\n\r\n", start);
    n = ws_write_response(out, &head, "chat");
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    free(out);
}

static void a_response_that_can_not_be_made_is_not_made(void **state)
{
    struct http_head head = parse_request(LINE HOST UPGRADE CONNECTION GOOD_KEY REST);
    char *out = malloc(WS_RESPONSE_MAX), protocol[WS_RESPONSE_MAX + 1];
    (void)state;
    for (size_t n = 300; n <= WS_RESPONSE_MAX; n++) {
        memset(protocol, 'p', n);
        protocol[n] = '\0';
        size_t size = ws_write_response(out, &head, protocol);
        struct http_head response;
        assert_true(size < WS_RESPONSE_MAX);
        assert_true(size == 0 || size > n);
        if (size > 0)
            assert_int_equal(http_response_parse(&response, out, size), size);
    }
    assert_int_equal(ws_write_response(out, &head, protocol), 0);
    head = parse_request(LINE HOST "Sec-WebSocket-Key: a key of more than 24 bytes\r\n\r\n");
    assert_int_equal(ws_write_response(out, &head, NULL), 0);
    free(out);
}

/* --- the client's side --- */

static void the_request_is_written_to_the_byte(void **state)
{
    struct url url;
    char *out = malloc(WS_REQUEST_MAX), expected[512];
    (void)state;
    assert_null(url_parse(&url, "ws://[::1]:7004/echo?x=1"));
    snprintf(expected, sizeof expected,
             "GET /echo?x=1 HTTP/1.1\r\nHost: [::1]:7004\r\n" UPGRADE CONNECTION GOOD_KEY REST);
    size_t n = ws_write_request(out, &url, KEY, NULL);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    assert_null(url_parse(&url, "ws://example.com"));
    snprintf(expected, sizeof expected, "GET / HTTP/1.1\r\nHost: example.com\r\n" UPGRADE CONNECTION
             GOOD_KEY VERSION "Sec-WebSocket-Protocol: chat\r\n\r\n");
    n = ws_write_request(out, &url, KEY, "chat");
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    free(out);
}

static void a_request_that_does_not_fit_is_not_written(void **state)
{
    struct url url;
    static char protocol[WS_REQUEST_MAX + 1];
    char *out = malloc(WS_REQUEST_MAX);
    (void)state;
    memset(protocol, 'p', sizeof protocol - 1);
    assert_null(url_parse(&url, "ws://h/"));
    assert_int_equal(ws_write_request(out, &url, KEY, protocol), 0);
    free(out);
}

static void what_the_client_asks_the_server_grants_and_the_client_believes(void **state)
{
    static const char *const urls[] = {"ws://h", "ws://h:7004/echo", "ws://[::1]:1/push?a=b"};
    static const char *const protocols[] = {NULL, "chat"};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        char request[WS_REQUEST_MAX], response[WS_RESPONSE_MAX], key[WS_KEY_LEN + 1];
        uint8_t random[WS_KEY_BYTES];
        struct url url;
        struct http_head asked, answered;
        memset(random, (int)(i * 51), sizeof random);
        assert_null(url_parse(&url, urls[i % 3]));
        ws_write_key(key, random);
        size_t n = ws_write_request(request, &url, key, protocols[i / 3]);
        for (size_t cut = 0; cut < n; cut++)
            assert_int_equal(http_request_parse(&asked, request, cut), 0);
        assert_int_equal(http_request_parse(&asked, request, n), n);
        assert_int_equal(http_field_count(&asked, "Host"), 1);
        assert_true(ws_wants_upgrade(&asked));
        assert_int_equal(ws_check_request(&asked), 101);
        n = ws_write_response(response, &asked, protocols[i / 3]);
        assert_int_equal(http_response_parse(&answered, response, n), n);
        assert_int_equal(answered.status, 101);
        assert_null(ws_check_response(&answered, key, protocols[i / 3]));
        key[0] = key[0] == 'A' ? 'B' : 'A';
        assert_non_null(ws_check_response(&answered, key, protocols[i / 3]));
    }
}

#define YES "HTTP/1.1 101 Switching Protocols\r\n"
#define GOOD_ACCEPT "Sec-WebSocket-Accept: " ACCEPT "\r\n"

static void a_response_opens_what_was_asked_for_or_is_refused(void **state)
{
    static const struct { const char *text, *protocol; bool good; } rows[] = {
        {YES UPGRADE CONNECTION GOOD_ACCEPT "\r\n", NULL, true},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "\r\n", "chat", true}, /* it may choose none */
        {YES "upgrade: WEBSOCKET\r\nconnection: keep-alive, upgrade\r\n"
             "sec-websocket-accept:  " ACCEPT "  \r\n\r\n", NULL, true},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", "chat", true},
        /* the upgrade */
        {YES CONNECTION GOOD_ACCEPT "\r\n", NULL, false},
        {YES UPGRADE GOOD_ACCEPT "\r\n", NULL, false},
        {YES "Upgrade: h2c\r\n" CONNECTION GOOD_ACCEPT "\r\n", NULL, false},
        {YES UPGRADE "Connection: keep-alive\r\n" GOOD_ACCEPT "\r\n", NULL, false},
        {YES "Upgrade: websocket, h2c\r\n" CONNECTION GOOD_ACCEPT "\r\n", NULL, false},
        {YES UPGRADE UPGRADE CONNECTION GOOD_ACCEPT "\r\n", NULL, false},
        {YES UPGRADE "Connection: Upgraded\r\n" GOOD_ACCEPT "\r\n", NULL, false},
        {"HTTP/1.0 101 Switching Protocols\r\n" UPGRADE CONNECTION GOOD_ACCEPT "\r\n", NULL,
         false},
        /* the answer to the key: case counts, and so does every character */
        {YES UPGRADE CONNECTION "\r\n", NULL, false},
        {YES UPGRADE CONNECTION "Sec-WebSocket-Accept:\r\n\r\n", NULL, false},
        {YES UPGRADE CONNECTION "Sec-WebSocket-Accept: " KEY "\r\n\r\n", NULL, false},
        {YES UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", NULL,
         false},
        {YES UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n\r\n", NULL,
         false},
        {YES UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo==\r\n\r\n", NULL,
         false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT GOOD_ACCEPT "\r\n", NULL, false},
        /* what was not offered */
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: chat\r\n"
         "Sec-WebSocket-Protocol: chat\r\n\r\n", "chat", false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", NULL, false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: other\r\n\r\n", "chat", false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: Chat\r\n\r\n", "chat", false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: chat2\r\n\r\n", "chat", false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol: cha\r\n\r\n", "chat", false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Protocol:\r\n\r\n", NULL, false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
         NULL, false},
        {YES UPGRADE CONNECTION GOOD_ACCEPT "sec-websocket-extensions: x\r\n\r\n", "chat", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_head head = parse_response(rows[i].text);
        const char *why = ws_check_response(&head, KEY, rows[i].protocol);
        if (rows[i].good != (why == NULL))
            fail_msg("%s: %s", why ? why : "taken", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_the_rfc_has_the_answer_of_the_rfc),
        cmocka_unit_test(another_key_has_another_answer),
        cmocka_unit_test(sixteen_random_bytes_make_a_key),
        cmocka_unit_test(a_request_is_accepted_or_refused_with_a_status),
        cmocka_unit_test(only_sixteen_bytes_in_base64_are_a_key),
        cmocka_unit_test(a_key_has_no_character_that_base64_has_not),
        cmocka_unit_test(a_browser_asks_for_an_upgrade_and_curl_does_not),
        cmocka_unit_test(the_response_is_written_to_the_byte),
        cmocka_unit_test(a_response_that_can_not_be_made_is_not_made),
        cmocka_unit_test(the_request_is_written_to_the_byte),
        cmocka_unit_test(a_request_that_does_not_fit_is_not_written),
        cmocka_unit_test(what_the_client_asks_the_server_grants_and_the_client_believes),
        cmocka_unit_test(a_response_opens_what_was_asked_for_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
