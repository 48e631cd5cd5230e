/* bench/run.c: the order of things: a run that counts, then rounds that time.
 * SPDX-License-Identifier: MIT */
#include "bench/results.h"
#include "bench/progress.h"

/* A turn of one subject: its server and its agent. */
struct turn {
    struct results *results;
    struct row *rows;
    struct job job;
};

static void found(void *arg, const struct finding *f)
{
    struct turn *turn = arg;
    results_add(turn->results, turn->rows, f);
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

static struct job job_of(const struct results *r, const struct subject *s, uint64_t seed,
                         bool counting)
{
    return (struct job){
        .plan = r->plan, .measure = &measures[s->measure], .counting = counting, .wire = r->wire,
        .transport = &transports[s->transport], .model = s->model, .connections = s->connections,
        .resumed = s->resumed, .seed = seed, .cpu_server = r->cpus[s->measure].server,
        .cpu_client = r->cpus[s->measure].client, .count = subject_count(r->plan, s)};
}

/* What is counted mostly waits for silence, and what is far away for its packets: several can do
 * that at once.  But for what they would take from each other: a rate, and chance, of which each
 * has its own only when it is alone. */
#define COUNTED_AT_ONCE 14
#define TIMED_AT_ONCE 8

static bool is_shared_by_turns(const struct plan *plan)
{
    const struct wire_spec *wire = plan->wire;
    return wire && wire->rate == 0 && !(wire->loss > 0) && !(wire->reorder > 0);
}

#define OWN_NS 5000000u /* of a round trip: what one may be kept waiting by another */

static size_t turns_at_once(const struct plan *plan, bool counting)
{
    bool possible = !plan->wire || is_shared_by_turns(plan);
    if (!possible || (!counting && !plan_is_far(plan)))
        return 1;
    size_t n = counting ? COUNTED_AT_ONCE : plan->wire->rtt_ns / OWN_NS;
    return counting || n < TIMED_AT_ONCE ? n : TIMED_AT_ONCE;
}

/* Returns false when it can't be taken. */
static bool begin_turn(const struct results *r, struct turn *turn, uint64_t seed, uint64_t number,
                       bool counting)
{
    const struct subject *s = &turn->rows->subject;
    enum text why = what_forbids(r->plan, s);
    if (why != T_NONE) {
        results_na(turn->rows, why);
        return false;
    }
    turn->job = job_of(r, s, seed, counting);
    if (r->wire && !is_shared_by_turns(r->plan)) /* whatever the order is */
        wire_turn(r->wire, number);
    job_begin(&turn->job);
    return true;
}

/* The same whoever else takes part. */
static uint64_t turn_number(const struct subject *s, size_t round)
{
    return (uint64_t)s->measure << 48 | (uint64_t)s->transport << 40 | (uint64_t)s->resumed << 32 |
           (round + 1);
}

static void end_turns(struct turn *turns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        job_end(&turns[i].job, found, &turns[i]);
}

static void run_round(struct results *r, const struct measure *m, size_t round, size_t rounds,
                      size_t *order, size_t n, struct random *random)
{
    struct turn turns[COUNTED_AT_ONCE];
    size_t begun = 0, at_once;
    bool counting = m->count_in && round == 0;
    shuffle(random, order, n);
    at_once = turns_at_once(r->plan, counting);
    if (r->wire)
        wire_record(r->wire, counting);
    for (size_t i = 0; i < n; i++) {
        struct turn *turn = &turns[begun];
        *turn = (struct turn){.results = r, .rows = r->sets[order[i]]};
        progress_show(m->name, transports[turn->rows->subject.transport].name, round * n + i,
                      rounds * n);
        begun += begin_turn(r, turn, random_next(random),
                            turn_number(&turn->rows->subject, round), counting);
        if (begun == at_once || i == n - 1) {
            end_turns(turns, begun);
            begun = 0;
        }
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
