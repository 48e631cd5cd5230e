/* bench/clock.h: one clock for everything that is timed; servers stamp their events with it too.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Sleeps until that moment of now_ns(), or a signal. */
static inline void sleep_until(uint64_t due_ns)
{
    uint64_t now = now_ns();
    if (now >= due_ns)
        return;
    uint64_t left = due_ns - now;
    struct timespec ts = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    nanosleep(&ts, NULL);
}

#endif
