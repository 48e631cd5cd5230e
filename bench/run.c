/* bench/run.c: the order of things: a run that counts, then rounds that time.
 * SPDX-License-Identifier: MIT */
#include "bench/results.h"
#include "bench/progress.h"

static void found(void *rows, const struct finding *f)
{
    results_add(rows, f);
}

#define POLLS_MAX 20000 /* a second: more of them would be all that is measured */

/* T_NONE when it can be measured. */
static enum text what_forbids(const struct plan *plan, const struct subject *s)
{
    if (s->transport == UDP && s->measure <= MESSAGE && plan->size > UDP_PAYLOAD_MAX)
        return T_NA_DATAGRAM;
    if (s->transport == POLL && s->connections > 1 &&
        (long)s->connections * 1000 / plan->poll_every_ms > POLLS_MAX)
        return T_NA_POLLS;
    return T_NONE;
}

static void take_turn(const struct results *r, struct row *rows, uint64_t seed, bool counting)
{
    const struct subject *s = &rows->subject;
    struct job job = {
        .plan = r->plan, .measure = &measures[s->measure], .counting = counting,
        .transport = &transports[s->transport], .model = s->model, .connections = s->connections,
        .resumed = s->resumed, .seed = seed, .cpu_server = r->cpus[s->measure].server,
        .cpu_client = r->cpus[s->measure].client};
    job.count = subject_count(r->plan, s);
    enum text why = what_forbids(r->plan, s);
    if (why != T_NONE)
        results_na(rows, why);
    else
        job_run(&job, found, rows);
}

static void run_round(struct results *r, const struct measure *m, size_t round, size_t rounds,
                      size_t *order, size_t n, struct random *random)
{
    shuffle(random, order, n);
    for (size_t i = 0; i < n; i++) {
        struct row *rows = r->sets[order[i]];
        progress_show(m->name, transports[rows->subject.transport].name, round * n + i, rounds * n);
        take_turn(r, rows, random_next(random), m->count_in && round == 0);
    }
}

static void run_measure(struct results *r, size_t measure, struct random *random)
{
    struct subject list[SUBJECTS_MAX];
    size_t order[SUBJECTS_MAX], n = subjects_of(r->plan, measure, list);
    const struct measure *m = &measures[measure];
    size_t rounds = measure_rounds(r->plan, m) + (m->count_in ? 1 : 0); /* the first one counts */
    for (size_t i = 0; i < n; i++) {
        order[i] = r->set_count;
        results_begin(r, &list[i]);
    }
    for (size_t round = 0; round < rounds; round++)
        run_round(r, m, round, rounds, order, n, random);
}

void run_plan(struct results *r)
{
    struct random random = {r->plan->seed};
    for (size_t m = 0; m < MEASURES; m++)
        if (r->plan->measures >> m & 1)
            run_measure(r, m, &random);
    progress_clear();
}
