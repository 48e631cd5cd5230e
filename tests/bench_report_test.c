/* tests/bench_report_test.c: what the bench writes, from results made up here.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "bench/report/grid.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- a JSON checker: returns what follows a value, or NULL --- */

static const char *value(const char *p);

static const char *blank(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p == '\\' && !strchr("\"\\/bfnrtu", *++p))
            return NULL;
    }
    return p + 1;
}

static const char *list(const char *p, char end, bool named)
{
    p = blank(p + 1);
    if (*p == end)
        return p + 1;
    for (;;) {
        if (named) {
            p = string(blank(p));
            if (!p || *blank(p) != ':')
                return NULL;
            p = blank(p) + 1;
        }
        p = value(p);
        if (!p)
            return NULL;
        p = blank(p);
        if (*p == end)
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
}

static const char *value(const char *p)
{
    char *end;
    p = blank(p);
    if (*p == '{')
        return list(p, '}', true);
    if (*p == '[')
        return list(p, ']', false);
    if (*p == '"')
        return string(p);
    if (strncmp(p, "null", 4) == 0)
        return p + 4;
    if (*p != '-' && !isdigit((unsigned char)*p))
        return NULL;
    (void)strtod(p, &end);
    return end;
}

static void assert_json(const char *text)
{
    const char *end = value(text);
    assert_non_null(end);
    assert_int_equal(*blank(end), '\0');
}

/* --- results made up --- */

static char *argv[] = {"bench", "--json", "a \"b\"\\\n\x01\xff\xec\x95\x88", NULL};
static struct plan plan;
static struct results results;
static size_t baseline = TCP;

static void add(size_t measure, size_t transport, size_t metric, const double *v, size_t n)
{
    results_add(&results, results_row(&results, measure, transport, 0),
                &(struct finding){metric, T_NONE, v, n, NULL, false});
}

static int samples = 24;

/* Each of 9 rounds: 24 samples around middle. */
static void add_message_rows(size_t transport, double middle, double lost, double lost_deep)
{
    double v[24], one;
    results_begin(&results, &(struct subject){MESSAGE, transport, NULL, 1, false});
    for (int round = 0; round < 9; round++) {
        for (int i = 0; i < samples; i++)
            v[i] = middle + (i - 11.5) / 100 + round;
        add(MESSAGE, transport, MESSAGE_RTT, v, (size_t)samples);
        one = 1e6 / middle;
        add(MESSAGE, transport, MESSAGE_RATE, &one, 1);
        one = round == 0 ? lost : 0;
        add(MESSAGE, transport, MESSAGE_LOST, &one, 1);
        one = 2e6 / middle;
        add(MESSAGE, transport, MESSAGE_RATE_DEEP, &one, 1);
        one = round == 0 ? lost_deep : 0;
        add(MESSAGE, transport, MESSAGE_LOST_DEEP, &one, 1);
    }
    one = 8;
    add(MESSAGE, transport, MESSAGE_HEADER, &one, 1);
    for (size_t i = 0; i < MESSAGE_METRICS; i++)
        if (results_row(&results, MESSAGE, transport, i)->round_count == 0 && i != MESSAGE_HEADER &&
            i != MESSAGE_LOST && i != MESSAGE_LOST_DEEP)
            results_add(&results, results_row(&results, MESSAGE, transport, 0),
                        &(struct finding){i, T_NA_TCP_INFO, NULL, 0, NULL, false});
}

static void make_up_losses(double udp_lost, double udp_lost_deep)
{
    plan = (struct plan){.measures = 1u << MESSAGE, .size = 64, .rounds = 9, .depth = 16,
                         .baseline = baseline, .seed = 42, .argc = 3, .argv = argv,
                         .push_every_ms = 10, .poll_every_ms = 5};
    results_free(&results);
    results = (struct results){.plan = &plan};
    strcpy(results.time, "2026-01-01T00:00:00Z");
    add_message_rows(TCP, 100, 0, 0);
    add_message_rows(UDP, 50, udp_lost, udp_lost_deep);
    add_message_rows(WS, 100, 0, 0);
    if (baseline == HTTP_KEEP_ALIVE)
        add_message_rows(HTTP_KEEP_ALIVE, 100, 0, 0);
    results_finish(&results);
}

static void make_up(double udp_lost)
{
    make_up_losses(udp_lost, 0);
}

static char *written(void (*report)(FILE *, const struct results *))
{
    static char *text;
    static size_t n;
    FILE *f = open_memstream(&text, &n);
    report(f, &results);
    fclose(f);
    return text;
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

static void json_is_well_formed_whatever_the_command_line_was(void **state)
{
    (void)state;
    make_up(0);
    char *text = written(report_json);
    assert_json(text);
    assert_contains(text, "\"schema\":\"socklab-bench/1\"");
    assert_contains(text, "\"a \\\"b\\\"\\\\\\u000a\\u0001\xEF\xBF\xBD\xec\x95\x88\"");
    free(text);
}

static void json_has_null_for_a_percentile_of_too_few_samples(void **state)
{
    (void)state;
    make_up(0);
    char *text = written(report_json);
    assert_contains(text, "\"n\":216"); /* enough for p90, not for p99 */
    assert_contains(text, "\"p99\":null,\"p999\":null,\"max\":");
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
}

static void json_says_why_something_is_not_available_and_gives_no_figure_for_it(void **state)
{
    (void)state;
    make_up(0);
    char *text = written(report_json);
    const char *row = strstr(text, "\"metric\":\"tcpip_bytes\"");
    assert_non_null(row);
    char *end = strchr(row, '\n');
    *end = '\0';
    assert_contains(row, "\"na\":\"packets are counted");
    assert_null(strstr(row, "\"value\""));
    free(text);
}

static void a_prediction_stands_beside_the_count(void **state)
{
    (void)state;
    make_up(0);
    assert_true(results_row(&results, MESSAGE, WS, MESSAGE_HEADER)->value == 8);
    assert_true(results_row(&results, MESSAGE, WS, MESSAGE_HEADER)->predicted == 8);
    assert_true(results_row(&results, MESSAGE, UDP, MESSAGE_HEADER)->predicted == 0);
}

static void conclusions_claim_what_the_interval_shows_and_no_more(void **state)
{
    char text[1024];
    (void)state;
    make_up(0);
    conclude(text, sizeof text, &results, MESSAGE);
    assert_contains(text, "against tcp's 104 us");
    assert_contains(text, "udp 0.52 times");
    assert_contains(text, "no difference shown for ws");
}

static void a_median_that_the_table_withholds_is_not_quoted(void **state)
{
    char text[1024];
    (void)state;
    samples = 2; /* 18 in all */
    make_up(0);
    samples = 24;
    conclude(text, sizeof text, &results, MESSAGE);
    assert_contains(text, "Round trip, against tcp: udp 0.5");
}

static void a_ratio_without_a_baseline_is_not_available_and_says_why(void **state)
{
    struct grid g;
    (void)state;
    baseline = SSE; /* takes no part */
    make_up(0);
    baseline = TCP;
    assert_true(grid_fill(&g, &results, MESSAGE, 0));
    assert_string_equal(g.cell[2][6], "n/a");
    assert_string_equal(g.cell[2][7], "n/a");
    assert_true(g.why[T_NA_BASELINE]);
}

static void a_transport_that_lost_something_is_not_ranked(void **state)
{
    char text[1024];
    (void)state;
    make_up(3);
    conclude(text, sizeof text, &results, MESSAGE);
    assert_contains(text, "udp not ranked, for it lost 3");
    assert_true(isnan(results_row(&results, MESSAGE, UDP, MESSAGE_RTT)->ratio.value));
    assert_true(results_row(&results, MESSAGE, WS, MESSAGE_RTT)->ratio.value > 0);
}

static void what_is_lost_pipelined_unranks_the_pipelined_figures_only(void **state)
{
    char text[1024];
    (void)state;
    make_up_losses(0, 17);
    conclude(text, sizeof text, &results, MESSAGE);
    assert_contains(text, "udp 0.52 times");
    assert_true(results_row(&results, MESSAGE, UDP, MESSAGE_RATE)->ratio.value > 0);
    assert_true(isnan(results_row(&results, MESSAGE, UDP, MESSAGE_RATE_DEEP)->ratio.value));
}

static void losses_have_a_column_when_there_are_any(void **state)
{
    (void)state;
    make_up_losses(2, 17);
    char *text = written(report_text);
    assert_contains(text, "lost at");
    assert_contains(text, " 2+17\n");
    free(text);
    make_up(0);
    text = written(report_text);
    assert_null(strstr(text, "lost at"));
    free(text);
}

static void a_baseline_that_lost_something_is_not_blamed_on_too_few_rounds(void **state)
{
    char text[1024];
    (void)state;
    baseline = UDP;
    make_up(3);
    baseline = TCP;
    conclude(text, sizeof text, &results, MESSAGE);
    assert_contains(text, "tcp, ws not ranked, for udp, the baseline, lost 3.");
    assert_null(strstr(text, "fewer than 6 rounds"));
}

static void a_round_that_met_the_limit_of_samples_is_marked(void **state)
{
    double *v = calloc(SAMPLES_MAX, sizeof *v);
    (void)state;
    make_up(0);
    assert_false(results_row(&results, MESSAGE, WS, MESSAGE_RTT)->cut);
    add(MESSAGE, WS, MESSAGE_RTT, v, SAMPLES_MAX);
    assert_true(results_row(&results, MESSAGE, WS, MESSAGE_RTT)->cut);
    free(v);
}

static void the_tables_fit_into_80_columns(void **state)
{
    (void)state;
    baseline = HTTP_KEEP_ALIVE;
    make_up_losses(3, 12345);
    baseline = TCP;
    char *text = written(report_text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            fail_msg("%zu columns: %s", strlen(line), line);
    free(text);
}

static size_t commas_outside_quotes(const char *line, size_t n)
{
    size_t commas = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= line[i] == '"';
        commas += !quoted && line[i] == ',';
    }
    return commas;
}

static void every_csv_line_has_as_many_fields_as_the_first(void **state)
{
    (void)state;
    make_up(0);
    char *text = written(report_csv), *line = text;
    size_t fields = commas_outside_quotes(text, strcspn(text, "\n")), lines = 0;
    assert_int_equal(fields, 33);
    while (*line) {
        size_t n = strcspn(line, "\n");
        assert_int_equal(commas_outside_quotes(line, n), fields);
        line += n + 1;
        lines++;
    }
    assert_int_equal(lines, 1 + 3 * MESSAGE_METRICS);
    free(text);
}

static void csv_quotes_what_would_break_a_line(void **state)
{
    static const char *const pairs[][2] = {
        {"plain", "plain"}, {"", ""}, {"a,b", "\"a,b\""}, {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *text = NULL;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        csv_text(f, pairs[i][0]);
        fclose(f);
        assert_string_equal(text, pairs[i][1]);
        free(text);
    }
}

static void figures_have_three_digits_and_thousands_are_grouped(void **state)
{
    char out[FIGURE_MAX];
    (void)state;
    assert_string_equal(figure(out, 0), "0");
    assert_string_equal(figure(out, 0.1234), "0.123");
    assert_string_equal(figure(out, 9.994), "9.99");
    assert_string_equal(figure(out, 9.996), "10.0");
    assert_string_equal(figure(out, 99.96), "100");
    assert_string_equal(figure(out, 1234567), "1,234,567");
    assert_string_equal(figure(out, -123456), "-123,456");
    assert_string_equal(figure(out, -0.5), "-0.500");
    assert_string_equal(figure_count(out, 3.0004), "3");
    assert_string_equal(figure_count(out, 8.25), "8.2");
    assert_string_equal(figure_ratio(out, 0.951), "0.95");
    assert_string_equal(figure_ratio(out, 9.997), "10.0");
}

/* --- TLS --- */

static void add_handshakes(size_t transport, bool resumed, double middle, double trips)
{
    results_begin(&results, &(struct subject){HANDSHAKE, transport, NULL, 1, resumed});
    struct row *set = results.sets[results.set_count - 1];
    for (int round = 0; round < 9; round++) {
        double v[24];
        for (int i = 0; i < 24; i++)
            v[i] = middle + round;
        for (size_t i = HANDSHAKE_CONNECT; i <= HANDSHAKE_FIRST_REPLY; i++)
            results_add(&results, set, &(struct finding){i, T_NONE, v, 24, NULL, false});
    }
    results_add(&results, set,
                &(struct finding){HANDSHAKE_ROUND_TRIPS, T_NONE, &trips, 1, NULL, false});
}

static void make_up_handshakes(size_t to)
{
    plan = (struct plan){.measures = 1u << HANDSHAKE, .transports = (1u << TRANSPORTS) - 1,
                         .size = 64, .rounds = 9, .baseline = to, .argc = 3, .argv = argv};
    results_free(&results);
    results = (struct results){.plan = &plan};
    add_handshakes(TCP, false, 20, 1);
    add_handshakes(TLS, false, 520, 2);
    add_handshakes(TLS, true, 270, 2);
    add_handshakes(WS, false, 40, 2);
    add_handshakes(WSS, false, 39, 3);
    results_finish(&results);
}

static void a_resumed_handshake_is_a_row_of_its_own(void **state)
{
    struct grid g;
    (void)state;
    make_up_handshakes(TCP);
    assert_true(grid_fill(&g, &results, HANDSHAKE, 0));
    assert_string_equal(g.cell[3][0], "tls");
    assert_string_equal(g.cell[4][0], " resumed");
    char *text = written(report_json);
    assert_json(text);
    assert_contains(text, ",\"tls\":\"resumed\"},\"metric\":\"total\"");
    char *tls = strstr(text, "\"transport\":\"tls\"");
    *tls = '\0';
    assert_null(strstr(text, "\"full\""));
    free(text);
}

static void what_tls_adds_is_concluded_where_its_interval_leaves_out_0(void **state)
{
    char text[CONCLUSION_MAX];
    (void)state;
    make_up_handshakes(TCP);
    conclude(text, sizeof text, &results, HANDSHAKE);
    assert_contains(text, "tls 21.8 times (19.5 to 24.8), tls resumed 11.4 times (10.3 to 12.9), ");
    assert_contains(text, "What TLS adds: tls 500 us (500 to 500) and 1 round trip, "
                          "tls resumed 250 us (250 to 250) and 1 round trip.");
}

static void a_baseline_under_tls_is_its_full_handshake(void **state)
{
    (void)state;
    make_up_handshakes(TLS);
    assert_true(results_row(&results, HANDSHAKE, TLS, HANDSHAKE_TOTAL)->ratio.value == 1);
    struct subject resumed = {HANDSHAKE, TLS, NULL, 0, true};
    assert_true(results_find(&results, &resumed, HANDSHAKE_TOTAL)->ratio.value < 0.6);
}

static void records_are_predicted_where_it_is_known_how_many_there_are(void **state)
{
    static const struct {
        size_t transport, size;
        double bytes; /* -1 = open */
    } cases[] = {{TLS, 64, 44}, {TLS, 16384, 44}, {TLS, 16385, 88}, {WSS, 16376, 44},
                 {WSS, 16377, 66}, {WSS, 16381, 88}, {WSS, 64, 44}, {HTTPS_KEEP_ALIVE, 64, 44},
                 {HTTPS_KEEP_ALIVE, 16300, 66}, {HTTPS_CLOSE, 64, -1}, {TCP, 64, -1},
                 {TLS, 1 << 20, 128 * 22}, {HTTPS_KEEP_ALIVE, 16384, 88}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        plan.size = cases[i].size;
        struct subject s = {MESSAGE, cases[i].transport, NULL, 1, false};
        double bytes = predict(&plan, &s, MESSAGE_TLS);
        assert_true(cases[i].bytes < 0 ? isnan(bytes) : bytes == cases[i].bytes);
    }
}

static void what_takes_long_is_counted_less_unless_told(void **state)
{
    (void)state;
    plan = (struct plan){.transports = (1u << TRANSPORTS) - 1};
    struct subject tcp = {HANDSHAKE, TCP, NULL, 1, false}, tls = {HANDSHAKE, TLS, NULL, 1, true};
    struct subject close = {MESSAGE, HTTP_CLOSE, NULL, 1, false};
    struct subject poll = {PUSH, POLL, NULL, 1, false};
    assert_int_equal(subject_count(&plan, &tcp), measure_count(&plan, &measures[HANDSHAKE]));
    assert_true(subject_count(&plan, &tls) < subject_count(&plan, &tcp));
    assert_true(subject_count(&plan, &close) * 9 >= 1000); /* rounds: enough for a p99 */
    assert_true(subject_count(&plan, &poll) * 9 >= 130);   /* enough for the mean of a jitter */
    plan.count = 7;
    assert_int_equal(subject_count(&plan, &tls), 7);
    assert_int_equal(subject_count(&plan, &poll), 7);
}

static void events_are_parsed_and_anything_else_is_refused(void **state)
{
    struct event e;
    (void)state;
    assert_true(event_parse(&e, "tick 7 123456789012", 19));
    assert_true(e.number == 7 && e.created == 123456789012u);
    assert_false(event_parse(&e, "tick 7", 6));
    assert_false(event_parse(&e, "gap 3", 5));
    assert_false(event_parse(&e, "", 0));
}

static void lines_are_taken_whole_however_they_arrive(void **state)
{
    static const char text[] = "gap 1\ntick 1 10\ntick 2 20\n";
    struct link l;
    struct event e;
    uint64_t next = 1;
    (void)state;
    assert_int_equal(link_init(&l, &transports[TCP], 64), 0);
    for (const char *p = text; *p; p++) {
        l.lines[l.lines_end++] = *p;
        if (!link_take_line(&l, &e))
            continue;
        assert_true(e.number == next && e.created == 10 * next);
        next++;
    }
    assert_int_equal(next, 3);
    free(l.message);
    free(l.reply);
    free(l.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_well_formed_whatever_the_command_line_was),
        cmocka_unit_test(json_has_null_for_a_percentile_of_too_few_samples),
        cmocka_unit_test(json_says_why_something_is_not_available_and_gives_no_figure_for_it),
        cmocka_unit_test(a_prediction_stands_beside_the_count),
        cmocka_unit_test(conclusions_claim_what_the_interval_shows_and_no_more),
        cmocka_unit_test(a_median_that_the_table_withholds_is_not_quoted),
        cmocka_unit_test(a_ratio_without_a_baseline_is_not_available_and_says_why),
        cmocka_unit_test(a_transport_that_lost_something_is_not_ranked),
        cmocka_unit_test(what_is_lost_pipelined_unranks_the_pipelined_figures_only),
        cmocka_unit_test(losses_have_a_column_when_there_are_any),
        cmocka_unit_test(a_baseline_that_lost_something_is_not_blamed_on_too_few_rounds),
        cmocka_unit_test(a_round_that_met_the_limit_of_samples_is_marked),
        cmocka_unit_test(the_tables_fit_into_80_columns),
        cmocka_unit_test(every_csv_line_has_as_many_fields_as_the_first),
        cmocka_unit_test(csv_quotes_what_would_break_a_line),
        cmocka_unit_test(figures_have_three_digits_and_thousands_are_grouped),
        cmocka_unit_test(a_resumed_handshake_is_a_row_of_its_own),
        cmocka_unit_test(what_tls_adds_is_concluded_where_its_interval_leaves_out_0),
        cmocka_unit_test(a_baseline_under_tls_is_its_full_handshake),
        cmocka_unit_test(records_are_predicted_where_it_is_known_how_many_there_are),
        cmocka_unit_test(what_takes_long_is_counted_less_unless_told),
        cmocka_unit_test(events_are_parsed_and_anything_else_is_refused),
        cmocka_unit_test(lines_are_taken_whole_however_they_arrive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
