/* bench/figure.h: how a number is written for people.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#define FIGURE_MAX 40

/* Three significant digits, more before the point when there are more: 0.123 9.87 98.7 987 9,876.
 * Returns out. */
char *figure(char out[FIGURE_MAX], double v);
char *figure_count(char out[FIGURE_MAX], double v); /* 3, 3.5, 1,234 */
char *figure_ratio(char out[FIGURE_MAX], double v); /* 1.02, 12.3, 123 */

#endif
