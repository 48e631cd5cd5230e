/* tcp_echo/bytes.h: a growing run of bytes on the heap, appended behind and consumed in front; NULL
 * when empty, so that who has nothing to keep holds no memory.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_BYTES_H
#define TCP_ECHO_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    size_t head, len, cap; /* what counts is data[head .. head + len) */
    uint8_t data[];
};

/* Makes room for n more bytes, so that appending them does not move or fail.
 * Returns 0, or -1 when there is no memory (*b is as before). */
int bytes_reserve(struct bytes **b, size_t n);

/* Returns 0, or -1 when there is no memory (*b is as before). */
int bytes_append(struct bytes **b, const void *data, size_t n);

/* Takes n <= len bytes from the front; the last one frees it. */
void bytes_consume(struct bytes **b, size_t n);

void bytes_free(struct bytes **b);

#endif
