/* tests/wire_spec_test.c: what may stand after --wire.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct wire_spec read_spec(const char *text)
{
    struct wire_spec spec;
    char why[WIRE_WHY_MAX] = "";
    if (wire_spec_parse(&spec, text, why) < 0)
        fail_msg("%s: %s", text, why);
    return spec;
}

static void every_part_is_read(void **state)
{
    (void)state;
    struct wire_spec s =
        read_spec("rtt=40ms,loss=1.5%,rate=10mbit,reorder=0.25%,drop=c1+s3,"
                  "seed=18446744073709551615");
    assert_int_equal(s.rtt_ns, 40000000);
    assert_true(s.loss == 1.5 && s.reorder == 0.25);
    assert_int_equal(s.rate, 10000000);
    assert_int_equal(s.drops, 2);
    assert_true(!s.drop[0].from_server && s.drop[0].number == 1);
    assert_true(s.drop[1].from_server && s.drop[1].number == 3);
    assert_true(s.seed == UINT64_MAX);
}

static void what_is_left_out_has_a_default(void **state)
{
    (void)state;
    struct wire_spec s = read_spec("rtt=0");
    assert_true(s.rtt_ns == 0 && s.loss == 0 && s.reorder == 0 && s.rate == 0 && s.drops == 0);
    assert_int_equal(s.seed, 1);
}

static void a_spec_is_written_in_one_way_and_read_back_as_it_was(void **state)
{
    static const char *const texts[][2] = {
        {"rtt=40ms", "rtt=40ms"},
        {"rtt=0", "rtt=0"},
        {"rtt=0ms", "rtt=0"},
        {"rtt=0040.500ms", "rtt=40.5ms"},
        {"rtt=1500us", "rtt=1.5ms"},
        {"rtt=999us", "rtt=999us"},
        {"rtt=1000ms", "rtt=1s"},
        {"rtt=10s", "rtt=10s"},
        {"rtt=0.001us", "rtt=0.001us"},
        {"seed=2,rtt=1ms", "rtt=1ms,seed=2"},
        {"rtt=1ms,seed=1", "rtt=1ms"},
        {"drop=s3+c1,rtt=1ms", "rtt=1ms,drop=s3+c1"},
        {"rtt=1ms,rate=1500kbit", "rtt=1ms,rate=1.5mbit"},
        {"rtt=1ms,rate=1kbit", "rtt=1ms,rate=1kbit"},
        {"rtt=1ms,rate=100gbit", "rtt=1ms,rate=100gbit"},
        {"rtt=1ms,loss=0%", "rtt=1ms"},
        {"rtt=1ms,loss=0.000001%", "rtt=1ms,loss=0.000001%,seed=1"},
        {"rtt=1ms,reorder=99.9%", "rtt=1ms,reorder=99.9%,seed=1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char once[WIRE_SPEC_TEXT_MAX], twice[WIRE_SPEC_TEXT_MAX];
        struct wire_spec s = read_spec(texts[i][0]);
        assert_string_equal(wire_spec_text(&s, once), texts[i][1]);
        struct wire_spec again = read_spec(once);
        assert_string_equal(wire_spec_text(&again, twice), once);
        assert_true(again.rtt_ns == s.rtt_ns && again.rate == s.rate && again.loss == s.loss);
    }
}

static void the_longest_spec_fits(void **state)
{
    char text[1024] =
        "rtt=9.999999999s,loss=99.999999999%,rate=99.999999999gbit,reorder=11.1%,drop=";
    char written[WIRE_SPEC_TEXT_MAX];
    (void)state;
    for (unsigned i = 0; i < WIRE_DROPS_MAX; i++)
        sprintf(text + strlen(text), "%ss%u", i ? "+" : "", UINT32_MAX - i);
    strcat(text, ",seed=18446744073709551615");
    struct wire_spec s = read_spec(text);
    assert_string_equal(wire_spec_text(&s, written), text);
}

static void what_is_wrong_is_named(void **state)
{
    static const char *const texts[][2] = {
        {"", "'' is none of rtt, loss, rate, reorder, drop, seed"},
        {"40ms", "'40ms' is none of rtt, loss, rate, reorder, drop, seed"},
        {"rtt=40ms,", "'' is none of rtt, loss, rate, reorder, drop, seed"},
        {"rtt=40ms,,loss=1%", "'' is none of rtt, loss, rate, reorder, drop, seed"},
        {"RTT=40ms", "'RTT=40ms' is none of rtt, loss, rate, reorder, drop, seed"},
        {"rtt=40ms,delay=1ms", "'delay=1ms' is none of rtt, loss, rate, reorder, drop, seed"},
        {"loss=1%", "'loss=1%' names no rtt: rtt=40ms, for instance"},
        {"rtt", "'rtt' has no value"},
        {"rtt=", "'rtt=' has no value"},
        {"rtt=1ms,rtt=2ms", "rtt is given twice"},
        {"rtt=1ms,seed=1,seed=1", "seed is given twice"},
        {"rtt=40", "rtt=40: '40' is not a number in us, ms or s"},
        {"rtt=00", "rtt=00: '00' is not a number in us, ms or s"},
        {"rtt=40 ms", "rtt=40 ms: '40 ms' is not a number in us, ms or s"},
        {"rtt= 40ms", "rtt= 40ms: ' 40ms' is not a number in us, ms or s"},
        {"rtt=-1ms", "rtt=-1ms: '-1ms' is not a number in us, ms or s"},
        {"rtt=+1ms", "rtt=+1ms: '+1ms' is not a number in us, ms or s"},
        {"rtt=1e3ms", "rtt=1e3ms: '1e3ms' is not a number in us, ms or s"},
        {"rtt=0x1ms", "rtt=0x1ms: '0x1ms' is not a number in us, ms or s"},
        {"rtt=nan", "rtt=nan: 'nan' is not a number in us, ms or s"},
        {"rtt=infms", "rtt=infms: 'infms' is not a number in us, ms or s"},
        {"rtt=.5ms", "rtt=.5ms: '.5ms' is not a number in us, ms or s"},
        {"rtt=1.ms", "rtt=1.ms: '1.ms' is not a number in us, ms or s"},
        {"rtt=1.2.3ms", "rtt=1.2.3ms: '1.2.3ms' is not a number in us, ms or s"},
        {"rtt=9999999999999999ms",
         "rtt=9999999999999999ms: '9999999999999999ms' is not a number in us, ms or s"},
        {"rtt=11s", "rtt=11s: more than 10s"},
        {"rtt=1ms,loss=0.01", "loss=0.01: '0.01' is not a number in %"},
        {"rtt=1ms,loss=100%", "loss=100%: not below 100%"},
        {"rtt=1ms,reorder=101%", "reorder=101%: not below 100%"},
        {"rtt=1ms,rate=10", "rate=10: '10' is not a number in kbit, mbit or gbit"},
        {"rtt=1ms,rate=10Mbit", "rate=10Mbit: '10Mbit' is not a number in kbit, mbit or gbit"},
        {"rtt=1ms,rate=0kbit", "rate=0kbit: not in 1kbit..100gbit"},
        {"rtt=1ms,rate=101gbit", "rate=101gbit: not in 1kbit..100gbit"},
        {"rtt=1ms,seed=", "'seed=' has no value"},
        {"rtt=1ms,seed=-1", "seed=-1: '-1' is not a number in 0..18446744073709551615"},
        {"rtt=1ms,seed=18446744073709551616",
         "seed=18446744073709551616: '18446744073709551616' is not a number in "
         "0..18446744073709551615"},
        {"rtt=1ms,drop=x1",
         "drop=x1: 'x1' is no packet: c1 is the client's first, s3 the server's third"},
        {"rtt=1ms,drop=c",
         "drop=c: 'c' is no packet: c1 is the client's first, s3 the server's third"},
        {"rtt=1ms,drop=c0",
         "drop=c0: 'c0' is no packet: c1 is the client's first, s3 the server's third"},
        {"rtt=1ms,drop=c1+",
         "drop=c1+: '' is no packet: c1 is the client's first, s3 the server's third"},
        {"rtt=1ms,drop=c4294967296",
         "drop=c4294967296: 'c4294967296' is no packet: c1 is the client's first, s3 the server's "
         "third"},
        {"rtt=1ms,drop=c1+s1+c1", "drop=c1+s1+c1: c1 is there twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct wire_spec spec;
        char why[WIRE_WHY_MAX] = "";
        assert_int_equal(wire_spec_parse(&spec, texts[i][0], why), -1);
        assert_string_equal(why, texts[i][1]);
    }
}

static void more_drops_than_fit_are_refused(void **state)
{
    char text[1024] = "rtt=1ms,drop=c1", why[WIRE_WHY_MAX];
    struct wire_spec spec;
    (void)state;
    for (int i = 2; i <= WIRE_DROPS_MAX; i++)
        sprintf(text + strlen(text), "+c%d", i);
    assert_int_equal(read_spec(text).drops, WIRE_DROPS_MAX);
    strcat(text, "+s1");
    assert_int_equal(wire_spec_parse(&spec, text, why), -1);
    assert_string_equal(why, "drop: more than 32 packets");
}

static void a_reason_is_never_longer_than_its_room(void **state)
{
    static const char *const begins[] = {"", "rtt=", "rtt=1ms,drop=", "rtt=1ms,drop=c", "loss=1"};
    (void)state;
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        for (size_t n = 1; n < 1500; n += 37) {
            char text[2000], why[WIRE_WHY_MAX];
            struct wire_spec spec;
            sprintf(text, "%s%0*d%%", begins[i], (int)n, 1);
            assert_int_equal(wire_spec_parse(&spec, text, why), -1);
            assert_true(strlen(why) > 0 && strlen(why) < WIRE_WHY_MAX);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_read),
        cmocka_unit_test(what_is_left_out_has_a_default),
        cmocka_unit_test(a_spec_is_written_in_one_way_and_read_back_as_it_was),
        cmocka_unit_test(the_longest_spec_fits),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(more_drops_than_fit_are_refused),
        cmocka_unit_test(a_reason_is_never_longer_than_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
