/* bench/measure_fan_out.c: one event, many subscribers: when the first hears of it, when half, when
 * the last.  Partner: measure_push.c, where there is one subscriber.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/cpu.h"
#include "bench/crowd.h"
#include "bench/job.h"

#include <stdio.h>
#include <stdlib.h>

#define WARM_UP 2         /* events that all have heard */
#define SAMPLES 100000    /* of a round's latencies, about: every k-th arrival is told */
#define OVERLAP 64        /* events under way at once; older ones are over */

/* An event on its way: its latencies come in the order of arrival, so they are sorted. */
struct tally {
    uint64_t number, since; /* 0 = none */
    size_t n;
    double *latency;
};

struct fan_out {
    struct crowd crowd;
    uint64_t *last;          /* event each has heard of */
    struct tally *tallies;   /* event i in tallies[i % overlap] */
    size_t overlap, limit, stride;
    uint64_t newest, from;   /* events; those before from do not count */
    uint64_t heard_at, patience; /* ns: the last one; for the next one, or the rest of one */
    double *first, *median, *final, *sample;
    size_t warm, events, whole, samples, missed, duplicate;
};

static void note(struct fan_out *f, const struct tally *t)
{
    for (size_t i = f->events % f->stride; i < t->n; i += f->stride)
        f->sample[f->samples++] = t->latency[i];
    f->events++;
    f->missed += f->crowd.most - t->n;
    if (t->n < f->crowd.most)
        return; /* it has no last one */
    f->first[f->whole] = t->latency[0];
    f->median[f->whole] = t->latency[t->n / 2];
    f->final[f->whole++] = t->latency[t->n - 1];
}

static bool counts(const struct fan_out *f, uint64_t number)
{
    return number >= f->from && number - f->from < f->limit;
}

static void finish(struct fan_out *f, struct tally *t)
{
    f->warm += t->n == f->crowd.most;
    if (counts(f, t->number))
        note(f, t);
    t->number = 0;
}

/* Returns NULL when that event is over.  Those before it are on their way, too, to others at least:
 * nobody hears of events in another order. */
static struct tally *tally_of(struct fan_out *f, const struct event *e)
{
    struct tally *t = &f->tallies[e->number % f->overlap];
    if (e->number <= f->newest)
        return t->number == e->number ? t : NULL;
    while (f->newest < e->number) {
        t = &f->tallies[++f->newest % f->overlap];
        if (t->number > 0)
            finish(f, t);
        *t = (struct tally){f->newest, e->arrived, 0, t->latency};
    }
    return t;
}

static void heard(void *arg, size_t who, const struct event *e)
{
    struct fan_out *f = arg;
    f->heard_at = e->arrived;
    if (e->number <= f->last[who]) {
        f->duplicate += counts(f, e->number);
        return;
    }
    f->last[who] = e->number;
    struct tally *t = tally_of(f, e);
    if (!t)
        return;
    t->latency[t->n++] = ((double)e->arrived - (double)e->created) / 1e3;
    if (t->n >= f->crowd.most - f->crowd.lost) /* whom the server dropped has missed it */
        finish(f, t);
}

static void turn(struct job *job, struct fan_out *f)
{
    uint64_t now = clock_ns();
    if (crowd_turn(&f->crowd, now + 100000000u) < 0)
        job_fail(job, f->crowd.error);
    if (now > f->heard_at + f->patience || f->crowd.lost == f->crowd.most)
        job_fail(job, f->crowd.lost ? f->crowd.error : "no event in time");
    for (struct tally *t = f->tallies; t < f->tallies + f->overlap; t++)
        if (t->number > 0 && now > t->since + f->patience)
            finish(f, t);
}

/* Polls that cross several events keep that many under way. */
static void prepare(struct job *job, struct fan_out *f)
{
    size_t n = job->connections;
    long every = job->plan->push_every_ms, poll = job->plan->poll_every_ms;
    f->limit = job->plan->seconds > 0 ? 1 + (size_t)(job->plan->seconds * 1e3 / (double)every)
                                      : (size_t)job->count;
    f->stride = 1 + n * f->limit / SAMPLES;
    f->overlap = OVERLAP + (job->transport == &transports[POLL] ? 2 * (size_t)(poll / every) : 0);
    f->last = calloc(n, sizeof *f->last);
    f->tallies = calloc(f->overlap, sizeof *f->tallies);
    if (!f->last || !f->tallies)
        job_fail(job, "no memory");
    for (size_t i = 0; i < f->overlap; i++)
        f->tallies[i].latency = job_samples(job, n);
    f->first = job_samples(job, f->limit);
    f->median = job_samples(job, f->limit);
    f->final = job_samples(job, f->limit);
    f->sample = job_samples(job, f->limit * (n / f->stride + 1));
}

static void gather(struct job *job, struct fan_out *f, const struct link *l)
{
    f->crowd = (struct crowd){.transport = job->transport, .url = &l->url, .tls = job->tls,
                              .most = job->connections, .size = 1, .random = {job->seed},
                              .poll_every_ms = job->plan->poll_every_ms, .heard = heard,
                              .arg = f};
    f->from = UINT64_MAX;
    f->patience = (uint64_t)l->timeout_ms * 1000000u;
    if (crowd_open(&f->crowd) < 0 || crowd_join_all(&f->crowd) < 0)
        job_fail(job, f->crowd.error);
    f->heard_at = clock_ns();
    uint64_t give_up = f->heard_at + 4 * f->patience;
    while (f->warm < WARM_UP) {
        turn(job, f);
        if (clock_ns() > give_up)
            job_fail(job, "not all of the subscribers hear of every event");
    }
    f->from = f->newest + 1;
    f->crowd.requests = f->crowd.empty = 0;
}

/* When a round's time is up, the events that have begun are waited for. */
static size_t limit_now(const struct job *job, struct fan_out *f, uint64_t begun)
{
    size_t so_far = (size_t)(f->newest + 1 - f->from);
    if (so_far > 0 && so_far < f->limit && !job_goes_on(job, 0, begun))
        f->limit = so_far;
    return f->limit;
}

static void tell_of_whole(struct job *job, const struct fan_out *f, size_t metric, const double *v)
{
    if (f->whole > 0)
        job_tell(job, metric, v, f->whole);
    else
        job_tell_na(job, metric, T_NA_WHOLE);
}

static void tell(struct job *job, struct fan_out *f)
{
    job_tell(job, PUSH_LATENCY, f->sample, f->samples);
    tell_of_whole(job, f, PUSH_FIRST, f->first);
    tell_of_whole(job, f, PUSH_MEDIAN, f->median);
    tell_of_whole(job, f, PUSH_LAST, f->final);
    job_tell_one(job, PUSH_REQUESTS,
                 (double)f->crowd.requests / (double)(f->events * job->connections));
    job_tell_one(job, PUSH_EMPTY, (double)f->crowd.empty);
    job_tell_one(job, PUSH_MISSED, (double)f->missed);
    job_tell_one(job, PUSH_DUPLICATE, (double)f->duplicate);
}

void time_fan_out(struct job *job)
{
    struct fan_out f = {0};
    struct link l;
    job_link(job, &l);
    prepare(job, &f);
    gather(job, &f, &l);
    struct cpu cpu = cpu_now(job);
    uint64_t begun = clock_ns();
    while (f.events < limit_now(job, &f, begun))
        turn(job, &f);
    cpu_tell(job, cpu, f.events * job->connections, PUSH_CPU_CLIENT, PUSH_CPU_SERVER);
    tell(job, &f);
    crowd_close(&f.crowd);
}
