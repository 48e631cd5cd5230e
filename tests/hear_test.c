/* tests/hear_test.c: requests that are held, when telling all takes more than one turn of the loop.
 * No loop, no clock: connections are fed by hand.  Partner: push_test.c.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "tcp_echo/push.h"
#include "tcp_echo/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define CROWD 24
#define SLICE 8 /* of them are told, and time is over: see take_time() */

static const struct server_options options = {
    .max_message = 1000, .max_header = 1000, .push_every_ms = 1};
static struct worker worker;
static struct conn *conns[CROWD];
static int peers[CROWD];

static void look_away(struct conn *c)
{
    (void)c;
}

static void take_time(struct conn *c)
{
    struct timespec start, now;
    (void)c;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < 200000);
}

static int open_crowd(void **state)
{
    (void)state;
    if (worker_open(&worker, &options) < 0)
        return -1;
    worker.push = push_new();
    for (int i = 0; i < CROWD; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || set_blocking(pair[1], false) < 0)
            return -1;
        struct stream stream = stream_of(pair[0], NULL);
        peers[i] = pair[1];
        conns[i] = conn_open(&worker, &stream, &http_poll_site.service);
        if (!conns[i])
            return -1;
    }
    return 0;
}

static int close_crowd(void **state)
{
    (void)state;
    for (int i = 0; i < CROWD; i++) {
        conn_free(conns[i]);
        close(peers[i]);
    }
    push_free(worker.push);
    worker_close(&worker);
    return 0;
}

static void ask(int i, const char *target)
{
    char request[200];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
    assert_int_equal(write(peers[i], request, (size_t)n), n);
    assert_int_equal(conn_input(conns[i], true), 1);
}

/* The answer that has come, "" for none. */
static const char *answer_to(int i)
{
    static char text[8192];
    ssize_t n = read(peers[i], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void expect_answer(int i, const char *status, const char *last)
{
    const char *text = answer_to(i);
    if (strncmp(text, status, strlen(status)) != 0 || !strstr(text, last))
        fail_msg("%d was answered otherwise than by %s, %s:\n%s", i, status, last, text);
}

static void work_to_the_end(void)
{
    worker.settle = look_away;
    while (push_work(worker.push))
        continue;
}

/* All ask; event 1 happens, and some are told of it. */
static void begin_a_round(void)
{
    for (int i = 0; i < CROWD; i++)
        ask(i, "/long-poll");
    push_tick(worker.push);
    worker.settle = take_time;
    assert_true(push_work(worker.push));
    for (int i = 0; i < SLICE; i++)
        expect_answer(i, "HTTP/1.1 200", "Last-Event-ID: 1\r\n");
}

static void who_is_told_later_is_told_of_what_has_happened_meanwhile(void **state)
{
    (void)state;
    begin_a_round();
    push_tick(worker.push);
    work_to_the_end();
    for (int i = SLICE; i < CROWD; i++)
        expect_answer(i, "HTTP/1.1 200", "Last-Event-ID: 2\r\n");
}

static void who_knows_an_event_is_not_told_of_it(void **state)
{
    (void)state;
    begin_a_round();
    push_tick(worker.push);
    ask(0, "/long-poll?after=2"); /* it has heard of 2 from /poll, say */
    ask(1, "/long-poll");
    ask(2, "/long-poll?after=1");
    expect_answer(2, "HTTP/1.1 200", "Last-Event-ID: 2\r\n");
    work_to_the_end();
    assert_string_equal(answer_to(0), "");
    assert_string_equal(answer_to(1), "");
    push_tick(worker.push);
    work_to_the_end();
    expect_answer(0, "HTTP/1.1 200", "Last-Event-ID: 3\r\n");
    expect_answer(1, "HTTP/1.1 200", "Last-Event-ID: 3\r\n");
}

/* As the loop does, after 25 s. */
static void who_waits_for_too_long_is_told_that_nothing_has_happened(void **state)
{
    (void)state;
    ask(0, "/long-poll");
    assert_int_equal(conns[0]->patience, HOLDING);
    assert_true(conns[0]->service->expired(conns[0]));
    expect_answer(0, "HTTP/1.1 204", "Last-Event-ID: 0\r\n");
    assert_int_equal(conns[0]->patience, IDLE);
    push_tick(worker.push);
    work_to_the_end();
    assert_string_equal(answer_to(0), "");
    assert_false(conns[0]->service->expired(conns[0])); /* is only idle now */
}

static void behind_a_held_request_that_expires_the_next_is_answered(void **state)
{
    (void)state;
    ask(0, "/long-poll");
    ask(0, "/");
    ask(1, "/long-poll");
    ask(1, "/long-poll");
    assert_true(conns[0]->service->expired(conns[0]));
    expect_answer(0, "HTTP/1.1 204", "socklab speaks HTTP here");
    assert_true(conns[1]->service->expired(conns[1]));
    expect_answer(1, "HTTP/1.1 204", "Last-Event-ID: 0\r\n");
    assert_int_equal(conns[1]->patience, HOLDING);
    push_tick(worker.push);
    work_to_the_end();
    expect_answer(1, "HTTP/1.1 200", "Last-Event-ID: 1\r\n");
}

static void a_quiet_stream_is_kept_alive(void **state)
{
    (void)state;
    ask(0, "/events");
    expect_answer(0, "HTTP/1.1 200", "\r\n\r\nretry: 1000\nid: 0\n\n");
    assert_int_equal(conns[0]->patience, KEEPING_ALIVE);
    assert_true(conns[0]->service->expired(conns[0]));
    assert_string_equal(answer_to(0), ": keepalive\n\n");
}

/* In mid-round: what the others are still to be told is not left out, nor told twice. */
static void a_stream_that_begins_in_mid_round_has_all(void **state)
{
    (void)state;
    for (int i = 0; i < CROWD - 1; i++) {
        ask(i, "/events");
        expect_answer(i, "HTTP/1.1 200", "id: 0\n\n");
    }
    push_tick(worker.push);
    worker.settle = take_time;
    assert_true(push_work(worker.push));
    push_tick(worker.push);
    ask(CROWD - 1, "/events?after=0");
    expect_answer(CROWD - 1, "HTTP/1.1 200", "id: 0\n\nid: 1\ndata: tick 1 ");
    work_to_the_end();
    const char *text = answer_to(CROWD - 1);
    assert_int_equal(strncmp(text, "id: 2\ndata: tick 2 ", 19), 0);
    assert_null(strstr(text + 1, "id: "));
}

#define WITH_CROWD(test) cmocka_unit_test_setup_teardown(test, open_crowd, close_crowd)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CROWD(who_is_told_later_is_told_of_what_has_happened_meanwhile),
        WITH_CROWD(who_knows_an_event_is_not_told_of_it),
        WITH_CROWD(who_waits_for_too_long_is_told_that_nothing_has_happened),
        WITH_CROWD(behind_a_held_request_that_expires_the_next_is_answered),
        WITH_CROWD(a_quiet_stream_is_kept_alive),
        WITH_CROWD(a_stream_that_begins_in_mid_round_has_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
