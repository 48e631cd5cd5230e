/* tests/learn_toy/twice.h: an exercise for the tests of the grader.
 * SPDX-License-Identifier: MIT */
#ifndef TWICE_H
#define TWICE_H

/* Returns 2 * n. */
int twice(int n);

#endif
