/* bench/job.h: one piece of measuring: one subject of one measure for one round.  It runs in an
 * agent, a process of its own, and tells its parent what it found.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include "bench/follow.h"
#include "bench/measure.h"
#include "bench/stats.h"
#include "bench/transport.h"

#include <sys/types.h>

struct job {
    const struct plan *plan;
    const struct measure *measure;
    const struct transport *transport;
    const char *model;  /* for the server's --model; NULL = its own choice.  A pool gets
                           --workers plan->workers */
    size_t connections; /* push: subscribers; idle, models: that stay; else 1 */
    long count;
    bool resumed;   /* handshake: of a TLS session that there has been before */
    bool counting;  /* bytes and packets, not time */
    uint64_t seed;
    int cpu_server, cpu_client; /* -1 = wherever the kernel likes */
    const struct wire *wire; /* whose client's end the agent takes; NULL = loopback */
    struct url url;
    struct tls *tls; /* whom the agent trusts: the server, and nobody else; NULL = plain */
    pid_t server, agent;
    int in, out; /* what the agent tells: where its parent reads it, where the agent writes it */
};

/* What comes through the pipe: this, and then so many bytes of doubles, or of a conversation, or of
 * the text why the agent has failed. */
struct job_record {
    uint32_t metric, na, bytes;
};
#define JOB_FAILED UINT32_MAX
#define JOB_CONVERSATION (UINT32_MAX - 1)

/* --- in the agent: agent.c --- */

/* Does the job, and ends. */
_Noreturn void job_be_the_agent(struct job *);

/* Tells samples, or one figure, of one of the measure's metrics. */
void job_tell(struct job *, size_t metric, const double *v, size_t n);
void job_tell_one(struct job *, size_t metric, double v);

/* Says why a metric can't be had. */
void job_tell_na(struct job *, size_t metric, enum text why);

/* Tells of a conversation that was counted over the wire, and when its phases ended. */
struct told_conversation {
    struct whose whose;
    bool whole;     /* the record had room for all its packets */
    uint64_t begun; /* ns; what was before is no part of any phase */
    size_t phases;
    struct {
        enum phase phase;
        uint64_t end;  /* ns */
        uint64_t took; /* ns, until the client could go on; then it rested */
        double round_trips;
    } phase[PHASES];
};
void job_tell_conversation(struct job *, const struct told_conversation *);

/* Ends the agent, saying why. */
_Noreturn void job_fail(struct job *, const char *why);

/* Opens nothing yet: a link to the job's server.  Ends the agent when there is no memory. */
void job_link(struct job *, struct link *);

/* An array that has been touched, so that measuring meets no page fault. */
double *job_samples(struct job *, size_t n);

/* A round that has a length, not a count, takes no more samples than that. */
#define SAMPLES_MAX 4000000u

/* How far apart the server's events are.  While they are counted each leaves time for all that
 * follows it; but for polling, whose cost is how often it asks. */
long job_event_ms(const struct job *);

/* How many operations at most, and whether the next one is still due. */
size_t job_limit(const struct job *);
bool job_goes_on(const struct job *, size_t done, uint64_t begun_ns);

/* --- in the parent: job.c --- */

/* What came through the pipe, once for each job_tell...(). */
struct finding {
    size_t metric;
    enum text na; /* T_NONE when there are values */
    const double *v;
    size_t n;
    const struct told_conversation *conversation; /* NULL, or this and nothing else */
    bool gave_up;                                 /* nothing else: too much was lost */
};

/* Starts the server and the agent.  Jobs of which several are under way at once each have their
 * own.  Ends the program when either fails; so does job_end(). */
void job_begin(struct job *);

/* Waits for the agent, hands over its findings, stops the server. */
void job_end(struct job *, void (*found)(void *, const struct finding *), void *arg);

#endif
