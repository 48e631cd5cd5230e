/* bench/children.c: processes started, watched and stopped; server.c knows what the servers are.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/host.h"
#include "bench/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define CHILDREN_MAX 40
#define OTHER_FILES 32 /* descriptors of a child for anything else */
#define STOP_NS 2000000000u

static struct child {
    pid_t pid; /* 0 = free */
    const char *name;
} children[CHILDREN_MAX];

static volatile sig_atomic_t told_to_stop;

static void on_signal(int sig)
{
    told_to_stop = sig;
}

static void set_handlers(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

void children_init(void)
{
    struct sigaction hangup;
    sigaction(SIGHUP, NULL, &hangup);
    set_handlers(on_signal);
    if (hangup.sa_handler == SIG_IGN)
        signal(SIGHUP, SIG_IGN); /* nohup bench */
    signal(SIGPIPE, SIG_IGN);
}

static struct child *child_of(pid_t pid)
{
    for (struct child *c = children; c < children + CHILDREN_MAX; c++)
        if (c->pid == pid)
            return c;
    return NULL;
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    progress_clear();
    fflush(stdout);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    for (struct child *c = children; c < children + CHILDREN_MAX; c++)
        if (c->pid)
            child_stop(c->pid);
    exit(1);
}

void children_connections(size_t n)
{
    struct rlimit limit;
    if (n == 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    if (n + OTHER_FILES > limit.rlim_max)
        fail("%zu connections: they need %zu descriptors, and ulimit -Hn is %llu: raise it, or use "
             "fewer", n, n + OTHER_FILES, (unsigned long long)limit.rlim_max);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void be_a_child(pid_t parent, int cpu)
{
    memset(children, 0, sizeof children);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
    set_handlers(SIG_DFL);
    if (cpu >= 0)
        pin_to(cpu);
}

pid_t child_fork(const char *name, int cpu)
{
    struct child *slot = child_of(0);
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = slot ? fork() : -1;
    if (pid < 0)
        fail("fork %s: %s", name, slot ? strerror(errno) : "too many children");
    if (pid == 0)
        be_a_child(parent, cpu);
    else
        *slot = (struct child){pid, name};
    return pid;
}

static const char *ending(int status)
{
    static char text[64];
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "signal %d", WTERMSIG(status));
    else
        snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
    return text;
}

int child_wait(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    child_of(pid)->pid = 0;
    return status;
}

/* Returns true, and forgets the child, when it has ended. */
static bool has_ended(struct child *c, int *status)
{
    if (waitpid(c->pid, status, WNOHANG) != c->pid)
        return false;
    c->pid = 0;
    return true;
}

void child_stop(pid_t pid)
{
    struct child *c = child_of(pid);
    uint64_t give_up = clock_ns() + STOP_NS;
    int status;
    kill(pid, SIGTERM);
    kill(pid, SIGCONT); /* or a stopped one would not notice */
    for (uint64_t wait = 100000; clock_ns() < give_up; wait *= 2) {
        if (has_ended(c, &status))
            return;
        sleep_until(clock_ns() + (wait < 10000000 ? wait : 10000000));
    }
    kill(pid, SIGKILL);
    child_wait(pid);
}

void children_check(pid_t server, const char *during)
{
    int status;
    if (told_to_stop)
        fail("stopped by signal %d during %s", (int)told_to_stop, during);
    struct child *c = child_of(server);
    if (c && has_ended(c, &status))
        fail("%s ended (%s) during %s", c->name, ending(status), during);
}
