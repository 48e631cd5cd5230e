/* tcp_echo/bytes.c: a growing run of bytes.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/bytes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MORE_MAX (4u * 1024 * 1024) /* the kernel moves the pages of what is larger */

int bytes_reserve(struct bytes **b, size_t n)
{
    size_t len = *b ? (*b)->len : 0;
    bool worth_it = *b && (*b)->head >= len; /* no byte is moved twice for one that left */
    if (worth_it && (*b)->head > 0 && (*b)->head + len + n > (*b)->cap) {
        memmove((*b)->data, (*b)->data + (*b)->head, len);
        (*b)->head = 0;
    }
    if (*b && (*b)->head + len + n <= (*b)->cap)
        return 0;
    /* Half as much again, so that many small pieces cost linear work. */
    size_t head = *b ? (*b)->head : 0, more = len / 2 < MORE_MAX ? len / 2 : MORE_MAX;
    size_t cap = head + len + n + more;
    struct bytes *bigger = realloc(*b, sizeof **b + cap);
    if (!bigger)
        return -1;
    bigger->head = *b ? bigger->head : 0;
    bigger->len = len;
    bigger->cap = cap;
    *b = bigger;
    return 0;
}

int bytes_append(struct bytes **b, const void *data, size_t n)
{
    if (n == 0)
        return 0;
    if (bytes_reserve(b, n) < 0)
        return -1;
    memcpy((*b)->data + (*b)->head + (*b)->len, data, n);
    (*b)->len += n;
    return 0;
}

void bytes_consume(struct bytes **b, size_t n)
{
    if (n == 0)
        return;
    (*b)->head += n;
    (*b)->len -= n;
    if ((*b)->len == 0)
        bytes_free(b);
}

void bytes_free(struct bytes **b)
{
    free(*b);
    *b = NULL;
}
