/* bench/measure_push.h: the part of push that has many subscribers.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_MEASURE_PUSH_H
#define BENCH_MEASURE_PUSH_H

struct job;

/* time_events() for job->connections > 1. */
void time_fan_out(struct job *);

#endif
