/* lessons/learn/sandbox_keep.c: the keeper of one program.  It knows the program's process group;
 * what left the group comes to it when its parents end (Linux: it is a "subreaper"), and is found
 * there.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static const double GRACE = 1;     /* seconds in which what the program left behind may end */
static const double SWEEPING = 3;  /* seconds after which the unkillable is let be */

struct kept {
    const struct sandbox_job *job;
    int boss, output, exec_error;
    const char *scratch;
    pid_t program;
    bool ended; /* the program itself */
    int status;
    bool others; /* something of it lives, when it does no more */
    char *text;
    size_t n;
    double deadline;
};

static void on_child(int sig)
{
    (void)sig;
}

/* --- What is left of it --- */

/* The parent's id, the fourth word of /proc/PID/stat; the second one may contain anything. */
static pid_t parent_of(const char *pid)
{
    char path[64], line[512];
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, line, sizeof(line) - 1);
    if (file >= 0)
        close(file);
    line[n < 0 ? 0 : n] = '\0';
    char *name_end = strrchr(line, ')');
    int parent = 0;
    if (!name_end || sscanf(name_end + 1, " %*c %d", &parent) != 1)
        return 0;
    return parent;
}

static void kill_children(void)
{
    DIR *processes = opendir("/proc"); /* elsewhere there may be none */
    struct dirent *entry = processes ? readdir(processes) : NULL;
    for (; entry; entry = readdir(processes)) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        if (parent_of(entry->d_name) == getpid())
            kill((pid_t)atoi(entry->d_name), SIGKILL);
    }
    if (processes)
        closedir(processes);
}

/* Collects who has ended; sets ended and others. */
static void reap(struct kept *k)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    for (; pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
        if (pid != k->program)
            continue;
        k->ended = true;
        k->status = status;
        double until = sandbox_now() + GRACE;
        k->deadline = until < k->deadline ? until : k->deadline;
    }
#ifdef __linux__
    k->others = k->ended && pid == 0;
#else
    k->others = k->ended && kill(-k->program, 0) == 0;
#endif
}

static void sweep(struct kept *k)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    double until = sandbox_now() + SWEEPING;
    reap(k);
    while ((!k->ended || k->others) && sandbox_now() < until) {
        kill(-k->program, SIGKILL);
        if (!k->ended)
            kill(k->program, SIGKILL); /* which may not have its group yet */
        else
            kill_children();
        nanosleep(&nap, NULL);
        reap(k);
    }
}

/* --- While it runs --- */

/* Returns false when it has printed too much. */
static bool listen_to(struct kept *k)
{
    char extra;
    size_t room = k->job->output_max - k->n;
    ssize_t more = read(k->output, room ? k->text + k->n : &extra, room ? room : 1);
    if (more > 0 && room == 0)
        return false;
    if (more > 0)
        k->n += (size_t)more;
    if (more == 0 || (more < 0 && errno != EAGAIN && errno != EINTR)) {
        close(k->output);
        k->output = -1;
    }
    return true;
}

/* Sleeps until something is to be seen; reports what is readable. */
static void look(struct kept *k, bool *boss_gone, bool *output)
{
    fd_set readable;
    sigset_t any;
    FD_ZERO(&readable);
    FD_SET(k->boss, &readable);
    if (k->output >= 0)
        FD_SET(k->output, &readable);
    double left = k->deadline - sandbox_now();
    if (k->ended && left > 0.01)
        left = k->others ? 0.01 : 0; /* grandchildren may end without a signal to us */
    left = left < 0 ? 0 : left;
    struct timespec wait = {.tv_sec = (time_t)left};
    wait.tv_nsec = (long)((left - (double)wait.tv_sec) * 1e9);
    sigemptyset(&any);
    int highest = k->boss > k->output ? k->boss : k->output;
    int ready = pselect(highest + 1, &readable, NULL, NULL, &wait, &any);
    *boss_gone = ready > 0 && FD_ISSET(k->boss, &readable);
    *output = ready > 0 && k->output >= 0 && FD_ISSET(k->output, &readable);
}

static enum sandbox_ending watch(struct kept *k)
{
    bool boss_gone = false, output = true;
    for (;;) {
        reap(k);
        if (k->ended && !k->others && !output) /* all it printed has been read */
            return SANDBOX_EXIT;
        if (sandbox_now() >= k->deadline)
            return k->ended ? SANDBOX_EXIT : SANDBOX_TOO_SLOW;
        look(k, &boss_gone, &output);
        if (boss_gone)
            return SANDBOX_STOPPED;
        if (output && !listen_to(k))
            return SANDBOX_TOO_LOUD;
    }
}

/* --- Before and after --- */

static int start(struct kept *k)
{
    int out[2], failed[2];
    if (pipe(out) < 0 || pipe(failed) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        fcntl(failed[i], F_SETFD, FD_CLOEXEC);
    k->program = fork();
    if (k->program < 0)
        return -1;
    if (k->program == 0) {
        int told = fcntl(failed[1], F_DUPFD, 16), output = fcntl(out[1], F_DUPFD, 16);
        sandbox_become(k->job, k->scratch, output);
        int why = errno;
        _exit(write(told, &why, sizeof(why)) == sizeof(why) ? 126 : 127);
    }
    close(out[1]);
    close(failed[1]);
    k->output = out[0];
    fcntl(k->output, F_SETFL, O_NONBLOCK);
    k->exec_error = failed[0];
    return 0;
}

static void set_signals(void)
{
    struct sigaction child = {.sa_handler = on_child};
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    sigset_t children;
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN); /* the boss's death is the one sign to stop */
    sigaction(SIGCHLD, &child, NULL);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, NULL);
}

static int prepare(struct kept *k)
{
    setpgid(0, 0); /* the terminal's ^C is for the boss */
    set_signals();
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    k->text = malloc(k->job->output_max + 1);
    return k->text ? start(k) : -1;
}

static void tell(const struct kept *k, struct sandbox_told told)
{
    int why;
    if (k->program > 0 && read(k->exec_error, &why, sizeof(why)) == sizeof(why)) {
        told.ending = SANDBOX_NOT_STARTED;
        told.number = why;
    }
    if (write(k->boss, &told, sizeof(told)) != sizeof(told))
        return;
    for (size_t sent = 0; sent < k->n;) {
        ssize_t more = write(k->boss, k->text + sent, k->n - sent);
        if (more <= 0)
            return;
        sent += (size_t)more;
    }
}

void sandbox_keep(const struct sandbox_job *job, const char *scratch, int boss)
{
    struct kept k = {.job = job, .scratch = scratch, .boss = boss, .output = -1};
    struct sandbox_told told = {.ending = SANDBOX_NOT_STARTED};
    k.deadline = sandbox_now() + job->seconds;
    if (prepare(&k) == 0) {
        told.ending = watch(&k);
        told.left_others = k.others;
        sweep(&k);
    } else {
        told.number = errno;
    }
    if (told.ending == SANDBOX_EXIT && WIFSIGNALED(k.status))
        told.ending = SANDBOX_SIGNAL;
    if (told.ending == SANDBOX_EXIT)
        told.number = WEXITSTATUS(k.status);
    if (told.ending == SANDBOX_SIGNAL)
        told.number = WTERMSIG(k.status);
    sandbox_remove(scratch);
    tell(&k, told);
    _exit(0);
}
