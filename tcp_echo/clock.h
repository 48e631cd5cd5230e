/* tcp_echo/clock.h: the time that only goes forward.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_CLOCK_H
#define TCP_ECHO_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in ns: the same for every process of a machine, so that a time one has sent can
 * be taken from a time the other has read. */
static inline uint64_t clock_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline int64_t clock_ms(void)
{
    return (int64_t)(clock_ns() / 1000000u);
}

#endif
