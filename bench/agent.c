/* bench/agent.c: the client that measures, a process of its own: it takes its CPU and its end of
 * the wire before it opens a socket, and tells what it finds through a pipe.  Each of its waits is
 * bounded by the link's time-out.
 * Partner: bench/job.c, its parent.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/job.h"
#include "bench/phases.h"
#include "bench/wire/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define PATIENCE_MS 5000
#define LOSSY_MS 60000
#define LOST_AFTER_MS 250
#define COUNTED_MS 300        /* between two events, beyond the silence before and after */
#define COUNTED_LOSSY_MS 1500 /* and where they may have to be sent again */

static void put(struct job *job, const void *data, size_t n)
{
    const char *p = data;
    while (n > 0) {
        ssize_t done = write(job->out, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            _exit(1); /* the parent has gone */
        p += done;
        n -= (size_t)done;
    }
}

static void put_record(struct job *job, size_t metric, enum text na, const void *data, size_t n)
{
    struct job_record r = {(uint32_t)metric, na, (uint32_t)n};
    put(job, &r, sizeof r);
    put(job, data, n);
}

void job_tell(struct job *job, size_t metric, const double *v, size_t n)
{
    put_record(job, metric, T_NONE, v, n * sizeof *v);
}

void job_tell_one(struct job *job, size_t metric, double v)
{
    job_tell(job, metric, &v, 1);
}

void job_tell_na(struct job *job, size_t metric, enum text why)
{
    put_record(job, metric, why, NULL, 0);
}

void job_tell_conversation(struct job *job, const struct told_conversation *c)
{
    put_record(job, JOB_CONVERSATION, T_NONE, c, sizeof *c);
}

void job_fail(struct job *job, const char *why)
{
    put_record(job, JOB_FAILED, T_NONE, why, strlen(why));
    _exit(1);
}

static int rtt_ms(const struct plan *plan)
{
    return plan->wire ? (int)(plan->wire->rtt_ns / 1000000u) : 0;
}

/* TCP sends what got lost again, later and later: 1 s, 3 s, 7 s ... after a SYN. */
static int patience_on_the_wire(const struct plan *plan)
{
    return 20 * rtt_ms(plan) + (plan_loses(plan) ? LOSSY_MS : 0);
}

void job_link(struct job *job, struct link *l)
{
    const struct transport *t = job->transport;
    const char *path = job->measure->needs_push ? t->push_path : t->echo_path;
    if (link_init(l, t, job->plan->size) < 0)
        job_fail(job, "no memory");
    l->url = job->url;
    l->tls = job->tls;
    url_set_default_path(&l->url, path);
    l->timeout_ms = PATIENCE_MS + patience_on_the_wire(job->plan);
    l->lost_after_ms = LOST_AFTER_MS + rtt_ms(job->plan);
    if (job->measure->needs_push)
        l->timeout_ms += (int)(4 * (job_event_ms(job) + job->plan->poll_every_ms));
    l->poll_every_ms = job->plan->poll_every_ms;
    l->random.state = job->seed;
}

long job_event_ms(const struct job *job)
{
    bool polls = job->transport == &transports[POLL]; /* how often is what it costs */
    if (!job->counting || polls)
        return job->plan->push_every_ms;
    return COUNTED_MS + (long)(phase_quiet_ns(job) / 500000u) +
           (plan_loses(job->plan) ? COUNTED_LOSSY_MS : 0);
}

double *job_samples(struct job *job, size_t n)
{
    double *v = malloc((n ? n : 1) * sizeof *v);
    if (!v)
        job_fail(job, "no memory");
    for (size_t i = 0; i < n; i++)
        v[i] = 0;
    return v;
}

size_t job_limit(const struct job *job)
{
    return job->plan->seconds > 0 && !job->counting ? SAMPLES_MAX : (size_t)job->count;
}

bool job_goes_on(const struct job *job, size_t done, uint64_t begun_ns)
{
    if (done >= job_limit(job))
        return false;
    return job->counting || job->plan->seconds <= 0 ||
           (double)(clock_ns() - begun_ns) < job->plan->seconds * 1e9;
}

void job_be_the_agent(struct job *job)
{
    if (job->wire && wire_enter(job->wire, CLIENT_END) < 0)
        job_fail(job, "the client's end of the wire can't be entered");
#ifdef PR_SET_TIMERSLACK
    prctl(PR_SET_TIMERSLACK, 1000ul); /* ns that a sleep may be too long, and a poll too late */
#endif
    if (job->counting)
        job->measure->count_in(job);
    else
        job->measure->time(job);
    _exit(0);
}
