/* bench/stats.c: percentiles, intervals, ratios, histogram, random numbers.
 * SPDX-License-Identifier: MIT */
#include "bench/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_samples(double *v, size_t n)
{
    if (n > 1)
        qsort(v, n, sizeof *v, by_value);
}

/* Exact arithmetic: 0.999 has no binary form, 9990 / 10000 needs none. */
static const size_t per_10000[PERCENTILES] = {5000, 9000, 9900, 9990};

size_t percentile_needs(enum percentile p)
{
    return 10 * 10000 / (10000 - per_10000[p]);
}

double percentile(const double *sorted, size_t n, enum percentile p)
{
    if (n < percentile_needs(p))
        return NAN;
    size_t rank = (n * per_10000[p] + 9999) / 10000;
    return sorted[rank - 1];
}

double mean(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return n ? sum / (double)n : NAN;
}

double median_in_place(double *v, size_t n)
{
    if (n == 0)
        return NAN;
    sort_samples(v, n);
    return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

double median_of_rounds(const double *v, size_t n)
{
    double copy[ROUNDS_MAX];
    memcpy(copy, v, n * sizeof *v);
    return median_in_place(copy, n);
}

size_t median_rank(size_t n)
{
    size_t rank = 0;
    double term = ldexp(1, -(int)n); /* P(exactly i of n below), i = 0 */
    double tail = term;              /* P(at most i) */
    while (2 * tail <= 0.05) {
        rank++;
        term *= (double)(n - rank + 1) / (double)rank;
        tail += term;
    }
    return rank;
}

struct interval median_interval(const double *v, size_t n)
{
    double sorted[ROUNDS_MAX];
    size_t rank = median_rank(n);
    if (rank == 0)
        return (struct interval){NAN, NAN};
    memcpy(sorted, v, n * sizeof *v);
    sort_samples(sorted, n);
    return (struct interval){sorted[rank - 1], sorted[n - rank]};
}

struct ratio ratio_of_rounds(const double *v, const double *to, size_t n)
{
    double each[ROUNDS_MAX];
    for (size_t i = 0; i < n; i++)
        each[i] = v[i] / to[i];
    return (struct ratio){median_of_rounds(each, n), median_interval(each, n)};
}

struct ratio difference_of_rounds(const double *v, const double *from, size_t n)
{
    double each[ROUNDS_MAX];
    for (size_t i = 0; i < n; i++)
        each[i] = v[i] - from[i];
    return (struct ratio){median_of_rounds(each, n), median_interval(each, n)};
}

bool shows_difference(struct interval ci)
{
    return ci.low >= 1.005 || ci.high < 0.995; /* false for NAN */
}

size_t bucket_of(double value)
{
    uint64_t v = value > 0 ? (uint64_t)(value * 1000) : 0;
    if (v < 8)
        return (size_t)v;
    unsigned shift = 0;
    while (v >> shift >= 16)
        shift++;
    return (size_t)shift * 8 + (size_t)(v >> shift);
}

double bucket_upper(size_t bucket)
{
    if (bucket < 16)
        return (double)(bucket + 1) / 1000;
    return ldexp((double)(bucket % 8 + 9), (int)(bucket / 8 - 1)) / 1000;
}

void histogram_fill(struct histogram *h, const double *v, size_t n)
{
    memset(h, 0, sizeof *h);
    for (size_t i = 0; i < n; i++)
        h->count[bucket_of(v[i])]++;
}

uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t random_below(struct random *r, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n; /* a multiple of n: no remainder is favoured */
    uint64_t x;
    do
        x = random_next(r);
    while (x >= limit);
    return x % n;
}

double random_unit(struct random *r)
{
    return (double)(random_next(r) >> 11) / 9007199254740992.0;
}

void shuffle(struct random *r, size_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)random_below(r, i);
        size_t kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}
