/* tests/ws_rules_e2e_test.c: rules of RFC 6455 that take a real server to break: who may come in,
 * what comes together or late, how much, and how it ends.  Partner: ws_e2e_test.c, the everyday.
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

/* The answer to a request, on a connection of its own. */
static int status_of(const struct server *s, const char *request)
{
    int fd = dial(s->port);
    say_text(fd, request);
    int status = hear_head(fd);
    close(fd);
    return status;
}

/* --- who may come in --- */

static void only_get_opens_a_websocket(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--model loop --push-every 1000");
    static const char *const methods[] = {"HEAD", "POST", "PUT", "OPTIONS", "DELETE"};
    static const char *const paths[] = {"/echo", "/push", "/chat"};
    char line[128];
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 3; k++) {
            char request[512];
            snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY
                     "\r\nContent-Length: 0\r\n\r\n",
                     methods[i], paths[k]);
            int status = status_of(&s, request);
            if (status != 405)
                fail_msg("%s %s: %d", methods[i], paths[k], status);
        }
    int fd = dial(s.port);
    say_text(fd, "POST /echo HTTP/1.1\r\nHost: test\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Content-Length: 2\r\n\r\nhiPOST /echo HTTP/1.1\r\nHost: test\r\n"
                 "Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nhi");
    bool allows = false;
    while (hear_line(fd, line, sizeof line) && line[0])
        allows = allows || strcmp(line, "Allow: GET") == 0;
    assert_true(allows);
    hear_line(fd, line, sizeof line); /* the text, and then: another upgrade is ignored */
    assert_int_equal(hear_head(fd), 200);
    close(fd);
    stop(&s);
}

static int status_for(const struct server *s, const char *host, const char *origin)
{
    char request[512];
    snprintf(request, sizeof request,
             "GET /echo HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\nOrigin: %s\r\n\r\n",
             host, origin);
    return status_of(s, request);
}

static void pages_of_other_origins_are_kept_out(void **state)
{
    struct server s = serve_as(state, "");
    assert_int_equal(status_for(&s, "127.0.0.1:7004", "http://127.0.0.1:7004"), 101);
    assert_int_equal(status_for(&s, "localhost:7004", "http://localhost:7004"), 101);
    assert_int_equal(status_for(&s, "localhost:7004", "http://evil.example"), 403);
    assert_int_equal(status_for(&s, "evil.example:7004", "http://evil.example:7004"), 403);
    assert_int_equal(status_for(&s, "localhost:7004", "https://localhost:7004"), 403);
    assert_int_equal(status_for(&s, "localhost:7004", "null"), 403);
    assert_int_equal(status_of(&s, HANDSHAKE), 101); /* not a browser */
    stop(&s);
    s = serve_as(state, "--origin http://shop.example --origin null");
    assert_int_equal(status_for(&s, "127.0.0.1", "http://shop.example"), 101);
    assert_int_equal(status_for(&s, "shop.example:7004", "http://shop.example:7004"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "null"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "http://127.0.0.1"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "https://shop.example"), 403);
    assert_int_equal(status_for(&s, "127.0.0.1", "http://a.shop.example"), 403);
    stop(&s);
    static const char *const bad[] = {"shop.example", "http://shop.example/", "http://h:80", "*"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct result r = run("", 0, SERVER, "--origin %s", bad[i]);
        assert_int_equal(r.status, 2);
        assert_non_null(strstr(r.err, bad[i]));
    }
}

/* --- what comes together, or is much --- */

static void check_long_message(int fd, int first, const char *data, size_t n, size_t piece)
{
    size_t at = 0;
    uint8_t *out = malloc(n + (n / piece + 2) * 14);
    size_t len = 0;
    for (; at < n; at += piece) {
        size_t part = n - at < piece ? n - at : piece;
        int bits = (at ? CONTINUATION : first) | (at + part == n ? FIN : 0);
        len += make_frame(out + len, bits, data + at, part);
    }
    say(fd, out, len);
    expect_frame(fd, FIN | first, data, n);
    free(out);
}

/* 16 MiB at once, in 65,536 frames, and 100,000 frames of one byte: all within the limit, and each
 * in time that grows with its size and no faster. */
static void a_message_may_be_16_mib_and_in_as_many_fragments_as_it_likes(void **state)
{
    struct server s = serve_as(state, "");
    static char data[16 * MIB];
    fill_pattern(data, sizeof data, true);
    int fd = open_ws(&s);
    check_long_message(fd, TEXT, data, sizeof data, sizeof data);
    check_long_message(fd, BINARY, data, sizeof data, 256);
    check_long_message(fd, TEXT, data, 100000, 1);
    check_ws_echo(fd, "and goes on");
    say_frame(fd, BINARY, data, sizeof data); /* and not a byte more */
    say_frame(fd, FIN | CONTINUATION, "x", 1);
    expect_close(fd, 1009);
    stop(&s);
}

static void ten_thousand_pings_between_fragments_are_answered_in_order(void **state)
{
    enum { N = 10000 };
    struct server s = serve_as(state, "");
    static uint8_t all[N * 24];
    char text[16];
    size_t n = make_frame(all, TEXT, "<", 1);
    for (int i = 0; i < N; i++)
        n += make_frame(all + n, FIN | PING, text, (size_t)snprintf(text, sizeof text, "%d", i));
    n += make_frame(all + n, FIN | CONTINUATION, ">", 1);
    int fd = open_ws(&s);
    say(fd, all, n);
    for (int i = 0; i < N; i++)
        expect_frame(fd, FIN | PONG, text, (size_t)snprintf(text, sizeof text, "%d", i));
    expect_message(fd, "<>");
    close(fd);
    stop(&s);
}

/* The first byte that no text can have there is enough: neither the character's end, nor the
 * frame's, nor the message's is waited for. */
static void bad_text_is_refused_at_its_first_bad_byte(void **state)
{
    static const struct { const char *good, *bad; } cases[] = {
        {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4", "\x90"},
        {"\xce\xba\xed", "\xa0"}, {"\xe0", "\x9f"}, {"\xf0", "\x8f"}, {"abc", "\xc0"},
        {"abc\xe2\x82", "a"}, {"", "\xff"}, {"\xec\x95\x88\xeb\x85\x95", "\x80"},
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int fragment = 0; fragment < 2; fragment++) {
            uint8_t out[256];
            char text[100] = "";
            size_t n = strlen(cases[i].good);
            memcpy(text, cases[i].good, n);
            memcpy(text + n, cases[i].bad, 1);
            int fd = open_ws(&s);
            size_t payload = make_frame(out, fragment ? TEXT : FIN | TEXT, text, 90) - 90;
            say(fd, out, payload + n);
            assert_true(is_silent(fd, 20));
            say(fd, out + payload + n, 1);
            expect_close(fd, 1007);
        }
    stop(&s);
}

/* --- parting --- */

static void who_has_stopped_talking_is_still_answered(void **state)
{
    struct server s = serve_as(state, "");
    static char data[4 * MIB];
    static uint8_t all[sizeof data + 1000];
    fill_pattern(data, sizeof data, false);
    size_t n = strlen(HANDSHAKE);
    memcpy(all, HANDSHAKE, n);
    n += make_frame(all + n, FIN | TEXT, "one", 3);
    n += make_frame(all + n, FIN | BINARY, data, sizeof data);
    n += make_frame(all + n, FIN | TEXT, "last", 4);
    int fd = dial_small(s.port, 4096);
    say(fd, all, n);
    end_of_talk(fd);
    assert_int_equal(hear_head(fd), 101);
    expect_message(fd, "one");
    expect_frame(fd, FIN | BINARY, data, sizeof data);
    expect_message(fd, "last");
    hear_end(fd);
    close(fd);
    stop(&s);
}

/* Each valid code goes back as it came; the server ends the connection, and what is said all the
 * same is neither answered nor punished. */
static void a_close_is_answered_with_its_code_and_without_a_reset(void **state)
{
    static const int codes[] = {0, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012,
                                1013, 1014, 3000, 3999, 4000, 4999};
    static const char noise[100000];
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        uint8_t payload[2] = {(uint8_t)(codes[i] >> 8), (uint8_t)codes[i]};
        int fd = open_ws(&s);
        say_frame(fd, FIN | CLOSE, payload, codes[i] ? 2 : 0);
        expect_frame(fd, FIN | CLOSE, payload, codes[i] ? 2 : 0);
        is_silent(fd, 10); /* the server has ended by now */
        for (int k = 0; k < 3; k++) {
            say_frame(fd, FIN | PING, "still there?", 12);
            say(fd, noise, sizeof noise);
        }
        hear_end(fd);
        close(fd);
    }
    stop(&s);
}

/* ... but not for ever: from a client that never ends its side, the server is free in the end. */
static void who_never_ends_the_connection_is_cut_off(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--model loop --handshake-timeout 0.3 --max-clients 1");
    int fd = open_ws(&s);
    say_frame(fd, FIN | CLOSE, "\x03\xe8", 2);
    struct frame f = hear_frame(fd);
    assert_int_equal(f.first, FIN | CLOSE);
    hear_end(fd);
    double before = now();
    while (send(fd, "x", 1, MSG_NOSIGNAL) == 1 && now() - before < 10)
        is_silent(fd, 20);
    assert_true(now() - before < 8);
    close(fd);
    stop(&s);
}

static void the_server_that_leaves_first_takes_the_clients_good_bye(void **state)
{
    struct server s = serve_as(state, "");
    int fd = open_ws(&s);
    check_ws_echo(fd, "hello");
    kill(s.child.pid, SIGTERM);
    struct frame f = hear_frame(fd);
    assert_int_equal(f.first, FIN | CLOSE);
    assert_int_equal(f.data[0] << 8 | f.data[1], 1001);
    assert_string_equal((char *)f.data + 2, "server stops");
    say_frame(fd, FIN | CLOSE, "\x03\xe9", 2);
    say_frame(fd, FIN | TEXT, "too late", 8);
    hear_end(fd);
    close(fd);
    assert_int_equal(finish(&s.child).status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_get_opens_a_websocket),
        TEST_BOTH(pages_of_other_origins_are_kept_out),
        TEST_BOTH(a_message_may_be_16_mib_and_in_as_many_fragments_as_it_likes),
        TEST_BOTH(ten_thousand_pings_between_fragments_are_answered_in_order),
        TEST_BOTH(bad_text_is_refused_at_its_first_bad_byte),
        TEST_BOTH(who_has_stopped_talking_is_still_answered),
        TEST_BOTH(a_close_is_answered_with_its_code_and_without_a_reset),
        TEST(who_never_ends_the_connection_is_cut_off),
        TEST_BOTH(the_server_that_leaves_first_takes_the_clients_good_bye),
    };
    return cmocka_run_group_tests_name("ws_rules", tests, NULL, NULL);
}
