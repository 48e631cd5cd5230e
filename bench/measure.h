/* bench/measure.h: the table of measures and of the metrics each one yields.  A new measure is one
 * row in measure.c, one file with its agent, and its columns in columns.c.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "bench/plan.h"
#include "bench/report/text.h"

struct job;

enum kind {
    DISTRIBUTION, /* many samples a round: percentiles */
    PER_ROUND,    /* one figure a round: their median */
    TYPICAL,      /* counted, in a run apart from the timing: the median of what was counted */
    TOTAL,        /* counted over all rounds: the sum */
};

struct metric {
    const char *name, *unit;
    enum kind kind;
    bool pipelined;    /* at --depth messages under way, not one */
    enum text meaning;
    const char *phase; /* "connect": the part of a conversation it was counted in; NULL = none */
};

/* Parts of one conversation.  Between two of them all packets come to rest, so that each packet
 * belongs to one. */
enum phase {
    PHASE_CONNECT, PHASE_TLS, PHASE_UPGRADE, PHASE_MESSAGE, PHASE_CLOSE, /* of handshake */
    PHASE_PUSH,                                                          /* of push */
    PHASES
};
extern const char *const phase_names[PHASES];

/* What is counted of each.  "Out" is what the client sends; bytes are those of IP packets. */
enum {
    COUNT_ROUND_TRIPS, COUNT_PACKETS_OUT, COUNT_PACKETS_IN, COUNT_BYTES_OUT, COUNT_BYTES_IN,
    COUNT_AGAIN, COUNTS
};

enum { HANDSHAKE, MESSAGE, PUSH, IDLING, MODELS, MEASURES }; /* IDLE is taken by tcp_echo */

struct measure {
    const char *name;
    enum text title, note, operation, operations;
    const struct metric *metrics;
    size_t metric_count;
    long count, quick_count, far_count; /* operations a round */
    size_t rounds, quick_rounds, far_rounds;
    bool by_default;           /* measured when none is named */
    bool needs_push;           /* servers are started with --push-every */
    void (*time)(struct job *);  /* runs in the agent */
    void (*count_in)(struct job *); /* the same, counting bytes and packets instead; NULL =
                                       nothing is counted apart */
};

extern const struct measure measures[MEASURES];

/* What the plan says, or else what the measure does by itself: operations a round, and rounds. */
long measure_count(const struct plan *, const struct measure *);
size_t measure_rounds(const struct plan *, const struct measure *);

/* The metric that a measure's conclusion speaks of. */
size_t measure_headline(const struct plan *, size_t measure);

enum {
    HANDSHAKE_CONNECT, HANDSHAKE_TLS, HANDSHAKE_UPGRADE, HANDSHAKE_TOTAL, HANDSHAKE_FIRST_REPLY,
    HANDSHAKE_ROUND_TRIPS, HANDSHAKE_PACKETS, HANDSHAKE_BYTES_OUT, HANDSHAKE_BYTES_IN,
    HANDSHAKE_CPU_CLIENT, HANDSHAKE_CPU_SERVER,
    HANDSHAKE_PHASES, /* COUNTS of each phase but the last */
    HANDSHAKE_METRICS = HANDSHAKE_PHASES + PHASE_PUSH * COUNTS
};
enum {
    MESSAGE_RTT, MESSAGE_RATE, MESSAGE_RATE_DEEP, MESSAGE_PAYLOAD, MESSAGE_HEADER, MESSAGE_TLS,
    MESSAGE_TCPIP, MESSAGE_CPU_CLIENT, MESSAGE_CPU_SERVER, MESSAGE_CPU_CLIENT_DEEP,
    MESSAGE_CPU_SERVER_DEEP, MESSAGE_LOST, MESSAGE_LOST_DEEP, MESSAGE_METRICS
};
enum {
    PUSH_LATENCY, PUSH_FIRST, PUSH_MEDIAN, PUSH_LAST, PUSH_BYTES, PUSH_REQUESTS, PUSH_EMPTY,
    PUSH_MISSED, PUSH_DUPLICATE, PUSH_CPU_CLIENT, PUSH_CPU_SERVER,
    PUSH_PHASE, /* COUNTS of the last phase */
    PUSH_METRICS = PUSH_PHASE + COUNTS
};
enum { IDLE_USER, IDLE_KERNEL, IDLE_USER_AFTER, IDLE_KERNEL_AFTER, IDLE_METRICS };
enum { MODELS_SERVED, MODELS_RTT, MODELS_THREADS, MODELS_MEMORY, MODELS_METRICS };

/* The first of a phase's COUNTS metrics, of the measure it belongs to. */
size_t phase_metric(enum phase);

void time_handshakes(struct job *);
void count_handshakes(struct job *);
void time_messages(struct job *);
void count_messages(struct job *);
void time_events(struct job *);
void time_fan_out(struct job *); /* what time_events() calls for many subscribers */
void count_events(struct job *);
void time_idle(struct job *);
void time_models(struct job *);

#endif
