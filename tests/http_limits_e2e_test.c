/* tests/http_limits_e2e_test.c: nobody holds a place by being slow, makes work that grows faster
 * than what it sends, or is answered out of turn.  The limits: http_poll/README.md.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SERVER "http_poll_server"
#define HOST "Host: test\r\n"
#define POST "POST /echo HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define HELLO POST "Content-Length: 5\r\n\r\nhello"

static struct server serve_as(void **state, const char *options)
{
    return serve(SERVER, "--model %s %s", MODEL, options);
}

static void sleep_ms(long ms)
{
    struct timespec ts = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&ts, NULL);
}

/* A reply's head, up to its empty line; returns its status, and its Content-Length or 0. */
static int hear_head(int fd, size_t *length)
{
    char line[2048];
    int status = 0;
    *length = 0;
    for (bool first = true; hear_line(fd, line, sizeof line) && line[0]; first = false) {
        if (first)
            assert_int_equal(sscanf(line, "HTTP/1.1 %d ", &status), 1);
        sscanf(line, "Content-Length: %zu", length);
    }
    return status;
}

static void check_hello(int fd)
{
    char body[5];
    size_t length;
    say_text(fd, HELLO);
    assert_int_equal(hear_head(fd, &length), 200);
    assert_int_equal(length, 5);
    hear(fd, body, 5);
    assert_memory_equal(body, "hello", 5);
}

/* One reply with this status, and then the end (not a reset). */
static void check_last(int fd, int status)
{
    char got[8192], expected[32] = "";
    ssize_t n = hear_all(fd, got, sizeof got);
    if (status)
        snprintf(expected, sizeof expected, "HTTP/1.1 %d ", status);
    if (n < 0 || strncmp(got, expected, strlen(expected)) != 0 || (status == 0 && n > 0) ||
        strstr(got + (n > 0), "HTTP/1.1 "))
        fail_msg("not one %d and the end:\n%s", status, got);
    if (status)
        assert_non_null(strstr(got, "\r\nConnection: close\r\n"));
    close(fd);
}

/* --- slow senders --- */

/* Says the same again and again, until there is an answer. */
static void drip(int fd, const char *drop, int ms)
{
    double end = now() + 10;
    while (is_silent(fd, ms)) {
        if (now() > end)
            fail_msg("still listened to after 10 s of '%s'", drop);
        say_text(fd, drop);
    }
}

static void who_drips_is_given_up(void **state)
{
    static const struct { const char *begin, *drop; int status; } rows[] = {
        {"", "G", 408},
        {"GET / HTTP/1.1\r\n" HOST, "A: b\r\n", 408},
        {"GET / HTTP/1.1\r\n" HOST "A: ", " ", 408},
        {"", "\r\n", 0}, /* nothing was asked, nothing is answered */
        {HELLO "\r\n", "\r\n", 0},
        {POST "Content-Length: 1000000\r\n\r\n", "b", 408},
        {POST "Content-Length: 1000000\r\n\r\n", "b of more than one byte", 408},
        {CHUNKED, "1\r\nb\r\n", 408},
        {CHUNKED "5;a=", "a", 408},
        {CHUNKED, "00001;abc\r\nb\r\n", 408},
        {CHUNKED "0\r\n", "A: b\r\n", 408},
        {CHUNKED "100000\r\n", "b", 408},
    };
    struct server s = serve_as(state, "--handshake-timeout 0.2");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int again = 0; again < 2; again++) { /* as the first request, and as a later one */
            int fd = dial(s.port);
            if (again)
                check_hello(fd);
            double before = now();
            if (strncmp(rows[i].begin, HELLO, strlen(HELLO)) == 0)
                check_hello(fd);
            else
                say_text(fd, rows[i].begin);
            drip(fd, rows[i].drop, 20);
            if (now() - before < 0.15)
                fail_msg("given up too early: '%s'", rows[i].drop);
            check_last(fd, rows[i].status);
        }
    stop(&s);
}

/* One time from connecting to the end of the first head, not one more from its first byte on. */
static void the_first_head_has_its_time_from_the_connection_on(void **state)
{
    struct server s = serve_as(state, "--handshake-timeout 1");
    int fd = dial(s.port);
    double before = now();
    assert_true(is_silent(fd, 750));
    drip(fd, "G", 20);
    assert_true(now() - before > 0.9);
    assert_true(now() - before < 1.6);
    check_last(fd, 408);
    fd = dial(s.port);
    hear_end(fd); /* who says nothing has nothing to be told */
    close(fd);
    stop(&s);
}

static void a_slow_upload_that_goes_on_is_waited_for(void **state)
{
    static char piece[24000], back[6 * sizeof piece];
    struct server s = serve_as(state, "--handshake-timeout 1");
    int by_length = dial(s.port);
    size_t length;
    char head[200];
    snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", sizeof back);
    memset(piece, 'b', sizeof piece);
    say_text(by_length, head);
    for (int i = 0; i < 6; i++) { /* 1.5 s in all */
        say(by_length, piece, sizeof piece);
        sleep_ms(250);
    }
    assert_int_equal(hear_head(by_length, &length), 200);
    assert_int_equal(length, sizeof back);
    hear(by_length, back, length);
    close(by_length);
    stop(&s);
}

static void between_two_requests_the_idle_time_counts(void **state)
{
    struct server s = serve_as(state, "--handshake-timeout 0.3 --idle-timeout 1.5");
    int fd = dial(s.port);
    check_hello(fd);
    assert_true(is_silent(fd, 700));
    check_hello(fd);
    double before = now();
    hear_end(fd);
    assert_true(now() - before > 1.2);
    close(fd);
    stop(&s);
}

static void a_reply_may_be_read_slowly(void **state)
{
    enum { SIZE = 4 << 20 };
    char *body = calloc(1, SIZE), head[200];
    size_t length;
    struct server s = serve_as(state, "--handshake-timeout 0.3");
    int fd = dial_small(s.port, 20000);
    snprintf(head, sizeof head, POST "Connection: close\r\nContent-Length: %d\r\n\r\n", SIZE);
    assert_non_null(body);
    say_text(fd, head);
    say(fd, body, SIZE);
    assert_int_equal(hear_head(fd, &length), 200);
    for (int i = 0; i < 5; i++) {
        hear(fd, body, SIZE / 64);
        sleep_ms(150);
    }
    hear(fd, body, SIZE - 5 * (SIZE / 64));
    hear_end(fd);
    free(body);
    close(fd);
    stop(&s);
}

/* --- sizes --- */

static void say_often(int fd, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        say_text(fd, text);
}

static void extensions_and_trailers_have_a_limit_together(void **state)
{
    struct server s = serve_as(state, "--max-header 1000");
    static const struct { int extensions, trailers, status; } rows[] = {
        {0, 0, 200}, {10, 0, 200}, {0, 20, 200}, {6, 8, 200},
        {13, 0, 400}, {0, 30, 400}, {9, 15, 400}, {1000, 0, 400}, {0, 1000, 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = dial(s.port);
        size_t length;
        say_text(fd, CHUNKED);
        say_often(fd, "1;an-extension-of-almost-a-hundred-bytes-that-nobody-in-the-whole-world"
                      "-would-have-any-use-for\r\nb\r\n", rows[i].extensions);
        say_often(fd, "1;a=b\r\nb\r\n", 1000); /* as long as a long size is: for nothing */
        say_text(fd, "0\r\n");
        say_often(fd, "A-Trailer: of 40 bytes and a line's end\r\n", rows[i].trailers);
        say_text(fd, "\r\n");
        if (rows[i].status == 400) {
            check_last(fd, 400);
            continue;
        }
        assert_int_equal(hear_head(fd, &length), 200);
        assert_int_equal(length, 1000 + rows[i].extensions);
        close(fd);
    }
    stop(&s);
}

static void a_size_line_that_does_not_end_is_refused(void **state)
{
    struct server s = serve_as(state, "--max-header 1000");
    static const char *const drops[] = {"0", "a", " ", "\t"};
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++) {
        int fd = dial(s.port);
        say_text(fd, i > 0 ? CHUNKED "5;" : CHUNKED);
        say_often(fd, drops[i], 1100);
        check_last(fd, 400);
    }
    stop(&s);
}

static void empty_lines_before_a_request_have_a_limit(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    for (int i = 0; i < 3; i++) { /* counted anew for each request */
        say_often(fd, "\r\n", 64);
        check_hello(fd);
    }
    say_often(fd, "\r\n", 65);
    check_last(fd, 400);
    fd = dial(s.port);
    say_often(fd, "\r\n", 64);
    say_text(fd, "\r");
    say_bytewise(fd, "\nGET", 4);
    check_last(fd, 400);
    stop(&s);
}

/* Whether it has asked already or not; it must not be lost in a reset either. */
static void one_client_too_many_is_told_to_come_back(void **state)
{
    struct server s = serve_as(state, "--max-clients 1");
    int first = dial(s.port);
    check_hello(first);
    for (int asks = 0; asks < 2; asks++) {
        char got[1024];
        int fd = dial(s.port);
        if (asks)
            say_text(fd, HELLO);
        assert_true(hear_all(fd, got, sizeof got) > 0);
        assert_int_equal(strncmp(got, "HTTP/1.1 503 ", 13), 0);
        assert_non_null(strstr(got, "\r\nRetry-After: 1\r\n"));
        assert_non_null(strstr(got, "\r\nConnection: close\r\n"));
        assert_null(strstr(got, "hello"));
        close(fd);
        check_hello(first);
    }
    close(first);
    for (int tries = 0;; tries++) { /* until the server has seen that */
        char line[100];
        int fd = dial(s.port);
        say_text(fd, HELLO);
        assert_true(hear_line(fd, line, sizeof line));
        close(fd);
        if (strcmp(line, "HTTP/1.1 200 OK") == 0)
            break;
        assert_true(tries < 200);
        sleep_ms(10);
    }
    stop(&s);
}

/* --- in turn --- */

static void thousands_in_one_write_are_answered_in_order(void **state)
{
    static const struct { const char *request; int status; size_t body; } kinds[] = {
        {"GET / HTTP/1.1\r\n" HOST "\r\n", 200, 1},
        {"HEAD / HTTP/1.1\r\n" HOST "\r\n", 200, 0},
        {HELLO, 200, 5},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 204, 0},
        {"HEAD /x HTTP/1.1\r\n" HOST "\r\n", 404, 0},
        {CHUNKED "2\r\nhe\r\n0\r\n\r\n", 200, 2},
        {"PUT /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\n\r\n\r", 405, 1},
    };
    enum { KINDS = sizeof kinds / sizeof *kinds, N = 3 * 7 * 70 };
    static char all[N * 120], body[4096];
    size_t n = 0, length;
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s", kinds[i * i % KINDS].request);
    say(fd, all, n);
    for (int i = 0; i < N; i++) {
        int kind = i * i % KINDS;
        if (hear_head(fd, &length) != kinds[kind].status)
            fail_msg("reply %d is not one to:\n%s", i, kinds[kind].request);
        if (kinds[kind].body > 1)
            assert_int_equal(length, kinds[kind].body);
        assert_true(length < sizeof body);
        hear(fd, body, kinds[kind].body > 0 ? length : 0);
    }
    check_hello(fd);
    close(fd);
    stop(&s);
}

/* RFC 9110 10.1.1 */
static void a_100_is_said_only_to_who_waits_for_it(void **state)
{
#define EXPECT "Expect: 100-continue\r\n"
    static const struct { const char *head, *body; int first, then; } rows[] = {
        {POST EXPECT "Content-Length: 5\r\n\r\n", "hello", 100, 200},
        {POST EXPECT EXPECT "Content-Length: 5\r\n\r\n", "hello", 100, 200},
        {POST EXPECT "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", 100, 200},
        {"PUT / HTTP/1.1\r\n" HOST EXPECT "Content-Length: 5\r\n\r\n", "hello", 100, 405},
        /* the body has begun: no need */
        {POST EXPECT "Content-Length: 5\r\n\r\nh", "ello", 0, 200},
        {POST EXPECT "Content-Length: 5\r\n\r\nhello", "", 0, 200},
        {POST EXPECT "Transfer-Encoding: chunked\r\n\r\n5", "\r\nhello\r\n0\r\n\r\n", 0, 200},
        {POST EXPECT "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", 0, 200},
        /* no body will come */
        {"GET / HTTP/1.1\r\n" HOST EXPECT "\r\n", "", 0, 200},
        {POST EXPECT "Content-Length: 0\r\n\r\n", "", 0, 200},
        /* HTTP/1.0 knows no 100, and nothing of expectations */
        {"POST /echo HTTP/1.0\r\n" EXPECT "Content-Length: 5\r\n\r\n", "hello", 0, 200},
        {"POST /echo HTTP/1.0\r\nExpect: x\r\nContent-Length: 5\r\n\r\n", "hello", 0, 200},
        /* refused: that is the answer, and the body is not wanted */
        {POST EXPECT "Content-Length: 1001\r\n\r\n", "", 413, 0},
        {POST EXPECT "Content-Length: five\r\n\r\n", "", 400, 0},
        {POST EXPECT "Transfer-Encoding: gzip\r\n\r\n", "", 501, 0},
        {POST EXPECT "\r\n", "", 411, 0},
        {POST "Expect: a-miracle\r\nContent-Length: 5\r\n\r\n", "", 417, 0},
        {POST "Expect: 100-continue, a-miracle\r\nContent-Length: 5\r\n\r\n", "", 417, 0},
        {POST EXPECT "Expect: a-miracle\r\nContent-Length: 5\r\n\r\n", "", 417, 0},
        {POST "Expect:\r\nContent-Length: 5\r\n\r\n", "", 417, 0},
    };
    struct server s = serve_as(state, "--max-message 1000");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = dial(s.port);
        size_t length;
        say_text(fd, rows[i].head);
        if (!rows[i].then) {
            check_last(fd, rows[i].first);
            continue;
        }
        if (rows[i].first)
            assert_int_equal(hear_head(fd, &length), 100);
        else if (rows[i].body[0])
            assert_true(is_silent(fd, 50));
        say_text(fd, rows[i].body);
        int status = hear_head(fd, &length);
        if (status != rows[i].then)
            fail_msg("%d instead of %d to:\n%s", status, rows[i].then, rows[i].head);
        close(fd);
    }
    stop(&s);
}

static void a_connection_is_kept_as_its_fields_say(void **state)
{
    static const struct { const char *version, *fields; bool kept; } rows[] = {
        {"1.1", "", true},
        {"1.1", "Connection: close\r\n", false},
        {"1.1", "Connection: CLOSE\r\n", false},
        {"1.1", "Connection: keep-alive, close\r\n", false},
        {"1.1", "Connection: ,\tclose ,\r\n", false},
        {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
        {"1.1", "Connection: closed\r\n", true},
        {"1.1", "Connection: \"close\"\r\n", true},
        {"1.1", "Proxy-Connection: close\r\n", true},
        {"1.0", "", false},
        {"1.0", "Connection: Keep-Alive\r\n", true},
        {"1.0", "Connection: x, keep-alive\r\n", true},
        {"1.0", "Connection: keep-alive, close\r\n", false},
        {"1.0", "Keep-Alive: timeout=5\r\n", false},
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char request[300], body[4096];
        size_t length;
        int fd = dial(s.port);
        snprintf(request, sizeof request, "GET / HTTP/%s\r\n" HOST "%s\r\n", rows[i].version,
                 rows[i].fields);
        say_text(fd, request);
        assert_int_equal(hear_head(fd, &length), 200);
        assert_true(length < sizeof body);
        hear(fd, body, length);
        if (rows[i].kept)
            check_hello(fd);
        else
            hear_end(fd);
        close(fd);
    }
    stop(&s);
}

/* --- work --- */

/* The seconds of CPU that a server needs for one body of n bytes in chunks of one. */
static double work_of_chunks(void **state, size_t n)
{
    static const char chunks[] = "1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n"
                                 "1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n"
                                 "1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n1\r\nb\r\n"; /* sixteen */
    static char block[4096 * (sizeof chunks - 1)], back[1 << 16];
    struct server s = serve_as(state, "");
    size_t length;
    for (size_t i = 0; i < 4096; i++)
        memcpy(block + i * (sizeof chunks - 1), chunks, sizeof chunks - 1);
    int fd = dial(s.port);
    say_text(fd, CHUNKED);
    for (size_t done = 0; done < n; done += 16 * 4096)
        say(fd, block, sizeof block);
    say_text(fd, "0\r\n\r\n");
    assert_int_equal(hear_head(fd, &length), 200);
    assert_int_equal(length, n);
    for (size_t got = 0; got < n; got += sizeof back)
        hear(fd, back, sizeof back);
    close(fd);
    stop(&s);
    return s.child.cpu;
}

/* A head byte by byte: http_service_test.c. */
static void a_body_in_chunks_of_one_byte_is_linear_work(void **state)
{
    double quarter = work_of_chunks(state, 4 << 20), whole = work_of_chunks(state, 16 << 20);
    printf("           4 MiB: %.2f s of CPU, 16 MiB: %.2f s\n", quarter, whole);
    assert_true(whole < 8 * quarter + 0.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(who_drips_is_given_up),
        TEST_BOTH(the_first_head_has_its_time_from_the_connection_on),
        TEST_BOTH(a_slow_upload_that_goes_on_is_waited_for),
        TEST_BOTH(between_two_requests_the_idle_time_counts),
        TEST_BOTH(a_reply_may_be_read_slowly),
        TEST_BOTH(extensions_and_trailers_have_a_limit_together),
        TEST_BOTH(a_size_line_that_does_not_end_is_refused),
        TEST_BOTH(empty_lines_before_a_request_have_a_limit),
        TEST_UNDER(one_client_too_many_is_told_to_come_back, "loop"),
        TEST_BOTH(thousands_in_one_write_are_answered_in_order),
        TEST_BOTH(a_100_is_said_only_to_who_waits_for_it),
        TEST_BOTH(a_connection_is_kept_as_its_fields_say),
        TEST_UNDER(a_body_in_chunks_of_one_byte_is_linear_work, "loop"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
