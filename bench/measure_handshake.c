/* bench/measure_handshake.c: from before socket() until the first message can go, in phases, and on
 * to the first reply.  One connection after the other.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/cpu.h"
#include "bench/job.h"

#include <poll.h>
#include <sched.h>

#define WARM_UP 4
#define COUNTED 20
#define TICKET_MS 1000

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

/* The server's work on a connection that has just gone shall not fall into the next one's time. */
static void close_and_settle(struct link *l)
{
    l->transport->close(l);
    sched_yield();
    sched_yield();
}

struct phases {
    double *connect, *tls, *upgrade, *total, *first_reply;
    size_t n;
};

static struct phases make_phases(struct job *job)
{
    size_t n = job_limit(job);
    return (struct phases){job_samples(job, n), job_samples(job, n), job_samples(job, n),
                           job_samples(job, n), job_samples(job, n), 0};
}

static void note(struct phases *p, const uint64_t at[MOMENTS])
{
    p->connect[p->n] = (double)(at[CONNECTED] - at[BEGUN]) / 1e3;
    p->tls[p->n] = (double)(at[SECURED] - at[CONNECTED]) / 1e3;
    p->upgrade[p->n] = (double)(at[READY] - at[SECURED]) / 1e3;
    p->total[p->n] = (double)(at[READY] - at[BEGUN]) / 1e3;
    p->first_reply[p->n++] = (double)(at[REPLIED] - at[BEGUN]) / 1e3;
}

static void tell_phases(struct job *job, const struct phases *p)
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
    close_and_settle(l);
    return outcome;
}

void time_handshakes(struct job *job)
{
    struct link l;
    uint64_t at[MOMENTS];
    struct phases phases = make_phases(job);
    job_link(job, &l);
    for (int i = 0; i < WARM_UP; i++)
        handshake_or_fail(job, &l, at);
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns();
    while (job_goes_on(job, phases.n, begun))
        if (handshake_or_fail(job, &l, at) != LOST)
            note(&phases, at);
    cpu_tell(job, cpu, phases.n, HANDSHAKE_CPU_CLIENT, HANDSHAKE_CPU_SERVER);
    tell_phases(job, &phases);
}

static void tell_packets(struct job *job, const struct link *l)
{
    struct packets p = {0}; /* what a connected UDP socket has sent by itself: nothing */
    if (job->transport != &transports[UDP] && !packets_of(l->fd, &p)) {
        job_tell_na(job, HANDSHAKE_PACKETS, T_NA_TCP_INFO);
        job_tell_na(job, HANDSHAKE_BYTES_OUT, T_NA_TCP_INFO);
        job_tell_na(job, HANDSHAKE_BYTES_IN, T_NA_TCP_INFO);
        return;
    }
    job_tell_one(job, HANDSHAKE_PACKETS, p.sent + p.received);
    job_tell_one(job, HANDSHAKE_BYTES_OUT, p.bytes_sent);
    job_tell_one(job, HANDSHAKE_BYTES_IN, p.bytes_received);
}

/* TLS 1.3's session ticket comes when the client is ready already, sooner or later as the kernel
 * has it; a 101 comes behind it.  Returns false when there is none: TLS 1.2 sends it before. */
static bool await_ticket(const struct link *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLIN};
    return poll(&p, 1, TICKET_MS) > 0;
}

void count_handshakes(struct job *job)
{
    struct link l;
    struct traffic traffic;
    bool ticket = job->tls && !job->transport->upgrade;
    job_link(job, &l);
    traffic_init(&traffic);
    l.traffic = &traffic;
    handshake_or_fail(job, &l, (uint64_t[MOMENTS]){0}); /* a session to resume begins with one */
    for (int i = 0; i < COUNTED; i++) {
        traffic_init(&traffic);
        prepare(job);
        if (link_open(&l) < 0)
            job_fail(job, l.error);
        ticket = ticket && await_ticket(&l); /* whoever waits in vain does so once */
        job_tell_one(job, HANDSHAKE_ROUND_TRIPS, (double)traffic.waits);
        tell_packets(job, &l);
        if (link_exchange(&l) < 0)
            job_fail(job, l.error);
        l.transport->close(&l);
    }
}
