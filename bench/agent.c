/* bench/agent.c: runs one job: its server in one child, the measuring client in another, findings
 * through a pipe.  The agent takes its CPU before it opens a socket; each of its waits is bounded
 * by the link's time-out, so the parent's wait is bounded too.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/job.h"
#include "bench/phases.h"
#include "bench/wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define PATIENCE_MS 5000
#define LOSSY_MS 60000
#define LOST_AFTER_MS 250
#define COUNTED_MS 300        /* between two events, beyond the silence before and after */
#define COUNTED_LOSSY_MS 1500 /* and where they may have to be sent again */
#define NEVER_MS 86400000 /* subscribers are told of nothing for so long, in ms */

/* What precedes n doubles, or, when the agent failed, n bytes of text. */
struct record {
    uint32_t metric, na, n;
};
#define FAILED UINT32_MAX
#define CONVERSATION (UINT32_MAX - 1)

/* --- in the agent --- */

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

void job_tell(struct job *job, size_t metric, const double *v, size_t n)
{
    struct record r = {(uint32_t)metric, T_NONE, (uint32_t)n};
    put(job, &r, sizeof r);
    put(job, v, n * sizeof *v);
}

void job_tell_one(struct job *job, size_t metric, double v)
{
    job_tell(job, metric, &v, 1);
}

void job_tell_na(struct job *job, size_t metric, enum text why)
{
    struct record r = {(uint32_t)metric, why, 0};
    put(job, &r, sizeof r);
}

void job_tell_conversation(struct job *job, const struct told_conversation *c)
{
    struct record r = {CONVERSATION, T_NONE, sizeof *c};
    put(job, &r, sizeof r);
    put(job, c, sizeof *c);
}

void job_fail(struct job *job, const char *why)
{
    struct record r = {FAILED, T_NONE, (uint32_t)strlen(why)};
    put(job, &r, sizeof r);
    put(job, why, r.n);
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

/* --- in the parent --- */

struct inbox {
    char *data;
    size_t n, cap;
};

/* Returns what read() does. */
static ssize_t receive(struct inbox *in, int fd)
{
    if (in->cap - in->n < 65536) {
        in->cap = in->cap * 2 + 65536;
        in->data = realloc(in->data, in->cap);
        if (!in->data)
            fail("no memory");
    }
    ssize_t n = read(fd, in->data + in->n, in->cap - in->n);
    if (n > 0)
        in->n += (size_t)n;
    return n;
}

static const char *name_of(const struct job *job)
{
    static char name[128];
    int n = snprintf(name, sizeof name, "%s over %s", job->measure->name, job->transport->name);
    if (job->model)
        snprintf(name + n, sizeof name - (size_t)n, " (%s, %zu connections)", job->model,
                 job->connections);
    return name;
}

static void collect(struct inbox *in, const struct job *job, int fd)
{
    ssize_t n = 1;
    while (n != 0) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) > 0)
            n = receive(in, fd);
        if (n < 0 && errno != EINTR)
            fail("read from the agent: %s", strerror(errno));
        if (n != 0)
            children_check(job->server, name_of(job));
        if (n != 0 && job->wire)
            children_check(wire_process(job->wire), name_of(job));
    }
}

/* An agent that lost its server says so first; its parent may learn a moment later why. */
static _Noreturn void agent_failed(const struct job *job, const char *why, size_t n)
{
    for (int i = 0; i < 20; i++) {
        children_check(job->server, name_of(job));
        sleep_until(clock_ns() + 10000000);
    }
    fail("%s: %.*s", name_of(job), (int)n, why);
}

static void deliver(const struct job *job, const struct inbox *in,
                    void (*found)(void *, const struct finding *), void *arg)
{
    struct record r;
    for (size_t at = 0; at + sizeof r <= in->n;) {
        memcpy(&r, in->data + at, sizeof r);
        at += sizeof r;
        if (r.metric == FAILED)
            agent_failed(job, in->data + at, in->n - at);
        if (r.metric == CONVERSATION) {
            struct told_conversation c;
            memcpy(&c, in->data + at, sizeof c);
            at += sizeof c;
            found(arg, &(struct finding){.conversation = &c});
            continue;
        }
        double *v = malloc(r.n * sizeof *v + 1);
        if (!v)
            fail("no memory");
        memcpy(v, in->data + at, r.n * sizeof *v);
        at += r.n * sizeof *v;
        found(arg, &(struct finding){r.metric, (enum text)r.na, v, r.n, NULL});
        free(v);
    }
}

static _Noreturn void be_the_agent(struct job *job, int out)
{
    job->out = out;
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

static void start_agent(struct job *job)
{
    int fd[2];
    if (pipe(fd) < 0)
        fail("pipe: %s", strerror(errno));
    job->agent = child_fork("the agent", job->cpu_client);
    if (job->agent == 0) {
        close(fd[0]);
        be_the_agent(job, fd[1]);
    }
    close(fd[1]);
    job->in = fd[0];
}

static void await_agent(struct job *job, struct inbox *in)
{
    collect(in, job, job->in);
    close(job->in);
    int status = child_wait(job->agent);
    if (WIFSIGNALED(status))
        fail("the agent for %s ended (signal %d)", name_of(job), WTERMSIG(status));
}

static struct server_needs needs_of(const struct job *job)
{
    bool pool = job->model && strcmp(job->model, "pool") == 0;
    long push = job->measure == &measures[IDLING] ? NEVER_MS : job_event_ms(job);
    return (struct server_needs){.push_every_ms = job->measure->needs_push ? push : 0,
                                 .model = job->model, .workers = pool ? job->plan->workers : 0,
                                 .clients = job->counting ? 1 : job->connections,
                                 .wire = job->wire};
}

void job_begin(struct job *job)
{
    struct server_needs needs = needs_of(job);
    job->server =
        child_server(job->transport, job->cpu_server, &needs, &job->url, &job->tls);
    start_agent(job);
}

void job_end(struct job *job, void (*found)(void *, const struct finding *), void *arg)
{
    struct inbox in = {0};
    await_agent(job, &in);
    deliver(job, &in, found, arg);
    children_check(job->server, name_of(job));
    child_stop(job->server);
    tls_free(job->tls);
    free(in.data);
}
