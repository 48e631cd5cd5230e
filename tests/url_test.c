/* tests/url_test.c: URLs taken apart, refused and put together again; addresses without a network.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/url.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Parses a copy that ends where its block ends: reading on is noticed by the sanitizer. */
static const char *parse(struct url *url, const char *text)
{
    size_t n = strlen(text) + 1;
    char *heap = malloc(n);
    memcpy(heap, text, n);
    memset(url, 0x5a, sizeof *url);
    const char *why = url_parse(url, heap);
    free(heap);
    return why;
}

static void parse_good(struct url *url, const char *text)
{
    const char *why = parse(url, text);
    if (why)
        fail_msg("%s was refused: %s", text, why);
}

static void assert_refused(const char *text)
{
    struct url url;
    const char *why = parse(&url, text);
    if (!why)
        fail_msg("\"%s\" was taken: host \"%s\", port %d, path \"%s\"", text, url.host, url.port,
                 url.path);
    assert_true(strlen(why) > 3);
}

/* --- good ones --- */

static const struct good {
    const char *text, *scheme, *host;
    int port;
    const char *path, *authority, *formatted;
} good[] = {
    {"tcp://127.0.0.1:7001", "tcp", "127.0.0.1", 7001, "", "127.0.0.1:7001",
     "tcp://127.0.0.1:7001"},
    {"tls://localhost:1", "tls", "localhost", 1, "", "localhost:1", "tls://localhost:1"},
    {"udp://h:65535", "udp", "h", 65535, "", "h:65535", "udp://h:65535"},
    {"tcp://h:0", "tcp", "h", 0, "", "h:0", "tcp://h:0"},
    {"http://example.com", "http", "example.com", 80, "", "example.com", "http://example.com:80"},
    {"http://example.com:80/", "http", "example.com", 80, "/", "example.com",
     "http://example.com:80/"},
    {"http://example.com:443/", "http", "example.com", 443, "/", "example.com:443",
     "http://example.com:443/"},
    {"https://h", "https", "h", 443, "", "h", "https://h:443"},
    {"https://h:80", "https", "h", 80, "", "h:80", "https://h:80"},
    {"ws://h/echo", "ws", "h", 80, "/echo", "h", "ws://h:80/echo"},
    {"wss://h/push?a=b", "wss", "h", 443, "/push?a=b", "h", "wss://h:443/push?a=b"},
    {"wss://h:8443", "wss", "h", 8443, "", "h:8443", "wss://h:8443"},
    {"WS://Host.Example:7004/Echo", "ws", "Host.Example", 7004, "/Echo", "Host.Example:7004",
     "ws://Host.Example:7004/Echo"},
    {"HttpS://h", "https", "h", 443, "", "h", "https://h:443"},
    {"tcp://[::1]:7001", "tcp", "::1", 7001, "", "[::1]:7001", "tcp://[::1]:7001"},
    {"http://[2001:db8::7]/x", "http", "2001:db8::7", 80, "/x", "[2001:db8::7]",
     "http://[2001:db8::7]:80/x"},
    {"http://h?q", "http", "h", 80, "/?q", "h", "http://h:80/?q"},
    {"http://h:8080?after=3", "http", "h", 8080, "/?after=3", "h:8080", "http://h:8080/?after=3"},
    {"http://h/a/b?c=d/e?f", "http", "h", 80, "/a/b?c=d/e?f", "h", "http://h:80/a/b?c=d/e?f"},
    {"http://h/a#part", "http", "h", 80, "/a", "h", "http://h:80/a"},
    {"http://h#part", "http", "h", 80, "", "h", "http://h:80"},
    {"http://h?q#part?x", "http", "h", 80, "/?q", "h", "http://h:80/?q"},
    {"http://h/%20%7f", "http", "h", 80, "/%20%7f", "h", "http://h:80/%20%7f"},
    {"http://h/a@b:c", "http", "h", 80, "/a@b:c", "h", "http://h:80/a@b:c"},
    {"tcp://h:00080", "tcp", "h", 80, "", "h:80", "tcp://h:80"},
    {"tcp://h:0000000000065535", "tcp", "h", 65535, "", "h:65535", "tcp://h:65535"},
};
#define GOOD (sizeof good / sizeof good[0])

static void the_url_of_a_websocket_has_no_fragment(void **state)
{
    (void)state;
    assert_refused("ws://h/#part");
    assert_refused("ws://h#");
    assert_refused("WSS://h/a?b#c");
}

static void a_url_is_taken_apart(void **state)
{
    struct url url;
    (void)state;
    for (size_t i = 0; i < GOOD; i++) {
        parse_good(&url, good[i].text);
        assert_string_equal(url.scheme, good[i].scheme);
        assert_string_equal(url.host, good[i].host);
        assert_string_equal(url.path, good[i].path);
        assert_int_equal(url.port, good[i].port);
    }
}

static void a_url_is_put_together_again(void **state)
{
    struct url url;
    char out[URL_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < GOOD; i++) {
        parse_good(&url, good[i].text);
        assert_ptr_equal(url_format(&url, out), out);
        assert_string_equal(out, good[i].formatted);
        assert_ptr_equal(url_authority(&url, out), out);
        assert_string_equal(out, good[i].authority);
    }
}

static void what_is_formatted_parses_to_the_same_url(void **state)
{
    struct url url, again;
    char out[URL_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < GOOD; i++) {
        parse_good(&url, good[i].text);
        parse_good(&again, url_format(&url, out));
        assert_string_equal(again.scheme, url.scheme);
        assert_string_equal(again.host, url.host);
        assert_string_equal(again.path, url.path);
        assert_int_equal(again.port, url.port);
    }
}

static void the_web_has_default_ports_and_nothing_else_has(void **state)
{
    (void)state;
    assert_int_equal(url_default_port("http"), 80);
    assert_int_equal(url_default_port("ws"), 80);
    assert_int_equal(url_default_port("https"), 443);
    assert_int_equal(url_default_port("wss"), 443);
    assert_int_equal(url_default_port("tcp"), 0);
    assert_int_equal(url_default_port("tls"), 0);
    assert_int_equal(url_default_port("udp"), 0);
    assert_int_equal(url_default_port("gopher"), 0);
    assert_refused("tcp://h");
    assert_refused("tls://h/");
    assert_refused("udp://[::1]");
}

static void tls_https_and_wss_are_secure(void **state)
{
    static const char *const text[] = {"tls://h:1", "https://h", "wss://h",
                                       "tcp://h:1", "udp://h:1", "http://h", "ws://h"};
    struct url url;
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        parse_good(&url, text[i]);
        assert_int_equal(url_is_secure(&url), i < 3);
    }
}

static void a_default_path_takes_the_place_of_none(void **state)
{
    struct url url;
    (void)state;
    parse_good(&url, "ws://h");
    url_set_default_path(&url, "/echo");
    assert_string_equal(url.path, "/echo");
    parse_good(&url, "ws://h/");
    url_set_default_path(&url, "/echo");
    assert_string_equal(url.path, "/");
    parse_good(&url, "ws://h?q");
    url_set_default_path(&url, "/echo");
    assert_string_equal(url.path, "/?q");
}

/* --- bad ones --- */

static void a_bad_port_is_refused(void **state)
{
    static const char *const ports[] = {"", "-1", "+1", "65536", "99999", "4294967297", "abc",
                                        "80a", "a80", "0x50", " 80", "80 ", "8 0", "80:80", ".",
                                        "80.", "99999999999999999999999999"};
    char text[128];
    (void)state;
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        snprintf(text, sizeof text, "tcp://h:%s", ports[i]);
        assert_refused(text);
        snprintf(text, sizeof text, "http://[::1]:%s/", ports[i]);
        assert_refused(text);
        snprintf(text, sizeof text, "ws://h:%s?q", ports[i]);
        assert_refused(text);
    }
}

static void what_is_no_url_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "h", "h:1", "tcp", "tcp:", "tcp:/", "tcp:h:1", "tcp:/h:1", "://h:1", "//h:1",
        "ftp://h:1", "tcpx://h:1", "tc://h:1", " tcp://h:1", "tcp ://h:1", "httpss://h", "wsss://h",
        "tcp://", "tcp://:1", "tcp:///x", "http://", "http:///", "http://?q", "http://#f",
        "http://:80", "tcp://[]:1", "tcp://[::1:1", "tcp://[::1", "tcp://[", "tcp://[::1]x:1",
        "tcp://[::1]1", "tcp://::1:1", "tcp://::1", "http://::1/", "http://1:2:3/",
        "http://[h]/", "http://[[h]/", "tcp://[127.0.0.1]:1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused(texts[i]);
}

static void a_user_and_a_password_are_refused(void **state)
{
    (void)state;
    assert_refused("http://user@h");
    assert_refused("http://user:secret@h/");
    assert_refused("http://user:80@h:80/");
    assert_refused("http://@h/");
    assert_refused("http://h@/");
}

/* What is not printable ASCII would reach a request line or a Host header as it is. */
static void only_printable_ascii_gets_into_host_and_path(void **state)
{
    struct url url;
    char text[64];
    (void)state;
    for (int c = 1; c < 256; c++) {
        bool printable = c > ' ' && c < 0x7f;
        snprintf(text, sizeof text, "http://h/a%cb", c);
        assert_int_equal(parse(&url, text) == NULL, printable);
        snprintf(text, sizeof text, "http://h/?a%cb", c);
        assert_int_equal(parse(&url, text) == NULL, printable);
        snprintf(text, sizeof text, "http://a%cb/", c);
        if (!printable)
            assert_refused(text);
    }
    assert_refused("http://h/ HTTP/1.1\r\nEvil: yes");
    assert_refused("http://h\r\nEvil: yes/");
    assert_refused("http://h/a b#c");
}

static void refuse_longer(const char *before, size_t longest, const char *after, size_t offset,
                          size_t cap)
{
    char text[4096];
    struct url url;
    for (size_t n = longest; n <= longest + 1; n++) {
        memcpy(text, before, strlen(before));
        memset(text + strlen(before), 'x', n);
        strcpy(text + strlen(before) + n, after);
        if (n > longest) {
            assert_refused(text);
        } else {
            parse_good(&url, text);
            assert_int_equal(strlen((char *)&url + offset), cap - 1);
        }
    }
}

static void the_longest_host_and_path_fit_and_one_byte_more_does_not(void **state)
{
    size_t host = sizeof((struct url *)0)->host, path = sizeof((struct url *)0)->path;
    (void)state;
    refuse_longer("tcp://", host - 1, ":1", offsetof(struct url, host), host);
    refuse_longer("tcp://[:", host - 2, "]:1", offsetof(struct url, host), host);
    refuse_longer("http://h/", path - 2, "", offsetof(struct url, path), path);
    refuse_longer("http://h/", path - 2, "#and a fragment", offsetof(struct url, path), path);
    refuse_longer("http://h?", path - 3, "", offsetof(struct url, path), path);
}

/* URL_TEXT_MAX bytes must do for anything that parses. */
static void the_longest_url_can_be_formatted(void **state)
{
    struct url url = {.scheme = "https", .port = 65535};
    char *out = malloc(URL_TEXT_MAX);
    (void)state;
    memset(url.host, ':', sizeof url.host - 1);
    memset(url.path, '/', sizeof url.path - 1);
    url_format(&url, out);
    assert_int_equal(strlen(out), strlen("https://[]:65535") + 255 + 1023);
    url_authority(&url, out);
    assert_int_equal(strlen(out), strlen("[]:65535") + 255);
    free(out);
}

static void a_url_cut_anywhere_is_taken_or_refused_without_reading_on(void **state)
{
    struct url url;
    char text[128];
    (void)state;
    for (size_t i = 0; i < GOOD; i++)
        for (size_t n = 0; n < strlen(good[i].text); n++) {
            memcpy(text, good[i].text, n);
            text[n] = '\0';
            if (parse(&url, text) == NULL)
                assert_string_equal(url.scheme, good[i].scheme);
        }
}

/* --- addresses --- */

static void an_address_in_figures_resolves_and_is_written_again(void **state)
{
    static const struct { const char *host, *text; int family; } rows[] = {
        {"127.0.0.1", "127.0.0.1:7001", AF_INET}, {"::1", "[::1]:7001", AF_INET6}};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int socktype = 0; socktype < 2; socktype++) {
            struct addrinfo *list = NULL;
            char out[64];
            assert_int_equal(address_resolve(&list, rows[i].host, 7001,
                                             socktype ? SOCK_DGRAM : SOCK_STREAM, socktype), 0);
            assert_int_equal(list->ai_family, rows[i].family);
            assert_int_equal(list->ai_socktype, socktype ? SOCK_DGRAM : SOCK_STREAM);
            assert_ptr_equal(address_format(list->ai_addr, list->ai_addrlen, out), out);
            assert_string_equal(out, rows[i].text);
            freeaddrinfo(list);
        }
}

static void errors_of_the_system_and_of_the_resolver_have_names(void **state)
{
    struct addrinfo *list;
    (void)state;
    assert_string_equal(address_error(ECONNREFUSED), strerror(ECONNREFUSED));
    assert_string_equal(address_error(-ECONNREFUSED), strerror(ECONNREFUSED));
    int error = address_resolve(&list, "127.0.0.1", 1, 99, false);
    assert_true(error < 0);
    assert_string_equal(address_error(error), gai_strerror(EAI_SOCKTYPE));
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    char out[64];
    assert_true(strlen(address_format(&none, sizeof none, out)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_taken_apart),
        cmocka_unit_test(the_url_of_a_websocket_has_no_fragment),
        cmocka_unit_test(a_url_is_put_together_again),
        cmocka_unit_test(what_is_formatted_parses_to_the_same_url),
        cmocka_unit_test(the_web_has_default_ports_and_nothing_else_has),
        cmocka_unit_test(tls_https_and_wss_are_secure),
        cmocka_unit_test(a_default_path_takes_the_place_of_none),
        cmocka_unit_test(a_bad_port_is_refused),
        cmocka_unit_test(what_is_no_url_is_refused),
        cmocka_unit_test(a_user_and_a_password_are_refused),
        cmocka_unit_test(only_printable_ascii_gets_into_host_and_path),
        cmocka_unit_test(the_longest_host_and_path_fit_and_one_byte_more_does_not),
        cmocka_unit_test(the_longest_url_can_be_formatted),
        cmocka_unit_test(a_url_cut_anywhere_is_taken_or_refused_without_reading_on),
        cmocka_unit_test(an_address_in_figures_resolves_and_is_written_again),
        cmocka_unit_test(errors_of_the_system_and_of_the_resolver_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
