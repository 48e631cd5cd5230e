/* bench/wire.c: opens a wire, enters it, reads what it tells.
 * Partners: wire_end.c makes the ends, wire_forward.c runs between them.
 * SPDX-License-Identifier: MIT */
#include "bench/wire.h"
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/wire_parts.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LATE_SHARE 0.05 /* of the one-way delay */

enum { NET_CLIENT, NET_SERVER, RT_CLIENT, RT_SERVER, USER, DESCRIPTORS }; /* USER may be missing */

struct wire {
    struct wire_spec spec;
    struct wire_shared *shared;
    pid_t process;
    int fd[DESCRIPTORS];
};

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
static void be_prompt(struct wire_shared *shared)
{
    prctl(PR_SET_TIMERSLACK, 1ul); /* ns */
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
        shared->real_time = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
                                               &(struct sched_param){.sched_priority = 1}) == 0;
}

static _Noreturn void be_the_wire(const struct wire *w, int socket, pid_t parent)
{
    struct wire_here here[2];
    struct trouble trouble;
    int user = -1;
    if (wire_make_end(&here[CLIENT_END], CLIENT_END, &user, w->shared, &trouble) < 0 ||
        wire_make_end(&here[SERVER_END], SERVER_END, &user, w->shared, &trouble) < 0) {
        wire_why(w->shared->why, &trouble);
        hand_in(socket, NULL, 0);
        _exit(0);
    }
    if (die_with(parent, SIGKILL) < 0)
        _exit(1);
    be_prompt(w->shared);
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
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
        snprintf(why, WIRE_WHY_MAX, "socketpair: %s", strerror(errno));
        return -1;
    }
    w->process = child_fork("the wire", cpu);
    if (w->process == 0) {
        close(fd[0]);
        be_the_wire(w, fd[1], parent);
    }
    close(fd[1]);
    int result = receive(w, fd[0], why);
    close(fd[0]);
    if (result < 0)
        child_wait(w->process);
    return result;
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
    if (start(w, cpu, why) == 0)
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

/* --- what it tells --- */

void wire_record(struct wire *w, bool on)
{
    atomic_store_explicit(&w->shared->recording, on, memory_order_release);
    atomic_store_explicit(&w->shared->moved, clock_ns(), memory_order_relaxed);
}

size_t wire_recorded(const struct wire *w)
{
    return atomic_load_explicit(&w->shared->recorded, memory_order_acquire);
}

bool wire_packet(const struct wire *w, size_t *at, struct packet *p)
{
    if (*at >= wire_recorded(w))
        return false;
    struct wire_record *r = (struct wire_record *)(void *)(w->shared->records + *at);
    *p = (struct packet){.sent = r->sent, .data = (const uint8_t *)(r + 1), .kept = r->len,
                         .len = r->len, .from_server = r->from == SERVER_END,
                         .fate = (enum fate)atomic_load_explicit(&r->fate, memory_order_acquire)};
    if (p->fate == ARRIVED)
        p->arrived = atomic_load_explicit(&r->arrived, memory_order_relaxed);
    *at += (sizeof *r + r->len + 7) & ~(size_t)7;
    return true;
}

bool wire_is_quiet(const struct wire *w, uint64_t ns)
{
    return atomic_load_explicit(&w->shared->under_way, memory_order_acquire) == 0 &&
           clock_ns() - atomic_load_explicit(&w->shared->moved, memory_order_relaxed) >= ns;
}

/* The upper end of the bucket that holds the percentile. */
static double late_percentile(const struct wire_shared *shared, size_t n, enum percentile p)
{
    static const size_t per_100[] = {[P50] = 50, [P99] = 99};
    size_t rank = (n * per_100[p] + 99) / 100, seen = 0;
    if (n < percentile_needs(p))
        return NAN;
    for (size_t b = 0; b < BUCKETS; b++) {
        seen += shared->late[b];
        if (seen >= rank)
            return bucket_upper(b);
    }
    return NAN;
}

static void late_totals(const struct wire *w, struct wire_totals *t)
{
    const struct wire_shared *shared = w->shared;
    for (size_t b = 0; b < BUCKETS; b++)
        t->late_n += shared->late[b];
    t->late_p50 = late_percentile(shared, t->late_n, P50);
    t->late_p99 = late_percentile(shared, t->late_n, P99);
    t->late_max = t->late_n ? (double)shared->late_max / 1000 : NAN;
    t->late = t->late_p99 > LATE_SHARE * (double)w->spec.rtt_ns / 2000;
}

void wire_totals(const struct wire *w, struct wire_totals *t)
{
    const struct wire_shared *shared = w->shared;
    *t = (struct wire_totals){.unrecorded = shared->unrecorded};
    for (int i = 0; i < 2; i++) {
        t->packets[i] = shared->packets[i];
        t->bytes[i] = shared->bytes[i];
        t->dropped[i] = shared->dropped[i];
        t->overflowed[i] = shared->overflowed[i];
        t->refused[i] = shared->refused[i];
        t->reordered[i] = shared->reordered[i];
        t->tx_dropped[i] = wire_tx_dropped(w->fd[RT_CLIENT + i]);
    }
    late_totals(w, t);
    bool same = strcmp(shared->congestion_control[0], shared->congestion_control[1]) == 0;
    t->congestion_control = same ? shared->congestion_control[0] : "";
    t->real_time = shared->real_time;
    t->metrics_forgotten = shared->metrics_forgotten[0] && shared->metrics_forgotten[1];
}
