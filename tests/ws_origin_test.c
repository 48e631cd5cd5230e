/* tests/ws_origin_test.c: which pages may open a WebSocket: RFC 6455 10.2, and DNS rebinding.
 * SPDX-License-Identifier: MIT */
#include "http_poll/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool may(const char *host, const char *origin, bool secure, const struct texts *listed)
{
    struct http_head head;
    char text[1024];
    int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", host,
                     origin ? "oRIGIN: " : "", origin ? origin : "", origin ? "\r\n" : "");
    assert_int_equal(http_request_parse(&head, text, (size_t)n), n);
    return origin_may(&head, secure, listed);
}

static const struct texts none = {0};
static const struct texts some = {3, {"https://shop.example", "http://lab.example:8080", "null"}};

struct row {
    bool good;
    const char *host, *origin;
};

static void check(const struct row *rows, size_t n, bool secure, const struct texts *listed)
{
    for (size_t i = 0; i < n; i++)
        if (may(rows[i].host, rows[i].origin, secure, listed) != rows[i].good)
            fail_msg("%s: host %s, origin %s", rows[i].good ? "refused" : "allowed", rows[i].host,
                     rows[i].origin ? rows[i].origin : "(none)");
}
#define CHECK(rows, secure, listed) check(rows, sizeof rows / sizeof rows[0], secure, listed)

static void who_is_not_a_browser_says_no_origin_and_may(void **state)
{
    static const struct row rows[] = {
        {true, "127.0.0.1:7004", NULL}, {true, "example.com", NULL}, {true, "", NULL}};
    (void)state;
    CHECK(rows, false, &none);
    CHECK(rows, true, &some);
}

static void a_page_of_our_own_may(void **state)
{
    static const struct row rows[] = {
        {true, "127.0.0.1:7004", "http://127.0.0.1:7004"},
        {true, "localhost:7004", "http://localhost:7004"},
        {true, "localhost", "http://localhost"},
        {true, "[::1]:7004", "http://[::1]:7004"},
        {true, "[2001:db8::7]", "http://[2001:db8::7]"},
        {true, "192.0.2.1", "http://192.0.2.1"},
        /* another scheme, host or port is another origin */
        {false, "127.0.0.1:7004", "https://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "ws://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "http://127.0.0.1:7003"},
        {false, "127.0.0.1:7004", "http://127.0.0.1"},
        {false, "127.0.0.1", "http://127.0.0.1:80"},
        {false, "127.0.0.1:7004", "http://localhost:7004"},
        {false, "localhost:7004", "http://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "http://evil.example"},
        {false, "127.0.0.1:7004", "http://127.0.0.1:7004.evil.example"},
        {false, "127.0.0.1:7004", "http://127.0.0.1:70044"},
        {false, "127.0.0.1:7004", "http://127.0.0.1:7004/"},
        {false, "127.0.0.1:7004", "HTTP://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "null"},
        {false, "127.0.0.1:7004", ""},
    };
    static const struct row secure[] = {
        {true, "127.0.0.1:7004", "https://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "http://127.0.0.1:7004"},
    };
    (void)state;
    CHECK(rows, false, &none);
    CHECK(secure, true, &none);
}

/* The attacker's page comes from a name that now resolves to our address. */
static void a_name_that_anybody_could_own_proves_nothing(void **state)
{
    static const struct row rows[] = {
        {false, "evil.example:7004", "http://evil.example:7004"},
        {false, "localhost.evil.example", "http://localhost.evil.example"},
        {false, "a.localhost:7004", "http://a.localhost:7004"},
        {false, "127.0.0.1.evil.example", "http://127.0.0.1.evil.example"},
        {false, "127.0.0.1.:7004", "http://127.0.0.1.:7004"},
        {false, "127.1:7004", "http://127.1:7004"},
        {false, "[::1", "http://[::1"},
        {false, "::1", "http://::1"},
        {false, "[localhost]", "http://[localhost]"},
        {false, "[::1%25lo]", "http://[::1%25lo]"},
        {false, "0000000000000000000000000000000000000000000000000.1",
         "http://0000000000000000000000000000000000000000000000000.1"},
        {false, "", "http://"},
        {false, ":7004", "http://:7004"},
    };
    (void)state;
    CHECK(rows, false, &none);
    CHECK(rows, false, &some);
}

static void a_listed_origin_may_whatever_host_it_names(void **state)
{
    static const struct row rows[] = {
        {true, "127.0.0.1:7004", "https://shop.example"},
        {true, "whatever", "http://lab.example:8080"},
        {true, "127.0.0.1:7004", "null"},
        {true, "shop.example:7004", "http://shop.example:7004"}, /* its name is known to be ours */
        {true, "lab.example", "http://lab.example"},
        {true, "127.0.0.1:7004", "http://127.0.0.1:7004"},
        {false, "127.0.0.1:7004", "http://shop.example"},
        {false, "127.0.0.1:7004", "https://shop.example:443"},
        {false, "127.0.0.1:7004", "https://shop.example.evil"},
        {false, "127.0.0.1:7004", "https://a.shop.example"},
        {false, "127.0.0.1:7004", "https://Shop.example"},
        {false, "a.shop.example", "http://a.shop.example"},
        {false, "null", "http://null"},
    };
    (void)state;
    CHECK(rows, false, &some);
}

static void two_origins_are_none(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
                               "Origin: http://localhost\r\n\r\n";
    struct http_head head;
    (void)state;
    assert_int_equal(http_request_parse(&head, text, sizeof text - 1), sizeof text - 1);
    assert_false(origin_may(&head, false, &some));
}

static void without_a_host_no_origin_is_our_own(void **state)
{
    static const char text[] = "GET / HTTP/1.0\r\nOrigin: http://\r\n\r\n";
    struct http_head head;
    (void)state;
    assert_int_equal(http_request_parse(&head, text, sizeof text - 1), sizeof text - 1);
    assert_false(origin_may(&head, false, &some));
}

static void what_no_browser_writes_is_no_origin(void **state)
{
    static const char *const good[] = {"null", "http://h", "https://h.example", "http://h:8080",
                                       "https://[::1]:8443", "http://[::1]", "http://127.0.0.1:1",
                                       "https://h:80", "chrome-extension://abcdef"};
    static const char *const bad[] = {"", "h", "example.com:80", "http://", "http:/h", "://h",
                                      "http://h/", "http://h/path", "http://h?x", "http://h#x",
                                      "http://u@h", "http://H", "http://h:80", "https://h:443",
                                      "http://h:", "http://h:080", "http://h:x", "http://h ",
                                      "HTTP://h", "Null", "http://h:70000", "*"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!origin_is_written_so(good[i]))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (origin_is_written_so(bad[i]))
            fail_msg("taken: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_not_a_browser_says_no_origin_and_may),
        cmocka_unit_test(a_page_of_our_own_may),
        cmocka_unit_test(a_name_that_anybody_could_own_proves_nothing),
        cmocka_unit_test(a_listed_origin_may_whatever_host_it_names),
        cmocka_unit_test(two_origins_are_none),
        cmocka_unit_test(without_a_host_no_origin_is_our_own),
        cmocka_unit_test(what_no_browser_writes_is_no_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
