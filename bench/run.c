/* bench/run.c: the order of things: a run that counts, then rounds that time.
 * SPDX-License-Identifier: MIT */
#include "bench/run.h"
#include "bench/progress.h"

struct turn {
    struct results *results;
    size_t measure, transport;
    struct random *random;
};

size_t run_transports(const struct plan *plan, size_t measure, size_t list[TRANSPORTS])
{
    size_t n = 0;
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (plan->transports >> t & 1 && transports[t].measures >> measure & 1)
            list[n++] = t;
    return n;
}

static void found(void *rows, const struct finding *f)
{
    results_add(rows, f);
}

static bool too_large(const struct plan *plan, const struct turn *turn)
{
    return turn->transport == UDP && turn->measure != PUSH && plan->size > UDP_PAYLOAD_MAX;
}

static void take_turn(const struct turn *turn, bool counting)
{
    struct results *r = turn->results;
    struct row *rows = r->rows[turn->measure][turn->transport];
    struct job job = {
        .plan = r->plan, .measure = &measures[turn->measure], .counting = counting,
        .transport = &transports[turn->transport], .seed = random_next(turn->random),
        .cpu_server = r->cpu_server, .cpu_client = r->cpu_client};
    job.count = measure_count(r->plan, job.measure);
    if (too_large(r->plan, turn))
        results_na(rows, T_NA_DATAGRAM);
    else
        job_run(&job, found, rows);
}

static void run_measure(struct results *r, size_t measure, struct random *random)
{
    size_t order[TRANSPORTS];
    size_t n = run_transports(r->plan, measure, order), done = 0;
    for (size_t i = 0; i < n; i++)
        results_begin(r, measure, order[i]);
    for (size_t round = 0; round <= r->plan->rounds; round++) { /* round 0 counts */
        shuffle(random, order, n);
        for (size_t i = 0; i < n; i++) {
            struct turn turn = {r, measure, order[i], random};
            progress_show(measures[measure].name, transports[order[i]].name, done++,
                          n * (r->plan->rounds + 1));
            take_turn(&turn, round == 0);
        }
    }
}

void run_plan(struct results *r)
{
    struct random random = {r->plan->seed};
    for (size_t m = 0; m < MEASURES; m++)
        if (r->plan->measures >> m & 1)
            run_measure(r, m, &random);
    progress_clear();
}
