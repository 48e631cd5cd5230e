/* bench/heard.c: a window of 64 numbers, below the highest that has come.
 * SPDX-License-Identifier: MIT */
#include "bench/heard.h"

enum { WINDOW = 64 };

static size_t zeros(uint64_t bits)
{
    size_t n = 0;
    for (int i = 0; i < WINDOW; i++)
        n += !(bits >> i & 1);
    return n;
}

/* The window moves up by one; what leaves it unseen is missed. */
static void move_up(struct heard *h)
{
    h->missed += !(h->seen >> (WINDOW - 1));
    h->seen <<= 1;
    h->last++;
}

bool heard_event(struct heard *h, uint64_t number)
{
    if (h->last == 0) {
        h->first = h->last = number;
        h->seen = UINT64_MAX;
        return true;
    }
    while (h->last < number)
        move_up(h);
    uint64_t age = h->last - number;
    bool is_new = age < WINDOW && !(h->seen >> age & 1);
    h->duplicate += !is_new && number >= h->first;
    if (is_new)
        h->seen |= UINT64_C(1) << age;
    return is_new;
}

size_t heard_missing(const struct heard *h, uint64_t up_to)
{
    uint64_t younger = h->last - up_to;
    if (h->last == 0 || younger >= WINDOW)
        return h->missed;
    return h->missed + zeros(h->seen >> younger) - (size_t)younger; /* the shift brought zeros */
}
