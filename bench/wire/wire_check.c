/* bench/wire/wire_check.c: the wire measures itself, from outside: two children at its ends, one
 * sends, the other receives.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_check.h"
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/cpu.h"
#include "bench/stats.h"
#include "bench/wire/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATAGRAMS 1000
#define APART_NS 2000000u
#define BULK_NS 500000000u
#define BULK_BYTES 262144
#define IDLE_NS 1000000000u
#define PORT 7007
#define LOOK_NS 10000000u
#define DURING "the wire's check"
#define PATIENCE_SECONDS 12 /* longer than any way there and back */

/* What the receiving child tells. */
struct found {
    _Atomic bool listens;
    double late[DATAGRAMS]; /* us */
    size_t n;
    uint64_t bytes, ns;
};

struct check {
    struct wire *wire;
    struct wire_spec spec;
    struct found *found; /* shared */
    FILE *out;
};

/* --- in the children, which end with status 1 on failure --- */

static int open_socket(int type, int (*join)(int, const struct sockaddr *, socklen_t))
{
    struct timeval limit = {PATIENCE_SECONDS, 0};
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int fd = socket(AF_INET, type, 0);
    inet_pton(AF_INET, wire_address[SERVER_END], &server.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (fd < 0 || join(fd, (struct sockaddr *)&server, sizeof server) < 0)
        _exit(1);
    return fd;
}

static void receive_datagrams(struct check *c)
{
    struct found *f = c->found;
    double delay = (double)(c->spec.rtt_ns / 2);
    int fd = open_socket(SOCK_DGRAM, bind);
    f->listens = true;
    for (uint64_t sent; f->n < DATAGRAMS && recv(fd, &sent, sizeof sent, 0) == sizeof sent; f->n++)
        f->late[f->n] = ((double)(clock_ns() - sent) - delay) / 1000;
}

static void send_datagrams(struct check *c)
{
    int fd = open_socket(SOCK_DGRAM, connect);
    uint64_t due = clock_ns();
    (void)c;
    for (int i = 0; i < DATAGRAMS; i++) {
        sleep_until(due += APART_NS);
        uint64_t now = clock_ns();
        if (send(fd, &now, sizeof now, 0) < 0)
            _exit(1);
    }
}

static void receive_bulk(struct check *c)
{
    static char buf[BULK_BYTES];
    int listener = open_socket(SOCK_STREAM, bind);
    if (listen(listener, 1) < 0)
        _exit(1);
    c->found->listens = true;
    int fd = accept(listener, NULL, NULL);
    uint64_t began = clock_ns();
    for (ssize_t n = 1; n > 0; c->found->bytes += (uint64_t)n) {
        n = recv(fd, buf, sizeof buf, 0);
        if (n < 0)
            _exit(1);
    }
    c->found->ns = clock_ns() - began;
}

static void send_bulk(struct check *c)
{
    static char buf[BULK_BYTES];
    int fd = open_socket(SOCK_STREAM, connect);
    uint64_t end = clock_ns() + BULK_NS;
    (void)c;
    while (clock_ns() < end)
        if (send(fd, buf, sizeof buf, 0) < 0)
            _exit(1);
}

/* --- in the parent --- */

static pid_t at(struct check *c, enum wire_end end, void (*task)(struct check *))
{
    pid_t pid = child_fork(DURING, -1);
    if (pid > 0)
        return pid;
    prctl(PR_SET_TIMERSLACK, 1ul);
    if (wire_enter(c->wire, end) < 0)
        _exit(1);
    task(c);
    _exit(0);
}

/* Ends the program when it is told to stop. */
static void rest(uint64_t ns)
{
    for (uint64_t end = clock_ns() + ns; clock_ns() < end; sleep_until(clock_ns() + LOOK_NS))
        children_check(-1, DURING);
}

/* Returns whether the child did well.  Ctrl-C ends it, too: then that is the reason. */
static bool did_well(pid_t pid)
{
    siginfo_t info = {0};
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        rest(LOOK_NS);
    children_check(-1, DURING);
    return child_wait(pid) == 0;
}

/* Ends the program when either fails. */
static void exchange(struct check *c, void (*receive)(struct check *),
                     void (*send_all)(struct check *))
{
    memset(c->found, 0, sizeof *c->found);
    pid_t receiver = at(c, SERVER_END, receive);
    while (!c->found->listens) {
        children_check(receiver, DURING);
        sleep_until(clock_ns() + 1000000);
    }
    pid_t sender = at(c, CLIENT_END, send_all);
    if (!did_well(sender) || !did_well(receiver))
        fail("the wire carries nothing");
}

static void open_wire(struct check *c, uint64_t rtt_ns)
{
    char why[WIRE_WHY_MAX];
    c->spec = (struct wire_spec){.rtt_ns = rtt_ns, .seed = 1};
    c->wire = wire_open(&c->spec, -1, why);
    if (!c->wire)
        fail("--wire: %s", why);
}

/* Returns whether it is late. */
static bool check_delay(struct check *c)
{
    struct wire_totals t;
    struct found *f = c->found;
    exchange(c, receive_datagrams, send_datagrams);
    wire_totals(c->wire, &t);
    sort_samples(f->late, f->n);
    fprintf(c->out,
            "late arrival at %g ms one way: p50 %.0f us, p99 %.0f us, max %.0f us (n=%zu)\n",
            (double)c->spec.rtt_ns / 2e6, percentile(f->late, f->n, P50),
            percentile(f->late, f->n, P99), f->n ? f->late[f->n - 1] : NAN, f->n);
    fprintf(c->out, "of that, in the forwarder: p50 %.1f us, p99 %.1f us, max %.0f us\n",
            t.late_p50, t.late_p99, t.late_max);
    return t.late;
}

static void check_idle(struct check *c)
{
    double before = cpu_seconds(wire_process(c->wire));
    rest(IDLE_NS);
    fprintf(c->out, "idle: %.2f %% of a CPU\n",
            (cpu_seconds(wire_process(c->wire)) - before) / ((double)IDLE_NS / 1e9) * 100);
}

static void check_bulk(struct check *c)
{
    exchange(c, receive_bulk, send_bulk);
    fprintf(c->out, "TCP without distance: %.2f Gbit/s (%.0f MB)\n",
            (double)c->found->bytes * 8 / (double)c->found->ns, (double)c->found->bytes / 1e6);
}

int wire_check(const struct wire_spec *spec, FILE *out)
{
    struct check c = {.out = out};
    c.found = mmap(NULL, sizeof *c.found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                   0);
    if (c.found == MAP_FAILED)
        fail("memory: %s", strerror(errno));
    open_wire(&c, spec->rtt_ns);
    bool late = check_delay(&c);
    check_idle(&c);
    wire_close(c.wire);
    open_wire(&c, 0);
    check_bulk(&c);
    wire_close(c.wire);
    munmap(c.found, sizeof *c.found);
    if (late)
        fprintf(stderr, "bench: the wire is late by more than 5 %% of its delay: "
                        "leave the machine alone, or take a longer rtt\n");
    return 0;
}
