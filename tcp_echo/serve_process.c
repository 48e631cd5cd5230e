/* tcp_echo/serve_process.c: server models of many processes.  What goes wrong in one of them, the
 * others do not notice.  fork makes one for each client; pool makes some beforehand.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/clock.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parent alone holds the writing end of a pipe: children stop when it closes it, and when it
 * dies. */
struct family {
    size_t n;
    int alive[2];
    pid_t *child;
};

static int family_begin(struct family *f, long most)
{
    signal(SIGCHLD, SIG_DFL); /* ignored by whoever started us, it would leave none to wait for */
    *f = (struct family){.alive = {-1, -1}, .child = calloc((size_t)most, sizeof *f->child)};
    if (f->child && pipe(f->alive) == 0)
        return 0;
    free(f->child);
    return -1;
}

/* fork(), but for the bookkeeping. */
static pid_t family_fork(struct family *f)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(f->alive[1]);
        stop_when_readable(f->alive[0]);
    } else if (pid > 0) {
        f->child[f->n++] = pid;
    }
    return pid;
}

/* Forgets who has ended. */
static void family_reap(struct family *f, const struct server_options *options)
{
    int status;
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
        size_t i = 0;
        while (i < f->n && f->child[i] != pid)
            i++;
        if (i < f->n)
            f->child[i] = f->child[--f->n];
        if (WIFSIGNALED(status))
            fprintf(stderr, "process %ld ended: %s\n", (long)pid, strsignal(WTERMSIG(status)));
        else if (options->verbose)
            fprintf(stderr, "process %ld ended\n", (long)pid);
    }
}

static void family_end(struct family *f, const struct server_options *options)
{
    int64_t end = clock_ms() + DRAIN_MS;
    close(f->alive[1]);
    close(f->alive[0]);
    for (; f->n > 0 && clock_ms() < end; family_reap(f, options))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    for (size_t i = 0; i < f->n; i++)
        kill(f->child[i], SIGKILL);
    while (f->n > 0 && waitpid(f->child[f->n - 1], NULL, 0) > 0)
        f->n--;
    free(f->child);
}

static void fork_for(int fd, int listener, struct family *family, const struct service *service,
                     const struct server_options *options)
{
    pid_t pid = family_fork(family);
    if (pid == 0) {
        close(listener);
        serve_one(fd, service, options);
        exit(0);
    }
    if (pid < 0)
        turn_away(fd, "fork");
    else
        close(fd); /* it is the child's now */
}

/* [region: fork] */
int serve_fork(int listener, const struct service *service, const struct server_options *options)
{
    struct family family;
    if (family_begin(&family, options->max_clients) < 0)
        return -1;
    while (!told_to_stop()) {
        bool full = family.n == (size_t)options->max_clients;
        int fd = next_client(full ? -1 : listener, family.n > 0 ? LOOK_MS : -1);
        if (fd >= 0)
            fork_for(fd, listener, &family, service, options);
        family_reap(&family, options);
    }
    close(listener);
    family_end(&family, options);
    return 0;
}
/* [end] */

/* [region: pool] */
int serve_pool(int listener, const struct service *service, const struct server_options *options)
{
    struct family family;
    if (family_begin(&family, options->workers) < 0)
        return -1;
    while (!told_to_stop()) {
        for (bool can = true; can && family.n < (size_t)options->workers;) {
            pid_t pid = family_fork(&family);
            if (pid == 0)
                exit(serve_iterative(listener, service, options) < 0);
            can = pid > 0; /* or perhaps the next time */
        }
        wait_readable(-1, LOOK_MS);
        family_reap(&family, options); /* who died is replaced */
    }
    close(listener);
    family_end(&family, options);
    return 0;
}
/* [end] */
