/* bench/cpu.c: the CPU clocks of two processes.
 * SPDX-License-Identifier: MIT */
#include "bench/cpu.h"

#include <math.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec ts;
    return clock_gettime(clock, &ts) == 0 ? (double)ts.tv_sec + (double)ts.tv_nsec / 1e9 : NAN;
}

double cpu_seconds(pid_t pid)
{
#ifdef __linux__
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? seconds(clock) : NAN;
#else
    (void)pid;
    return NAN;
#endif
}

struct cpu cpu_now(const struct job *job)
{
    return (struct cpu){seconds(CLOCK_PROCESS_CPUTIME_ID), cpu_seconds(job->server)};
}

static void tell(struct job *job, size_t metric, double used, size_t operations)
{
    if (isnan(used) || operations == 0)
        job_tell_na(job, metric, operations == 0 ? T_NA_ALL_LOST : T_NA_CPU);
    else
        job_tell_one(job, metric, used / (double)operations * 1e6);
}

void cpu_tell(struct job *job, struct cpu since, size_t operations, size_t client_metric,
              size_t server_metric)
{
    struct cpu now = cpu_now(job);
    tell(job, client_metric, now.client - since.client, operations);
    tell(job, server_metric, now.server - since.server, operations);
}
