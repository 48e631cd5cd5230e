/* tests/heard_test.c: which events are late, which are missed, and which came twice?
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/heard.h"

static struct heard hear(const uint64_t numbers[], size_t n)
{
    struct heard h = {0};
    for (size_t i = 0; i < n; i++)
        heard_event(&h, numbers[i]);
    return h;
}
#define HEAR(...)                                                                                  \
    hear((const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void in_order_nothing_is_missed(void **state)
{
    (void)state;
    struct heard h = HEAR(7, 8, 9, 10);
    assert_int_equal(heard_missing(&h, 10), 0);
    assert_int_equal(h.duplicate, 0);
}

static void an_overtaken_event_is_neither_missed_nor_twice(void **state)
{
    (void)state;
    struct heard h = HEAR(7, 9, 10, 8);
    assert_int_equal(heard_missing(&h, 10), 0);
    assert_int_equal(h.duplicate, 0);
    assert_int_equal(h.last, 10);
}

static void a_gap_is_missed_until_it_is_filled(void **state)
{
    (void)state;
    struct heard h = HEAR(7, 9, 12);
    assert_int_equal(heard_missing(&h, 12), 3);
    assert_int_equal(heard_missing(&h, 10), 2);
    assert_int_equal(heard_missing(&h, 9), 1);
    assert_true(heard_event(&h, 8));
    assert_int_equal(heard_missing(&h, 12), 2);
}

static void the_same_number_again_is_twice(void **state)
{
    (void)state;
    struct heard h = HEAR(7, 8, 9);
    assert_false(heard_event(&h, 8));
    assert_false(heard_event(&h, 9));
    assert_int_equal(h.duplicate, 2);
    assert_int_equal(heard_missing(&h, 9), 0);
}

static void whatever_was_before_the_first_is_not_missed(void **state)
{
    (void)state;
    struct heard h = HEAR(100, 101);
    assert_int_equal(heard_missing(&h, 101), 0);
    assert_false(heard_event(&h, 99)); /* the first had overtaken it */
    assert_int_equal(h.duplicate, 0);
}

static void a_gap_wider_than_the_window_is_counted_in_full(void **state)
{
    (void)state;
    for (uint64_t gap = 0; gap < 300; gap++) {
        struct heard h = HEAR(7, 8, 9 + gap);
        assert_int_equal(heard_missing(&h, 9 + gap), gap);
    }
}

static void what_leaves_the_window_stays_missed(void **state)
{
    (void)state;
    struct heard h = HEAR(1, 3);
    for (uint64_t n = 4; n < 200; n++)
        assert_true(heard_event(&h, n));
    assert_int_equal(h.missed, 1);
    assert_int_equal(heard_missing(&h, 199), 1);
    assert_int_equal(heard_missing(&h, 100), 1);
    assert_false(heard_event(&h, 2)); /* far too late */
    assert_int_equal(heard_missing(&h, 199), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order_nothing_is_missed),
        cmocka_unit_test(an_overtaken_event_is_neither_missed_nor_twice),
        cmocka_unit_test(a_gap_is_missed_until_it_is_filled),
        cmocka_unit_test(the_same_number_again_is_twice),
        cmocka_unit_test(whatever_was_before_the_first_is_not_missed),
        cmocka_unit_test(a_gap_wider_than_the_window_is_counted_in_full),
        cmocka_unit_test(what_leaves_the_window_stays_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
