/* tests/cli_e2e_test.c: the command lines of all eight programs.  Misuse ends with status 2 and a
 * failure with 1, each with one line on stderr that names the bad value, and nothing on stdout.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
    const char *scheme, *server, *client;
} pairs[] = {
    {"tcp", "tcp_echo_server", "tcp_echo_client"},
    {"udp", "udp_echo_server", "udp_echo_client"},
    {"http", "http_poll_server", "http_poll_client"},
    {"ws", "ws_echo_server", "ws_echo_client"},
};
#define PAIRS (sizeof pairs / sizeof *pairs)

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define WORDS_MAX 6

/* --- running and judging --- */

static void spell(char *out, size_t cap, const char *program, const char *const *argv)
{
    size_t n = (size_t)snprintf(out, cap, "%s", program);
    for (; *argv && n < cap; argv++)
        n += (size_t)snprintf(out + n, cap - n, " '%s'", *argv);
}

static struct result run_argv(const char *program, const char *const *argv)
{
    struct child c = start_argv(program, argv);
    if (!has_ended(&c, PATIENCE)) {
        char command[1024];
        spell(command, sizeof command, program, argv);
        fail_msg("goes on: %s", command);
    }
    return finish(&c);
}

/* A failure's form: this status, one line "NAME: ...needle..." on stderr, nothing on stdout. */
static void check_line(const char *program, const char *const *argv, const struct result *r,
                       int status, const char *needle)
{
    char command[1024];
    size_t n = strlen(program);
    spell(command, sizeof command, program, argv);
    if (r->status != status)
        fail_msg("status %d, not %d: %s\n%s", r->status, status, command, r->err);
    if (r->out_len != 0)
        fail_msg("writes to stdout: %s\n%s", command, r->out);
    if (count_lines(r->err) != 1 || r->err[strlen(r->err) - 1] != '\n')
        fail_msg("not one line on stderr: %s\n%s", command, r->err);
    if (strncmp(r->err, program, n) != 0 || strncmp(r->err + n, ": ", 2) != 0)
        fail_msg("does not begin with its name: %s\n%s", command, r->err);
    if (!strstr(r->err + n, needle))
        fail_msg("does not name '%s': %s\n%s", needle, command, r->err);
}

static void check_misuse(const char *program, const char *const *argv, const char *needle)
{
    struct result r = run_argv(program, argv);
    check_line(program, argv, &r, 2, needle);
}

static void check_failure(const char *program, const char *const *argv, const char *needle)
{
    struct result r = run_argv(program, argv);
    check_line(program, argv, &r, 1, needle);
}

struct misuse {
    const char *argv[WORDS_MAX];
    const char *needle;
};

static void check_all(const char *program, const struct misuse *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_misuse(program, table[i].argv, table[i].needle);
}
#define CHECK_ALL(program, table) check_all(program, table, sizeof(table) / sizeof *(table))

/* --- help --- */

static void check_help(const char *program, const char *option)
{
    struct result r = run_argv(program, ARGS(option));
    char usage[64];
    snprintf(usage, sizeof usage, "usage: %s ", program);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    assert_ptr_equal(strstr(r.out, usage), r.out);
    assert_non_null(strstr(r.out, "--help"));
    assert_non_null(strstr(r.out, "--explain"));
    check_printable(r.out);
    for (char *line = strtok(r.out, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            fail_msg("a line too wide for a terminal: %s", line);
}

static void help_goes_to_stdout(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        check_help(pairs[i].server, "--help");
        check_help(pairs[i].server, "-h");
        check_help(pairs[i].client, "--help");
        check_help(pairs[i].client, "-h");
    }
}

/* What --help lists is understood: a value that nothing takes is refused as a value. */
static void every_option_of_the_help_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * PAIRS; i++) {
        const char *program = i % 2 ? pairs[i / 2].client : pairs[i / 2].server;
        char *help = strdup(run_argv(program, ARGS("--help")).out), *save = NULL;
        int options = 0;
        for (char *line = strtok_r(help, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
            char option[32], text[64];
            const char *dashes = strstr(line, "--");
            if (strncmp(line, "  ", 2) != 0 || !dashes || dashes - line > 8)
                continue;
            assert_int_equal(sscanf(dashes, "%31[-a-z]", option), 1);
            options++;
            snprintf(text, sizeof text, "%s is not an option", option);
            struct result r = run_argv(program, ARGS(option, "-h", "-h"));
            if (strstr(r.err, text))
                fail_msg("%s --help lists %s, which is unknown", program, option);
        }
        free(help);
        assert_true(options >= 6);
    }
}

static void the_version_is_one_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * PAIRS; i++) {
        const char *program = i % 2 ? pairs[i / 2].client : pairs[i / 2].server;
        for (int is_long = 0; is_long < 2; is_long++) {
            struct result r = run_argv(program, ARGS(is_long ? "--version" : "-V"));
            assert_int_equal(r.status, 0);
            assert_string_equal(r.err, "");
            assert_int_equal(count_lines(r.out), 1);
            assert_ptr_equal(strstr(r.out, program), r.out);
        }
    }
}

/* --- misuse --- */

static void unknown_options_are_named(void **state)
{
    (void)state;
    static const struct misuse table[] = {
        {{"--nonsense"}, "--nonsense"},
        {{"--nonsense=5"}, "--nonsense"},
        {{"-Z"}, "-Z"},
        {{"-xZ"}, "-Z"},
        {{"--explain", "-Z"}, "-Z"},
        {{"--explain", "-Zx"}, "-Z"},
        {{"-x", "-Zx"}, "-Z"},
        {{"--help=now"}, "--help"},
        {{"-- "}, "-- "},
    };
    for (size_t i = 0; i < PAIRS; i++) {
        CHECK_ALL(pairs[i].server, table);
        CHECK_ALL(pairs[i].client, table);
    }
}

static void a_missing_value_is_named(void **state)
{
    (void)state;
    static const struct misuse servers[] = {
        {{"--port"}, "--port"},
        {{"-p"}, "-p"},
        {{"--host"}, "--host"},
        {{"-x", "--model"}, "--model"},
    };
    static const struct misuse clients[] = {
        {{"--count"}, "--count"},
        {{"-n"}, "-n"},
        {{"-x", "-s"}, "-s"},
        {{"--timeout"}, "--timeout"},
    };
    for (size_t i = 0; i < PAIRS; i++) {
        CHECK_ALL(pairs[i].server, servers);
        CHECK_ALL(pairs[i].client, clients);
    }
}

static void bad_numbers_are_named(void **state)
{
    (void)state;
    static const struct misuse servers[] = {
        {{"-p", "-1"}, "-1"},
        {{"-p", "abc"}, "abc"},
        {{"-p", "65536"}, "65536"},
        {{"-p", "1e3"}, "1e3"},
        {{"-p", "80x"}, "80x"},
        {{"-p", ""}, "--port"},
        {{"-p", "0x50"}, "0x50"},
        {{"-p", "1.5"}, "1.5"},
        {{"--port=99999999999999999999"}, "99999999999999999999"},
        {{"-p", "nan"}, "nan"},
    };
    static const struct misuse clients[] = {
        {{"-n", "-1"}, "-1"}, {{"-n", "0"}, "0"}, {{"-n", "abc"}, "abc"}, {{"-n", "1e9"}, "1e9"},
        {{"-n", "1.5"}, "1.5"}, {{"-n", "99999999999999999999"}, "99999999999999999999"},
        {{"-n", "10000000000"}, "10000000000"}, {{"-n", ""}, "--count"}, {{"-n", "5 "}, "5 "},
        {{"-s", "-1"}, "-1"}, {{"-s", "abc"}, "abc"}, {{"-s", "1k"}, "1k"},
        {{"-s", "99999999999"}, "99999999999"}, {{"--size", "1e6"}, "1e6"},
        {{"--timeout", "abc"}, "abc"}, {{"--timeout", "-1"}, "-1"}, {{"--timeout", "0"}, "0"},
        {{"--timeout", "1s"}, "1s"}, {{"--timeout", "nan"}, "nan"}, {{"--timeout", "inf"}, "inf"},
        {{"--timeout", "1e99"}, "1e99"}, {{"--timeout", ""}, "--timeout"},
    };
    for (size_t i = 0; i < PAIRS; i++) {
        CHECK_ALL(pairs[i].server, servers);
        CHECK_ALL(pairs[i].client, clients);
    }
}

/* The three servers over TCP have limits in common. */
static void bad_limits_are_named(void **state)
{
    (void)state;
    static const struct misuse table[] = {
        {{"--max-clients", "0"}, "0"},    {{"--max-clients", "many"}, "many"},
        {{"--max-message", "0"}, "0"},    {{"--max-message", "99999999999"}, "99999999999"},
        {{"--max-header", "1"}, "1"},     {{"--handshake-timeout", "0"}, "0"},
        {{"--idle-timeout", "-3"}, "-3"}, {{"--idle-timeout", "x"}, "x"},
        {{"--push-every", "0"}, "0"},     {{"--push-every", "1.5"}, "1.5"},
        {{"--push-every", "-5"}, "-5"},
    };
    for (size_t i = 0; i < PAIRS; i++)
        if (strcmp(pairs[i].scheme, "udp") != 0)
            CHECK_ALL(pairs[i].server, table);
}

static void the_bounds_in_a_message_are_the_bounds(void **state)
{
    (void)state;
    struct result r = run_argv("tcp_echo_client", ARGS("-s", "2000000000"));
    assert_non_null(strstr(r.err, "1073741824"));
    r = run_argv("tcp_echo_client", ARGS("-n", "2000000000"));
    assert_non_null(strstr(r.err, "1000000000"));
}

static void options_that_exclude_each_other_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        check_misuse(pairs[i].server, ARGS("--model", "nosuch"), "nosuch");
        check_misuse(pairs[i].server, ARGS("--model", ""), "--model");
        check_misuse(pairs[i].server, ARGS("--push-every", "100", "--model", "iterative"),
                     "--push-every");
        check_misuse(pairs[i].server, ARGS("--model=iterative", "--push-every=100"), "iterative");
        check_misuse(pairs[i].server, ARGS("operand"), "operand");
        check_misuse(pairs[i].server, ARGS("-p", "0", "8080"), "8080");
    }
    check_misuse("http_poll_client", ARGS("--poll", "0"), "0");
    check_misuse("http_poll_client", ARGS("--poll", "soon"), "soon");
    check_misuse("tcp_echo_client", ARGS("--protocol", "chat"), "--protocol");
}

/* What is not a token would be a list, or more fields of the head. */
static void a_subprotocol_is_a_token(void **state)
{
    (void)state;
    static const struct misuse table[] = {
        {{"--protocol", ""}, "--protocol"},
        {{"--protocol", "two words"}, "two words"},
        {{"--protocol", "a,b"}, "a,b"},
        {{"--protocol", "x\r\nEvil: yes"}, "x\\r\\nEvil"},
        {{"--protocol", "caf\xc3\xa9"}, "caf"},
        {{"--protocol", "a\tb"}, "--protocol"},
        {{"--protocol", "a/b"}, "a/b"},
    };
    static char long_one[102];
    memset(long_one, 'p', 101);
    CHECK_ALL("ws_echo_client", table);
    CHECK_ALL("ws_echo_server", table);
    check_misuse("ws_echo_client", ARGS("--protocol", long_one), "--protocol");
    struct server s = serve("ws_echo_server", "--protocol Chat!#$%%&'*+-.^_`|~2");
    assert_int_equal(run("x\n", 2, "ws_echo_client", "%s", s.url).status, 0);
    stop(&s);
}

/* What does not fit a message, before anything is sent: the server need not be there. */
static void sizes_that_no_message_has_are_named(void **state)
{
    (void)state;
    struct server s = serve("tcp_echo_server", " ");
    check_misuse("tcp_echo_client", ARGS("-s", "0", s.url), "0"); /* its newline takes one byte */
    check_failure("udp_echo_client", ARGS("-s", "65508", "udp://127.0.0.1:9"), strerror(EMSGSIZE));
    check_misuse("udp_echo_client", ARGS("-s", "1", "udp://127.0.0.1:9"), "1"); /* its number */
    stop(&s);
}

static void bad_urls_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "nonsense",
        "127.0.0.1:7001",
        "%s:127.0.0.1:7001",
        "%s:/127.0.0.1:7001",
        "%s://",
        "%s:///path",
        "%s://:7001",
        "%s://127.0.0.1:65536",
        "%s://127.0.0.1:99999999999999999999",
        "%s://127.0.0.1:0",
        "%s://127.0.0.1:",
        "%s://127.0.0.1:http",
        "%s://127.0.0.1:-1",
        "%s://127.0.0.1:70 01",
        "%s://::1:7001",
        "%s://[::1:7001",
        "%s://[::1]7001",
        "%s://[]:7001",
        "%s://user@127.0.0.1:7001",
        "%s://a b:7001",
        "%s://127.0.0.1:7001/a b",
        "gopher://127.0.0.1:70",
        "://127.0.0.1:7001",
        "%s://127.0.0.1:7001:7002",
    };
    for (size_t i = 0; i < PAIRS; i++) {
        for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
            char url[128];
            const char *hole = strstr(bad[k], "%s");
            snprintf(url, sizeof url, "%s%s", hole ? pairs[i].scheme : "",
                     hole ? hole + 2 : bad[k]);
            check_misuse(pairs[i].client, ARGS(url), url);
        }
        const char *other = i == 0 ? "ws://127.0.0.1:7001" : "tcp://127.0.0.1:7001";
        check_misuse(pairs[i].client, ARGS(other), other);
        check_misuse(pairs[i].client, ARGS("-n", "1", "first", "second"), "second");
    }
    check_misuse("tcp_echo_client", ARGS("tcp://127.0.0.1"), "no port"); /* nor a default */
    char endless[5000] = "http://127.0.0.1:7003/";
    memset(endless + strlen(endless), 'a', sizeof endless - strlen(endless) - 1);
    check_misuse("http_poll_client", ARGS(endless), "too long");
    char host[500] = "tcp://";
    memset(host + 6, 'a', 480);
    memcpy(host + 486, ":7001", 6);
    check_misuse("tcp_echo_client", ARGS(host), "too long");
}

/* --- failures --- */

static void a_port_in_use_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        struct server s = serve(pairs[i].server, " ");
        char port[16], place[64];
        snprintf(port, sizeof port, "%d", s.port);
        snprintf(place, sizeof place, "127.0.0.1:%d: %s", s.port, strerror(EADDRINUSE));
        check_failure(pairs[i].server, ARGS("-p", port), place);
        stop(&s);
    }
}

static void an_address_that_is_not_ours_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++)
        check_failure(pairs[i].server, ARGS("-p", "0", "-H", "192.0.2.1"), "192.0.2.1");
}

/* No label has more than 63 characters, so nobody need be asked (RFC 1035 2.3.4). */
#define NO_HOST \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid"

static void a_host_that_does_not_resolve_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        char url[200];
        snprintf(url, sizeof url, "%s://" NO_HOST ":7001", pairs[i].scheme);
        check_failure(pairs[i].client, ARGS("-n", "1", url), NO_HOST);
        check_failure(pairs[i].server, ARGS("-p", "0", "--host", NO_HOST), NO_HOST);
    }
}

static int free_port(void)
{
    int port;
    close(listen_any(&port));
    return port;
}

static void a_refused_connection_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        char url[64];
        snprintf(url, sizeof url, "%s://127.0.0.1:%d", pairs[i].scheme, free_port());
        check_failure(pairs[i].client, ARGS("-n", "1", "--timeout", "5", url), url);
        struct result r = run_argv(pairs[i].client, ARGS("-n", "1", "--timeout", "5", url));
        assert_non_null(strstr(r.err, strerror(ECONNREFUSED)));
    }
}

/* A listen queue that is full lets a connection attempt wait for nothing. */
static void a_connection_that_is_not_made_in_time_is_named(void **state)
{
    (void)state;
    enum { TRIES = 40 };
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t len = sizeof here;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &len), 0);
    for (int i = 0; i < TRIES; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        if (connect(fd, (struct sockaddr *)&here, sizeof here) < 0)
            assert_int_equal(errno, EINPROGRESS);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        char url[64];
        if (strcmp(pairs[i].scheme, "udp") == 0)
            continue;
        snprintf(url, sizeof url, "%s://127.0.0.1:%d", pairs[i].scheme, ntohs(here.sin_port));
        double before = now();
        check_failure(pairs[i].client, ARGS("-n", "1", "--timeout", "0.3", url), url);
        assert_true(now() - before < 5);
    }
}

/* Who knocks at the wrong door is told, in one line, by either side. */
static void a_server_of_another_protocol_is_noticed(void **state)
{
    (void)state;
    struct server tcp = serve("tcp_echo_server", " "), http = serve("http_poll_server", " ");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", tcp.port);
    check_failure("http_poll_client", ARGS("-n", "1", url), "not HTTP");
    snprintf(url, sizeof url, "ws://127.0.0.1:%d", tcp.port);
    check_failure("ws_echo_client", ARGS("-n", "1", url), "not HTTP");
    snprintf(url, sizeof url, "ws://127.0.0.1:%d", http.port);
    check_failure("ws_echo_client", ARGS("-n", "1", url), "405");
    snprintf(url, sizeof url, "tcp://127.0.0.1:%d", http.port);
    check_failure("tcp_echo_client", ARGS("-n", "1", "--timeout", "1", url), "reply");
    stop(&tcp);
    stop(&http);
}

/* --- what is announced --- */

static void a_server_announces_where_it_listens(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        struct server s = serve(pairs[i].server, " ");
        char url[64];
        snprintf(url, sizeof url, "%s://127.0.0.1:%d", pairs[i].scheme, s.port);
        assert_string_equal(s.url, url);
        struct result r = run("hello\n", 6, pairs[i].client, "%s", s.url);
        assert_string_equal(r.out, "hello\n");
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        kill(s.child.pid, SIGTERM);
        r = finish(&s.child);
        assert_int_equal(r.status, 0);
        assert_string_equal(r.out, ""); /* the announcement was all */
        assert_string_equal(r.err, ""); /* and without -v nothing is logged */
    }
}

static void options_may_follow_the_url(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        struct server s = serve(pairs[i].server, " ");
        struct result r = run("", 0, pairs[i].client, "%s -n 2 --size=64", s.url);
        assert_int_equal(r.status, 0);
        assert_non_null(strstr(r.out, " replies in "));
        stop(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_goes_to_stdout),
        TEST(every_option_of_the_help_is_understood),
        TEST(the_version_is_one_line),
        TEST(unknown_options_are_named),
        TEST(a_missing_value_is_named),
        TEST(bad_numbers_are_named),
        TEST(bad_limits_are_named),
        TEST(the_bounds_in_a_message_are_the_bounds),
        TEST(options_that_exclude_each_other_are_named),
        TEST(a_subprotocol_is_a_token),
        TEST(sizes_that_no_message_has_are_named),
        TEST(bad_urls_are_named),
        TEST(a_port_in_use_is_named),
        TEST(an_address_that_is_not_ours_is_named),
        TEST(a_host_that_does_not_resolve_is_named),
        TEST(a_refused_connection_is_named),
        TEST(a_connection_that_is_not_made_in_time_is_named),
        TEST(a_server_of_another_protocol_is_noticed),
        TEST(a_server_announces_where_it_listens),
        TEST(options_may_follow_the_url),
    };
    return cmocka_run_group_tests_name("command lines", tests, NULL, NULL);
}
