/* bench/job.c: runs one job: its server in one child, the measuring client in another.
 * Partner: bench/agent.c, that client.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/job.h"
#include "bench/progress.h"
#include "bench/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 10 /* a server's with handshakes; and where it is lossy */
#define LOSSY_S 60
#define NEVER_MS 86400000 /* subscribers are told of nothing for so long, in ms */

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

/* An agent that lost its server says so first; its parent may learn a moment later why.  Over a
 * wire that loses on purpose, TCP gives up in the end: the others are measured all the same. */
static void agent_failed(const struct job *job, const char *why, size_t n)
{
    for (int i = 0; i < 20; i++) {
        children_check(job->server, name_of(job));
        sleep_until(clock_ns() + 10000000);
    }
    if (!plan_loses(job->plan))
        fail("%s: %.*s", name_of(job), (int)n, why);
    progress_clear();
    fprintf(stderr, "bench: warning: %s: %.*s\n", name_of(job), (int)n, why);
}

/* Hands over one record; its doubles and the rest in a place that suits them. */
static void deliver_one(const struct job_record *r, const void *data,
                        void (*found)(void *, const struct finding *), void *arg)
{
    double *v = malloc(r->bytes + 1);
    if (!v)
        fail("no memory");
    if (r->bytes > 0)
        memcpy(v, data, r->bytes);
    if (r->metric == JOB_CONVERSATION)
        found(arg, &(struct finding){.conversation = (void *)v});
    else
        found(arg, &(struct finding){.metric = r->metric, .na = (enum text)r->na, .v = v,
                                     .n = r->bytes / sizeof *v});
    free(v);
}

static void deliver(const struct job *job, const struct inbox *in,
                    void (*found)(void *, const struct finding *), void *arg)
{
    struct job_record r;
    for (size_t at = 0; at < in->n; at += r.bytes) {
        if (in->n - at < sizeof r)
            fail("%s: what the agent tells is cut short", name_of(job));
        memcpy(&r, in->data + at, sizeof r);
        at += sizeof r;
        if (in->n - at < r.bytes)
            fail("%s: what the agent tells is cut short", name_of(job));
        if (r.metric == JOB_FAILED)
            agent_failed(job, in->data + at, r.bytes);
        if (r.metric == JOB_FAILED)
            found(arg, &(struct finding){.gave_up = true});
        else
            deliver_one(&r, in->data + at, found, arg);
    }
}

static void start_agent(struct job *job)
{
    int fd[2];
    if (pipe(fd) < 0)
        fail("pipe: %s", strerror(errno));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC); /* servers that are started later need neither */
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    job->in = fd[0];
    job->out = fd[1];
    job->agent = child_fork("the agent", job->cpu_client);
    if (job->agent == 0) {
        close(job->in);
        job_be_the_agent(job);
    }
    close(job->out);
}

/* Returns how it ended. */
static int await_agent(struct job *job, struct inbox *in)
{
    collect(in, job, job->in);
    close(job->in);
    int status = child_wait(job->agent);
    children_check(job->server, name_of(job));
    if (WIFSIGNALED(status))
        fail("the agent for %s ended (signal %d)", name_of(job), WTERMSIG(status));
    return status;
}

/* What is far, or has to be sent again, takes its time. */
static long patience_s(const struct plan *plan)
{
    return PATIENCE_S + (long)(20 * plan->wire->rtt_ns / 1000000000u) +
           (plan_loses(plan) ? LOSSY_S : 0);
}

static struct server_needs needs_of(const struct job *job)
{
    bool pool = job->model && strcmp(job->model, "pool") == 0;
    long push = job->measure == &measures[IDLING] ? NEVER_MS : job_event_ms(job);
    return (struct server_needs){.push_every_ms = job->measure->needs_push ? push : 0,
                                 .model = job->model, .workers = pool ? job->plan->workers : 0,
                                 .clients = job->counting ? 1 : job->connections,
                                 .patience_s = job->wire ? patience_s(job->plan) : 0,
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
    int status = await_agent(job, &in);
    deliver(job, &in, found, arg);
    if (status != 0 && !plan_loses(job->plan)) /* without a word: a sanitizer has ended it */
        fail("the agent for %s ended (exit %d)", name_of(job), WEXITSTATUS(status));
    children_check(job->server, name_of(job));
    child_stop(job->server);
    tls_free(job->tls);
    free(in.data);
}
