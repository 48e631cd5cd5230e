/* bench/stats.h: what may be said about samples, and how surely.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NAN stands for "not known" in every double of this folder. */

struct interval {
    double low, high;
};

enum percentile { P50, P90, P99, P999, PERCENTILES };

void sort_samples(double *v, size_t n);

/* The nearest-rank percentile of n sorted samples: the smallest that at least q n of them do not
 * exceed.  NAN when n is below percentile_needs(): 10 samples must lie beyond it. */
double percentile(const double *sorted, size_t n, enum percentile);
size_t percentile_needs(enum percentile);

double mean(const double *v, size_t n);

/* The middle one, or the mean of the two middle ones; NAN for n = 0.  The first one sorts v, the
 * other sorts nothing, but n <= ROUNDS_MAX. */
#define ROUNDS_MAX 99
double median_in_place(double *v, size_t n);
double median_of_rounds(const double *v, size_t n);

/* The exact 95 % interval of a median: with k = median_rank(n), from the k-th smallest value to the
 * k-th largest.  Each value lies below the true median with probability 1/2, so k is the largest
 * rank whose binomial tail on both sides leaves 95 %.  0 for n < 6: no such rank. */
size_t median_rank(size_t n);
struct interval median_interval(const double *v, size_t n);

/* Per-round ratios v[i] / to[i]: their median, and its interval. */
struct ratio {
    double value;
    struct interval ci;
};
struct ratio ratio_of_rounds(const double *v, const double *to, size_t n);

/* Likewise per-round differences v[i] - from[i]. */
struct ratio difference_of_rounds(const double *v, const double *from, size_t n);

/* True when the interval is known and leaves out 1 as printed, with two decimals: nobody shall read
 * "1.00 to 1.53" as a difference. */
bool shows_difference(struct interval);

/* A log-linear histogram: 8 buckets to each power of two, of samples in thousandths of their unit
 * (ns for us). */
#define BUCKETS 512
struct histogram {
    size_t count[BUCKETS];
};
size_t bucket_of(double value);
double bucket_upper(size_t bucket); /* exclusive */
void histogram_fill(struct histogram *, const double *v, size_t n);

/* splitmix64: small, seeded by any number, the same on every machine. */
struct random {
    uint64_t state;
};
uint64_t random_next(struct random *);
uint64_t random_below(struct random *, uint64_t n); /* 0 .. n - 1, unbiased */
double random_unit(struct random *);                /* [0, 1) */
void shuffle(struct random *, size_t *items, size_t n);

#endif
