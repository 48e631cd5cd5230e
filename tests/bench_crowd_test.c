/* tests/bench_crowd_test.c: what the bench plans, predicts, shows and concludes where many
 * connections are measured together: push to many, idle, models.  Figures are made up here.
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

static void begin(size_t measure)
{
    results_free(&results);
    plan = (struct plan){.measures = 1u << measure, .transports = (1u << TRANSPORTS) - 1,
                         .size = 64, .depth = 16, .baseline = TCP, .push_every_ms = 20,
                         .poll_every_ms = 5, .subscribers = 1000, .connections = 100,
                         .workers = 5};
    results = (struct results){.plan = &plan, .cpus[PUSH] = {1, 0}};
}

static void tell(size_t metric, double v)
{
    results_add(&results, results.sets[results.set_count - 1],
                &(struct finding){metric, T_NONE, &v, 1, NULL, false});
}

static void tell_na(size_t metric, enum text why)
{
    results_add(&results, results.sets[results.set_count - 1],
                &(struct finding){metric, why, NULL, 0, NULL, false});
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

static char *conclusion(size_t measure)
{
    static char text[CONCLUSION_MAX];
    conclude(text, sizeof text, &results, measure);
    return text;
}

static char *written(void (*report)(FILE *, const struct results *))
{
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    report(f, &results);
    fclose(f);
    return text;
}

static void assert_narrow(char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            fail_msg("%zu columns: %s", strlen(line), line);
    free(text);
}

/* --- push to many --- */

static void add_fan_out(size_t transport, double last, double missed)
{
    results_begin(&results, &(struct subject){PUSH, transport, NULL, 1000, false});
    for (int round = 0; round < 9; round++) {
        double v[24], many[24];
        for (int i = 0; i < 24; i++) {
            v[i] = 40 + i / 100.0;
            many[i] = last + i / 100.0 + round;
        }
        struct row *set = results.sets[results.set_count - 1];
        results_add(&results, set, &(struct finding){PUSH_FIRST, T_NONE, v, 24, NULL, false});
        results_add(&results, set, &(struct finding){PUSH_MEDIAN, T_NONE, many, 24, NULL, false});
        results_add(&results, set, &(struct finding){PUSH_LAST, T_NONE, many, 24, NULL, false});
        results_add(&results, set, &(struct finding){PUSH_LATENCY, T_NONE, v, 24, NULL, false});
        tell(PUSH_CPU_SERVER, 2.5);
        tell(PUSH_MISSED, round == 0 ? missed : 0);
    }
    tell_na(PUSH_CPU_CLIENT, T_NA_CPU);
}

static void make_up_fan_out(double tcp_missed, double ws_missed)
{
    begin(PUSH);
    add_fan_out(TCP, 2000, tcp_missed);
    add_fan_out(SSE, 2400, 0);
    add_fan_out(WS, 3000, ws_missed);
    results_finish(&results);
}

static void the_last_subscriber_is_compared_and_its_distance_from_the_first_told(void **state)
{
    (void)state;
    make_up_fan_out(0, 0);
    assert_contains(conclusion(PUSH), "until the last subscriber has it, against tcp's 2,004 us: ");
    assert_contains(conclusion(PUSH), "sse 1.20 times (1.20 to 1.20), ws 1.50 times");
    assert_contains(conclusion(PUSH), "From the first to the last of 1,000 subscribers it took "
                                      "1,964 us over tcp, 2,364 us over sse, 2,964 us over ws.");
    assert_narrow(written(report_text));
}

static void whoever_missed_an_event_is_named_and_not_ranked(void **state)
{
    (void)state;
    make_up_fan_out(0, 7);
    assert_contains(conclusion(PUSH), "sse 1.20 times (1.20 to 1.20); ws not ranked, "
                                      "for it lost 7");
    assert_contains(conclusion(PUSH), "it took 1,964 us over tcp, 2,364 us over sse. ");
    assert_null(strstr(conclusion(PUSH), "faster than they could be sent"));
    plan.push_every_ms = 3; /* ws takes 3,004 us */
    assert_contains(conclusion(PUSH), "Events over ws came faster than they could be sent: raise "
                                      "--push-every.");
    char *text = written(report_text), *note = strstr(text, "requests, CPU");
    assert_contains(note, "all heard, where some did not");
    assert_narrow(text);
}

static void a_baseline_that_lost_something_is_the_reason_given(void **state)
{
    (void)state;
    make_up_fan_out(3, 7);
    assert_contains(conclusion(PUSH), "us: sse not ranked, for tcp, the baseline, lost 3; "
                                      "ws not ranked, for it lost 7.");
    assert_null(strstr(conclusion(PUSH), "fewer than 6 rounds"));
    assert_true(isnan(results_row(&results, PUSH, SSE, PUSH_LAST)->ratio.value));
}

static void requests_per_event_are_predicted_by_who_asks(void **state)
{
    static const struct {
        size_t transport;
        double requests;
    } cases[] = {{TCP, 0}, {UDP, 0}, {POLL, 4}, {LONG_POLL, 1}, {SSE, 0}, {WS, 0}};
    (void)state;
    begin(PUSH);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct subject s = {PUSH, cases[i].transport, NULL, 1, false};
        assert_true(predict(&plan, &s, PUSH_REQUESTS) == cases[i].requests);
    }
    struct subject poll = {PUSH, POLL, NULL, 1, false};
    assert_true(predict(&plan, &poll, PUSH_LATENCY) == 2500);
}

/* --- idle --- */

static void add_idle(size_t transport, double user, double kernel)
{
    results_begin(&results, &(struct subject){IDLING, transport, NULL, 100, false});
    tell(IDLE_USER, user);
    tell(IDLE_USER_AFTER, -12.5);
    if (kernel > 0)
        tell(IDLE_KERNEL, kernel);
    else
        tell_na(IDLE_KERNEL, T_NA_SLAB);
    tell_na(IDLE_KERNEL_AFTER, T_NA_SLAB);
}

static void memory_is_shown_per_connection_and_concluded_for_ten_thousand(void **state)
{
    (void)state;
    begin(IDLING);
    add_idle(TCP, 1048.576, 2097.152);
    add_idle(WS, 2097.152, 2097.152);
    results_finish(&results);
    assert_string_equal(conclusion(IDLING),
                        "10,000 such connections would take, user and kernel of the server's end "
                        "together: tcp 30.0 MiB, ws 40.0 MiB.");
    char *text = written(report_text);
    assert_contains(text, "3 rounds of 100 connections");
    assert_contains(text, "tcp   1,049    2,097      3,146      -12.5        n/a");
    assert_narrow(text);
}

static void without_the_kernels_figures_nothing_is_summed(void **state)
{
    struct grid g;
    (void)state;
    begin(IDLING);
    add_idle(TCP, 1048.576, 0);
    results_finish(&results);
    assert_string_equal(conclusion(IDLING), "10,000 such connections would take, in the server's "
                                            "user space: tcp 10.0 MiB.");
    assert_true(grid_fill(&g, &results, IDLING, 0));
    assert_string_equal(g.cell[2][1], "1,049");
    assert_string_equal(g.cell[2][3], "n/a");
    assert_true(g.why[T_NA_SLAB]);
    assert_false(grid_fill(&g, &results, IDLING, 1));
}

static void rounds_that_disagree_are_not_concluded_from(void **state)
{
    (void)state;
    begin(IDLING);
    add_idle(TCP, 1048.576, 2097.152);
    tell(IDLE_USER, 2097.152);
    add_idle(WS, 2097.152, 2097.152);
    tell(IDLE_USER, 2306.867);
    results_finish(&results);
    assert_false(results_idle_steady(&results, TCP));
    assert_true(results_idle_steady(&results, WS));
    assert_contains(conclusion(IDLING), "together: ws 41.0 MiB.");
    tell(IDLE_KERNEL_AFTER, 2097.152); /* as much as was held is still there */
    results_finish(&results);
    assert_false(results_idle_steady(&results, WS));
}

/* --- models --- */

static double served_by(const struct subject *s)
{
    return predict(&plan, s, MODELS_SERVED);
}

static double served_by_a_lame_thread_model(const struct subject *s)
{
    return s->model == model_names[MODEL_THREAD] && s->connections == 100 ? 40 : served_by(s);
}

static void make_up_models(double served(const struct subject *))
{
    size_t stays[STAYS_MAX], n = stays_of(&plan, stays);
    for (size_t m = 0; m < MODEL_NAMES; m++)
        for (size_t i = 0; i < n; i++) {
            struct subject s = {MODELS, TCP, model_names[m], stays[i], false};
            results_begin(&results, &s);
            tell(MODELS_SERVED, served(&s));
            tell(MODELS_RTT, 20);
            tell(MODELS_THREADS, 6);
            tell(MODELS_MEMORY, 3 << 20);
        }
    results_finish(&results);
}

static void connections_stay_in_rising_numbers_up_to_the_plans_own(void **state)
{
    static const struct {
        size_t connections, n, stays[STAYS_MAX];
    } cases[] = {{1000, 5, {1, 5, 6, 50, 1000}}, {50, 4, {1, 5, 6, 50}}, {6, 3, {1, 5, 6}},
                 {3, 2, {1, 3}}, {1, 1, {1}}};
    size_t stays[STAYS_MAX];
    (void)state;
    begin(MODELS);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        plan.connections = cases[i].connections;
        assert_int_equal(stays_of(&plan, stays), cases[i].n);
        assert_memory_equal(stays, cases[i].stays, cases[i].n * sizeof *stays);
    }
    plan.connections = 100;
    plan.workers = 1; /* 1 and the workers are the same number: no table shows it twice */
    assert_int_equal(stays_of(&plan, stays), 4);
}

static void a_worker_serves_one_connection_until_it_leaves(void **state)
{
    static const double served[MODEL_NAMES] = {1, 50, 50, 5, 50};
    (void)state;
    begin(MODELS);
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        struct subject s = {MODELS, TCP, model_names[m], 50, false};
        assert_true(predict(&plan, &s, MODELS_SERVED) == served[m]);
    }
}

static void whoever_is_not_served_stands_out(void **state)
{
    struct grid g;
    (void)state;
    begin(MODELS);
    make_up_models(served_by_a_lame_thread_model);
    assert_true(grid_fill(&g, &results, MODELS, 0));
    assert_string_equal(g.cell[0][3], "of 6");
    assert_string_equal(g.cell[2 + MODEL_ITERATIVE][1], "1");
    assert_string_equal(g.cell[2 + MODEL_ITERATIVE][2], "1 of 5");
    assert_string_equal(g.cell[2 + MODEL_POOL][2], "5");
    assert_string_equal(g.cell[2 + MODEL_POOL][3], "5 of 6");
    assert_string_equal(g.cell[2 + MODEL_LOOP][5], "100");
    assert_string_equal(g.cell[2 + MODEL_THREAD][5], "40 of 100 (100)");
    assert_true(grid_fill(&g, &results, MODELS, 1));
    assert_string_equal(g.cell[2 + MODEL_POOL][1], "5 of 100");
    assert_string_equal(g.cell[2 + MODEL_POOL][6], "3.00");
    assert_false(grid_fill(&g, &results, MODELS, 2));
    assert_narrow(written(report_text));
}

static void the_conclusion_says_where_the_pool_starves_and_what_helps(void **state)
{
    (void)state;
    begin(MODELS);
    make_up_models(served_by);
    assert_contains(conclusion(MODELS), "Answered over tcp at 6 clients, one more than the pool "
                                        "has workers: iterative 1, fork 6, thread 6, pool 5, loop "
                                        "6; at 100: iterative 1, fork 100, thread 100, pool 5, "
                                        "loop 100. Each of the pool's 5 workers belongs to one "
                                        "connection until that leaves: give it at least as many "
                                        "--workers as connections stay, or take --model loop.");
    begin(MODELS);
    plan.workers = 100; /* enough for everybody */
    make_up_models(served_by);
    assert_contains(conclusion(MODELS), "over tcp at 100: iterative 1,");
    assert_contains(conclusion(MODELS), "pool 100, loop 100");
    assert_null(strstr(conclusion(MODELS), "belongs to one connection"));
    begin(MODELS);
    plan.workers = 1;
    make_up_models(served_by);
    assert_contains(conclusion(MODELS), "The pool's one worker belongs to one connection");
}

static void a_model_that_was_too_slow_here_is_excused(void **state)
{
    (void)state;
    begin(MODELS);
    make_up_models(served_by_a_lame_thread_model);
    assert_contains(conclusion(MODELS), "thread 40 (could not start enough threads in time here), "
                                        "pool 5, loop 100.");
}

static void processes_and_threads_are_predicted(void **state)
{
    static const double threads[MODEL_NAMES] = {1, 51, 51, 6, 1};
    (void)state;
    begin(MODELS);
    for (size_t m = 0; m < MODEL_NAMES; m++) {
        struct subject s = {MODELS, TCP, model_names[m], 50, false};
        assert_true(predict(&plan, &s, MODELS_THREADS) == threads[m]);
    }
}

static void a_crowd_is_the_largest_number_that_one_process_holds(void **state)
{
    (void)state;
    begin(PUSH);
    assert_int_equal(crowd_of(&plan), 1000);
    plan.subscribers = 1;
    assert_int_equal(crowd_of(&plan), 0);
    begin(MODELS);
    assert_int_equal(crowd_of(&plan), 100);
    begin(IDLING);
    assert_int_equal(crowd_of(&plan), 100 + IDLE_FIRST);
}

static void a_round_that_served_nobody_does_not_spoil_the_others_round_trips(void **state)
{
    (void)state;
    begin(MODELS);
    results_begin(&results, &(struct subject){MODELS, TCP, model_names[MODEL_FORK], 100, false});
    tell_na(MODELS_RTT, T_NA_NOBODY);
    tell(MODELS_RTT, 20);
    tell_na(MODELS_RTT, T_NA_NOBODY);
    results_finish(&results);
    assert_int_equal(results.sets[0][MODELS_RTT].na, T_NONE);
    assert_int_equal(results.sets[0][MODELS_RTT].n, 1);
    assert_int_equal(results.sets[0][MODELS_MEMORY].na, T_NA_UNTOLD);
}

static void parameters_are_those_that_matter_to_a_measure(void **state)
{
    (void)state;
    begin(MODELS);
    make_up_models(served_by);
    char *json = written(report_json);
    assert_contains(json, "\"params\":{\"size\":64,\"rtt_ms\":0,\"pin\":\"same\",\"connections\":6,"
                          "\"model\":\"pool\",\"workers\":5},\"metric\":\"served\"");
    assert_null(strstr(json, "subscribers"));
    free(json);
    make_up_fan_out(0, 0);
    json = written(report_json);
    assert_contains(json, "\"size\":null,\"rtt_ms\":0,\"pin\":\"split\",\"push_every_ms\":20,"
                          "\"subscribers\":1000},\"metric\":\"last\"");
    assert_null(strstr(json, "\"workers\""));
    free(json);
}

static int teardown(void **state)
{
    (void)state;
    results_free(&results);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_subscriber_is_compared_and_its_distance_from_the_first_told),
        cmocka_unit_test(whoever_missed_an_event_is_named_and_not_ranked),
        cmocka_unit_test(a_baseline_that_lost_something_is_the_reason_given),
        cmocka_unit_test(requests_per_event_are_predicted_by_who_asks),
        cmocka_unit_test(memory_is_shown_per_connection_and_concluded_for_ten_thousand),
        cmocka_unit_test(without_the_kernels_figures_nothing_is_summed),
        cmocka_unit_test(connections_stay_in_rising_numbers_up_to_the_plans_own),
        cmocka_unit_test(a_worker_serves_one_connection_until_it_leaves),
        cmocka_unit_test(whoever_is_not_served_stands_out),
        cmocka_unit_test(the_conclusion_says_where_the_pool_starves_and_what_helps),
        cmocka_unit_test(a_model_that_was_too_slow_here_is_excused),
        cmocka_unit_test(processes_and_threads_are_predicted),
        cmocka_unit_test(a_crowd_is_the_largest_number_that_one_process_holds),
        cmocka_unit_test(rounds_that_disagree_are_not_concluded_from),
        cmocka_unit_test(a_round_that_served_nobody_does_not_spoil_the_others_round_trips),
        cmocka_unit_test(parameters_are_those_that_matter_to_a_measure),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
