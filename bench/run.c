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

/* A turn of one subject: its server and its agent. */
struct turn {
    struct row *rows;
    struct job job;
};

static struct job job_of(const struct results *r, const struct subject *s, uint64_t seed,
                         bool counting)
{
    return (struct job){
        .plan = r->plan, .measure = &measures[s->measure], .counting = counting,
        .transport = &transports[s->transport], .model = s->model, .connections = s->connections,
        .resumed = s->resumed, .seed = seed, .cpu_server = r->cpus[s->measure].server,
        .cpu_client = r->cpus[s->measure].client, .count = subject_count(r->plan, s)};
}

/* Returns false when it can't be taken. */
static bool begin_turn(const struct results *r, struct turn *turn, uint64_t seed, bool counting)
{
    const struct subject *s = &turn->rows->subject;
    enum text why = what_forbids(r->plan, s);
    if (why != T_NONE) {
        results_na(turn->rows, why);
        return false;
    }
    turn->job = job_of(r, s, seed, counting);
    job_begin(&turn->job);
    return true;
}

/* What is counted mostly waits for silence, which several can do at once. */
#define AT_ONCE 8

static size_t turns_at_once(bool counting)
{
    return counting ? AT_ONCE : 1;
}

static void run_round(struct results *r, const struct measure *m, size_t round, size_t rounds,
                      size_t *order, size_t n, struct random *random)
{
    struct turn turns[AT_ONCE];
    bool counting = m->count_in && round == 0;
    shuffle(random, order, n);
    for (size_t i = 0, begun = 0; i < n; i++) {
        struct turn *turn = &turns[begun];
        turn->rows = r->sets[order[i]];
        progress_show(m->name, transports[turn->rows->subject.transport].name, round * n + i,
                      rounds * n);
        begun += begin_turn(r, turn, random_next(random), counting);
        if (begun < turns_at_once(counting) && i < n - 1)
            continue;
        for (size_t k = 0; k < begun; k++)
            job_end(&turns[k].job, found, turns[k].rows);
        begun = 0;
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
