/* bench/host.h: the machine we run on.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include "bench/plan.h"

/* Facts for the report; "" = not known here. */
struct host {
    char os[128], kernel[128], machine[64], cpu[128], congestion_control[32], clocksource[32];
    char compiler[160], build[64], openssl[128], version[16];
    long cores;
    double load; /* 1-minute average when the bench began, -1 = not known */
};

void host_describe(struct host *);

/* The directory our own executable is in, "." when that can't be found out. */
const char *own_directory(void);

/* Runs the calling process on that CPU alone.  Returns 0, or -1 (not possible here). */
int pin_to(int cpu);

/* Which CPUs server and client get under this plan, -1 = any.  Returns 0, or -1 when the plan's
 * pinning is not possible on this machine; both are -1 then. */
int choose_cpus(enum pin, int *server, int *client);

#endif
