/* bench/measure_handshake.c: from before socket() until the first message can go, in phases, and on
 * to the first reply.  One connection after the other.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/cpu.h"
#include "bench/job.h"
#include "bench/phases.h"

#include <sched.h>

#define WARM_UP 4

enum { BEGUN, CONNECTED, SECURED, READY, REPLIED, MOMENTS };

/* Returns 0, LOST (of the first reply), or -1. */
static int handshake(struct link *l, uint64_t at[MOMENTS])
{
    at[BEGUN] = clock_ns();
    if (l->transport->connect(l) < 0)
        return -1;
    at[CONNECTED] = clock_ns();
    if (link_secure(l) < 0)
        return -1;
    at[SECURED] = clock_ns();
    if (l->transport->upgrade && l->transport->upgrade(l) < 0)
        return -1;
    at[READY] = clock_ns();
    int outcome = link_exchange(l);
    at[REPLIED] = clock_ns();
    return outcome;
}

#define FAREWELL 1000 /* bytes that both ends may still have to say, with headers */

/* The server's work on a connection that has just gone shall not fall into the next one's time, nor
 * its last packets keep a slow line from the next one's first. */
static void close_and_settle(const struct job *job, struct link *l)
{
    const struct wire_spec *wire = job->plan->wire;
    l->transport->close(l);
    if (wire && wire->rate > 0)
        sleep_until(clock_ns() + 2 * wire->rtt_ns + FAREWELL * 8000000000u / wire->rate);
    sched_yield();
    sched_yield();
}

struct times {
    double *connect, *tls, *upgrade, *total, *first_reply;
    size_t n;
};

static struct times make_times(struct job *job)
{
    size_t n = job_limit(job);
    return (struct times){job_samples(job, n), job_samples(job, n), job_samples(job, n),
                           job_samples(job, n), job_samples(job, n), 0};
}

static void note(struct times *p, const uint64_t at[MOMENTS])
{
    p->connect[p->n] = (double)(at[CONNECTED] - at[BEGUN]) / 1e3;
    p->tls[p->n] = (double)(at[SECURED] - at[CONNECTED]) / 1e3;
    p->upgrade[p->n] = (double)(at[READY] - at[SECURED]) / 1e3;
    p->total[p->n] = (double)(at[READY] - at[BEGUN]) / 1e3;
    p->first_reply[p->n++] = (double)(at[REPLIED] - at[BEGUN]) / 1e3;
}

static void tell_phases(struct job *job, const struct times *p)
{
    job_tell(job, HANDSHAKE_CONNECT, p->connect, p->n);
    if (job->tls)
        job_tell(job, HANDSHAKE_TLS, p->tls, p->n);
    else
        job_tell_na(job, HANDSHAKE_TLS, T_NA_PLAIN);
    if (job->transport->upgrade)
        job_tell(job, HANDSHAKE_UPGRADE, p->upgrade, p->n);
    else
        job_tell_na(job, HANDSHAKE_UPGRADE, T_NA_UPGRADE);
    job_tell(job, HANDSHAKE_TOTAL, p->total, p->n);
    job_tell(job, HANDSHAKE_FIRST_REPLY, p->first_reply, p->n);
}

/* What the handshake before left for this one: unless that is measured, nothing. */
static void prepare(struct job *job)
{
    if (job->tls && !job->resumed)
        tls_forget(job->tls);
}

/* Returns 0, or LOST. */
static int handshake_or_fail(struct job *job, struct link *l, uint64_t at[MOMENTS])
{
    prepare(job);
    int outcome = handshake(l, at);
    if (outcome < 0)
        job_fail(job, l->error);
    close_and_settle(job, l);
    return outcome;
}

void time_handshakes(struct job *job)
{
    struct link l;
    uint64_t at[MOMENTS];
    struct times times = make_times(job);
    job_link(job, &l);
    for (int i = 0; i < (plan_is_far(job->plan) ? 1 : WARM_UP); i++)
        handshake_or_fail(job, &l, at);
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns();
    for (size_t tries = 0; job_goes_on(job, tries, begun); tries++)
        if (handshake_or_fail(job, &l, at) != LOST)
            note(&times, at);
    cpu_tell(job, cpu, times.n, HANDSHAKE_CPU_CLIENT, HANDSHAKE_CPU_SERVER);
    tell_phases(job, &times);
}

static void tell_until_ready(struct phases *p, const struct tally *ready)
{
    const double *n = ready->count;
    phase_tell(p, HANDSHAKE_ROUND_TRIPS, n[COUNT_ROUND_TRIPS]);
    phase_tell(p, HANDSHAKE_PACKETS, n[COUNT_PACKETS_OUT] + n[COUNT_PACKETS_IN]);
    phase_tell(p, HANDSHAKE_BYTES_OUT, n[COUNT_BYTES_OUT]);
    phase_tell(p, HANDSHAKE_BYTES_IN, n[COUNT_BYTES_IN]);
}

/* Adds what a phase took, unless the transport has no such phase. */
static void take_phase(struct phases *p, struct tally *sum, enum phase phase, enum text absent)
{
    if (absent != T_NONE) {
        phase_is_absent(p, phase, absent);
        return;
    }
    struct tally spent = phase_ends(p, phase, 1);
    for (size_t i = 0; i < COUNTS; i++)
        sum->count[i] += spent.count[i];
}

/* handshake(), step by step. */
static void count_one(struct job *job, struct link *l)
{
    const struct transport *t = job->transport;
    struct traffic traffic;
    struct phases p;
    struct tally ready = {{0}, 0};
    prepare(job);
    phases_begin(&p, job, l, &traffic);
    if (t->connect(l) < 0)
        job_fail(job, l->error);
    take_phase(&p, &ready, PHASE_CONNECT, T_NONE);
    if (link_secure(l) < 0)
        job_fail(job, l->error);
    take_phase(&p, &ready, PHASE_TLS, job->tls ? T_NONE : T_NA_PLAIN);
    if (t->upgrade && t->upgrade(l) < 0)
        job_fail(job, l->error);
    take_phase(&p, &ready, PHASE_UPGRADE, t->upgrade ? T_NONE : T_NA_UPGRADE);
    tell_until_ready(&p, &ready);
    if (link_exchange(l) < 0)
        job_fail(job, l->error);
    take_phase(&p, &ready, PHASE_MESSAGE, T_NONE);
    t->close(l);
    take_phase(&p, &ready, PHASE_CLOSE, T_NONE);
    phases_end(&p);
}

void count_handshakes(struct job *job)
{
    struct link l;
    job_link(job, &l);
    if (job->resumed) /* a session to resume begins with one */
        handshake_or_fail(job, &l, (uint64_t[MOMENTS]){0});
    count_one(job, &l);
}
