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
#define CROWD 24

static const struct server_options options = {.max_message = 1000, .max_header = 1000};

static struct worker worker;
static struct conn *conns[CROWD];
static int peers[CROWD]; /* the other ends */
static int present;      /* of them */
static int encoded;      /* how often an event was */

static void look_away(struct conn *c)
{
    (void)c;
}

/* Eight of these are longer than a slice, and push.c looks at the clock after eight. */
#define SLICE 8
static void take_time(struct conn *c)
{
    uint64_t until = now_ns() + 200000;
    (void)c;
    while (now_ns() < until)
        continue;
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

/* Every byte says so many bytes of its kind. */
static size_t said_by_a_byte;

static ssize_t data(struct conn *c, uint8_t *bytes, size_t n)
{
    (void)n;
    if (push_is_full(c))
        return 0;
    char *text = malloc(said_by_a_byte);
    assert_non_null(text);
    memset(text, bytes[0], said_by_a_byte);
    push_say(c, "", 0, text, said_by_a_byte);
    free(text);
    return 1;
}

static const struct service service = {.name = "test", .data = data, .closed = closed};

static int open_some(int n, int type)
{
    if (worker_open(&worker, &options) < 0)
        return -1;
    worker.push = push_new();
    worker.settle = look_away;
    present = n;
    encoded = 0;
    for (int i = 0; i < n; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, type, 0, pair) < 0 || set_blocking(pair[0], false) < 0 ||
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

static int open_peers(void **state)
{
    (void)state;
    return open_some(PEERS, SOCK_STREAM);
}

/* Each write is read as one piece. */
static int open_crowd(void **state)
{
    (void)state;
    return open_some(CROWD, SOCK_SEQPACKET);
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
    for (int i = 0; i < present; i++) {
        close_peer(i);
        close(peers[i]);
    }
    push_free(worker.push);
    worker_close(&worker);
    worker.loop = NULL;
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
static void seem_to_loop(void)
{
    static int dummy;
    worker.loop = (struct loop *)(void *)&dummy;
}

static void who_does_not_read_is_dropped_and_the_others_go_on(void **state)
{
    (void)state;
    seem_to_loop();
    for (int i = 0; i < 2; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    for (int i = 0; i < 100000 && push_dropped(worker.push) == 0; i++) {
        tick();
        assert_sent(1, "%s\n", push_newest(worker.push));
    }
    assert_int_equal(push_dropped(worker.push), 1);
    assert_true(conns[0]->out->len < 2 * READ_SIZE);
    tick();
    assert_int_equal(push_dropped(worker.push), 1);
    assert_sent(1, "%s\n", push_newest(worker.push));
}

static void each_who_does_not_read_is_counted_once(void **state)
{
    (void)state;
    seem_to_loop();
    for (int i = 0; i < PEERS; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    for (int i = 0; i < 100000 && push_dropped(worker.push) < PEERS; i++)
        tick();
    for (int i = 0; i < PEERS; i++) {
        assert_int_equal(conns[i]->closing, FLUSH_THEN_CLOSE);
        assert_null(conns[i]->subscription.next);
        push_unsubscribe(conns[i]); /* as its service does when it closes */
    }
    tick();
    assert_int_equal(push_dropped(worker.push), PEERS);
}

/* --- rounds --- */

static void work_to_the_end(void)
{
    worker.settle = look_away;
    while (push_work(worker.push))
        continue;
}

/* All but the last so many subscribe; an event is made and half of a round is over. */
static void begin_a_round(int but)
{
    for (int i = 0; i < CROWD - but; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    push_tick(worker.push);
    worker.settle = take_time;
    assert_true(push_work(worker.push));
}

/* These events, in one piece. */
static void assert_one_piece(int i, uint64_t from, uint64_t to)
{
    char expected[PUSH_FRAME_MAX * 8];
    size_t n = 0;
    expected[0] = '\0';
    for (uint64_t seq = from; seq <= to; seq++)
        n += (size_t)snprintf(expected + n, sizeof expected - n, "%s\n",
                              push_text(worker.push, seq));
    assert_string_equal(sent_to(i), expected);
}

static void a_round_is_cut_into_slices(void **state)
{
    int slices = 1;
    (void)state;
    begin_a_round(0);
    for (int i = 0; i < CROWD; i++)
        if (i < SLICE)
            assert_one_piece(i, 1, 1);
        else
            assert_string_equal(sent_to(i), "");
    while (push_work(worker.push))
        slices++;
    assert_true(slices >= CROWD / SLICE);
    for (int i = SLICE; i < CROWD; i++)
        assert_one_piece(i, 1, 1);
    assert_false(push_work(worker.push));
}

static void what_happens_in_a_round_goes_out_in_the_next_in_one_piece(void **state)
{
    (void)state;
    begin_a_round(0);
    for (int i = 0; i < 3; i++)
        push_tick(worker.push);
    work_to_the_end();
    for (int i = 0; i < CROWD; i++) {
        assert_one_piece(i, 1, 1);
        assert_one_piece(i, 2, 4);
        assert_string_equal(sent_to(i), "");
    }
    assert_int_equal(encoded, 4);
}

static void who_joins_in_mid_round_hears_what_comes_behind_push_before(void **state)
{
    (void)state;
    begin_a_round(2);
    assert_int_equal(push_before(worker.push, as_line), 1);
    assert_int_equal(push_subscribe(conns[CROWD - 1], as_line), 0);
    push_tick(worker.push);
    assert_int_equal(push_before(worker.push, as_line), 1); /* 2 is on its way, to all */
    assert_int_equal(push_subscribe(conns[CROWD - 2], as_line), 0);
    work_to_the_end();
    assert_int_equal(push_before(worker.push, as_line), 2);
    for (int i = CROWD - 2; i < CROWD; i++) {
        assert_one_piece(i, 2, 2);
        assert_string_equal(sent_to(i), "");
    }
    push_tick(worker.push);
    work_to_the_end();
    for (int i = CROWD - 2; i < CROWD; i++)
        assert_one_piece(i, 3, 3);
}

static void without_subscribers_push_before_is_the_newest(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq < 5; seq++) {
        tick();
        assert_int_equal(push_before(worker.push, as_line), seq);
    }
    assert_int_equal(push_subscribe(conns[0], as_line), 0);
    push_unsubscribe(conns[0]);
    push_tick(worker.push);
    assert_int_equal(push_subscribe(conns[0], as_line), 0);
    work_to_the_end();
    assert_string_equal(sent_to(0), "");
}

/* One who was told, one who is next, the last: by leaving, and by closing. */
static void who_leaves_in_mid_round_harms_nobody(void **state)
{
    static const int leavers[] = {0, SLICE - 1, SLICE, SLICE + 1, CROWD - 1};
    (void)state;
    begin_a_round(0);
    for (size_t i = 0; i < sizeof leavers / sizeof *leavers; i++)
        if (i % 2)
            push_unsubscribe(conns[leavers[i]]);
        else
            close_peer(leavers[i]);
    push_tick(worker.push);
    work_to_the_end();
    for (int i = 0; i < CROWD; i++) {
        bool left = false;
        for (size_t k = 0; k < sizeof leavers / sizeof *leavers; k++)
            left = left || leavers[k] == i;
        if (!left || i < SLICE)
            assert_one_piece(i, 1, 1);
        if (!left)
            assert_one_piece(i, 2, 2);
        assert_string_equal(sent_to(i), "");
    }
}

static void all_may_leave_in_mid_round(void **state)
{
    (void)state;
    begin_a_round(0);
    for (int i = 0; i < CROWD; i++)
        push_unsubscribe(conns[i]);
    assert_false(push_work(worker.push));
    push_tick(worker.push);
    assert_int_equal(push_subscribe(conns[0], as_line), 0);
    work_to_the_end();
    assert_one_piece(0, 1, 1);
    assert_string_equal(sent_to(0), "");
}

/* What the loop does to a connection that is over. */
static void free_it(struct conn *c)
{
    for (int i = 0; i < CROWD; i++)
        if (conns[i] == c && i % 3 == 0)
            close_peer(i);
}

static void who_is_freed_on_being_told_harms_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(push_subscribe(conns[i], as_line), 0);
    worker.settle = free_it;
    tick();
    tick();
    for (int i = 0; i < CROWD; i++) {
        assert_one_piece(i, 1, 1);
        if (i % 3)
            assert_one_piece(i, 2, 2);
        assert_string_equal(sent_to(i), "");
    }
}

/* --- who waits for one event --- */

static int happenings;
static bool awaits_again;

static void happened(struct conn *c)
{
    happenings++;
    assert_null(c->subscription.next);
    if (awaits_again)
        assert_int_equal(push_await(c, happened), 0);
}

static void what_is_awaited_happens_once(void **state)
{
    (void)state;
    happenings = 0;
    awaits_again = false;
    push_tick(worker.push);
    assert_int_equal(push_await(conns[0], happened), 0);
    assert_int_equal(push_await(conns[0], happened), -1);
    assert_int_equal(push_subscribe(conns[0], as_line), -1);
    work_to_the_end();
    assert_int_equal(happenings, 0); /* it was there before */
    tick();
    tick();
    assert_int_equal(happenings, 1);
}

static void who_awaits_again_is_told_in_the_next_round(void **state)
{
    (void)state;
    happenings = 0;
    awaits_again = true;
    for (int i = 0; i < PEERS; i++)
        assert_int_equal(push_await(conns[i], happened), 0);
    for (int i = 1; i < 5; i++) {
        tick();
        assert_int_equal(happenings, i * PEERS);
    }
}

/* --- the room --- */

static void say_aloud(int i, const char *text)
{
    push_say(conns[i], text, 1, text + 1, strlen(text + 1));
}

static void all_in_the_room_hear_all_in_one_order(void **state)
{
    (void)state;
    for (int i = 0; i < PEERS; i++)
        assert_int_equal(push_join(conns[i]), 0);
    say_aloud(1, "one\n");
    work_to_the_end();
    for (int i = 0; i < PEERS; i++)
        assert_string_equal(sent_to(i), "one\n");
    say_aloud(0, "two\n");
    say_aloud(2, "three\n");
    say_aloud(0, "four\n");
    work_to_the_end();
    for (int i = 0; i < PEERS; i++) {
        assert_string_equal(sent_to(i), "two\nthree\nfour\n");
        assert_string_equal(sent_to(i), "");
    }
    for (int i = PEERS; i < CROWD; i++)
        assert_string_equal(sent_to(i), "");
}

static void events_are_not_for_the_room(void **state)
{
    (void)state;
    assert_int_equal(push_join(conns[0]), 0);
    assert_int_equal(push_join(conns[0]), -1);
    assert_int_equal(push_subscribe(conns[1], as_line), 0);
    tick();
    say_aloud(0, "words");
    work_to_the_end();
    assert_string_equal(sent_to(0), "words");
    assert_one_piece(1, 1, 1);
    assert_string_equal(sent_to(1), "");
}

static void nothing_is_heard_that_was_said_before(void **state)
{
    (void)state;
    assert_int_equal(push_join(conns[0]), 0);
    say_aloud(0, "to myself");
    work_to_the_end();
    assert_int_equal(push_join(conns[1]), 0);
    say_aloud(0, "to both");
    work_to_the_end();
    assert_string_equal(sent_to(1), "to both");
    say_aloud(0, "to nobody");
    push_unsubscribe(conns[0]);
    push_unsubscribe(conns[1]);
    assert_int_equal(push_join(conns[2]), 0);
    work_to_the_end();
    assert_string_equal(sent_to(2), "");
}

/* Bytes a peer takes, what is queued for it included. */
static size_t take_all(int i)
{
    size_t taken = 0, n = 1;
    while (n > 0 || conns[i]->out) {
        n = strlen(sent_to(i));
        taken += n;
        assert_int_equal(conn_output(conns[i]), 0);
    }
    return taken;
}

static void who_speaks_faster_than_the_room_hears_is_held(void **state)
{
    size_t heard[2] = {0, 0};
    bool more = true;
    (void)state;
    said_by_a_byte = PUSH_SAY_MAX / 4;
    seem_to_loop();
    for (int i = 0; i < 2; i++)
        assert_int_equal(push_join(conns[i]), 0);
    assert_int_equal(write(peers[0], "abcdefghij", 10), 10);
    assert_int_equal(conn_input(conns[0], true), 1);
    assert_true(conns[0]->paused);
    assert_int_equal(conns[0]->in->len, 6);
    while (more) {
        more = push_work(worker.push);
        for (int i = 0; i < 2; i++)
            heard[i] += take_all(i);
        assert_true(heard[0] <= 10 * said_by_a_byte);
        assert_int_equal(conns[0]->paused, conns[0]->in != NULL);
    }
    assert_null(conns[0]->in);
    assert_int_equal(heard[0], 10 * said_by_a_byte);
    assert_int_equal(heard[1], 10 * said_by_a_byte);
    assert_int_equal(push_dropped(worker.push), 0);
}

#define WITH_CROWD(test) cmocka_unit_test_setup_teardown(test, open_crowd, close_peers)
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
        WITH_PEERS(each_who_does_not_read_is_counted_once),
        WITH_CROWD(a_round_is_cut_into_slices),
        WITH_CROWD(what_happens_in_a_round_goes_out_in_the_next_in_one_piece),
        WITH_CROWD(who_joins_in_mid_round_hears_what_comes_behind_push_before),
        WITH_CROWD(without_subscribers_push_before_is_the_newest),
        WITH_CROWD(who_leaves_in_mid_round_harms_nobody),
        WITH_CROWD(all_may_leave_in_mid_round),
        WITH_CROWD(who_is_freed_on_being_told_harms_nobody),
        WITH_PEERS(what_is_awaited_happens_once),
        WITH_PEERS(who_awaits_again_is_told_in_the_next_round),
        WITH_CROWD(all_in_the_room_hear_all_in_one_order),
        WITH_CROWD(events_are_not_for_the_room),
        WITH_CROWD(nothing_is_heard_that_was_said_before),
        WITH_PEERS(who_speaks_faster_than_the_room_hears_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
