/* lessons/learn/sandbox_become.c: what happens in the program's process before the program does.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/sandbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { REPORT = 3, FILES = 256 };

#ifdef __GLIBC__
typedef __rlimit_resource_t resource;
#else
typedef int resource;
#endif

static void limit(resource what, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0)
        return;
    now.rlim_cur = now.rlim_max == RLIM_INFINITY || most < now.rlim_max ? most : now.rlim_max;
    now.rlim_max = now.rlim_cur;
    setrlimit(what, &now);
}

static void set_limits(const struct sandbox_job *job)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, (rlim_t)job->seconds + 2);
    limit(RLIMIT_FSIZE, job->file_max);
    limit(RLIMIT_NOFILE, FILES);
    if (job->memory_max != 0)
        limit(RLIMIT_AS, job->memory_max);
}

/* Ignored signals and the mask would live on through exec, as our descriptors would. */
static void forget_us(void)
{
    sigset_t none;
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = REPORT + 1; fd < (most < 0 || most > 4096 ? 4096 : most); fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void place(const struct sandbox_job *job, int output)
{
    int nothing = fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 16);
    int report = job->report_fd < 0 ? -1 : fcntl(job->report_fd, F_DUPFD, 16);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    dup2(nothing, STDIN_FILENO);
    if (report >= 0)
        dup2(report, REPORT);
    else
        close(REPORT);
}

/* A sanitizer's finding is to end a program like a crash; the last of two options counts. */
static void add_options(const char *variable, const char *options)
{
    char all[1024];
    const char *theirs = getenv(variable);
    snprintf(all, sizeof(all), "%s:%s", theirs ? theirs : "", options);
    setenv(variable, all, 1);
}

void sandbox_become(const struct sandbox_job *job, const char *scratch, int output)
{
    pid_t keeper = getppid();
    setsid(); /* away from our terminal, and a group that can be ended as one */
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(1);
#endif
    setenv("TMPDIR", scratch, 1);
    add_options("ASAN_OPTIONS", "abort_on_error=1:detect_leaks=0");
    add_options("UBSAN_OPTIONS", "abort_on_error=1:print_stacktrace=1");
    place(job, output);
    forget_us();
    if (job->in_scratch && chdir(scratch) < 0)
        return;
    set_limits(job);
    execvp(job->argv[0], job->argv);
}
