/* tests/predict_test.c: what must come out by the rules, before anything connects.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct plan plan;

static void over(const char *spec)
{
    char why[WIRE_WHY_MAX];
    plan = (struct plan){.transports = (1u << TRANSPORTS) - 1, .size = 64, .poll_every_ms = 10,
                         .push_every_ms = 120};
    if (!spec)
        return;
    assert_int_equal(wire_spec_parse(&plan.wire_spec, spec, why), 0);
    plan.wire = &plan.wire_spec;
}

static double told(size_t measure, size_t transport, bool resumed, size_t metric)
{
    struct subject s = {measure, transport, NULL, 1, resumed};
    return predict(&plan, &s, metric);
}

static double handshake(size_t transport, size_t metric)
{
    return told(HANDSHAKE, transport, false, metric);
}

static double counted(size_t transport, enum phase phase, size_t count)
{
    size_t measure = phase == PHASE_PUSH ? PUSH : HANDSHAKE;
    return told(measure, transport, false, phase_metric(phase) + count);
}

static void assert_near(double is, double wanted)
{
    if (!(fabs(is - wanted) < 0.5))
        fail_msg("%g, not %g", is, wanted);
}

static void assert_open(double is)
{
    if (!isnan(is))
        fail_msg("%g, not open", is);
}

#define RTT 40e3

static void each_step_takes_its_round_trips(void **state)
{
    (void)state;
    over("rtt=40ms");
    assert_near(handshake(TCP, HANDSHAKE_CONNECT), RTT);
    assert_near(handshake(HTTP_KEEP_ALIVE, HANDSHAKE_FIRST_REPLY), 2 * RTT);
    assert_near(told(MESSAGE, HTTP_KEEP_ALIVE, false, MESSAGE_RTT), RTT);
    assert_near(told(MESSAGE, HTTP_CLOSE, false, MESSAGE_RTT), 2 * RTT);
    assert_near(handshake(WS, HANDSHAKE_TOTAL), 2 * RTT);
    assert_near(handshake(WS, HANDSHAKE_UPGRADE), RTT);
    assert_near(told(MESSAGE, WS, false, MESSAGE_RTT), RTT);
    assert_near(told(PUSH, WS, false, PUSH_LATENCY), RTT / 2);
    assert_near(handshake(TLS, HANDSHAKE_TLS), RTT);
    assert_near(handshake(HTTPS_KEEP_ALIVE, HANDSHAKE_TOTAL), 2 * RTT);
    assert_near(handshake(HTTPS_KEEP_ALIVE, HANDSHAKE_FIRST_REPLY), 3 * RTT);
    assert_near(handshake(WSS, HANDSHAKE_TOTAL), 3 * RTT);
    assert_near(told(HANDSHAKE, WSS, true, HANDSHAKE_TOTAL), 3 * RTT);
    assert_near(handshake(UDP, HANDSHAKE_FIRST_REPLY), RTT);
    assert_near(told(MESSAGE, HTTPS_CLOSE, false, MESSAGE_RTT), 3 * RTT);
}

static void loopback_has_counts_but_no_times(void **state)
{
    (void)state;
    over(NULL);
    assert_open(handshake(WS, HANDSHAKE_TOTAL));
    assert_open(told(MESSAGE, TCP, false, MESSAGE_RTT));
    assert_near(handshake(WSS, HANDSHAKE_ROUND_TRIPS), 3);
    assert_near(handshake(WS, HANDSHAKE_PACKETS), 7);
    assert_near(told(PUSH, POLL, false, PUSH_LATENCY), 5e3);
}

static void assert_phase(size_t transport, enum phase phase, double out, double in,
                         double bytes_out, double bytes_in)
{
    assert_near(counted(transport, phase, COUNT_PACKETS_OUT), out);
    assert_near(counted(transport, phase, COUNT_PACKETS_IN), in);
    assert_near(counted(transport, phase, COUNT_BYTES_OUT), bytes_out);
    assert_near(counted(transport, phase, COUNT_BYTES_IN), bytes_in);
}

static void tcp_acknowledges_at_once_until_there_is_a_dialogue(void **state)
{
    (void)state;
    over(NULL);
    assert_phase(TCP, PHASE_CONNECT, 2, 1, 112, 60);
    assert_phase(TCP, PHASE_MESSAGE, 2, 2, 168, 168); /* both acknowledge apart */
    assert_phase(TCP, PHASE_CLOSE, 2, 1, 104, 52);
    assert_phase(WS, PHASE_UPGRADE, 2, 2, 262, 233);
    assert_phase(WS, PHASE_MESSAGE, 2, 1, 174, 118); /* the echo acknowledges */
    assert_phase(WS, PHASE_CLOSE, 3, 3, 164, 160);
    assert_phase(WSS, PHASE_CLOSE, 5, 4, 314, 258);
    assert_phase(TLS, PHASE_CLOSE, 4, 2, 232, 128);
    assert_phase(HTTP_CLOSE, PHASE_MESSAGE, 3, 3, 305, 355);
    assert_phase(HTTP_CLOSE, PHASE_CLOSE, 1, 1, 52, 52);
    assert_phase(HTTPS_CLOSE, PHASE_MESSAGE, 4, 4, 403, 453);
    assert_phase(HTTPS_CLOSE, PHASE_CLOSE, 0, 0, 0, 0);
    assert_phase(UDP, PHASE_CONNECT, 0, 0, 0, 0);
    assert_phase(UDP, PHASE_MESSAGE, 1, 1, 92, 92);
    assert_open(counted(TCP, PHASE_TLS, COUNT_PACKETS_OUT));
}

static void over_a_wire_a_reset_has_no_options(void **state)
{
    (void)state;
    over("rtt=1ms");
    assert_near(counted(HTTPS_CLOSE, PHASE_MESSAGE, COUNT_BYTES_IN), 453 - 12);
    assert_near(counted(WS, PHASE_UPGRADE, COUNT_BYTES_OUT), 263); /* 198.18.0.2 is longer */
}

static void a_subscriber_acknowledges_each_event(void **state)
{
    (void)state;
    over(NULL);
    double text = counted(UDP, PHASE_PUSH, COUNT_BYTES_IN) - 28;
    assert_near(counted(TCP, PHASE_PUSH, COUNT_PACKETS_OUT), 1);
    assert_near(counted(TCP, PHASE_PUSH, COUNT_BYTES_IN), 52 + text + 1);
    assert_near(counted(WS, PHASE_PUSH, COUNT_BYTES_IN), 52 + 2 + text);
    assert_near(counted(WSS, PHASE_PUSH, COUNT_BYTES_IN), 52 + 22 + 2 + text);
    assert_near(counted(SSE, PHASE_PUSH, COUNT_BYTES_IN), 52 + 14 + text);
    assert_near(counted(LONG_POLL, PHASE_PUSH, COUNT_PACKETS_OUT), 2);
    assert_near(counted(LONG_POLL, PHASE_PUSH, COUNT_PACKETS_IN), 2);
    assert_near(counted(LONG_POLL, PHASE_PUSH, COUNT_ROUND_TRIPS), 1);
}

/* --- TLS --- */

static void tls_flights_are_had_in_memory(void **state)
{
    (void)state;
    struct flights full = flights_of("127.0.0.1", false, false);
    struct flights http = flights_of("127.0.0.1", true, false);
    struct flights resumed = flights_of("127.0.0.1", false, true);
    assert_near(http.bytes[0], full.bytes[0] + 15); /* ALPN: 4, its list 2, 1 and "http/1.1" */
    assert_near(full.bytes[2], 6 + 5 + 4 + 32 + 1 + 16 + 0 + 16); /* change cipher spec, Finished */
    assert_true(resumed.bytes[0] > full.bytes[0] + 100); /* the ticket goes back */
    assert_true(resumed.bytes[1] < full.bytes[1] - 400); /* no certificate */
    assert_true(full.bytes[3] > 100);
    assert_near(full.record, 5 + 1 + 16);
}


static void tls_takes_seven_packets(void **state)
{
    (void)state;
    over(NULL);
    assert_near(counted(TLS, PHASE_TLS, COUNT_PACKETS_OUT), 4);
    assert_near(counted(TLS, PHASE_TLS, COUNT_PACKETS_IN), 3);
    assert_near(counted(TLS, PHASE_MESSAGE, COUNT_BYTES_OUT), 2 * 52 + 64 + 22);
    struct subject full = {HANDSHAKE, TLS, NULL, 1, false}, resumed = full;
    resumed.resumed = true;
    size_t in = phase_metric(PHASE_TLS) + COUNT_BYTES_IN;
    assert_true(predict_tolerance(&plan, &full, in) > 0); /* signatures differ in length */
    assert_true(predict_tolerance(&plan, &full, in - 1) <= 0);
    assert_true(predict_tolerance(&plan, &resumed, in) <= 0);
}

/* --- sizes --- */

static double header(size_t transport, size_t size)
{
    plan.size = size;
    return told(MESSAGE, transport, false, MESSAGE_HEADER);
}

static void frames_have_longer_heads_beyond_125_and_65535(void **state)
{
    (void)state;
    over(NULL);
    assert_near(header(WS, 125), 2 + 4 + 2);
    assert_near(header(WS, 126), 4 + 4 + 4);
    assert_near(header(WS, 65535), 4 + 4 + 4);
    assert_near(header(WS, 65536), 10 + 4 + 10);
    assert_near(header(HTTP_KEEP_ALIVE, 100) - header(HTTP_KEEP_ALIVE, 99), 2); /* its length */
}

static void records_end_at_16384(void **state)
{
    (void)state;
    over(NULL);
    plan.size = 16384;
    assert_near(told(MESSAGE, TLS, false, MESSAGE_TLS), 2 * 22);
    plan.size++;
    assert_near(told(MESSAGE, TLS, false, MESSAGE_TLS), 4 * 22);
}

static double reply(size_t transport, size_t size)
{
    plan.size = size;
    return handshake(transport, HANDSHAKE_FIRST_REPLY) / RTT;
}

static void a_segment_carries_1448(void **state)
{
    (void)state;
    over("rtt=40ms");
    plan.size = 1448;
    assert_near(counted(TCP, PHASE_MESSAGE, COUNT_BYTES_OUT), 1448 + 2 * 52);
    assert_near(told(MESSAGE, TCP, false, MESSAGE_TCPIP), 104);
    plan.size++;
    assert_open(counted(TCP, PHASE_MESSAGE, COUNT_BYTES_OUT));
    assert_open(told(MESSAGE, TCP, false, MESSAGE_TCPIP));
    assert_near(told(MESSAGE, UDP, false, MESSAGE_TCPIP), 56);
    plan.size = 1473; /* a fragment more */
    assert_near(counted(UDP, PHASE_MESSAGE, COUNT_PACKETS_OUT), 2);
    assert_near(counted(UDP, PHASE_MESSAGE, COUNT_BYTES_OUT), 1473 + 28 + 20);
    plan.size = 65508;
    assert_open(counted(UDP, PHASE_MESSAGE, COUNT_PACKETS_OUT));
}

/* 10 segments, then 20, 40, 80 ... */
static void a_window_opens_by_doubling(void **state)
{
    static const size_t turns[] = {10, 30, 70, 150, 310, 630};
    (void)state;
    over("rtt=40ms");
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        size_t most = turns[i] * 1448 - 10; /* less the longest frame's head, unmasked */
        double trips = 1 + (double)i; /* 1 there and back, and one more for each doubling */
        assert_near(reply(WS, most - 4), 2 + 2 * trips - 1);
        assert_near(reply(WS, most + 11), 2 + 2 * trips + 1);
    }
    assert_near(reply(TCP, 14480), 2);
    assert_near(reply(TCP, 14481), 3);
    assert_near(reply(TCP, 43441), 4); /* the echo follows closely */
    assert_near(told(MESSAGE, WS, false, MESSAGE_RTT) / RTT, 1); /* by then it is open */
    assert_open(reply(WS, (1 << 20) + 1));
}

static void after_tls_a_full_window_is_open(void **state)
{
    (void)state;
    over("rtt=40ms");
    assert_near(reply(TLS, 13000), 3);
    assert_open(reply(TLS, 13100)); /* the Finished has one of the ten places */
    assert_near(reply(WSS, 14000), 4);
}

static void a_rate_makes_bytes_wait_for_each_other(void **state)
{
    (void)state;
    over("rtt=40ms,rate=1mbit");
    assert_near(handshake(TCP, HANDSHAKE_CONNECT), RTT + 60 * 8 + 60 * 8);
    double asked = 52 + (263 - 104), answered = 52 + (233 - 104);
    assert_near(handshake(WS, HANDSHAKE_UPGRADE), RTT + 52 * 8 + asked * 8 + 52 * 8 + answered * 8);
    assert_near(told(MESSAGE, UDP, false, MESSAGE_RTT), RTT + 2 * (64 + 28) * 8);
    plan.size = 262144;
    assert_open(told(MESSAGE, WS, false, MESSAGE_RTT)); /* more than the queue holds */
}

/* --- other lines, other intervals --- */

static void what_gets_lost_is_open_but_for_one_syn(void **state)
{
    (void)state;
    over("rtt=40ms,loss=1%");
    assert_open(handshake(TCP, HANDSHAKE_CONNECT));
    assert_open(counted(TCP, PHASE_CONNECT, COUNT_PACKETS_OUT));
    over("rtt=40ms,drop=c2");
    assert_open(handshake(TCP, HANDSHAKE_CONNECT));
    over("rtt=40ms,drop=c1");
    assert_near(handshake(TCP, HANDSHAKE_CONNECT), 1e6 + RTT);
    assert_near(handshake(WS, HANDSHAKE_UPGRADE), RTT);
    assert_near(counted(TCP, PHASE_CONNECT, COUNT_PACKETS_OUT), 3);
    assert_near(counted(TCP, PHASE_CONNECT, COUNT_AGAIN), 1);
    assert_near(counted(TCP, PHASE_MESSAGE, COUNT_AGAIN), 0);
    assert_open(handshake(UDP, HANDSHAKE_FIRST_REPLY));
}

static void polling_waits_for_half_its_interval(void **state)
{
    (void)state;
    over("rtt=4ms");
    assert_near(told(PUSH, POLL, false, PUSH_LATENCY), 5e3 + 2e3);
    assert_near(told(PUSH, POLL, false, PUSH_REQUESTS), 12);
    over("rtt=40ms"); /* a poll takes longer than the interval */
    assert_near(told(PUSH, POLL, false, PUSH_LATENCY), RTT / 2 + RTT / 2);
    assert_near(told(PUSH, POLL, false, PUSH_REQUESTS), 3);
    assert_near(told(PUSH, LONG_POLL, false, PUSH_LATENCY), RTT / 2);
    plan.push_every_ms = 10; /* events come faster than it can ask again */
    assert_near(told(PUSH, LONG_POLL, false, PUSH_LATENCY), RTT);
}

static void a_time_may_differ_by_5_percent_and_2_ms(void **state)
{
    (void)state;
    over("rtt=40ms");
    struct subject s = {HANDSHAKE, WS, NULL, 1, false};
    assert_near(predict_tolerance(&plan, &s, HANDSHAKE_TOTAL), 2e3 + 4e3 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_takes_its_round_trips),
        cmocka_unit_test(loopback_has_counts_but_no_times),
        cmocka_unit_test(tcp_acknowledges_at_once_until_there_is_a_dialogue),
        cmocka_unit_test(over_a_wire_a_reset_has_no_options),
        cmocka_unit_test(a_subscriber_acknowledges_each_event),
        cmocka_unit_test(tls_flights_are_had_in_memory),
        cmocka_unit_test(tls_takes_seven_packets),
        cmocka_unit_test(frames_have_longer_heads_beyond_125_and_65535),
        cmocka_unit_test(records_end_at_16384),
        cmocka_unit_test(a_segment_carries_1448),
        cmocka_unit_test(a_window_opens_by_doubling),
        cmocka_unit_test(after_tls_a_full_window_is_open),
        cmocka_unit_test(a_rate_makes_bytes_wait_for_each_other),
        cmocka_unit_test(what_gets_lost_is_open_but_for_one_syn),
        cmocka_unit_test(polling_waits_for_half_its_interval),
        cmocka_unit_test(a_time_may_differ_by_5_percent_and_2_ms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
