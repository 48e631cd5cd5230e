/* tests/bench_members_test.c: what the members of a crowd say, and what they take for an event or
 * an echo; the server's side is written by hand.  And how the kernel's memory is counted.
 * SPDX-License-Identifier: MIT */
#include "bench/crowd.h"
#include "bench/floor.h"
#include "bench/memory.h"
#include "tcp_echo/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct url url;
static struct crowd crowd;
static int listener, server;
static uint64_t heard[16];
static size_t heard_count, echoes;

static void hear(void *arg, size_t who, const struct event *e)
{
    (void)arg, (void)who;
    if (e)
        heard[heard_count++ % 16] = e->number;
    else
        echoes++;
}

static void let_pass(void)
{
    for (int i = 0; i < 20; i++)
        assert_int_equal(crowd_turn(&crowd, clock_ns() + 500000), 0);
}

static void begin_under(size_t transport, const char *path, bool says, struct tls *tls)
{
    heard_count = echoes = 0;
    listener = floor_listen("127.0.0.1", &url.port);
    assert_true(listener >= 0);
    strcpy(url.scheme, tls ? "tls" : transport == WS ? "ws" : "http");
    strcpy(url.host, "127.0.0.1");
    strcpy(url.path, path);
    crowd = (struct crowd){.transport = &transports[transport], .url = &url, .tls = tls, .most = 1,
                           .echoes = says, .size = 10, .poll_every_ms = 1, .heard = hear};
    assert_int_equal(crowd_open(&crowd), 0);
    assert_int_equal(crowd_join_all(&crowd), 0);
    server = accept(listener, NULL, NULL);
    let_pass();
}

static void begin(size_t transport, const char *path, bool says)
{
    begin_under(transport, path, says, NULL);
}

static int end(void **state)
{
    (void)state;
    crowd_close(&crowd);
    close(server);
    close(listener);
    return 0;
}

static void say(const char *text)
{
    assert_int_equal(send(server, text, strlen(text), 0), strlen(text));
    let_pass();
}

/* What has come since the last time. */
static char *said(void)
{
    static char text[4096];
    ssize_t n = recv(server, text, sizeof text - 1, MSG_DONTWAIT);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void an_event_may_come_in_pieces(void **state)
{
    (void)state;
    begin(TCP, "", false);
    say("tick 7 1000\nti");
    assert_int_equal(heard_count, 1);
    say("ck 8 20");
    assert_int_equal(heard_count, 1);
    say("00\nrubbish\ntick 9 3000\n");
    assert_int_equal(heard_count, 3);
    assert_int_equal(heard[0], 7);
    assert_int_equal(heard[1], 8);
    assert_int_equal(heard[2], 9);
}

static void an_echo_is_whole_when_all_its_bytes_are_there(void **state)
{
    (void)state;
    begin(TCP, "", true);
    assert_string_equal(said(), "xxxxxxxxx\n");
    say("xxxxxxxxx");
    assert_int_equal(echoes, 0);
    say("\n");
    assert_int_equal(echoes, 1);
    crowd_say(&crowd, 0);
    assert_string_equal(said(), "xxxxxxxxx\n");
}

static void a_long_poll_asks_for_what_comes_next(void **state)
{
    (void)state;
    begin(LONG_POLL, "/long-poll", false);
    assert_non_null(strstr(said(), "GET /long-poll HTTP/1.1\r\n"));
    say("HTTP/1.1 200 OK\r\nContent-Length: 24\r\nLast-Event-ID: 8\r\n\r\ntick 7 1000\nti");
    assert_int_equal(heard_count, 1);
    assert_string_equal(said(), "");
    say("ck 8 2000\n");
    assert_int_equal(heard_count, 2);
    assert_non_null(strstr(said(), "GET /long-poll?after=8 "));
    say("HTTP/1.1 204 No Content\r\n\r\n");
    assert_non_null(strstr(said(), "GET /long-poll?after=8 "));
    say("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\ntick 9 3000\n");
    assert_non_null(strstr(said(), "GET /long-poll?after=9 "));
    assert_int_equal(crowd.requests, 4);
    assert_int_equal(crowd.empty, 1);
}

static void a_poll_begins_where_the_first_answer_says(void **state)
{
    (void)state;
    begin(POLL, "/poll", false);
    assert_non_null(strstr(said(), "GET /poll HTTP/1.1\r\n"));
    assert_int_equal(crowd.requests, 1); /* the next one waits for this one's answer */
    say("HTTP/1.1 204 No Content\r\nLast-Event-ID: 41\r\n\r\n");
    assert_non_null(strstr(said(), "GET /poll?after=41 "));
}

static void a_stream_of_events_is_heard(void **state)
{
    (void)state;
    begin(SSE, "/events", false);
    assert_non_null(strstr(said(), "GET /events HTTP/1.1\r\n"));
    say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1000\nid: 6\n\n");
    say(": keepalive\n\nid: 7\ndata: tick 7 1000\n\nid: 8\ndata: ti");
    assert_int_equal(heard_count, 1);
    say("ck 8 2000\n\n");
    assert_int_equal(heard_count, 2);
    assert_int_equal(heard[1], 8);
}

#define UPGRADE                                                                                  \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"          \
    "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"

static void frames_are_heard_behind_the_101(void **state)
{
    (void)state;
    begin(WS, "/push", false);
    assert_non_null(strstr(said(), "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"));
    say(UPGRADE "\x81\x0btick 7 1000\x81\x0btick");
    assert_int_equal(crowd.lost, 0);
    assert_int_equal(heard_count, 1);
    assert_int_equal(heard[0], 7);
}

static void a_101_for_another_key_is_no_websocket(void **state)
{
    (void)state;
    begin(WS, "/push", false);
    say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    assert_int_equal(crowd.lost, 1);
    assert_non_null(strstr(crowd.error, "key"));
}

static void whom_the_server_leaves_is_lost_and_said_no_more(void **state)
{
    (void)state;
    begin(TCP, "", true);
    shutdown(server, SHUT_WR);
    let_pass();
    assert_int_equal(crowd.lost, 1);
    crowd_say(&crowd, 0);
}

static void a_refusal_is_told_in_the_servers_words(void **state)
{
    (void)state;
    begin(LONG_POLL, "/long-poll", false);
    say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(crowd.lost, 1);
    assert_string_equal(crowd.error, "reply: Service Unavailable");
}

/* --- under TLS --- */

static struct tls *proof, *trust;

/* Whom the crowd trusts and what the server proves, by way of a file. */
static void make_up_certificate(void)
{
    char why[TLS_WHY_MAX], path[] = "/tmp/bench_members_XXXXXX";
    close(mkstemp(path));
    proof = tls_server(NULL, NULL, "127.0.0.1", why);
    assert_int_equal(tls_write_cert(proof, path), 0);
    trust = tls_client(path, false, why);
    unlink(path);
    assert_non_null(trust);
}

static void a_handshake_that_is_not_answered_yet_keeps_nobody(void **state)
{
    struct stream s;
    char buf[64];
    (void)state;
    make_up_certificate();
    begin_under(TLS, "", true, trust);
    assert_int_equal(crowd.dialled, 1);
    assert_int_equal(crowd.joined, 0);
    assert_int_equal(stream_accept(&s, server, proof), 0);
    for (int i = 0; i < 100 && stream_handshake(&s) < 0; i++)
        let_pass();
    let_pass();
    assert_int_equal(crowd.joined, 1);
    assert_int_equal(stream_read(&s, buf, sizeof buf), 10); /* said as soon as it could */
    assert_int_equal(stream_write_all(&s, buf, 9), 0);
    let_pass();
    assert_int_equal(echoes, 0);
    assert_int_equal(stream_write_all(&s, buf + 9, 1), 0);
    let_pass();
    assert_int_equal(echoes, 1);
    stream_close(&s);
    let_pass();
    assert_int_equal(crowd.lost, 1);
    tls_free(trust);
    tls_free(proof);
}

static void whom_tls_was_not_agreed_on_with_is_lost(void **state)
{
    (void)state;
    make_up_certificate();
    begin_under(TLS, "", true, trust);
    say("no TLS");
    assert_int_equal(crowd.joined, 0);
    assert_int_equal(crowd.lost, 1);
    assert_string_equal(crowd.error, "TLS: a handshake has failed");
    tls_free(trust);
    tls_free(proof);
}

static void growth_is_that_of_caches_that_grew_with_the_connections(void **state)
{
    static struct slabs before = {4, {{"TCP", 10, 2000}, {"dentry", 1000, 192},
                                      {"proc_inode_cache", 0, 700}, {"inode_cache", 500, 600}}};
    static struct slabs held = {5, {{"proc_inode_cache", 300, 700}, {"TCP", 210, 2000},
                                    {"new", 100, 8}, {"dentry", 1500, 192},
                                    {"inode_cache", 540, 600}}};
    (void)state;
    assert_float_equal(slabs_growth(&before, &held, &held, 50),
                       200 * 2000 + 100 * 8 + (500 - 300) * 192, 0);
    assert_float_equal(slabs_growth(&before, &before, &held, 50), 0, 0);
}

int main(void)
{
#define HELD(test) cmocka_unit_test_teardown(test, end)
    const struct CMUnitTest tests[] = {
        HELD(an_event_may_come_in_pieces),
        HELD(an_echo_is_whole_when_all_its_bytes_are_there),
        HELD(a_long_poll_asks_for_what_comes_next),
        HELD(a_poll_begins_where_the_first_answer_says),
        HELD(a_stream_of_events_is_heard),
        HELD(frames_are_heard_behind_the_101),
        HELD(a_101_for_another_key_is_no_websocket),
        HELD(whom_the_server_leaves_is_lost_and_said_no_more),
        HELD(a_handshake_that_is_not_answered_yet_keeps_nobody),
        HELD(whom_tls_was_not_agreed_on_with_is_lost),
        HELD(a_refusal_is_told_in_the_servers_words),
        cmocka_unit_test(growth_is_that_of_caches_that_grew_with_the_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
