/* bench/measure_message.c: echoes: one at a time for their round trip, then several under way for
 * their rate.  Bytes are counted in a run of its own.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/cpu.h"
#include "bench/job.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WARM_UP 100
#define WARM_UP_CONNECTIONS 10
#define COUNTED 100
#define COUNTED_CONNECTIONS 20
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
    size_t due = job_limit(job) * PIPELINED_TIMES;
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
    exchange_or_fail(job, &l, job->transport->closes ? WARM_UP_CONNECTIONS : WARM_UP);
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
    if (outcome != 0)
        job_fail(job, outcome == LOST ? "a message was lost while bytes were counted" : l->error);
    if (memcmp(l->got, l->message, l->size) != 0)
        job_fail(job, "a message came back changed");
}

static void tell_counts(struct job *job, const struct traffic *traffic, double tcpip,
                        size_t messages)
{
    double payload = 2 * (double)job->plan->size, n = (double)messages;
    double bytes = (double)(traffic->sent + traffic->received) / n;
    job_tell_one(job, MESSAGE_PAYLOAD, payload);
    job_tell_one(job, MESSAGE_HEADER, bytes - payload);
    if (job->tls)
        job_tell_one(job, MESSAGE_TLS, (double)traffic->wire / n - bytes);
    else
        job_tell_na(job, MESSAGE_TLS, T_NA_PLAIN);
    if (tcpip < 0)
        job_tell_na(job, MESSAGE_TCPIP, T_NA_TCP_INFO);
    else
        job_tell_one(job, MESSAGE_TCPIP, tcpip / n);
}

static double headers(const struct packets *p)
{
    return p->bytes_sent + p->bytes_received - p->payload;
}

static void count_on_one_connection(struct job *job, struct link *l)
{
    struct packets before, after;
    double tcpip = -1;
    open_or_fail(job, l);
    exchange_or_fail(job, l,
                     COUNTED); /* the first segments are acknowledged apart, not later ones */
    traffic_init(l->traffic);
    bool known = packets_of(l->fd, &before);
    for (int i = 0; i < COUNTED; i++)
        checked_exchange(job, l);
    if (job->transport == &transports[UDP])
        tcpip = 2 * COUNTED * UDP_HEADERS;
    else if (known && packets_of(l->fd, &after))
        tcpip = headers(&after) - headers(&before);
    tell_counts(job, l->traffic, tcpip, COUNTED);
    l->transport->close(l);
}

/* A connection's farewell is part of what its message costs, so a second descriptor keeps the
 * socket while the client closes the first. */
static void count_on_many_connections(struct job *job, struct link *l)
{
    for (int i = 0; i < COUNTED_CONNECTIONS; i++) {
        struct packets p;
        traffic_init(l->traffic);
        open_or_fail(job, l);
        int fd = dup(l->fd);
        checked_exchange(job, l);
        l->transport->close(l);
        shutdown(fd, SHUT_WR);
        packets_settle(fd);
        bool known = packets_of(fd, &p);
        if (known) /* the server's good-bye, too, which nobody reads */
            l->traffic->wire = (uint64_t)p.payload;
        tell_counts(job, l->traffic, known ? headers(&p) : -1, 1);
        close(fd);
    }
}

void count_messages(struct job *job)
{
    struct link l;
    struct traffic traffic;
    traffic_init(&traffic);
    job_link(job, &l);
    l.traffic = &traffic;
    if (job->transport->closes)
        count_on_many_connections(job, &l);
    else
        count_on_one_connection(job, &l);
}
