/* lessons/learn/sandbox.c: our side of a run: a keeper is started and heard.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

volatile sig_atomic_t sandbox_stop;

double sandbox_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

void sandbox_remove(const char *directory)
{
    nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Returns the bytes read, n at most; fewer when the keeper is gone, too late, or told to stop. */
static size_t hear(int keeper, void *bytes, size_t n, double deadline)
{
    size_t got = 0;
    while (got < n && !sandbox_stop) {
        double left = deadline - sandbox_now();
        struct pollfd readable = {.fd = keeper, .events = POLLIN};
        /* A signal may come between the test above and poll(): do not sleep for long. */
        int ready = left <= 0 ? 0 : poll(&readable, 1, 100);
        if (left <= 0 || (ready < 0 && errno != EINTR))
            break;
        if (ready <= 0)
            continue;
        ssize_t more = read(keeper, (char *)bytes + got, n - got);
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    return got;
}

static void reap(pid_t keeper, double deadline)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    pid_t ended = 0;
    while (ended == 0 && sandbox_now() < deadline) {
        ended = waitpid(keeper, NULL, WNOHANG);
        if (ended == 0)
            nanosleep(&nap, NULL);
    }
    if (ended == 0) { /* its own ward has stopped it */
        kill(keeper, SIGKILL);
        while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}

static void listen_to(int keeper, struct sandbox_result *result, const struct sandbox_job *job)
{
    double deadline = sandbox_now() + job->seconds + 10;
    struct sandbox_told told;
    if (hear(keeper, &told, sizeof(told), deadline) == sizeof(told)) {
        size_t n = hear(keeper, result->output, job->output_max, deadline);
        result->output[n] = '\0';
        result->ending = told.ending;
        result->number = told.number;
        result->left_others = told.left_others;
    } else {
        result->ending = sandbox_now() < deadline ? SANDBOX_SIGNAL : SANDBOX_TOO_SLOW;
        result->number = SIGKILL;
    }
    if (sandbox_stop)
        result->ending = SANDBOX_STOPPED;
}

/* Returns the socket to it, or -1 with errno. */
static int start_keeper(const struct sandbox_job *job, const char *scratch, pid_t *keeper)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    *keeper = fork();
    if (*keeper == 0) {
        close(ends[0]);
        sandbox_keep(job, scratch, ends[1]);
    }
    int why = errno;
    close(ends[1]);
    if (*keeper > 0)
        return ends[0];
    close(ends[0]);
    errno = why;
    return -1;
}

void sandbox_run(struct sandbox_result *result, const struct sandbox_job *job)
{
    char scratch[PATH_MAX];
    pid_t pid;
    snprintf(scratch, sizeof(scratch), "%s/run.XXXXXX", job->build);
    *result = (struct sandbox_result){.ending = SANDBOX_NOT_STARTED};
    result->output = calloc(1, job->output_max + 1);
    int keeper = result->output && mkdtemp(scratch) ? start_keeper(job, scratch, &pid) : -1;
    if (keeper < 0) {
        result->number = errno;
    } else {
        listen_to(keeper, result, job);
        close(keeper);
        reap(pid, sandbox_now() + 5);
    }
    if (access(scratch, F_OK) == 0)
        sandbox_remove(scratch); /* the keeper has, when it could */
}
