/* lessons/learn/suggest.h: what was meant by a name that does not exist.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_SUGGEST_H
#define LEARN_SUGGEST_H

#include "lessons/learn/text.h"
#include "lessons/learn/work.h"

/* The letters to be inserted, left out, changed or swapped with their neighbour to make b of a. */
size_t distance(const char *a, const char *b);

/* The name that is meant, or NULL when none is near. */
const char *nearest(const char *word, const char *const names[], size_t n);

/* problem's text, then "did you mean" or, where nothing is near, otherwise's. */
struct string suggestion(enum text problem, const char *word, const char *const names[], size_t n,
                       enum text otherwise);

#endif
