/* tests/push_test.c: the history of events, and who is sent them.  No event loop, no clock but now.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/push.h"
#include "tcp_echo/tcp.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* --- history --- */

/* Reads "tick SEQ T" back, strictly.  Returns T, or 0. */
static uint64_t time_of(const char *text, uint64_t seq)
{
    char again[PUSH_TEXT_MAX];
    const char *last = strrchr(text, ' ');
    uint64_t ns = last ? strtoull(last + 1, NULL, 10) : 0;
    snprintf(again, sizeof again, "tick %" PRIu64 " %" PRIu64, seq, ns);
    return strcmp(text, again) == 0 ? ns : 0;
}

static void before_the_first_event_there_is_none(void **state)
{
    struct push *p = push_new();
    (void)state;
    assert_int_equal(push_newest(p), 0);
    assert_true(push_oldest(p) > push_newest(p));
    assert_int_equal(push_dropped(p), 0);
    push_free(p);
}

static void an_event_has_a_number_and_a_time(void **state)
{
    struct push *p = push_new();
    uint64_t before = now_ns(), last = before;
    (void)state;
    for (uint64_t seq = 1; seq <= 100; seq++) {
        push_tick(p);
        uint64_t ns = time_of(push_text(p, seq), seq);
        assert_int_equal(push_newest(p), seq);
        assert_true(ns >= last && ns <= now_ns());
        last = ns;
    }
    assert_int_equal(push_oldest(p), 1);
    push_free(p);
}

/* Events are made until the history has wrapped round three times. */
static void the_newest_1024_events_are_kept(void **state)
{
    struct push *p = push_new();
    (void)state;
    for (uint64_t newest = 1; newest <= 3 * PUSH_HISTORY + 7; newest++) {
        push_tick(p);
        uint64_t oldest = newest > PUSH_HISTORY ? newest - PUSH_HISTORY + 1 : 1;
        assert_int_equal(push_newest(p), newest);
        assert_int_equal(push_oldest(p), oldest);
        if (newest % 100 != 0 && newest % PUSH_HISTORY > 1)
            continue;
        for (uint64_t seq = oldest; seq <= newest; seq++)
            if (time_of(push_text(p, seq), seq) == 0)
                fail_msg("event %" PRIu64 " of %" PRIu64 " is \"%s\"", seq, newest,
                         push_text(p, seq));
    }
    push_free(p);
}

/* --- subscribers --- */

#define PEERS 3

static const struct server_options options = {.max_message = 1000, .max_header = 1000};

static struct worker worker;
static struct conn *conns[PEERS];
static int peers[PEERS]; /* the other ends */
static int encoded;      /* how often an event was */

static void look_away(struct conn *c)
{
    (void)c;
}

/* An event, and everybody told of it. */
static void tick(void)
{
    push_tick(worker.push);
    while (push_work(worker.push))
        continue;
}

static void closed(struct conn *c)
{
    push_unsubscribe(c);
}

static const struct service service = {.name = "test", .closed = closed};

static int open_peers(void **state)
{
    (void)state;
    if (worker_open(&worker, &options) < 0)
        return -1;
    worker.push = push_new();
    worker.settle = look_away;
    encoded = 0;
    for (int i = 0; i < PEERS; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || set_blocking(pair[0], false) < 0 ||
            set_blocking(pair[1], false) < 0)
            return -1;
        struct stream stream = stream_of(pair[0], NULL);
        peers[i] = pair[1];
        conns[i] = conn_open(&worker, &stream, &service);
        if (!conns[i])
            return -1;
    }
    return 0;
}

static void close_peer(int i)
{
    if (conns[i])
        conn_free(conns[i]);
    conns[i] = NULL;
}

static int close_peers(void **state)
{
    (void)state;
    for (int i = 0; i < PEERS; i++) {
        close_peer(i);
        close(peers[i]);
    }
    push_free(worker.push);
    worker_close(&worker);
    return 0;
}

static size_t as_line(uint8_t *out, uint64_t seq, const char *text, size_t n)
{
    (void)seq;
    encoded++;
    memcpy(out, text, n);
    out[n] = '\n';
    return n + 1;
}

static size_t in_brackets(uint8_t *out, uint64_t seq, const char *text, size_t n)
{
    (void)seq;
    return (size_t)snprintf((char *)out, PUSH_FRAME_MAX, "<%.*s>", (int)n, text);
}

/* What a peer was sent since it last looked. */
static const char *sent_to(int i)
{
    static char text[4096];
    ssize_t n = read(peers[i], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void assert_sent(int i, const char *format, uint64_t seq)
{
    char expected[PUSH_FRAME_MAX];
    snprintf(expected, sizeof expected, format, push_text(worker.push, seq));
    assert_string_equal(sent_to(i), expected);
}

static void subscribers_are_sent_every_event_once(void **state)
{
    (void)state;
    tick();
    assert_int_equal(encoded, 0);
    assert_int_equal(push_subscribe(conns[0], as_line), 0);
    assert_int_equal(push_subscribe(conns[1], in_brackets), 0);
    assert_string_equal(sent_to(0), "");
    for (uint64_t seq = 2; seq < 10; seq++) {
        tick();
        assert_sent(0, "%s\n", seq);
        assert_sent(1, "<%s>", seq);
        assert_string_equal(sent_to(2), "");
    }
}

static void an_event_is_encoded_once_for_all_who_want_it_so(void **state)
{
    (void)state;
    for (int i = 0; i < PEERS; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    tick();
    assert_int_equal(encoded, 1);
    for (int i = 0; i < PEERS; i++)
        assert_sent(i, "%s\n", 1);
}

static void nobody_subscribes_twice(void **state)
{
    (void)state;
    assert_int_equal(push_subscribe(conns[0], as_line), 0);
    assert_int_equal(push_subscribe(conns[0], as_line), -1);
    assert_int_equal(push_subscribe(conns[0], in_brackets), -1);
    tick();
    assert_sent(0, "%s\n", 1);
}

/* In every order, by unsubscribing and by closing. */
static void whoever_leaves_is_sent_nothing_and_the_others_are(void **state)
{
    static const int orders[6][PEERS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    (void)state;
    for (int k = 0; k < 6; k++) {
        bool in[PEERS] = {true, true, true};
        for (int i = 0; i < PEERS; i++)
            assert_int_equal(push_subscribe(conns[i], as_line), 0);
        for (int i = 0; i < PEERS; i++) {
            int who = orders[k][i];
            if (k == 5)
                close_peer(who);
            else
                push_unsubscribe(conns[who]);
            in[who] = false;
            tick();
            for (int other = 0; other < PEERS; other++)
                if (in[other])
                    assert_sent(other, "%s\n", push_newest(worker.push));
                else
                    assert_string_equal(sent_to(other), "");
            if (conns[who])
                push_unsubscribe(conns[who]); /* again: nothing happens */
        }
    }
}

static void without_push_there_is_nothing_to_subscribe_to(void **state)
{
    struct push *p = worker.push;
    (void)state;
    worker.push = NULL;
    assert_int_equal(push_subscribe(conns[0], as_line), -1);
    worker.push = p;
}

/* The loop is not needed, but it must seem to be there, or a full socket would be an error. */
static void who_does_not_read_is_dropped_and_the_others_go_on(void **state)
{
    int dummy = 0;
    (void)state;
    worker.loop = (struct loop *)(void *)&dummy;
    for (int i = 0; i < 2; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    for (int i = 0; i < 100000 && push_dropped(worker.push) == 0; i++) {
        tick();
        assert_sent(1, "%s\n", push_newest(worker.push));
    }
    assert_int_equal(push_dropped(worker.push), 1);
    assert_true(conn_queued(conns[0]) < 2 * READ_SIZE);
    tick();
    assert_int_equal(push_dropped(worker.push), 1);
    assert_sent(1, "%s\n", push_newest(worker.push));
    worker.loop = NULL;
}

#define WITH_PEERS(test) cmocka_unit_test_setup_teardown(test, open_peers, close_peers)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_event_there_is_none),
        cmocka_unit_test(an_event_has_a_number_and_a_time),
        cmocka_unit_test(the_newest_1024_events_are_kept),
        WITH_PEERS(subscribers_are_sent_every_event_once),
        WITH_PEERS(an_event_is_encoded_once_for_all_who_want_it_so),
        WITH_PEERS(nobody_subscribes_twice),
        WITH_PEERS(whoever_leaves_is_sent_nothing_and_the_others_are),
        WITH_PEERS(without_push_there_is_nothing_to_subscribe_to),
        WITH_PEERS(who_does_not_read_is_dropped_and_the_others_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
