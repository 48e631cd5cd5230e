/* bench/cpu.h: CPU time beside elapsed time: a result that is fast because two CPUs worked is not
 * cheap.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include "bench/job.h"

/* Seconds of CPU, user and kernel, that a process used so far; NAN when that can't be known. */
double cpu_seconds(pid_t);

/* Of an agent, and of its server. */
struct cpu {
    double client, server;
};

struct cpu cpu_now(const struct job *);

/* Tells both sides' CPU per operation since then, in us. */
void cpu_tell(struct job *, struct cpu since, size_t operations, size_t client_metric,
              size_t server_metric);

#endif
