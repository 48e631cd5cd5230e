/* tests/tls_e2e_test.c: the programs under TLS: who is believed, what is refused, and that all that
 * holds for plain connections holds here, too.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"
#include "tcp_echo/secure.h"
#include "tcp_echo/stream.h"
#include "ws_echo/ws.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEST_ALL(f) TEST_BOTH(f), TEST_UNDER(f, "fork"), TEST_UNDER(f, "thread"), \
                    TEST_UNDER(f, "pool --workers 2")

static char cert[] = "/tmp/socklab-tls-XXXXXX"; /* what the server under test proves itself with */
static char large[300000];

static struct server serve_tls(void **state, const char *program, const char *options)
{
    return serve(program, "--tls --cert-out %s --model %s %s", cert, *state ? MODEL : "loop",
                 options);
}

/* A program run with one line on stdin. */
static struct result ask(const char *program, const char *options, const char *url)
{
    return run("hello\n", 6, program, "%s %s", options, url);
}

static const char *trusting(void)
{
    static char option[64];
    snprintf(option, sizeof option, "--cacert %s", cert);
    return option;
}

/* A client of the library's, which trusts the server under test. */
static struct tls *trust(void)
{
    char why[TLS_WHY_MAX];
    struct tls *tls = tls_client(cert, false, why);
    if (!tls)
        fail_msg("%s", why);
    return tls;
}

static struct stream dial_tls(struct tls *tls, const char *text)
{
    struct stream s = {0};
    struct url url;
    assert_null(url_parse(&url, text));
    if (stream_connect(&s, &url, tls, PATIENCE) < 0)
        fail_msg("connect %s: %s", text, s.error);
    return s;
}

static void hear_tls(struct stream *s, char *buf, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t part = stream_read(s, buf + got, n - got);
        if (part <= 0)
            fail_msg("%s after %zu of %zu bytes", s->error, got, n);
        got += (size_t)part;
    }
}

/* --- what holds for plain connections --- */

static const char *const pairs[][3] = {
    {"tcp_echo_server", "tcp_echo_client", "tls://127.0.0.1:"},
    {"http_poll_server", "http_poll_client", "https://127.0.0.1:"},
    {"ws_echo_server", "ws_echo_client", "wss://127.0.0.1:"},
};

static void what_is_said_comes_back(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct server s = serve_tls(state, pairs[i][0], "");
        assert_memory_equal(s.url, pairs[i][2], strlen(pairs[i][2]));
        struct result r = ask(pairs[i][1], trusting(), s.url);
        assert_string_equal(r.out, "hello\n");
        assert_int_equal(r.status, 0);
        r = run(NULL, 0, pairs[i][1], "%s -n 20 -s 100000 %s", trusting(), s.url);
        assert_int_equal(r.status, 0); /* the client compares every byte */
        stop(&s);
    }
}

static void events_arrive(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct server s = serve(pairs[i][0], "--tls --cert-out %s --push-every 2", cert);
        struct result r = run("", 0, pairs[i][1], "%s --subscribe -n 20 %s", trusting(), s.url);
        assert_int_equal(r.status, 0);
        assert_int_equal(count_lines(r.out), 20);
        stop(&s);
    }
}

/* Many lines in one record, lines in many records, and less room than a record has. */
static void records_and_messages_need_not_agree(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "");
    struct tls *tls = trust();
    struct stream conn = dial_tls(tls, s.url);
    static char back[sizeof large];
    assert_int_equal(stream_write(&conn, large, 16384), 16384);
    for (size_t at = 0; at < 16384; at++) {
        assert_true(at % 16384 == 0 || stream_pending(&conn)); /* no poll() would tell */
        hear_tls(&conn, back + at, 1);
    }
    assert_memory_equal(back, large, 16384);
    for (size_t at = 0; at < 3000; at += 3)
        assert_int_equal(stream_write(&conn, large + at, 3), 3);
    hear_tls(&conn, back, 3000);
    assert_memory_equal(back, large, 3000);
    assert_int_equal(stream_write2(&conn, large, 100, large + 100, 20000), 16384);
    assert_int_equal(stream_write_all(&conn, large + 16384, 20100 - 16384), 0);
    hear_tls(&conn, back, 20100);
    assert_memory_equal(back, large, 20100);
    stream_close(&conn);
    tls_free(tls);
    stop(&s);
}

/* A client that writes all before it reads: what does not go out at once is queued, and sent in
 * order. */
static void what_is_queued_arrives_in_order(void **state)
{
    struct server s = serve_tls(state, "ws_echo_server", "");
    struct tls *tls = trust();
    struct websocket ws = {.max_message = sizeof large};
    struct ws_message reply;
    struct url url;
    assert_null(url_parse(&url, s.url));
    url_set_default_path(&url, "/echo");
    assert_int_equal(ws_connect(&ws, &url, tls, PATIENCE), 0);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(ws_send(&ws, WS_BINARY, large + i, sizeof large - i), 0);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(ws_recv(&ws, &reply), 0);
        assert_int_equal(reply.len, sizeof large - i);
        assert_memory_equal(reply.data, large + i, reply.len);
    }
    ws_close(&ws, WS_NORMAL);
    assert_int_equal(ws.close_code, WS_NORMAL);
    tls_free(tls);
    stop(&s);
}

static void a_small_message_is_one_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct server s = serve_tls(state, pairs[i][0], "");
        char options[80];
        snprintf(options, sizeof options, "--explain -n 50 -s 1000 %s", trusting());
        struct result r = run("", 0, pairs[i][1], "%s %s", options, s.url);
        size_t sent = 0, received = 0;
        for (const char *at = r.err; (at = strstr(at, "B  application data")); at++) {
            sent += memcmp(at - 17, "->", 2) == 0;
            received += memcmp(at - 17, "<-", 2) == 0;
        }
        /* the handshake, its ticket, the upgrade, the good-bye */
        assert_in_range(sent, 50, 50 + 5);
        assert_in_range(received, 50, 50 + 8);
        check_printable(r.err);
        stop(&s);
    }
}

/* --- whom to believe --- */

static void check_refused(struct result r, const char *why)
{
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    if (!strstr(r.err, why))
        fail_msg("'%s' is not in: %s", why, r.err);
    assert_string_equal(r.out, "");
}

static void who_is_not_vouched_for_is_refused(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct server s = serve_tls(state, pairs[i][0], "");
        check_refused(ask(pairs[i][1], "", s.url), "self-signed");
        struct result r = ask(pairs[i][1], trusting(), s.url);
        assert_string_equal(r.out, "hello\n");
        stop(&s);
    }
}

static void a_name_that_is_not_in_the_certificate_is_refused(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "-H 0.0.0.0");
    char url[64];
    snprintf(url, sizeof url, "tls://127.0.0.2:%d", s.port);
    check_refused(ask("tcp_echo_client", trusting(), url), "IP address mismatch");
    snprintf(url, sizeof url, "tls://127.0.0.1:%d", s.port);
    assert_string_equal(ask("tcp_echo_client", trusting(), url).out, "hello\n");
    stop(&s);
}

static void insecure_is_said_aloud(void **state)
{
    struct server s = serve_tls(state, "http_poll_server", "");
    struct result r = ask("http_poll_client", "--insecure", s.url);
    assert_string_equal(r.out, "hello\n");
    assert_non_null(strstr(r.err, "--insecure"));
    stop(&s);
}

static bool has_localhost(void) /* the barest of machines know no names */
{
    struct addrinfo *list;
    bool has = address_resolve(&list, "localhost", 1, SOCK_STREAM, false) == 0;
    if (has)
        freeaddrinfo(list);
    return has;
}

static void a_session_is_resumed_with_its_server_only(void **state)
{
    if (!has_localhost())
        skip();
    struct server s = serve_tls(state, "tcp_echo_server", "");
    struct tls *tls = trust();
    char reply[2], other[64];
    snprintf(other, sizeof other, "tls://localhost:%d", s.port);
    const char *const urls[] = {s.url, s.url, s.url, other, other, s.url};
    const bool resumed[] = {false, true, true, false, true, false};
    for (size_t i = 0; i < 6; i++) {
        struct stream conn = dial_tls(tls, urls[i]);
        assert_int_equal(SSL_session_reused(conn.secure->ssl), resumed[i]);
        assert_int_equal(stream_write_all(&conn, "x\n", 2), 0);
        hear_tls(&conn, reply, 2); /* the ticket comes before */
        stream_close(&conn);
    }
    tls_free(tls);
    stop(&s);
}

/* --- what others may speak --- */

/* Returns what the handshake came to. */
static int shake_hands(int port, void (*prepare)(SSL *))
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(ctx);
    int fd = dial(port);
    char byte;
    SSL_set_fd(ssl, fd);
    prepare(ssl);
    int rc = SSL_connect(ssl);
    if (rc == 1) /* TLS 1.3: the server's verdict comes later */
        rc = SSL_write(ssl, "x\r\n\r\n", 5) == 5 && SSL_read(ssl, &byte, 1) == 1;
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return rc;
}

static void speak_1_2(SSL *ssl)
{
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
}

static void speak_1_1(SSL *ssl)
{
    SSL_set_security_level(ssl, 0);
    SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
}

static void speak_h2(SSL *ssl)
{
    SSL_set_alpn_protos(ssl, (const uint8_t *)"\x02h2", 3);
}

static void speak_h2_or_http(SSL *ssl)
{
    SSL_set_alpn_protos(ssl, (const uint8_t *)"\x02h2\x08http/1.1", 12);
}

static void tls_1_2_will_do_and_1_1_will_not(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "");
    assert_int_equal(shake_hands(s.port, speak_1_2), 1);
    assert_int_not_equal(shake_hands(s.port, speak_1_1), 1);
    stop(&s);
}

static void who_speaks_only_http_2_is_refused_at_once(void **state)
{
    struct server s = serve_tls(state, "http_poll_server", "");
    assert_int_not_equal(shake_hands(s.port, speak_h2), 1);
    assert_int_equal(shake_hands(s.port, speak_h2_or_http), 1); /* a rude request is answered */
    stop(&s);
    s = serve_tls(state, "tcp_echo_server", ""); /* there is no HTTP inside */
    assert_int_equal(shake_hands(s.port, speak_h2), 1);
    assert_int_equal(shake_hands(s.port, speak_h2_or_http), 1);
    stop(&s);
}

static void plain_and_tls_do_not_mix(void **state)
{
    struct server secure = serve_tls(state, "http_poll_server", "");
    struct server plain = serve("http_poll_server", "-v");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", secure.port);
    check_refused(ask("http_poll_client", "", url), "closed by the peer");
    snprintf(url, sizeof url, "https://127.0.0.1:%d", plain.port);
    check_refused(ask("http_poll_client", "", url), "does not speak TLS");
    assert_string_equal(ask("http_poll_client", trusting(), secure.url).out, "hello\n");
    stop(&plain);
    stop(&secure);
}

/* --- who is slow, or rude --- */

static const uint8_t half_a_hello[] = {0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc, 3, 3};

static void a_handshake_must_end_in_time(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "--handshake-timeout 0.3");
    int silent = dial(s.port);
    hear_end(silent);
    close(silent);
    int half = dial(s.port);
    say(half, half_a_hello, sizeof half_a_hello);
    hear_end(half);
    close(half);
    struct tls *tls = trust(); /* who has shaken hands may be silent for longer */
    struct stream conn = dial_tls(tls, s.url);
    char reply[2];
    int port, nobody = listen_any(&port);
    assert_true(is_silent(nobody, 600));
    close(nobody);
    assert_int_equal(stream_write_all(&conn, "x\n", 2), 0);
    hear_tls(&conn, reply, 2);
    stream_close(&conn);
    tls_free(tls);
    stop(&s);
}

static void a_byte_now_and_then_does_not_help(void **state)
{
    struct server s = serve_tls(state, "http_poll_server", "--handshake-timeout 0.5");
    int fd = dial(s.port);
    double began = now();
    for (size_t i = 0; i < sizeof half_a_hello && !has_ended(&s.child, 0); i++) {
        if (send(fd, half_a_hello + i, 1, MSG_NOSIGNAL) < 0)
            break;
        is_silent(fd, 100);
    }
    char rest[64];
    hear_all(fd, rest, sizeof rest);
    assert_true(now() - began < PATIENCE / 1e3);
    close(fd);
    stop(&s);
}

static void half_a_handshake_does_not_keep_the_server(void **state)
{
    struct server s = serve_tls(state, "ws_echo_server", "");
    int fd = dial(s.port), silent = dial(s.port);
    say(fd, half_a_hello, sizeof half_a_hello);
    double began = now();
    stop(&s);
    assert_true(now() - began < 10); /* it waits up to 10 s for the handshake, but not now */
    close(fd);
    close(silent);
}

static void rubbish_is_answered_by_the_end(void **state)
{
    struct server s = serve_tls(state, "ws_echo_server", "-v");
    for (int i = 0; i < 50; i++) {
        char rest[256];
        int fd = dial(s.port);
        say(fd, large + 997 * i, 500);
        hear_all(fd, rest, sizeof rest);
        close(fd);
    }
    assert_string_equal(ask("ws_echo_client", trusting(), s.url).out, "hello\n");
    check_printable(child_err(&s.child));
    stop(&s);
}

static void a_good_bye_can_be_told_from_a_cut(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "--idle-timeout 0.2");
    struct tls *tls = trust();
    struct stream conn = dial_tls(tls, s.url);
    char byte;
    assert_int_equal(stream_read(&conn, &byte, 1), 0); /* close_notify */
    stream_close(&conn);
    stop(&s);
    int port, listener = listen_any(&port); /* a proxy that cuts the line in mid-conversation */
    s = serve_tls(state, "tcp_echo_server", "");
    char url[64];
    snprintf(url, sizeof url, "tls://127.0.0.1:%d", port);
    struct child client = start("tcp_echo_client", "%s %s", trusting(), url);
    int fd = answer(listener), there = dial(s.port);
    char buf[8192];
    ssize_t n = recv(fd, buf, sizeof buf, 0);
    say(there, buf, (size_t)n);
    n = recv(there, buf, sizeof buf, 0);
    say(fd, buf, (size_t)n);
    n = recv(fd, buf, sizeof buf, 0); /* its Finished: the handshake is over */
    assert_true(n > 0);
    assert_true(write(client.in, "hello\n", 6) == 6);
    n = recv(fd, buf, sizeof buf, 0);
    assert_true(n > 0);
    close(fd);
    check_refused(finish(&client), "closed by the peer");
    close(there);
    close(listener);
    tls_free(tls);
    stop(&s);
}

/* Bytes come all the time, but never a whole record. */
static void a_dripping_server_is_given_up(void **state)
{
    (void)state;
    int port, listener = listen_any(&port);
    char url[64];
    snprintf(url, sizeof url, "tls://127.0.0.1:%d", port);
    struct child client = start("tcp_echo_client", "--timeout 0.5 %s", url);
    int fd = answer(listener);
    static const uint8_t start_of_record[] = {0x16, 3, 3, 0x40, 0};
    double began = now();
    for (size_t i = 0; i < 10000 && !has_ended(&client, 50); i++)
        if (send(fd, start_of_record + (i < 4 ? i : 4), 1, MSG_NOSIGNAL) < 0)
            break;
    assert_true(now() - began < 10);
    check_refused(finish(&client), "timed out");
    close(fd);
    close(listener);
}

/* --- who is in the way of others --- */

static void keys_may_be_changed_but_not_all_the_time(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "");
    struct tls *tls = trust();
    struct stream conn = dial_tls(tls, s.url);
    char reply[2];
    for (int i = 0; i < 50; i++) {
        assert_int_equal(SSL_key_update(conn.secure->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        assert_int_equal(stream_write_all(&conn, "x\n", 2), 0);
        hear_tls(&conn, reply, 2);
    }
    int i = 0;
    while (i < 100000 && SSL_key_update(conn.secure->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
           stream_write(&conn, "x", 1) == 1)
        i++;
    assert_true(i < 100000);
    stream_close(&conn);
    assert_string_equal(ask("tcp_echo_client", trusting(), s.url).out, "hello\n");
    tls_free(tls);
    stop(&s);
}

/* It has not said good-bye, but what it is owed is worth sending. */
static void who_only_stops_talking_gets_what_it_is_owed(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "");
    struct tls *tls = trust();
    struct stream conn = dial_tls(tls, s.url);
    static char back[sizeof large];
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(stream_write_all(&conn, large, sizeof large), 0);
    end_of_talk(conn.fd);
    for (size_t i = 0; i < 30; i++) {
        hear_tls(&conn, back, sizeof back);
        assert_memory_equal(back, large, sizeof large);
    }
    assert_int_equal(stream_read(&conn, back, 1), 0); /* and its good-bye */
    stream_close(&conn);
    tls_free(tls);
    stop(&s);
}

static void who_does_not_read_does_not_keep_the_server(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "");
    struct tls *tls = trust();
    struct stream conn = dial_tls(tls, s.url);
    fcntl(conn.fd, F_SETFL, O_NONBLOCK);
    struct pollfd room = {.fd = conn.fd, .events = POLLOUT};
    while (poll(&room, 1, 200) > 0) /* until the server has had enough */
        stream_write(&conn, large, 16384);
    double began = now();
    stop(&s);
    assert_true(now() - began < 10); /* not for the idle time-out of 300 s */
    stream_close(&conn);
    tls_free(tls);
}

/* A ticket is not an event, and the descriptor that it makes readable has nothing to say. */
static void subscribers_wait_for_longer_than_a_reply(void **state)
{
    static const char *const ways[][3] = {
        {"tcp_echo_server", "tcp_echo_client", ""},
        {"http_poll_server", "http_poll_client", "--long-poll"},
        {"http_poll_server", "http_poll_client", "--sse"},
        {"ws_echo_server", "ws_echo_client", ""},
    };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct server s = serve(ways[i][0], "--tls --cert-out %s --push-every 900", cert);
        struct result r = run("", 0, ways[i][1], "%s --timeout 0.3 --subscribe -n 2 %s %s",
                              trusting(), ways[i][2], s.url);
        if (r.status != 0 || count_lines(r.out) != 2)
            fail_msg("%s %s: %s", ways[i][1], ways[i][2], r.err);
        stop(&s);
    }
}

static void who_has_not_shaken_hands_takes_no_place(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "--max-clients 1");
    int silent[5];
    for (int i = 0; i < 5; i++)
        silent[i] = dial(s.port);
    assert_string_equal(ask("tcp_echo_client", trusting(), s.url).out, "hello\n");
    for (int i = 0; i < 5; i++)
        close(silent[i]);
    stop(&s);
}

static void one_too_many_is_told_so_after_the_handshake(void **state)
{
    struct server s = serve_tls(state, "tcp_echo_server", "--max-clients 1");
    struct tls *tls = trust();
    struct stream first = dial_tls(tls, s.url), second = dial_tls(tls, s.url);
    char byte;
    assert_int_equal(stream_read(&second, &byte, 1), 0);
    assert_int_equal(stream_write_all(&first, "x", 1), 0);
    hear_tls(&first, &byte, 1);
    stream_close(&second);
    stream_close(&first);
    tls_free(tls);
    stop(&s);
}

/* --- the command line --- */

static void check_usage(int status, const char *options, const char *named)
{
    struct result r = run("", 0, "tcp_echo_server", "-p 0 %s", options);
    assert_int_equal(r.status, status);
    assert_int_equal(count_lines(r.err), 1);
    if (!strstr(r.err, named))
        fail_msg("'%s' is not in: %s", named, r.err);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    char options[200];
    check_usage(2, "--cert x.pem", "--cert needs --tls");
    check_usage(2, "--cert-out x.pem", "--cert-out needs --tls");
    check_usage(2, "--tls --key x.pem", "--key needs --cert");
    check_usage(1, "--tls --cert /nowhere/x.pem", "--cert /nowhere/x.pem: No such file");
    check_usage(1, "--tls --cert-out /nowhere/x.pem", "--cert-out /nowhere/x.pem: No such file");
    struct server s = serve_tls(state, "tcp_echo_server", "");
    stop(&s);
    snprintf(options, sizeof options, "--tls --cert %s", cert); /* it has no key */
    check_usage(1, options, "name the key's file by --key");
    check_refused(ask("tcp_echo_client", "--cacert /nowhere/x.pem", "tls://127.0.0.1:1"),
                  "--cacert /nowhere/x.pem: No such file");
    struct result r = run("", 0, "udp_echo_server", "--tls");
    assert_int_equal(r.status, 2);
}

int main(void)
{
    int fd = mkstemp(cert);
    close(fd);
    fill_pattern(large, sizeof large, false);
    const struct CMUnitTest tests[] = {
        TEST_ALL(what_is_said_comes_back),
        TEST(events_arrive),
        TEST_ALL(records_and_messages_need_not_agree),
        TEST(what_is_queued_arrives_in_order),
        TEST(a_small_message_is_one_record),
        TEST(who_is_not_vouched_for_is_refused),
        TEST(a_name_that_is_not_in_the_certificate_is_refused),
        TEST(insecure_is_said_aloud),
        TEST_ALL(a_session_is_resumed_with_its_server_only),
        TEST(tls_1_2_will_do_and_1_1_will_not),
        TEST(who_speaks_only_http_2_is_refused_at_once),
        TEST(plain_and_tls_do_not_mix),
        TEST_BOTH(a_handshake_must_end_in_time),
        TEST_BOTH(a_byte_now_and_then_does_not_help),
        TEST_ALL(half_a_handshake_does_not_keep_the_server),
        TEST_BOTH(rubbish_is_answered_by_the_end),
        TEST_BOTH(a_good_bye_can_be_told_from_a_cut),
        TEST(a_dripping_server_is_given_up),
        TEST_BOTH(keys_may_be_changed_but_not_all_the_time),
        TEST(who_only_stops_talking_gets_what_it_is_owed),
        TEST_ALL(who_does_not_read_does_not_keep_the_server),
        TEST(subscribers_wait_for_longer_than_a_reply),
        TEST(who_has_not_shaken_hands_takes_no_place),
        TEST(one_too_many_is_told_so_after_the_handshake),
        TEST(mistakes_are_named),
    };
    int failed = cmocka_run_group_tests_name("tls", tests, NULL, NULL);
    unlink(cert);
    return failed;
}
