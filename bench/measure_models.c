/* bench/measure_models.c: clients that come and stay: who of them a server model serves, how fast,
 * and with how many processes and threads.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/crowd.h"
#include "bench/job.h"
#include "bench/memory.h"
#include "bench/subject.h"

#include <stdlib.h>

#define IN_TIME_NS 1000000000u /* for the first answer, and for every other */
#define ASKED_MAX 200          /* of those who are served, in turn */
#define LOOK_NS 20000000u
#define QUIET_LOOKS 5          /* with nobody added: more will not come */
#define PATIENCE_NS 5000000000u

struct answers {
    bool *has_one;     /* by member */
    size_t served, asked[ASKED_MAX];
    size_t awaited;    /* who was asked last */
    bool answered;
};

static void heard(void *arg, size_t who, const struct event *e)
{
    struct answers *a = arg;
    (void)e;
    a->answered |= who == a->awaited;
    if (a->has_one[who])
        return;
    a->has_one[who] = true;
    if (a->served < ASKED_MAX)
        a->asked[a->served] = who;
    a->served++;
}

static void turn(struct job *job, struct crowd *c, uint64_t until)
{
    if (crowd_turn(c, until) < 0)
        job_fail(job, c->error);
}

/* A pool is made, and a thousand processes are forked, while clients come: whoever reads the clock
 * or the memory meanwhile reads of that.  Ends when the server has as many processes and threads as
 * clients have need of, or no more of them for a while. */
static void settle(struct job *job, struct crowd *c, size_t clients)
{
    const struct subject s = {MODELS, (size_t)(job->transport - transports), job->model, clients,
                              false};
    size_t expected = (size_t)predict(job->plan, &s, MODELS_THREADS), threads = 0;
    uint64_t give_up = clock_ns() + PATIENCE_NS;
    for (int quiet = 0; quiet < QUIET_LOOKS && clock_ns() < give_up;) {
        uint64_t until = clock_ns() + LOOK_NS;
        size_t before = threads;
        while (clients > 0 && clock_ns() < until)
            turn(job, c, until);
        sleep_until(until);
        threads = threads_of(job->server);
        quiet = threads == before ? quiet + 1 : 0;
        if (threads == expected)
            return;
    }
}

/* Returns how many are served: the others wait in the queue of a server that does not know them. */
static size_t let_all_speak(struct job *job, struct crowd *c, const struct answers *a)
{
    if (crowd_open(c) < 0 || crowd_join_all(c) < 0)
        job_fail(job, c->error);
    uint64_t until = clock_ns() + IN_TIME_NS;
    while (a->served < c->most && clock_ns() < until)
        turn(job, c, until);
    return a->served;
}

/* Returns the time of one echo in us, or -1 when it does not come. */
static double exchange(struct job *job, struct crowd *c, struct answers *a, size_t who)
{
    uint64_t begun = clock_ns(), until = begun + IN_TIME_NS;
    a->awaited = who;
    a->answered = false;
    crowd_say(c, who);
    while (!a->answered && clock_ns() < until)
        turn(job, c, until);
    return a->answered ? (double)(clock_ns() - begun) / 1e3 : -1;
}

static void tell_rtt(struct job *job, struct crowd *c, struct answers *a, size_t served)
{
    double *rtt = job_samples(job, job_limit(job)), us = 0;
    size_t n = 0, asked = served < ASKED_MAX ? served : ASKED_MAX;
    uint64_t begun = clock_ns();
    while (asked > 0 && us >= 0 && job_goes_on(job, n, begun)) {
        us = exchange(job, c, a, a->asked[n % asked]);
        if (us >= 0)
            rtt[n++] = us;
    }
    if (n > 0)
        job_tell(job, MODELS_RTT, rtt, n);
    else
        job_tell_na(job, MODELS_RTT, T_NA_NOBODY);
}

static void tell_footprint(struct job *job)
{
    struct footprint footprint;
    if (footprint_of(job->server, &footprint)) {
        job_tell_one(job, MODELS_THREADS, footprint.threads);
        job_tell_one(job, MODELS_MEMORY, footprint.bytes);
    } else {
        job_tell_na(job, MODELS_THREADS, T_NA_PROC);
        job_tell_na(job, MODELS_MEMORY, T_NA_PROC);
    }
}

void time_models(struct job *job)
{
    struct link l;
    struct answers answers = {.has_one = calloc(job->connections, sizeof *answers.has_one)};
    job_link(job, &l);
    struct crowd crowd = {.transport = job->transport, .url = &l.url, .tls = job->tls,
                          .most = job->connections, .echoes = true, .size = job->plan->size,
                          .heard = heard, .arg = &answers};
    if (!answers.has_one)
        job_fail(job, "no memory");
    settle(job, NULL, 0);
    size_t served = let_all_speak(job, &crowd, &answers);
    job_tell_one(job, MODELS_SERVED, (double)served);
    settle(job, &crowd, job->connections);
    tell_rtt(job, &crowd, &answers, served);
    tell_footprint(job);
    crowd_close(&crowd);
}
