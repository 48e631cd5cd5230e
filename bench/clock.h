/* bench/clock.h: waiting by the clock that everything is timed by.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include "tcp_echo/clock.h"

#include <stdint.h>
#include <time.h>

/* Sleeps until that moment of clock_ns(), or a signal. */
static inline void sleep_until(uint64_t due_ns)
{
    uint64_t now = clock_ns();
    if (now >= due_ns)
        return;
    uint64_t left = due_ns - now;
    struct timespec ts = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    nanosleep(&ts, NULL);
}

#endif
