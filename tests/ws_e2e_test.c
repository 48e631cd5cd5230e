/* tests/ws_e2e_test.c: ws_echo_server against bare sockets that make frames by hand.  Nothing of
 * ws_echo's own code is used to check it.
 * Partners: tcp_e2e_test.c, http_e2e_test.c; ws_client_e2e_test.c.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"
#include "ws_hand.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "ws_echo_server"
#define CLIENT "ws_echo_client"
#define MIB (1024u * 1024u)

static struct server serve_as(void **state, const char *options)
{
    return serve(SERVER, "--model %s %s", MODEL, options);
}

static int open_ws(const struct server *s)
{
    return open_with(s, HANDSHAKE);
}

/* --- the handshake --- */

static void the_handshake_is_the_rfcs(void **state)
{
    struct server s = serve_as(state, "");
    int fd = open_ws(&s);
    assert_true(head_has("Sec-WebSocket-Accept: " ACCEPT));
    assert_true(head_has("Upgrade: websocket"));
    assert_true(head_has("Connection: Upgrade"));
    assert_null(strstr(head, "Content-Length"));
    assert_null(strstr(head, "Sec-WebSocket-Extensions"));
    assert_null(strstr(head, "Sec-WebSocket-Protocol"));
    check_ws_echo(fd, "hello");
    close(fd);
    stop(&s);
}

static void other_ways_to_write_the_handshake_are_understood(void **state)
{
    static const char *const requests[] = {
        "GET /echo HTTP/1.1\r\nhost:x\r\nUPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
        "sec-websocket-version:13\r\nSEC-WEBSOCKET-KEY:   " KEY "   \r\n\r\n",
        UPGRADE("/echo?a=b", "Pragma: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"),
        UPGRADE("/echo", "Sec-WebSocket-Protocol: chat, superchat\r\n"),
        "GET /echo HTTP/1.9\r\nHost: localhost\r\nUpgrade: h2c\r\nupgrade: foo/1, WEBSOCKET\r\n"
        "Connection: keep-alive\r\nConnection: , upgrade ,\r\nOrigin: http://localhost\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n",
        "\r\n" HANDSHAKE,
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int fd = open_with(&s, requests[i]);
        assert_null(strstr(head, "Sec-WebSocket-Extensions")); /* none is spoken here */
        assert_null(strstr(head, "Sec-WebSocket-Protocol"));
        check_ws_echo(fd, "hello");
        close(fd);
    }
    stop(&s);
}

static void the_handshake_survives_every_split(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    say_bytewise(fd, HANDSHAKE, strlen(HANDSHAKE));
    assert_int_equal(hear_head(fd), 101);
    check_ws_echo(fd, "hello");
    close(fd);
    for (size_t cut = 1; cut < strlen(HANDSHAKE); cut += 7) {
        fd = dial(s.port);
        say(fd, HANDSHAKE, cut);
        assert_true(is_silent(fd, 1));
        say_text(fd, &HANDSHAKE[cut]);
        assert_int_equal(hear_head(fd), 101);
        check_ws_echo(fd, "hello");
        close(fd);
    }
    stop(&s);
}

static void frames_right_behind_the_handshake_are_not_lost(void **state)
{
    struct server s = serve_as(state, "");
    uint8_t all[1024];
    size_t n = strlen(HANDSHAKE);
    memcpy(all, HANDSHAKE, n);
    n += make_frame(all + n, FIN | TEXT, "one", 3);
    n += make_frame(all + n, FIN | PING, "two", 3);
    n += make_frame(all + n, FIN | BINARY, "three", 5);
    for (size_t cut = n; cut > strlen(HANDSHAKE) - 2; cut--) {
        int fd = dial(s.port);
        say(fd, all, cut);
        if (cut < n) {
            is_silent(fd, 1);
            say(fd, all + cut, n - cut);
        }
        assert_int_equal(hear_head(fd), 101);
        expect_message(fd, "one");
        expect_frame(fd, FIN | PONG, "two", 3);
        expect_frame(fd, FIN | BINARY, "three", 5);
        close(fd);
    }
    stop(&s);
}

static void check_refused(const struct server *s, const char *request, int status)
{
    int fd = dial(s->port);
    say_text(fd, request);
    int got = hear_head(fd);
    if (got != status)
        fail_msg("%d instead of %d for:\n%s", got, status, request);
    close(fd);
}

static void another_version_is_told_which_to_speak(void **state)
{
    static const char *const versions[] = {"12", "8", "14", "113", "0", "13a"};
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY
                 "\r\nSec-WebSocket-Version: %s\r\n\r\n",
                 versions[i]);
        check_refused(&s, request, 426);
        assert_true(head_has("Sec-WebSocket-Version: 13"));
        assert_true(head_has("Upgrade: websocket"));
        assert_true(head_has("Connection: Upgrade"));
    }
    check_refused(&s, "GET /echo HTTP/1.1\r\nHost: test\r\n\r\n", 426); /* a browser, say */
    assert_true(head_has("Upgrade: websocket"));
    stop(&s);
}

static void a_malformed_handshake_is_refused(void **state)
{
#define WITH_KEY(fields)                                                                     \
    "GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"     \
    "Sec-WebSocket-Version: 13\r\n" fields "\r\n"
    static const struct { const char *request; int status; } cases[] = {
        {WITH_KEY(""), 400},
        {WITH_KEY("Sec-WebSocket-Key: \r\n"), 400},
        {WITH_KEY("Sec-WebSocket-Key: c2hvcnQ=\r\n"), 400},
        {WITH_KEY("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEyMzQ1Njc4OTA=\r\n"), 400},
        {WITH_KEY("Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n"), 400},
        {WITH_KEY("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=a\r\n"), 400},
        {WITH_KEY("Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Key: " KEY "\r\n"), 400},
        {"GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: " KEY "\r\n\r\n",
         400}, /* no version */
        {"GET /echo HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n",
         400}, /* no Host */
        {"GET /echo HTTP/1.0\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n",
         426},
        {"GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 426},
        {"GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: " KEY "\r\n\r\n",
         426}, /* no Connection */
        {UPGRADE("/nothing", ""), 404},
        {UPGRADE("/push", ""), 503}, /* without --push-every */
        {"GET /push HTTP/1.1\r\nHost: test\r\n\r\n", 503},
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(&s, cases[i].request, cases[i].status);
    int fd = dial(s.port); /* a refusal does not end the connection */
    say_text(fd, WITH_KEY("Content-Length: 0\r\n"));
    assert_int_equal(hear_head(fd), 400);
    close(fd);
    stop(&s);
}

static void a_refused_handshake_may_be_tried_again(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    char body[512];
    int length = 0;
    say_text(fd, "GET /echo HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 25\r\nSec-WebSocket-Key: " KEY "\r\n\r\n");
    assert_int_equal(hear_head(fd), 426);
    assert_int_equal(sscanf(strstr(head, "Content-Length: "), "Content-Length: %d", &length), 1);
    hear(fd, body, (size_t)length);
    say_text(fd, HANDSHAKE);
    assert_int_equal(hear_head(fd), 101);
    check_ws_echo(fd, "second try");
    close(fd);
    stop(&s);
}

static void a_subprotocol_is_agreed_on(void **state)
{
    struct server s = serve_as(state, "--protocol chat");
    close(open_with(&s, UPGRADE("/echo", "Sec-WebSocket-Protocol: soap, chat\r\n")));
    assert_true(head_has("Sec-WebSocket-Protocol: chat"));
    close(open_with(
        &s, UPGRADE("/echo", "Sec-WebSocket-Protocol: soap\r\nSec-WebSocket-Protocol: chat\r\n")));
    assert_true(head_has("Sec-WebSocket-Protocol: chat"));
    close(open_with(&s, UPGRADE("/echo", "Sec-WebSocket-Protocol: soap\r\n")));
    assert_null(strstr(head, "Sec-WebSocket-Protocol"));
    close(open_with(&s, UPGRADE("/echo", "")));
    assert_null(strstr(head, "Sec-WebSocket-Protocol"));
    stop(&s);
}

static void the_clients_subprotocol_is_agreed_on(void **state)
{
    struct server s = serve_as(state, "--protocol chat");
    assert_int_equal(run("x\n", 2, CLIENT, "--protocol chat %s", s.url).status, 0);
    assert_int_equal(run("x\n", 2, CLIENT, "--protocol soap %s", s.url).status, 0);
    assert_int_equal(run("x\n", 2, CLIENT, "%s", s.url).status, 0);
    stop(&s);
}

static void http_is_answered_on_the_same_port(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    char body[1024];
    int length = 0;
    say_text(fd, "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
    assert_int_equal(hear_head(fd), 200);
    hear(fd, body, 5);
    assert_memory_equal(body, "hello", 5);
    say_text(fd, "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_int_equal(hear_head(fd), 200);
    assert_int_equal(sscanf(strstr(head, "Content-Length: "), "Content-Length: %d", &length), 1);
    hear(fd, body, (size_t)length);
    say_text(fd, HANDSHAKE); /* and then a WebSocket */
    assert_int_equal(hear_head(fd), 101);
    check_ws_echo(fd, "hello");
    close(fd);
    check_refused(&s, "GET /poll HTTP/1.1\r\nHost: test\r\n\r\n", 503);
    check_refused(&s, "GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n", 404);
    check_refused(&s, "DELETE /echo HTTP/1.1\r\nHost: test\r\n\r\n", 405);
    struct result r = run("by http\n", 8, "http_poll_client", "http://127.0.0.1:%d", s.port);
    assert_string_equal(r.out, "by http\n");
    stop(&s);
}

/* --- messages --- */

static void messages_of_every_size_come_back(void **state)
{
    static const size_t sizes[] = {0,   1,   2,   7,     8,     9,     124,   125,
                                   126, 127, 128, 65534, 65535, 65536, 65537, MIB};
    struct server s = serve_as(state, "");
    char *data = malloc(MIB);
    int fd = open_ws(&s);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fill_pattern(data, sizes[i], true);
        say_frame(fd, FIN | TEXT, data, sizes[i]);
        expect_frame(fd, FIN | TEXT, data, sizes[i]);
        fill_pattern(data, sizes[i], false);
        say_frame(fd, FIN | BINARY, data, sizes[i]);
        expect_frame(fd, FIN | BINARY, data, sizes[i]);
    }
    free(data);
    close(fd);
    stop(&s);
}

static void frames_survive_every_split(void **state)
{
    struct server s = serve_as(state, "");
    uint8_t all[1024];
    char text[200];
    fill_pattern(text, sizeof text, true);
    size_t n = make_frame(all, FIN | TEXT, text, sizeof text); /* a 16-bit length */
    n += make_frame(all + n, FIN | PING, "ping", 4);
    n += make_frame(all + n, FIN | TEXT, "\xe2\x82\xac", 3);
    int fd = open_ws(&s);
    for (size_t cut = 1; cut <= n; cut++) {
        say(fd, all, cut);
        if (cut < 20 || cut > 200)
            is_silent(fd, 1); /* time to be read by itself */
        say(fd, all + cut, n - cut);
        expect_frame(fd, FIN | TEXT, text, sizeof text);
        expect_frame(fd, FIN | PONG, "ping", 4);
        expect_message(fd, "\xe2\x82\xac");
    }
    say_bytewise(fd, all, n);
    expect_frame(fd, FIN | TEXT, text, sizeof text);
    expect_frame(fd, FIN | PONG, "ping", 4);
    expect_message(fd, "\xe2\x82\xac");
    close(fd);
    stop(&s);
}

static void a_fragmented_message_comes_back_in_one(void **state)
{
    struct server s = serve_as(state, "");
    int fd = open_ws(&s);
    say_frame(fd, TEXT, "one ", 4);
    say_frame(fd, FIN | PING, "still there?", 12);
    say_frame(fd, CONTINUATION, "", 0);
    say_frame(fd, FIN | PONG, "unasked", 7); /* RFC 6455 5.5.3: fine */
    say_frame(fd, CONTINUATION, "two ", 4);
    say_frame(fd, FIN | CONTINUATION, "three", 5);
    expect_frame(fd, FIN | PONG, "still there?", 12); /* before the message is whole */
    expect_message(fd, "one two three");
    say_frame(fd, BINARY, "", 0);
    say_frame(fd, FIN | CONTINUATION, "", 0);
    expect_frame(fd, FIN | BINARY, "", 0);
    say_frame(fd, TEXT, "\xe2\x82", 2); /* a character in two frames */
    say_frame(fd, FIN | CONTINUATION, "\xac", 1);
    expect_message(fd, "\xe2\x82\xac");
    for (int i = 0; i < 1000; i++)
        say_frame(fd, i ? CONTINUATION : BINARY, "x", 1);
    say_frame(fd, FIN | CONTINUATION, "", 0);
    struct frame f = hear_frame(fd);
    assert_int_equal(f.len, 1000);
    close(fd);
    stop(&s);
}

static void a_ping_is_answered_with_its_payload(void **state)
{
    struct server s = serve_as(state, "");
    int fd = open_ws(&s);
    char payload[125];
    fill_pattern(payload, sizeof payload, false);
    say_frame(fd, FIN | PING, payload, 125);
    expect_frame(fd, FIN | PONG, payload, 125);
    say_frame(fd, FIN | PING, "", 0);
    expect_frame(fd, FIN | PONG, "", 0);
    close(fd);
    stop(&s);
}

static void a_thousand_frames_in_one_write_are_answered_in_order(void **state)
{
    enum { N = 1000 };
    struct server s = serve_as(state, "");
    static uint8_t all[N * 20];
    size_t n = 0;
    char text[16];
    for (int i = 0; i < N; i++)
        n += make_frame(all + n, FIN | TEXT, text, (size_t)snprintf(text, sizeof text, "%d", i));
    int fd = open_ws(&s);
    say(fd, all, n);
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "%d", i);
        expect_message(fd, text);
    }
    close(fd);
    stop(&s);
}

/* --- closing --- */

static void a_close_is_answered_and_the_server_ends_first(void **state)
{
    static const struct { const char *payload; size_t n; int code; } cases[] = {
        {"\x03\xe8", 2, 1000},
        {"", 0, 0},
        {"\x03\xe9"
         "going away",
         12, 1001},
        {"\x0b\xb8", 2, 3000},
        {"\x13\x87\xe2\x82\xac", 5, 4999},
        {"\x03\xf6", 2, 1014},
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = open_ws(&s);
        check_ws_echo(fd, "hello");
        say_frame(fd, FIN | CLOSE, cases[i].payload, cases[i].n);
        expect_close(fd, cases[i].code);
        fd = open_ws(&s); /* what follows a close counts for nothing, and causes no reset */
        uint8_t all[64];
        size_t n = make_frame(all, FIN | TEXT, "last", 4);
        n += make_frame(all + n, FIN | CLOSE, cases[i].payload, cases[i].n);
        n += make_frame(all + n, FIN | TEXT, "too late", 8);
        say(fd, all, n);
        expect_message(fd, "last");
        expect_close(fd, cases[i].code);
    }
    stop(&s);
}

static void a_close_within_a_message_is_a_close(void **state)
{
    struct server s = serve_as(state, "");
    int fd = open_ws(&s);
    say_frame(fd, TEXT, "unfinished", 10);
    say_frame(fd, FIN | CLOSE, "\x03\xe8", 2);
    expect_close(fd, 1000);
    stop(&s);
}

/* Each on a connection of its own: these bytes, this code. */
static void every_broken_rule_has_its_code(void **state)
{
    static const struct { const char *what, *bytes; size_t n; int code; } cases[] = {
#define RAW(text) text, sizeof text - 1
#define MASK "\0\0\0\0"
        {"not masked", RAW("\x81\x02hi"), 1002},
        {"RSV1", RAW("\xc1\x82" MASK "hi"), 1002},
        {"RSV2", RAW("\xa1\x82" MASK "hi"), 1002},
        {"RSV3", RAW("\x91\x82" MASK "hi"), 1002},
        {"opcode 3", RAW("\x83\x82" MASK "hi"), 1002},
        {"opcode 7", RAW("\x87\x82" MASK "hi"), 1002},
        {"opcode 11", RAW("\x8b\x80" MASK), 1002},
        {"opcode 15", RAW("\x8f\x80" MASK), 1002},
        {"a fragmented ping", RAW("\x09\x80" MASK), 1002},
        {"a fragmented close", RAW("\x08\x80" MASK), 1002},
        {"a ping of 126 bytes", RAW("\x89\xfe\x00\x7e" MASK), 1002},
        {"a close with a long length", RAW("\x88\xff"), 1002},
        {"nothing to continue", RAW("\x80\x82" MASK "hi"), 1002},
        {"text within text", RAW("\x01\x82" MASK "hi\x81\x82" MASK "hi"), 1002},
        {"binary within text", RAW("\x01\x82" MASK "hi\x02\x82" MASK "hi"), 1002},
        {"length 5 in 16 bits", RAW("\x82\xfe\x00\x05" MASK "hello"), 1002},
        {"length 5 in 64 bits", RAW("\x82\xff\0\0\0\0\0\0\0\x05" MASK "hello"), 1002},
        {"length with the top bit", RAW("\x82\xff\x80\0\0\0\0\0\0\0" MASK), 1002},
        {"close of one byte", RAW("\x88\x81" MASK "\x03"), 1002},
        {"close code 0", RAW("\x88\x82" MASK "\0\0"), 1002},
        {"close code 999", RAW("\x88\x82" MASK "\x03\xe7"), 1002},
        {"close code 1004", RAW("\x88\x82" MASK "\x03\xec"), 1002},
        {"close code 1005", RAW("\x88\x82" MASK "\x03\xed"), 1002},
        {"close code 1006", RAW("\x88\x82" MASK "\x03\xee"), 1002},
        {"close code 1015", RAW("\x88\x82" MASK "\x03\xf7"), 1002},
        {"close code 1100", RAW("\x88\x82" MASK "\x04\x4c"), 1002},
        {"close code 2999", RAW("\x88\x82" MASK "\x0b\xb7"), 1002},
        {"close code 5000", RAW("\x88\x82" MASK "\x13\x88"), 1002},
        {"close reason not UTF-8", RAW("\x88\x83" MASK "\x03\xe8\xff"), 1007},
        {"close reason cut off", RAW("\x88\x84" MASK "\x03\xe8\xe2\x82"), 1007},
        {"not UTF-8", RAW("\x81\x81" MASK "\xff"), 1007},
        {"a lone continuation byte", RAW("\x81\x81" MASK "\x80"), 1007},
        {"an overlong /", RAW("\x81\x82" MASK "\xc0\xaf"), 1007},
        {"a surrogate", RAW("\x81\x83" MASK "\xed\xa0\x80"), 1007},
        {"above U+10FFFF", RAW("\x81\x84" MASK "\xf4\x90\x80\x80"), 1007},
        {"text that ends in a character", RAW("\x81\x82" MASK "\xe2\x82"), 1007},
        {"two frames that end in one", RAW("\x01\x81" MASK "\xe2\x80\x81" MASK "\x82"), 1007},
        {"a character broken by the next frame", RAW("\x01\x81" MASK "\xe2\x80\x81" MASK "x"),
         1007},
        {"bad before it is whole", RAW("\x81\x8a" MASK "ab\xff"), 1007},
        {"too big", RAW("\x82\xfe\x03\xe9" MASK), 1009},
        {"much too big", RAW("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" MASK), 1009},
    };
    struct server s = serve_as(state, "--max-message 1000");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int bytewise = 0; bytewise < 2; bytewise++) {
            int fd = open_ws(&s);
            check_ws_echo(fd, "good so far");
            if (bytewise)
                say_bytewise(fd, cases[i].bytes, cases[i].n);
            else
                say(fd, cases[i].bytes, cases[i].n);
            struct frame f = hear_frame(fd);
            int code = f.len >= 2 ? f.data[0] << 8 | f.data[1] : 0;
            if (f.first != (FIN | CLOSE) || code != cases[i].code)
                fail_msg("%s: frame 0x%02x, code %d instead of %d", cases[i].what,
                         (unsigned)f.first, code, cases[i].code);
            hear_end(fd);
            close(fd);
        }
    stop(&s);
}

static void fragments_together_are_limited_as_well(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    char data[600] = {0};
    int fd = open_ws(&s);
    say_frame(fd, BINARY, data, 600);
    say_frame(fd, FIN | CONTINUATION, data, 400);
    struct frame f = hear_frame(fd);
    assert_int_equal(f.len, 1000); /* just allowed */
    say_frame(fd, BINARY, data, 600);
    say_frame(fd, FIN | CONTINUATION, data, 401);
    expect_close(fd, 1009);
    stop(&s);
}

/* The close frame must not be lost in a reset because the client is still talking. */
static void a_close_reaches_who_is_still_sending(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    static uint8_t frame[MIB + 14];
    static const uint8_t zeros[MIB];
    size_t n = make_frame(frame, FIN | BINARY, zeros, MIB);
    int fd = open_ws(&s);
    for (int i = 0; i < 8; i++)
        say(fd, frame, n);
    expect_close(fd, 1009);
    stop(&s);
}

static void a_signal_says_going_away(void **state)
{
    struct server s = serve_as(state, "");
    int fd[3];
    for (int i = 0; i < (strcmp(MODEL, "loop") == 0 ? 3 : 1); i++) {
        fd[i] = open_ws(&s);
        check_ws_echo(fd[i], "hello");
    }
    kill(s.child.pid, SIGTERM);
    for (int i = 0; i < (strcmp(MODEL, "loop") == 0 ? 3 : 1); i++)
        expect_close(fd[i], 1001);
    assert_int_equal(finish(&s.child).status, 0);
}

static void who_is_silent_is_asked_and_then_told(void **state)
{
    struct server s = serve_as(state, "--idle-timeout 0.4");
    int fd = open_ws(&s);
    check_ws_echo(fd, "hello");
    double start = now();
    expect_frame(fd, FIN | PING, "", 0);
    assert_true(now() - start > 0.15);
    expect_close(fd, 1001);
    assert_true(now() - start > 0.35 && now() - start < 10);
    stop(&s);
}

static void who_answers_may_stay_idle(void **state)
{
    struct server s = serve_as(state, "--idle-timeout 0.4");
    int fd = open_ws(&s);
    for (int i = 0; i < 2; i++) { /* twice the idle time, in all */
        expect_frame(fd, FIN | PING, "", 0);
        say_frame(fd, FIN | PONG, "", 0);
        expect_frame(fd, FIN | PING, "", 0);
        say(fd, "\x81", 1); /* any byte will do: here, the start of a message */
        expect_frame(fd, FIN | PING, "", 0);
        say(fd, "\x82\0\0\0\0hi", 7);
        expect_message(fd, "hi");
    }
    close(fd);
    stop(&s);
}

/* A dead peer's kernel is silent, and ours takes what is sent to it all the same. */
static void what_is_sent_does_not_hide_a_dead_peer(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--idle-timeout 0.4 --push-every 20");
    int fd = open_with(&s, UPGRADE("/push", ""));
    double start = now();
    int pings = 0;
    struct frame f;
    for (f = hear_frame(fd); f.first != (FIN | CLOSE); f = hear_frame(fd)) {
        pings += f.first == (FIN | PING);
        assert_true(now() - start < 10);
    }
    assert_int_equal(f.data[0] << 8 | f.data[1], 1001);
    assert_int_equal(pings, 1);
    close(fd);
    stop(&s);
}

static void a_slow_handshake_is_given_up(void **state)
{
    struct server s = serve_as(state, "--handshake-timeout 0.3");
    int fd = dial(s.port);
    say(fd, HANDSHAKE, 60);
    assert_int_equal(hear_head(fd), 408);
    close(fd);
    fd = open_ws(&s); /* but once it is done, its time is no limit any more */
    assert_true(is_silent(fd, 500));
    check_ws_echo(fd, "hello");
    close(fd);
    stop(&s);
}

/* --- others go on --- */

static void who_leaves_within_a_frame_harms_nobody(void **state)
{
    struct server s = serve_as(state, "");
    uint8_t frame[300];
    size_t n = make_frame(frame, FIN | BINARY, frame, 200);
    int other = strcmp(MODEL, "loop") == 0 ? open_ws(&s) : -1;
    for (size_t cut = 1; cut < n; cut += 11) {
        int fd = open_ws(&s);
        say(fd, frame, cut);
        if (cut % 2) {
            close(fd);
        } else {
            hang_up(fd);
        }
        if (other >= 0)
            check_ws_echo(other, "still here");
    }
    if (other >= 0)
        close(other);
    int fd = open_ws(&s);
    check_ws_echo(fd, "still here");
    close(fd);
    stop(&s);
}

static void five_hundred_at_once_are_served(void **state)
{
    (void)state;
    enum { N = 500 };
    struct server s = serve(SERVER, "--model loop");
    int fd[N];
    char text[32];
    if (!can_open(N + 50))
        skip();
    for (int i = 0; i < N; i++) {
        fd[i] = dial(s.port);
        say_text(fd[i], HANDSHAKE);
    }
    for (int i = 0; i < N; i++)
        assert_int_equal(hear_head(fd[i]), 101);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            snprintf(text, sizeof text, "%d from %d", round, i);
            say_message(fd[i], text);
        }
        for (int i = N - 1; i >= 0; i--) {
            snprintf(text, sizeof text, "%d from %d", round, i);
            expect_message(fd[i], text);
        }
    }
    kill(s.child.pid, SIGTERM);
    for (int i = 0; i < N; i++)
        expect_close(fd[i], 1001);
    assert_int_equal(finish(&s.child).status, 0);
}

static void at_random_nothing_breaks(void **state)
{
    struct server s = serve_as(state, "--max-message 300");
    static char rest[65536];
    uint32_t x = 7;
    for (int i = 0; i < 300; i++) {
        uint8_t all[400];
        size_t n = make_frame(all, TEXT, "fragment", 8);
        n += make_frame(all + n, FIN | PING, "ping", 4);
        n += make_frame(all + n, FIN | CONTINUATION, all, 130);
        n += make_frame(all + n, FIN | BINARY, all, 30);
        n += make_frame(all + n, FIN | CLOSE, "\x03\xe8", 2);
        for (int k = 0; k < 1 + i % 3; k++) {
            x = x * 1664525u + 1013904223u;
            all[(x >> 8) % n] = (uint8_t)(x >> 24);
        }
        int fd = open_ws(&s);
        say(fd, all, n);
        end_of_talk(fd);
        hear_all(fd, rest, sizeof rest);
        close(fd);
    }
    stop(&s);
}

/* --- push --- */

static unsigned long hear_tick(int fd)
{
    struct frame f = hear_frame(fd);
    unsigned long seq;
    unsigned long long ns;
    assert_int_equal(f.first, FIN | TEXT);
    if (sscanf((char *)f.data, "tick %lu %llu", &seq, &ns) != 2)
        fail_msg("not a tick: %s", (char *)f.data);
    return seq;
}

static void a_subscriber_is_told_every_event_in_order(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 5");
    int fd = open_with(&s, UPGRADE("/push", "")), other = open_with(&s, UPGRADE("/push", ""));
    unsigned long seq = hear_tick(fd);
    for (int i = 0; i < 50; i++)
        assert_int_equal(hear_tick(fd), ++seq);
    say_message(fd, "an echo in between"); /* speaking does not end it, as it does over TCP */
    int ticks = 0;
    for (bool echoed = false; ticks < 20 || !echoed;) {
        struct frame f = hear_frame(fd);
        if (strcmp((char *)f.data, "an echo in between") == 0) {
            echoed = true;
            continue;
        }
        unsigned long got;
        assert_int_equal(sscanf((char *)f.data, "tick %lu", &got), 1);
        assert_int_equal(got, ++seq);
        ticks++;
    }
    seq = hear_tick(other);
    for (int i = 0; i < 20; i++)
        assert_int_equal(hear_tick(other), ++seq);
    int echo = open_ws(&s); /* on /echo there are no events */
    assert_true(is_silent(echo, 60));
    check_ws_echo(echo, "hello");
    close(fd);
    close(other);
    close(echo);
    stop(&s);
}

static void a_subscribing_client_leaves_after_n_events(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 10");
    struct result r = run("", 0, CLIENT, "--subscribe -n 5 %s", s.url);
    assert_int_equal(r.status, 0);
    assert_int_equal(count_lines(r.out), 5);
    unsigned long seq = 0, before = 0;
    for (const char *p = r.out; *p; p = strchr(p, '\n') + 1, before = seq) {
        assert_int_equal(sscanf(p, "tick %lu", &seq), 1);
        assert_true(before == 0 || seq == before + 1);
    }
    r = run("said\n", 5, CLIENT, "--subscribe -n 3 %s", s.url);
    assert_int_equal(r.status, 0);
    size_t echoes = strstr(r.out, "said\n") != NULL; /* which does not count */
    assert_int_equal(count_lines(r.out), 3 + echoes);
    r = run("", 0, "http_poll_client", "--poll 20 -n 3 http://127.0.0.1:%d", s.port);
    assert_int_equal(count_lines(r.out), 3); /* the same events for who polls */
    struct child c = start(CLIENT, "--subscribe %s", s.url);
    char line[64];
    child_line(&c, line, sizeof line);
    stop(&s);
    r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "1001"));
}

/* --- explain --- */

static void explain_tells_on_stderr_and_changes_no_output(void **state)
{
    struct server s = serve_as(state, "-x");
    struct result r = run("hello\n", 6, CLIENT, "-x %s", s.url);
    assert_string_equal(r.out, "hello\n");
    static const char *const steps[] = {"connected",
                                        "B  GET /echo, Upgrade: websocket\n",
                                        "101 Switching Protocols",
                                        "-> ws         11 B  text 5 B masked\n",
                                        "\"hello\"",
                                        "-> ws          8 B  close 1000 masked\n",
                                        "code 1000",
                                        "closed"};
    const char *at = r.err;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        at = strstr(at, steps[i]);
        if (!at)
            fail_msg("'%s' is missing, or out of order, in:\n%s", steps[i], r.err);
    }
    assert_non_null(strstr(child_err(&s.child), "accepted"));
    assert_non_null(strstr(child_err(&s.child), "text 5 B masked\n"));
    stop(&s);
}

static void explain_passes_no_control_bytes_on(void **state)
{
    struct server s = serve_as(state, "-x -v");
    int fd = open_ws(&s);
    static char noise[70000], rest[200000];
    fill_pattern(noise, sizeof noise, false);
    say_frame(fd, FIN | BINARY, noise, sizeof noise);
    hear_frame(fd);
    check_ws_echo(fd, "\x1b[2J\x07");
    say_frame(fd, FIN | PING, "\x1b[2J\x07", 5);
    hear_frame(fd);
    say_frame(fd, FIN | CLOSE, "\x03\xe8\x1b[2J\x07", 7);
    expect_close(fd, 1000);
    fd = open_ws(&s);
    say(fd, noise, sizeof noise);
    end_of_talk(fd);
    hear_all(fd, rest, sizeof rest);
    close(fd);
    fd = dial(s.port);
    say_text(fd, "GET /\x1b[2J HTTP/1.1\r\n\x9b\r\n\r\n");
    end_of_talk(fd);
    hear_all(fd, rest, sizeof rest);
    check_printable(child_err(&s.child));
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(the_handshake_is_the_rfcs),
        TEST_BOTH(other_ways_to_write_the_handshake_are_understood),
        TEST_BOTH(the_handshake_survives_every_split),
        TEST_BOTH(frames_right_behind_the_handshake_are_not_lost),
        TEST_BOTH(another_version_is_told_which_to_speak),
        TEST_BOTH(a_malformed_handshake_is_refused),
        TEST_BOTH(a_refused_handshake_may_be_tried_again),
        TEST_BOTH(a_subprotocol_is_agreed_on),
        TEST_BOTH(the_clients_subprotocol_is_agreed_on),
        TEST_BOTH(http_is_answered_on_the_same_port),
        TEST_BOTH(messages_of_every_size_come_back),
        TEST_BOTH(frames_survive_every_split),
        TEST_BOTH(a_fragmented_message_comes_back_in_one),
        TEST_BOTH(a_ping_is_answered_with_its_payload),
        TEST_BOTH(a_thousand_frames_in_one_write_are_answered_in_order),
        TEST_BOTH(a_close_is_answered_and_the_server_ends_first),
        TEST_BOTH(a_close_within_a_message_is_a_close),
        TEST_BOTH(every_broken_rule_has_its_code),
        TEST_BOTH(fragments_together_are_limited_as_well),
        TEST_BOTH(a_close_reaches_who_is_still_sending),
        TEST_BOTH(a_signal_says_going_away),
        TEST_BOTH(who_is_silent_is_asked_and_then_told),
        TEST_BOTH(who_answers_may_stay_idle),
        TEST(what_is_sent_does_not_hide_a_dead_peer),
        TEST_BOTH(a_slow_handshake_is_given_up),
        TEST_BOTH(who_leaves_within_a_frame_harms_nobody),
        TEST(five_hundred_at_once_are_served),
        TEST_BOTH(at_random_nothing_breaks),
        TEST(a_subscriber_is_told_every_event_in_order),
        TEST(a_subscribing_client_leaves_after_n_events),
        TEST_BOTH(explain_tells_on_stderr_and_changes_no_output),
        TEST_BOTH(explain_passes_no_control_bytes_on),
    };
    return cmocka_run_group_tests_name("ws_echo", tests, NULL, NULL);
}
