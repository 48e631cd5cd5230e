/* bench/wire/wire.c: opens a wire, enters it, closes it.
 * Partners: wire_end.c makes the ends, wire_forward.c runs between them, wire_tell.c reads what
 * that tells.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire.h"
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/wire/wire_parts.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const wire_address[2] = {"198.18.0.1", "198.18.0.2"};

/* --- the forwarder's way up --- */

/* Hands descriptors to the parent; none: see shared->why. */
static void hand_in(int socket, const int *fd, size_t n)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS)];
    } control = {0};
    struct iovec iov = {"", 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
    if (n > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof *fd * n);
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof *fd * n);
        memcpy(CMSG_DATA(c), fd, sizeof *fd * n);
    }
    if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        _exit(1);
}

/* What changes our credentials makes the kernel forget that we die with our parent. */
static int die_with(pid_t parent, int signal)
{
    prctl(PR_SET_PDEATHSIG, (unsigned long)signal);
    errno = ESRCH;
    return getppid() == parent ? 0 : -1;
}

/* Others' work must not hold a packet up: with a busy process on each CPU, p99 of our own
 * lateness falls from 3 ms to 50 us.  Only for root, and where another CPU is left: we sleep when
 * nothing is due, but a steady stream keeps us awake. */
static void be_prompt(struct wire_shared *shared, bool alone)
{
    prctl(PR_SET_TIMERSLACK, 1ul); /* ns */
    if (!alone)
        shared->real_time = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
                                               &(struct sched_param){.sched_priority = 1}) == 0;
}

/* Whether one CPU is all that this process, and so those it starts, may use. */
static bool has_one_cpu(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) < 2;
}

/* alone: on the only CPU there is. */
static _Noreturn void be_the_wire(const struct wire *w, int socket, pid_t parent, bool alone)
{
    struct wire_here here[2];
    struct trouble trouble = {.root = geteuid() == 0};
    int user = -1;
    if (wire_make_end(&here[CLIENT_END], CLIENT_END, &user, w->shared, &trouble) < 0 ||
        wire_make_end(&here[SERVER_END], SERVER_END, &user, w->shared, &trouble) < 0) {
        wire_why(w->shared->why, &trouble);
        hand_in(socket, NULL, 0);
        _exit(0);
    }
    if (die_with(parent, SIGKILL) < 0)
        _exit(1);
    be_prompt(w->shared, alone);
    hand_in(socket,
            (int[]){here[0].net, here[1].net, here[0].rtnetlink, here[1].rtnetlink, user},
            user < 0 ? USER : DESCRIPTORS);
    close(socket);
    wire_forward(&w->spec, (int[]){here[0].tun, here[1].tun}, w->shared);
}

/* Waits for the descriptors.  Returns 0, or -1 with why. */
static int receive(struct wire *w, int socket, char *why)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS)];
    } control;
    char byte;
    struct iovec iov = {&byte, 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct pollfd p = {.fd = socket, .events = POLLIN};
    while (poll(&p, 1, -1) < 0)
        children_check(-1, "opening the wire");
    ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!c) {
        snprintf(why, WIRE_WHY_MAX, "%s",
                 n > 0 ? w->shared->why : "the wire's process ended before it was ready");
        return -1;
    }
    memcpy(w->fd, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
    return 0;
}

static int start(struct wire *w, int cpu, char *why)
{
    int fd[2];
    pid_t parent = getpid();
    bool alone = has_one_cpu(); /* before the wire is bound to one of several */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
        snprintf(why, WIRE_WHY_MAX, "socketpair: %s", strerror(errno));
        return -1;
    }
    w->process = child_fork("the wire", cpu);
    if (w->process == 0) {
        close(fd[0]);
        be_the_wire(w, fd[1], parent, alone);
    }
    close(fd[1]);
    int result = receive(w, fd[0], why);
    close(fd[0]);
    if (result < 0)
        child_wait(w->process);
    return result;
}

/* Whoever is to enter has to be allowed to: better known now than by the first server. */
static int try_ends(struct wire *w, char *why)
{
    pid_t pid = child_fork("a look at the wire", -1);
    if (pid == 0)
        _exit(wire_enter(w, CLIENT_END) == 0 ? 0 : errno);
    int status = child_wait(pid);
    if (status == 0)
        return 0;
    wire_why(why, &(struct trouble){STEP_ENTER, WIFEXITED(status) ? WEXITSTATUS(status) : EINTR,
                                    geteuid() == 0});
    child_stop(w->process);
    return -1;
}

static void release(struct wire *w)
{
    for (int i = 0; i < DESCRIPTORS; i++)
        if (w->fd[i] >= 0)
            close(w->fd[i]);
    munmap(w->shared, sizeof *w->shared);
    free(w);
}

struct wire *wire_open(const struct wire_spec *spec, int cpu, char why[WIRE_WHY_MAX])
{
    struct wire *w = malloc(sizeof *w);
    void *shared = mmap(NULL, sizeof *w->shared, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!w || shared == MAP_FAILED) {
        snprintf(why, WIRE_WHY_MAX, "memory for what the wire records: %s", strerror(errno));
        free(w);
        return NULL;
    }
    *w = (struct wire){.spec = *spec, .shared = shared, .fd = {-1, -1, -1, -1, -1}};
    wire_record(w, false);
    if (start(w, cpu, why) == 0 && try_ends(w, why) == 0)
        return w;
    release(w);
    return NULL;
}

void wire_close(struct wire *w)
{
    child_stop(w->process);
    release(w);
}

pid_t wire_process(const struct wire *w)
{
    return w->process;
}

int wire_enter(const struct wire *w, enum wire_end end)
{
    pid_t parent = getppid();
    int signal = 0;
    prctl(PR_GET_PDEATHSIG, &signal);
    if (w->fd[USER] >= 0 && setns(w->fd[USER], CLONE_NEWUSER) < 0)
        return -1;
    if (setns(w->fd[end == CLIENT_END ? NET_CLIENT : NET_SERVER], CLONE_NEWNET) < 0)
        return -1;
    return die_with(parent, signal);
}
