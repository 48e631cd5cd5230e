/* bench/results.h: what came out: one row for each metric of each subject.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "bench/capture/conversation.h"
#include "bench/host.h"
#include "bench/job.h"
#include "bench/stats.h"
#include "bench/subject.h"
#include "bench/wire/wire.h"

#include <stdbool.h>

struct row {
    struct subject subject;
    const struct metric *metric;
    enum text na;              /* T_NONE = it was measured */
    double *v;                 /* DISTRIBUTION, TYPICAL: the samples of all rounds */
    size_t n, cap;
    double rounds[ROUNDS_MAX]; /* DISTRIBUTION: medians; PER_ROUND: the figures */
    size_t round_count;
    /* Computed by results_finish(); NAN where unknown. */
    double mean, min, max, p[PERCENTILES];
    double value;              /* of a kind without percentiles */
    struct interval ci;        /* of the median over rounds */
    struct ratio ratio;        /* to the baseline; its own is 1, exactly */
    bool unranked;             /* no ratio, for it or the baseline lost something */
    bool cut;                  /* a round ended at SAMPLES_MAX, not after its --seconds */
    double predicted;
    double tolerance;          /* how far the figure may lie from that */
    struct histogram *hist;    /* DISTRIBUTION; NULL = a recorded run without */
};

/* A conversation that was counted, and whose. */
struct told {
    struct subject subject;
    struct told_conversation conversation;
};

struct results {
    const struct plan *plan;
    struct host host;
    struct wire *wire;             /* NULL = over loopback */
    char no_wire[WIRE_WHY_MAX];    /* why, though one was wanted */
    struct wire_totals totals;     /* of the wire, when all was measured */
    struct told *told;             /* the conversations that were counted over it */
    size_t told_count;
    struct album *album;           /* the same with their packets; NULL = no wire is open */
    struct captured {
        size_t conversations;
        struct wire_counts counts;
    } captured;                    /* the same, summed up: what --pcap holds */
    struct cpus {
        int server, client;     /* -1 = any */
    } cpus[MEASURES];
    char time[32];              /* ISO 8601, UTC */
    bool recorded;              /* read from a file, not measured now */
    struct done {
        size_t rounds;
        long count;             /* operations a round */
    } done[MEASURES];           /* by a recorded run; 0 = as the plan has it */
    struct row *sets[MEASURES * SUBJECTS_MAX]; /* of each subject: as many rows as its measure
                                                  has metrics; a measure's sets are neighbours */
    size_t set_count;
};

/* Makes the set of rows of a subject, predictions filled in. */
void results_begin(struct results *, const struct subject *);

/* Takes what an agent found into a set. */
void results_add(struct results *, struct row *, const struct finding *);

/* Says of every metric of a set why it can't be had. */
void results_na(struct row *, enum text why);

/* Computes everything. */
void results_finish(struct results *);

/* The part of it that says who is unranked: it needs what was lost, and no samples. */
void results_rank(struct results *);

void results_free(struct results *);

/* A metric's row of the first subject like this one, whose model or connections may be left open
 * (NULL, 0).  NULL when there is none. */
struct row *results_find(const struct results *, const struct subject *, size_t metric);

/* The same with both left open. */
struct row *results_row(const struct results *, size_t measure, size_t transport, size_t metric);

size_t row_metrics(const struct row *set);

/* Rounds of a measure, and operations a round where the plan has no --seconds. */
size_t results_rounds(const struct results *, size_t measure);
long results_count(const struct results *, size_t measure);

/* How many messages (pipelined or one by one) or events did not arrive, over all rounds. */
double results_lost(const struct results *, size_t measure, size_t transport, bool pipelined);

/* Whether, over this transport, an event's last subscriber hears of it when the next one is under
 * way.  Polls hear late by nature. */
bool results_overlap(const struct results *, size_t transport);

/* Whether rounds of idle agree, and what the kernel held is gone in the end. */
bool results_idle_steady(const struct results *, size_t transport);

/* The pinning that really was. */
enum pin results_pin(const struct results *, size_t measure);

/* --- run.c --- */

/* Measures everything the plan asks for.  Rounds are interleaved: in each one every subject has its
 * turn, in an order that the seed shuffles, so that a machine that slows down slows all down. */
void run_plan(struct results *);

#endif
