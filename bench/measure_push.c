/* bench/measure_push.c: from an event's creation to its arrival, by two readings of one clock; and
 * what hearing of it costs.  Events are numbered, so that none is lost unnoticed.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/cpu.h"
#include "bench/job.h"
#include "bench/phases.h"

#define WARM_UP 1
#define COUNTED 2 /* events */

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

static struct heard listen_to(struct job *job, struct link *l, double *latency)
{
    struct heard h = {.latency = latency};
    uint64_t begun = clock_ns();
    while (job_goes_on(job, h.n, begun))
        hear_one(job, l, &h);
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

/* All is quiet before and after an event, for they are job_event_ms() apart; only polls follow each
 * other too soon: of the one before, an acknowledgement may be counted. */
void count_events(struct job *job)
{
    struct link l;
    struct traffic traffic;
    struct phases p;
    bool polls = job->transport == &transports[POLL];
    size_t events = polls ? job_limit(job) : COUNTED;
    struct heard h = {.latency = job_samples(job, events)};
    traffic_init(&traffic);
    open_and_subscribe(job, &l, &traffic);
    phases_begin(&p, job, &l, &traffic);
    phase_begins(&p, !polls);
    while (h.n < events)
        hear_one(job, &l, &h);
    struct tally spent = phase_ends(&p, PHASE_PUSH, h.n);
    phase_tell(&p, PUSH_BYTES, spent.count[COUNT_BYTES_OUT] + spent.count[COUNT_BYTES_IN]);
    l.transport->close(&l);
    phases_end(&p);
}
