/* tests/bench_stats_test.c: what the bench may say about samples.
 * SPDX-License-Identifier: MIT */
#include "bench/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] = (double)(i + 1);
}

static void percentiles_are_nearest_ranks(void **state)
{
    (void)state;
    double *v = malloc(10000 * sizeof *v);
    fill(v, 10000);
    assert_true(percentile(v, 10000, P50) == 5000);
    assert_true(percentile(v, 10000, P90) == 9000);
    assert_true(percentile(v, 10000, P99) == 9900);
    assert_true(percentile(v, 10000, P999) == 9990);
    assert_true(percentile(v, 101, P50) == 51);
    assert_true(percentile(v, 101, P90) == 91);
    free(v);
}

static void a_percentile_needs_ten_samples_beyond_it(void **state)
{
    static const size_t needs[PERCENTILES] = {20, 100, 1000, 10000};
    double *v = malloc(10000 * sizeof *v);
    (void)state;
    fill(v, 10000);
    for (enum percentile p = P50; p <= P999; p++) {
        assert_int_equal(percentile_needs(p), needs[p]);
        assert_true(isnan(percentile(v, needs[p] - 1, p)));
        assert_true(percentile(v, needs[p], p) > 0);
    }
    free(v);
}

/* P(the median lies outside) = 2 P(fewer than k of n below it), summed here in another way. */
static double outside(size_t n, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) -
                   (double)n * log(2));
    return 2 * sum;
}

static void the_interval_of_a_median_covers_95_percent_and_no_rank_more_does(void **state)
{
    (void)state;
    assert_int_equal(median_rank(0), 0);
    for (size_t n = 1; n <= ROUNDS_MAX; n++) {
        size_t k = median_rank(n);
        assert_true(k == 0 || outside(n, k) <= 0.05);
        assert_true(outside(n, k + 1) > 0.05);
    }
}

static void six_to_eight_rounds_give_the_extremes_and_nine_the_next_ones(void **state)
{
    double v[12] = {7, 3, 9, 1, 5, 8, 2, 6, 4, 12, 11, 10};
    (void)state;
    assert_true(isnan(median_interval(v, 5).low));
    struct interval ci = median_interval(v, 6); /* 1 3 5 7 8 9 */
    assert_true(ci.low == 1 && ci.high == 9);
    ci = median_interval(v, 9); /* 1 .. 9 */
    assert_true(ci.low == 2 && ci.high == 8);
    ci = median_interval(v, 12); /* 1 .. 12 */
    assert_true(ci.low == 3 && ci.high == 10);
}

static void the_median_of_an_even_number_lies_between_the_middle_two(void **state)
{
    double v[] = {4, 1, 3, 2};
    (void)state;
    assert_true(median_of_rounds(v, 4) == 2.5);
    assert_true(median_of_rounds(v, 3) == 3);
    assert_true(v[0] == 4); /* nothing was sorted in place */
    assert_true(isnan(median_of_rounds(v, 0)));
}

static void a_ratio_is_taken_within_each_round(void **state)
{
    /* The machine slows down to a tenth; each round's ratio is 2 all the same. */
    double base[] = {10, 20, 30, 50, 70, 100}, v[] = {20, 40, 60, 100, 140, 200};
    (void)state;
    struct ratio r = ratio_of_rounds(v, base, 6);
    assert_true(r.value == 2 && r.ci.low == 2 && r.ci.high == 2);
    assert_true(shows_difference(r.ci));
    r = ratio_of_rounds(base, base, 6);
    assert_true(r.value == 1 && !shows_difference(r.ci));
}

static void an_interval_that_contains_1_or_is_unknown_shows_no_difference(void **state)
{
    (void)state;
    assert_false(shows_difference((struct interval){0.9, 1.1}));
    assert_false(shows_difference((struct interval){1, 1.1}));
    assert_false(shows_difference((struct interval){1.004, 1.5})); /* printed as 1.00 */
    assert_false(shows_difference((struct interval){0.5, 0.996}));
    assert_false(shows_difference((struct interval){NAN, NAN}));
    assert_true(shows_difference((struct interval){1.01, 1.1}));
    assert_true(shows_difference((struct interval){0.8, 0.99}));
}

static void every_sample_is_below_its_buckets_upper_end_and_not_below_the_one_before(void **state)
{
    (void)state;
    for (double v = 0; v < 1e12; v = v * 1.07 + 0.0005) {
        size_t b = bucket_of(v);
        assert_true(b < BUCKETS);
        assert_true(v < bucket_upper(b));
        assert_true(b == 0 || v >= bucket_upper(b - 1));
    }
}

static void buckets_are_no_wider_than_an_eighth_of_what_is_in_them(void **state)
{
    (void)state;
    for (size_t b = 16; b < 400; b++)
        assert_true(bucket_upper(b) <= bucket_upper(b - 1) * 1.1251);
}

static void a_histogram_counts_every_sample_once(void **state)
{
    double v[] = {0, 1, 1, 1000, 1e9};
    struct histogram h;
    size_t sum = 0;
    (void)state;
    histogram_fill(&h, v, 5);
    for (size_t b = 0; b < BUCKETS; b++)
        sum += h.count[b];
    assert_int_equal(sum, 5);
    assert_int_equal(h.count[bucket_of(1)], 2);
}

static void random_numbers_are_the_same_on_every_machine(void **state)
{
    struct random r = {1234567}; /* the first value that splitmix64's author publishes */
    (void)state;
    assert_true(random_next(&r) == 6457827717110365317u);
    assert_true(random_next(&r) == 3203168211198807973u);
}

static void random_numbers_stay_in_range_and_reach_both_ends(void **state)
{
    struct random r = {7};
    bool seen[3] = {false};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t n = random_below(&r, 3);
        double u = random_unit(&r);
        assert_true(n < 3 && u >= 0 && u < 1);
        seen[n] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void the_same_seed_shuffles_the_same_way_and_another_one_differently(void **state)
{
    size_t a[7] = {0, 1, 2, 3, 4, 5, 6}, b[7], c[7], sum = 0;
    struct random one = {42}, same = {42}, other = {43};
    (void)state;
    memcpy(b, a, sizeof a);
    memcpy(c, a, sizeof a);
    for (int round = 0; round < 3; round++) {
        shuffle(&one, a, 7);
        shuffle(&same, b, 7);
        shuffle(&other, c, 7);
    }
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    for (int i = 0; i < 7; i++)
        sum += (size_t)1 << a[i];
    assert_int_equal(sum, 127); /* nobody lost, nobody twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_nearest_ranks),
        cmocka_unit_test(a_percentile_needs_ten_samples_beyond_it),
        cmocka_unit_test(the_interval_of_a_median_covers_95_percent_and_no_rank_more_does),
        cmocka_unit_test(six_to_eight_rounds_give_the_extremes_and_nine_the_next_ones),
        cmocka_unit_test(the_median_of_an_even_number_lies_between_the_middle_two),
        cmocka_unit_test(a_ratio_is_taken_within_each_round),
        cmocka_unit_test(an_interval_that_contains_1_or_is_unknown_shows_no_difference),
        cmocka_unit_test(every_sample_is_below_its_buckets_upper_end_and_not_below_the_one_before),
        cmocka_unit_test(buckets_are_no_wider_than_an_eighth_of_what_is_in_them),
        cmocka_unit_test(a_histogram_counts_every_sample_once),
        cmocka_unit_test(random_numbers_are_the_same_on_every_machine),
        cmocka_unit_test(random_numbers_stay_in_range_and_reach_both_ends),
        cmocka_unit_test(the_same_seed_shuffles_the_same_way_and_another_one_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
