/* bench/measure_push.c: from an event's creation to its arrival, by two readings of one clock; and
 * what hearing of it costs.  Events are numbered, so that none is lost unnoticed.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/cpu.h"
#include "bench/job.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define WARM_UP 1

struct heard {
    uint64_t last;
    size_t n, missed, duplicate;
    double *latency;
};

static void open_and_subscribe(struct job *job, struct link *l, struct traffic *traffic)
{
    struct event e;
    job_link(job, l);
    l->traffic = traffic;
    if (link_open(l) < 0 || (l->transport->subscribe && l->transport->subscribe(l) < 0))
        job_fail(job, l->error);
    for (int i = 0; i < WARM_UP; i++)
        if (l->transport->hear(l, &e) < 0)
            job_fail(job, l->error);
    l->requests = l->empty = 0;
}

static void hear_one(struct job *job, struct link *l, struct heard *h)
{
    struct event e;
    if (l->transport->hear(l, &e) < 0)
        job_fail(job, l->error);
    if (h->last && e.number <= h->last) {
        h->duplicate++;
        return;
    }
    if (h->last)
        h->missed += e.number - h->last - 1;
    h->last = e.number;
    h->latency[h->n++] = ((double)e.arrived - (double)e.created) / 1e3;
}

/* What a young connection is sent is acknowledged at once, later several events together, and TLS's
 * is not so young any more.  For the count, who only listens has one for each event, as if those
 * were more than 40 ms apart. */
static void acknowledge(const struct link *l)
{
#ifdef TCP_QUICKACK
    int on = 1;
    if (l->traffic && l->requests == 0)
        setsockopt(l->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    (void)l;
#endif
}

static struct heard listen_to(struct job *job, struct link *l, double *latency)
{
    struct heard h = {.latency = latency};
    uint64_t begun = clock_ns();
    while (job_goes_on(job, h.n, begun)) {
        hear_one(job, l, &h);
        acknowledge(l);
    }
    return h;
}

static void tell_one_subscriber(struct job *job)
{
    job_tell_na(job, PUSH_FIRST, T_NA_ONE);
    job_tell_na(job, PUSH_MEDIAN, T_NA_ONE);
    job_tell_na(job, PUSH_LAST, T_NA_ONE);
}

void time_events(struct job *job)
{
    struct link l;
    if (job->connections > 1) {
        time_fan_out(job);
        return;
    }
    double *latency = job_samples(job, job_limit(job));
    open_and_subscribe(job, &l, NULL);
    struct cpu cpu = cpu_now(job);
    struct heard h = listen_to(job, &l, latency);
    cpu_tell(job, cpu, h.n, PUSH_CPU_CLIENT, PUSH_CPU_SERVER);
    l.transport->close(&l);
    tell_one_subscriber(job);
    job_tell(job, PUSH_LATENCY, h.latency, h.n);
    job_tell_one(job, PUSH_REQUESTS, (double)l.requests / (double)h.n);
    job_tell_one(job, PUSH_EMPTY, (double)l.empty);
    job_tell_one(job, PUSH_MISSED, (double)h.missed);
    job_tell_one(job, PUSH_DUPLICATE, (double)h.duplicate);
}

/* Both directions together, requests and acknowledgements included; -1 = not known. */
static double bytes_so_far(const struct job *job, const struct link *l)
{
    struct packets p;
    if (job->transport == &transports[UDP])
        return (double)(l->traffic->sent + l->traffic->received);
    return packets_of(l->fd, &p) ? p.bytes_sent + p.bytes_received : -1;
}

void count_events(struct job *job)
{
    struct link l;
    struct traffic traffic;
    traffic_init(&traffic);
    double *latency = job_samples(job, job_limit(job));
    open_and_subscribe(job, &l, &traffic);
    double before = bytes_so_far(job, &l);
    struct heard h = listen_to(job, &l, latency);
    double after = bytes_so_far(job, &l);
    double headers = job->transport == &transports[UDP] ? UDP_HEADERS : 0;
    if (before < 0 || after < 0)
        job_tell_na(job, PUSH_BYTES, T_NA_TCP_INFO);
    else
        job_tell_one(job, PUSH_BYTES, (after - before) / (double)h.n + headers);
    l.transport->close(&l);
}
