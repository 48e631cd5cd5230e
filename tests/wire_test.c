/* tests/wire_test.c: a real wire: the kernel's TCP and UDP at both ends.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/stats.h"
#include "tests/wire_scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* True when no packet is on its way of those that are recorded. */
static bool all_are_there(const struct wire *wire)
{
    struct packet p;
    for (size_t at_record = 0; wire_packet(wire, &at_record, &p);)
        if (p.fate == FATE_UNKNOWN)
            return false;
    return true;
}

/* What was sent is seen when the forwarder wakes up, and a delayed acknowledgement comes late, too:
 * until for 100 ms nothing was new. */
static void settle(const struct wire *wire)
{
    struct wire_totals t;
    uint64_t seen = 0, since = clock_ns();
    while (!all_are_there(wire) || clock_ns() - since < 100000000) {
        sleep_until(clock_ns() + 5000000);
        wire_totals(wire, &t);
        if (t.packets[0] + t.packets[1] != seen || !all_are_there(wire))
            since = clock_ns();
        seen = t.packets[0] + t.packets[1];
    }
}

/* --- time --- */

/* None is early, and the middle one is within 5 % + 2 ms. */
static void check_times(double *ms, double expected)
{
    sort_samples(ms, SAMPLES);
    assert_true(ms[0] >= expected);
    if (ms[SAMPLES / 2] > expected * 1.05 + 2)
        fail_msg("%g ms, not %g", ms[SAMPLES / 2], expected);
}

static void connecting_and_echoing_take_a_round_trip_each(void **state)
{
    (void)state;
    struct wire *wire = open_wire("rtt=40ms");
    beside(wire, SERVER_END, echo_tcp);
    at(wire, CLIENT_END, time_tcp);
    check_times(told()->connect, 40);
    check_times(told()->tcp, 40);
    over();
    beside(wire, SERVER_END, echo_udp);
    at(wire, CLIENT_END, time_udp);
    check_times(told()->udp, 40);
    over();
    wire_close(wire);
}

/* The kernel sends the SYN again after a second. */
static void a_lost_syn_costs_a_second(void **state)
{
    (void)state;
    struct wire *wire = open_wire("rtt=40ms,drop=c1");
    beside(wire, SERVER_END, echo_tcp);
    at(wire, CLIENT_END, connect_once);
    assert_true(told()->connect[0] >= 1000 + 40);
    assert_true(told()->connect[0] < 2000);
    over();
    wire_close(wire);
}

/* 1 mbit/s: 12 ms for each packet of 1,500 bytes. */
static void a_rate_spreads_what_was_sent_at_once(void **state)
{
    struct packet first, last = {0};
    size_t at_record = 0;
    (void)state;
    struct wire *wire = open_wire("rtt=2ms,rate=1mbit");
    beside(wire, SERVER_END, hear_datagrams);
    wire_record(wire, true);
    at(wire, CLIENT_END, send_large);
    settle(wire);
    assert_true(wire_packet(wire, &at_record, &first));
    assert_int_equal(first.len, 1500);
    assert_true(first.arrived - first.sent >= 13000000);
    while (wire_packet(wire, &at_record, &last))
        continue;
    assert_in_range(last.arrived - first.sent, 241000000, 300000000);
    over();
    wire_close(wire);
}

/* --- fates --- */

/* Which of DATAGRAMS were lost, as the wire tells and as the receiver sees. */
static void lose(const char *spec, unsigned char lost[DATAGRAMS])
{
    struct packet p;
    size_t at_record = 0, n = 0;
    struct wire *wire = open_wire(spec);
    beside(wire, SERVER_END, hear_datagrams);
    wire_record(wire, true);
    at(wire, CLIENT_END, send_datagrams);
    settle(wire);
    over();
    for (; wire_packet(wire, &at_record, &p); n++) {
        assert_true(n < DATAGRAMS && !p.from_server && p.fate != FATE_UNKNOWN);
        lost[n] = p.fate == DROPPED;
        assert_int_equal(lost[n], p.arrived == 0);
        assert_true(!lost[n] || !told()->came[n]);
    }
    assert_int_equal(n, DATAGRAMS);
    wire_close(wire);
}

static void the_same_are_lost_again_by_the_same_seed(void **state)
{
    unsigned char once[DATAGRAMS], twice[DATAGRAMS], other[DATAGRAMS];
    size_t n = 0;
    (void)state;
    lose("rtt=1ms,loss=10%,seed=7", once);
    lose("rtt=0,loss=10%,seed=7", twice);
    lose("rtt=1ms,loss=10%,seed=8", other);
    for (size_t i = 0; i < DATAGRAMS; i++)
        n += once[i];
    assert_in_range(n, 10, 70); /* 40 +- 5 sigma */
    assert_memory_equal(once, twice, DATAGRAMS);
    assert_memory_not_equal(once, other, DATAGRAMS);
}

static void what_is_held_back_comes_after_what_was_sent_later(void **state)
{
    struct wire_totals t;
    (void)state;
    struct wire *wire = open_wire("rtt=4ms,reorder=10%");
    beside(wire, SERVER_END, hear_datagrams);
    wire_record(wire, true);
    at(wire, CLIENT_END, send_datagrams);
    settle(wire);
    over();
    wire_totals(wire, &t);
    assert_in_range(t.reordered[0], 10, 70);
    assert_in_range(told()->overtaken, 5, t.reordered[0]);
    wire_close(wire);
}

/* --- records --- */

static unsigned sum16(const uint8_t *p, size_t n, unsigned sum)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 ? p[i] : (unsigned)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* IP's checksum and TCP's, RFC 9293 3.1. */
static void check_sums(const struct packet *p)
{
    assert_int_equal(p->data[0], 0x45);
    assert_int_equal(p->len, p->data[2] << 8 | p->data[3]);
    assert_int_equal(sum16(p->data, 20, 0), 0xffff);
    unsigned pseudo = sum16(p->data + 12, 8, 6 + p->len - 20);
    assert_int_equal(sum16(p->data + 20, p->len - 20, pseudo), 0xffff);
}

static void every_packet_is_recorded_with_valid_checksums(void **state)
{
    struct packet p;
    struct wire_totals t;
    uint64_t n[2] = {0}, bytes[2] = {0}, last = 0;
    (void)state;
    struct wire *wire = open_wire("rtt=10ms");
    beside(wire, SERVER_END, echo_tcp);
    wire_record(wire, true);
    at(wire, CLIENT_END, time_tcp);
    settle(wire);
    over();
    size_t end = wire_recorded(wire);
    for (size_t at_record = 0; wire_packet(wire, &at_record, &p);) {
        check_sums(&p);
        assert_int_equal(p.data[15], p.from_server ? 2 : 1);
        assert_true(n[0] || p.data[33] == 0x02);               /* SYN */
        assert_true(n[0] != 1 || n[1] || p.data[33] == 0x12);  /* SYN, ACK */
        assert_true(p.sent >= last && p.fate == ARRIVED && p.arrived >= p.sent + 5000000);
        last = p.sent;
        n[p.from_server]++;
        bytes[p.from_server] += p.len;
        assert_true(at_record <= end);
    }
    wire_totals(wire, &t);
    for (int from = 0; from < 2; from++) {
        assert_true(n[from] >= 3 * SAMPLES);
        assert_int_equal(t.packets[from], n[from]);
        assert_int_equal(t.bytes[from], bytes[from]);
        assert_int_equal(t.dropped[from] + t.refused[from], 0);
        assert_true(t.tx_dropped[from] >= 0 && t.tx_dropped[from] <= 0); /* and it is known */
    }
    assert_int_equal(t.late_n, n[0] + n[1]);
    assert_true(strcmp(t.congestion_control, "cubic") == 0 ||
                strcmp(t.congestion_control, "reno") == 0);
    wire_close(wire);
}

static void nothing_is_recorded_unasked_and_only_what_follows_when_asked(void **state)
{
    struct packet p;
    (void)state;
    struct wire *wire = open_wire("rtt=1ms");
    beside(wire, SERVER_END, echo_udp);
    at(wire, CLIENT_END, time_udp);
    size_t place = wire_recorded(wire);
    assert_int_equal(place, 0);
    wire_record(wire, true);
    at(wire, CLIENT_END, time_udp);
    wire_record(wire, false);
    at(wire, CLIENT_END, time_udp);
    size_t n = 0;
    while (wire_packet(wire, &place, &p))
        n++;
    assert_int_equal(n, 2 * SAMPLES);
    over();
    wire_close(wire);
}

static void what_finds_no_room_is_counted(void **state)
{
    struct wire_totals t;
    struct packet p;
    uint64_t n = 0;
    (void)state;
    struct wire *wire = open_wire("rtt=0");
    beside(wire, SERVER_END, swallow_bulk);
    wire_record(wire, true);
    at(wire, CLIENT_END, send_bulk);
    over();
    settle(wire);
    wire_totals(wire, &t);
    for (size_t place = 0; wire_packet(wire, &place, &p);)
        n++;
    assert_true(t.unrecorded > 0);
    assert_int_equal(n + t.unrecorded, t.packets[0] + t.packets[1]);
    wire_close(wire);
}

/* While the forwarder is stopped, what is sent waits in the device's queue of 10,000. */
static void what_the_device_can_not_queue_is_counted(void **state)
{
    struct wire_totals t;
    (void)state;
    struct wire *wire = open_wire("rtt=0");
    kill(wire_process(wire), SIGSTOP);
    at(wire, CLIENT_END, send_many);
    kill(wire_process(wire), SIGCONT);
    settle(wire);
    wire_totals(wire, &t);
    assert_int_equal(t.packets[0], 10000);
    assert_int_equal((int)t.tx_dropped[0], MANY - 10000);
    wire_close(wire);
}

static void only_what_one_end_says_to_the_other_enters(void **state)
{
    struct wire_totals t;
    (void)state;
    struct wire *wire = open_wire("rtt=0");
    at(wire, CLIENT_END, shout);
    sleep_until(clock_ns() + 100000000);
    wire_totals(wire, &t);
    assert_int_equal(t.packets[0] + t.packets[1], 0);
    wire_close(wire);
}

static int try_all(const char *who)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting_and_echoing_take_a_round_trip_each),
        cmocka_unit_test(a_lost_syn_costs_a_second),
        cmocka_unit_test(a_rate_spreads_what_was_sent_at_once),
        cmocka_unit_test(the_same_are_lost_again_by_the_same_seed),
        cmocka_unit_test(what_is_held_back_comes_after_what_was_sent_later),
        cmocka_unit_test(every_packet_is_recorded_with_valid_checksums),
        cmocka_unit_test(nothing_is_recorded_unasked_and_only_what_follows_when_asked),
        cmocka_unit_test(what_finds_no_room_is_counted),
        cmocka_unit_test(what_the_device_can_not_queue_is_counted),
        cmocka_unit_test(only_what_one_end_says_to_the_other_enters),
    };
    return cmocka_run_group_tests_name(who, tests, NULL, NULL);
}

int main(void)
{
    return try_as_everyone(try_all);
}
