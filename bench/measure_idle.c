/* bench/measure_idle.c: what a connection costs that is open and silent: memory of the server
 * before, while and after it holds many.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/cpu.h"
#include "bench/crowd.h"
#include "bench/job.h"
#include "bench/memory.h"
#include "bench/subject.h"

#define LOOK_NS 20000000u
#define QUIET_LOOKS 5     /* without CPU spent: the server has done all it had to */
#define ANY 0             /* number of descriptors */
#define PATIENCE_NS 20000000000u

struct reading {
    struct footprint user;
    struct slabs kernel;
    bool user_known, kernel_known;
};

static void take_reading(const struct job *job, struct reading *r)
{
    r->user_known = footprint_of(job->server, &r->user);
    r->kernel_known = slabs_read(&r->kernel);
}

static void heard(void *arg, size_t who, const struct event *e)
{
    (void)arg, (void)who, (void)e;
}

/* Returns true when the server has spent no CPU for a while. */
static bool rests(struct job *job, struct crowd *c)
{
    double spent = cpu_now(job).server;
    uint64_t until = clock_ns() + LOOK_NS;
    while (c && clock_ns() < until)
        if (crowd_turn(c, until) < 0)
            job_fail(job, c->error);
    sleep_until(until);
    return !(cpu_now(job).server > spent);
}

/* A client can't see that a silent connection was accepted, a request is being held, or the last
 * one is gone: the server's descriptors say the first and the last, its idleness the rest. */
static void settle(struct job *job, struct crowd *c, size_t files)
{
    uint64_t give_up = clock_ns() + PATIENCE_NS;
    for (int quiet = 0; quiet < QUIET_LOOKS;) {
        bool still = rests(job, c);
        size_t now = files_of(job->server);
        quiet = still && (now == files || now == 0 || files == ANY) ? quiet + 1 : 0;
        if (clock_ns() > give_up)
            job_fail(job, "the server does not come to rest with all connections there, or gone");
    }
    if (c && c->lost > 0)
        job_fail(job, c->error);
}

static void gather(struct job *job, struct crowd *c, const struct link *l, size_t n, size_t files)
{
    *c = (struct crowd){.transport = job->transport, .url = &l->url, .tls = job->tls,
                        .most = n, .size = 1, .heard = heard};
    if (crowd_open(c) < 0 || crowd_join_all(c) < 0)
        job_fail(job, c->error);
    settle(job, c, files);
}

static void tell(struct job *job, size_t user_metric, size_t kernel_metric,
                 const struct reading *before, const struct reading *then,
                 const struct reading *held)
{
    double n = (double)job->connections;
    if (before->user_known && then->user_known)
        job_tell_one(job, user_metric, (then->user.bytes - before->user.bytes) / n);
    else
        job_tell_na(job, user_metric, T_NA_PROC);
    if (before->kernel_known && then->kernel_known) /* both ends are here, and held alike */
        job_tell_one(job, kernel_metric,
                     slabs_growth(&before->kernel, &then->kernel, &held->kernel, n / 2) / (2 * n));
    else
        job_tell_na(job, kernel_metric, T_NA_SLAB);
}

/* The first ones stay: what is allocated once, and what server and kernel still had lying about
 * free, they have taken before others are counted. */
void time_idle(struct job *job)
{
    static struct reading before, held, after;
    struct crowd first, crowd;
    struct link l;
    job_link(job, &l);
    if (job->transport->send == transports[HTTP_KEEP_ALIVE].send)
        url_set_default_path(&l.url, "/poll"); /* answered at once: nothing has happened */
    settle(job, NULL, ANY); /* listening, it may still have some to open */
    size_t files = files_of(job->server);
    gather(job, &first, &l, IDLE_FIRST, files + IDLE_FIRST);
    take_reading(job, &before);
    gather(job, &crowd, &l, job->connections, files + IDLE_FIRST + job->connections);
    take_reading(job, &held);
    crowd_close(&crowd); /* by resets: TIME_WAIT, at either end, would count as what is kept */
    settle(job, NULL, files + IDLE_FIRST);
    take_reading(job, &after);
    crowd_close(&first);
    tell(job, IDLE_USER, IDLE_KERNEL, &before, &held, &held);
    tell(job, IDLE_USER_AFTER, IDLE_KERNEL_AFTER, &before, &after, &held);
}
