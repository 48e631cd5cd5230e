/* bench/measure_message.c: echoes: one at a time for their round trip, then several under way for
 * their rate.  Bytes are counted in a run of its own.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/cpu.h"
#include "bench/job.h"
#include "bench/phases.h"

#include <string.h>

#define WARM_UP 100
#define WARM_UP_CONNECTIONS 10
#define COUNTED 100
#define COUNTED_CONNECTIONS 3
/* Where distance makes each of them slow. */
#define WARM_UP_FAR 2
#define PIPELINED_FAR 4 /* times the depth */
#define UNCOUNTED_FAR 20
#define COUNTED_FAR 4
#define PIPELINED_TIMES 3 /* they are so much faster that a round needs more of them */

static void exchange_or_fail(struct job *job, struct link *l, size_t times)
{
    for (size_t i = 0; i < times; i++)
        if (link_exchange(l) < 0)
            job_fail(job, l->error);
}

static void time_one_by_one(struct job *job, struct link *l)
{
    double *rtt = job_samples(job, job_limit(job));
    size_t n = 0, lost = 0;
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns(), end = begun;
    while (job_goes_on(job, n + lost, begun)) {
        uint64_t start = clock_ns();
        int outcome = link_exchange(l);
        end = clock_ns();
        if (outcome < 0)
            job_fail(job, l->error);
        if (outcome == LOST)
            lost++;
        else
            rtt[n++] = (double)(end - start) / 1e3;
    }
    cpu_tell(job, cpu, n, MESSAGE_CPU_CLIENT, MESSAGE_CPU_SERVER);
    job_tell(job, MESSAGE_RTT, rtt, n);
    job_tell_one(job, MESSAGE_RATE, (double)n / ((double)(end - begun) / 1e9));
    job_tell_one(job, MESSAGE_LOST, (double)lost);
}

struct flow {
    size_t sent, home, lost;
};

static void send_one(struct job *job, struct link *l, struct flow *f)
{
    if (l->transport->send(l) < 0)
        job_fail(job, l->error);
    f->sent++;
}

/* Silence means that whatever was under way is lost. */
static void receive_one(struct job *job, struct link *l, struct flow *f)
{
    int outcome = l->transport->receive(l);
    if (outcome < 0)
        job_fail(job, l->error);
    if (outcome == LOST)
        f->lost = f->sent - f->home;
    else
        f->home++;
}

static void time_pipelined(struct job *job, struct link *l, size_t depth)
{
    size_t due = plan_is_far(job->plan) ? PIPELINED_FAR * depth : job_limit(job) * PIPELINED_TIMES;
    struct flow f = {0};
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns();
    l->pipelined = true;
    while (f.home + f.lost < due && job_goes_on(job, 0, begun)) {
        while (f.sent < due && f.sent - f.home - f.lost < depth)
            send_one(job, l, &f);
        receive_one(job, l, &f);
    }
    double seconds = (double)(clock_ns() - begun) / 1e9;
    cpu_tell(job, cpu, f.home, MESSAGE_CPU_CLIENT_DEEP, MESSAGE_CPU_SERVER_DEEP);
    job_tell_one(job, MESSAGE_RATE_DEEP, (double)f.home / seconds);
    job_tell_one(job, MESSAGE_LOST_DEEP, (double)f.lost);
}

static void tell_not_pipelined(struct job *job, enum text why)
{
    job_tell_na(job, MESSAGE_RATE_DEEP, why);
    job_tell_na(job, MESSAGE_CPU_CLIENT_DEEP, why);
    job_tell_na(job, MESSAGE_CPU_SERVER_DEEP, why);
    job_tell_na(job, MESSAGE_LOST_DEEP, why);
}

static void open_or_fail(struct job *job, struct link *l)
{
    if (link_open(l) < 0)
        job_fail(job, l->error);
}

void time_messages(struct job *job)
{
    struct link l;
    size_t depth = job->plan->depth;
    job_link(job, &l);
    open_or_fail(job, &l);
    exchange_or_fail(job, &l, plan_is_far(job->plan)   ? WARM_UP_FAR
                              : job->transport->closes ? WARM_UP_CONNECTIONS
                                                       : WARM_UP);
    time_one_by_one(job, &l);
    if (!job->transport->pipelines)
        tell_not_pipelined(job, T_NA_PIPELINE);
    else if (depth * job->plan->size > IN_FLIGHT_MAX)
        tell_not_pipelined(job, T_NA_TOO_MUCH);
    else
        time_pipelined(job, &l, depth);
    l.transport->close(&l);
}

/* --- counting --- */

static void checked_exchange(struct job *job, struct link *l)
{
    int outcome = link_exchange(l);
    if (outcome == LOST && plan_loses(job->plan))
        return;
    if (outcome != 0)
        job_fail(job, outcome == LOST ? "a message was lost while bytes were counted" : l->error);
    if (memcmp(l->got, l->message, l->size) != 0)
        job_fail(job, "a message came back changed");
}

/* bytes: of the protocol, without TLS. */
static void tell_counts(struct phases *p, const struct tally *spent, double bytes, double n)
{
    struct job *job = p->job;
    double payload = 2 * (double)job->plan->size;
    double all = spent->count[COUNT_BYTES_OUT] + spent->count[COUNT_BYTES_IN];
    job_tell_one(job, MESSAGE_PAYLOAD, payload);
    job_tell_one(job, MESSAGE_HEADER, bytes / n - payload);
    if (job->tls)
        phase_tell(p, MESSAGE_TLS, (spent->payload - bytes) / n);
    else
        job_tell_na(job, MESSAGE_TLS, T_NA_PLAIN);
    phase_tell(p, MESSAGE_TCPIP, (all - spent->payload) / n);
}

static double bytes_of(const struct traffic *t)
{
    return (double)(t->sent + t->received);
}

/* One echo follows the other, as they did before: an acknowledgement rides on the next message.
 * The first segments of a connection are acknowledged apart, so they come before. */
static void count_on_one_connection(struct job *job, struct link *l)
{
    struct traffic traffic;
    struct phases p;
    int n = plan_is_far(job->plan) ? COUNTED_FAR : COUNTED;
    phases_begin(&p, job, l, &traffic);
    open_or_fail(job, l);
    exchange_or_fail(job, l, plan_is_far(job->plan) ? UNCOUNTED_FAR : COUNTED);
    phase_begins(&p, false);
    double before = bytes_of(&traffic);
    for (int i = 0; i < n; i++)
        checked_exchange(job, l);
    struct tally spent = phase_spends(&p, PHASE_MESSAGE, false);
    tell_counts(&p, &spent, bytes_of(&traffic) - before, n);
    l->transport->close(l);
    phases_end(&p);
}

/* A connection's beginning and farewell are part of what its message costs. */
static void count_on_many_connections(struct job *job, struct link *l)
{
    for (int i = 0; i < (plan_is_far(job->plan) ? 1 : COUNTED_CONNECTIONS); i++) {
        struct traffic traffic;
        struct phases p;
        phases_begin(&p, job, l, &traffic);
        open_or_fail(job, l);
        phases_keep_socket(&p);
        checked_exchange(job, l);
        l->transport->close(l);
        struct tally spent = phase_spends(&p, PHASE_CLOSE, true);
        tell_counts(&p, &spent, bytes_of(&traffic), 1);
        phases_end(&p);
    }
}

void count_messages(struct job *job)
{
    struct link l;
    job_link(job, &l);
    if (job->transport->closes)
        count_on_many_connections(job, &l);
    else
        count_on_one_connection(job, &l);
}
