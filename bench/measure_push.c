/* bench/measure_push.c: from an event's creation to its arrival, by two readings of one clock; and
 * what hearing of it costs.  Events are numbered, so that none is lost unnoticed.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/cpu.h"
#include "bench/heard.h"
#include "bench/job.h"
#include "bench/phases.h"

#define WARM_UP 1
#define COUNTED 2 /* events */
#define OVERTAKERS 16 /* an event that so many overtook is lost */

struct listener {
    struct heard heard;
    size_t n;
    double *latency;
};

/* What warms up is heard, but no sample: it may have overtaken the first that is one. */
static void open_and_subscribe(struct job *job, struct link *l, struct traffic *traffic,
                               struct heard *heard)
{
    struct event e;
    job_link(job, l);
    l->traffic = traffic;
    if (link_open(l) < 0 || (l->transport->subscribe && l->transport->subscribe(l) < 0))
        job_fail(job, l->error);
    for (int i = 0; i < WARM_UP; i++) {
        if (l->transport->hear(l, &e) < 0)
            job_fail(job, l->error);
        heard_event(heard, e.number);
    }
    l->requests = l->empty = 0;
}

static void hear_one(struct job *job, struct link *l, struct listener *who)
{
    struct event e;
    if (l->transport->hear(l, &e) < 0)
        job_fail(job, l->error);
    if (heard_event(&who->heard, e.number))
        who->latency[who->n++] = ((double)e.arrived - (double)e.created) / 1e3;
}

/* How many of the events below the highest have not come: some were perhaps overtaken by the last
 * ones, and are waited for. */
static size_t missed_in_the_end(struct job *job, struct link *l, struct heard *heard)
{
    uint64_t last = heard->last;
    struct event e;
    while (heard_missing(heard, last) > heard->missed && heard->last < last + OVERTAKERS) {
        if (l->transport->hear(l, &e) < 0)
            job_fail(job, l->error);
        heard_event(heard, e.number);
    }
    return heard_missing(heard, last);
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
    struct listener who = {.latency = job_samples(job, job_limit(job))};
    open_and_subscribe(job, &l, NULL, &who.heard);
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns();
    while (job_goes_on(job, who.n, begun))
        hear_one(job, &l, &who);
    cpu_tell(job, cpu, who.n, PUSH_CPU_CLIENT, PUSH_CPU_SERVER);
    double requests = (double)l.requests / (double)who.n, empty = (double)l.empty;
    size_t missed = missed_in_the_end(job, &l, &who.heard);
    l.transport->close(&l);
    tell_one_subscriber(job);
    job_tell(job, PUSH_LATENCY, who.latency, who.n);
    job_tell_one(job, PUSH_REQUESTS, requests);
    job_tell_one(job, PUSH_EMPTY, empty);
    job_tell_one(job, PUSH_MISSED, (double)missed);
    job_tell_one(job, PUSH_DUPLICATE, (double)who.heard.duplicate);
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
    struct listener who = {.latency = job_samples(job, events)};
    traffic_init(&traffic);
    open_and_subscribe(job, &l, &traffic, &who.heard);
    phases_begin(&p, job, &l, &traffic);
    phase_begins(&p, !polls);
    while (who.n < events)
        hear_one(job, &l, &who);
    struct tally spent = phase_ends(&p, PHASE_PUSH, who.n);
    phase_tell(&p, PUSH_BYTES, spent.count[COUNT_BYTES_OUT] + spent.count[COUNT_BYTES_IN]);
    l.transport->close(&l);
    phases_end(&p);
}
