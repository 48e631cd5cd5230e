/* tests/bench_far_test.c: what the bench shows and concludes where packets are on their way for
 * longer than all else takes.  Figures are made up here.
 * Partner: bench_report_test.c, which does the same over loopback.
 * SPDX-License-Identifier: MIT */
#include "bench/report/grid.h"
#include "bench/report/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct plan plan;
static struct results results;

static void over(const char *spec, size_t measure)
{
    char why[WIRE_WHY_MAX];
    results_free(&results);
    plan = (struct plan){.measures = 1u << measure, .transports = (1u << TRANSPORTS) - 1,
                         .size = 64, .depth = 16, .baseline = TCP, .push_every_ms = 120,
                         .poll_every_ms = 10, .subscribers = 1};
    results = (struct results){.plan = &plan};
    if (!spec)
        return;
    assert_int_equal(wire_spec_parse(&plan.wire_spec, spec, why), 0);
    plan.wire = &plan.wire_spec;
}

static void begin(size_t measure, size_t transport)
{
    results_begin(&results, &(struct subject){measure, transport, NULL, plan.subscribers, false});
}

static void tell(size_t metric, double v)
{
    results_add(&results, results.sets[results.set_count - 1],
                &(struct finding){metric, T_NONE, &v, 1, NULL, false});
}

/* 9 rounds of 24 samples. */
static void tell_times(size_t metric, double us)
{
    double v[24];
    for (int round = 0; round < 9; round++) {
        for (int i = 0; i < 24; i++)
            v[i] = us + i;
        results_add(&results, results.sets[results.set_count - 1],
                    &(struct finding){metric, T_NONE, v, 24, NULL, false});
    }
}

static char *conclusion(size_t measure)
{
    static char text[CONCLUSION_MAX];
    results_finish(&results);
    conclude(text, sizeof text, &results, measure);
    return text;
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

static const char *polled(const char *spec, double us)
{
    over(spec, PUSH);
    begin(PUSH, POLL);
    tell_times(PUSH_LATENCY, us);
    tell(PUSH_REQUESTS, 3);
    tell(PUSH_EMPTY, 400);
    return conclusion(PUSH);
}

static void polling_is_held_against_the_interval_that_the_line_lets_it_have(void **state)
{
    (void)state;
    assert_contains(polled(NULL, 5e3), "after 5.01 ms on average (5.00 ms by the rules), asked 3");
    assert_contains(polled("rtt=40ms", 41e3), "after 41.0 ms on average (40.0 ms by the rules), a");
    assert_contains(polled("rtt=40ms,loss=1%", 41e3), "after 41.0 ms on average, asked 3.00 ti");
}

static void times_over_a_line_are_told_in_ms_and_udp_waits_for_nothing(void **state)
{
    (void)state;
    over("rtt=40ms", HANDSHAKE);
    begin(HANDSHAKE, TCP);
    tell_times(HANDSHAKE_TOTAL, 40.1e3);
    begin(HANDSHAKE, UDP);
    tell_times(HANDSHAKE_TOTAL, 10);
    begin(HANDSHAKE, TLS);
    tell_times(HANDSHAKE_TOTAL, 80.9e3);
    tell(HANDSHAKE_ROUND_TRIPS, 2);
    const char *text = conclusion(HANDSHAKE);
    assert_contains(text, "against tcp's 40.1 ms: tls 2.02 times (2.02 to 2.02); udp waits for n");
    assert_contains(text, "What TLS adds: tls 40.8 ms (40.8 to 40.8) and 2 round trip");
}

static void an_event_is_with_the_first_and_the_last_after_half_a_round_trip(void **state)
{
    struct grid g;
    (void)state;
    over("rtt=20ms", PUSH);
    plan.subscribers = 100;
    begin(PUSH, TCP);
    tell_times(PUSH_FIRST, 10.2e3);
    tell_times(PUSH_MEDIAN, 10.8e3);
    tell_times(PUSH_LAST, 11.6e3);
    assert_contains(conclusion(PUSH), "100 subscribers it took 1.40 ms over tcp. ");
    assert_true(grid_fill(&g, &results, PUSH, 0));
    assert_string_equal(g.cell[2][1], "10.2");
    assert_string_equal(g.cell[0][5], "in RTTs");
    assert_string_equal(g.cell[2][5], "0.58 (0.5)");
    plan.wire_spec.rate = 1000000; /* copies leave one after the other */
    struct subject tcp = {PUSH, TCP, NULL, 100, false}, poll = {PUSH, POLL, NULL, 100, false};
    assert_true(isnan(predict(&plan, &tcp, PUSH_LAST)));
    assert_true(isnan(predict(&plan, &poll, PUSH_LAST)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polling_is_held_against_the_interval_that_the_line_lets_it_have),
        cmocka_unit_test(times_over_a_line_are_told_in_ms_and_udp_waits_for_nothing),
        cmocka_unit_test(an_event_is_with_the_first_and_the_last_after_half_a_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
