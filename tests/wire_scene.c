/* tests/wire_scene.c: what happens at the ends of a wire under test.
 * SPDX-License-Identifier: MIT */
#include "tests/wire_scene.h"
#include "bench/children.h"
#include "bench/clock.h"
#include "tests/rights.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PORT 7007
#define PATIENCE_SECONDS 20
#define FULL 1472 /* bytes of a datagram that make a packet of 1,500 */

static struct told *shared;
static pid_t partner;

struct wire *open_wire(const char *text)
{
    char why[WIRE_WHY_MAX];
    struct wire_spec spec;
    if (wire_spec_parse(&spec, text, why) < 0)
        fail_msg("%s: %s", text, why);
    struct wire *wire = wire_open(&spec, -1, why);
    if (!wire)
        fail_msg("%s: %s", text, why);
    return wire;
}

struct told *told(void)
{
    if (!shared)
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
    assert_true(shared != MAP_FAILED);
    return shared;
}

static bool can_have_a_wire(const char *who)
{
    char why[WIRE_WHY_MAX];
    struct wire_spec spec = {.rtt_ns = 0};
    struct wire *wire = wire_open(&spec, -1, why);
    if (wire)
        wire_close(wire);
    else
        fprintf(stderr, "no wire as %s: %s\n", who, why);
    return wire;
}

static int try_as_plain_user(int (*tests)(const char *who))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        become_plain_user();
        if (can_have_a_wire("a plain user"))
            exit(tests("a plain user"));
        exit(0);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int try_as_everyone(int (*tests)(const char *who))
{
    bool root = geteuid() == 0;
    children_init();
    if (!can_have_a_wire(root ? "root" : "a plain user"))
        return root && access("/dev/net/tun", F_OK) == 0 ? 1 : 77;
    int failed = tests(root ? "root" : "a plain user");
    return root ? failed | try_as_plain_user(tests) : failed;
}

/* --- children --- */

static pid_t begin(struct wire *wire, enum wire_end end, void (*task)(struct told *))
{
    struct told *t = told();
    pid_t pid = child_fork("a task", -1);
    if (pid > 0)
        return pid;
    if (wire_enter(wire, end) < 0)
        _exit(2);
    task(t);
    _exit(0);
}

void at(struct wire *wire, enum wire_end end, void (*task)(struct told *))
{
    assert_int_equal(child_wait(begin(wire, end, task)), 0);
}

void beside(struct wire *wire, enum wire_end end, void (*task)(struct told *))
{
    memset(told(), 0, sizeof *shared);
    partner = begin(wire, end, task);
    while (!shared->listens) {
        children_check(partner, "the test");
        sleep_until(clock_ns() + 1000000);
    }
}

void over(void)
{
    child_stop(partner);
}

/* --- tasks: what fails ends the child with status 1 --- */

static void need(bool ok)
{
    if (!ok)
        _exit(1);
}

static struct sockaddr_in address_of(const char *host)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, host, &a.sin_addr);
    return a;
}

static int open_socket(int type, int (*join)(int, const struct sockaddr *, socklen_t))
{
    struct timeval limit = {PATIENCE_SECONDS, 0};
    struct sockaddr_in server = address_of(wire_address[SERVER_END]);
    int fd = socket(AF_INET, type, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    need(fd >= 0 && join(fd, (struct sockaddr *)&server, sizeof server) == 0);
    return fd;
}

static int listen_here(struct told *t)
{
    int fd = open_socket(SOCK_STREAM, bind);
    need(listen(fd, 8) == 0);
    t->listens = true;
    return fd;
}

void echo_tcp(struct told *t)
{
    int listener = listen_here(t);
    for (;;) {
        char c;
        int fd = accept(listener, NULL, NULL);
        while (recv(fd, &c, 1, 0) == 1)
            send(fd, &c, 1, MSG_NOSIGNAL);
        close(fd);
    }
}

void echo_udp(struct told *t)
{
    int fd = open_socket(SOCK_DGRAM, bind);
    t->listens = true;
    for (;;) {
        char c;
        struct sockaddr_in from;
        socklen_t len = sizeof from;
        if (recvfrom(fd, &c, 1, 0, (struct sockaddr *)&from, &len) == 1)
            sendto(fd, &c, 1, 0, (struct sockaddr *)&from, len);
    }
}

static double ms_since(uint64_t began)
{
    return (double)(clock_ns() - began) / 1e6;
}

static double time_echo(int fd)
{
    char c = 'x';
    uint64_t began = clock_ns();
    need(send(fd, &c, 1, MSG_NOSIGNAL) == 1 && recv(fd, &c, 1, 0) == 1);
    return ms_since(began);
}

void time_tcp(struct told *t)
{
    for (t->n = 0; t->n < SAMPLES; t->n++) {
        uint64_t began = clock_ns();
        int fd = open_socket(SOCK_STREAM, connect);
        t->connect[t->n] = ms_since(began);
        t->tcp[t->n] = time_echo(fd);
        close(fd);
    }
}

void time_udp(struct told *t)
{
    for (t->n = 0; t->n < SAMPLES; t->n++) {
        int fd = open_socket(SOCK_DGRAM, connect); /* a new one, so each echo is a first one */
        t->udp[t->n] = time_echo(fd);
        close(fd);
    }
}

void connect_once(struct told *t)
{
    uint64_t began = clock_ns();
    open_socket(SOCK_STREAM, connect);
    t->connect[0] = ms_since(began);
}

void hear_datagrams(struct told *t)
{
    uint32_t number[25], newest = 0;
    int fd = open_socket(SOCK_DGRAM, bind);
    t->listens = true;
    for (;;) {
        if (recv(fd, number, sizeof number, 0) < 4 || number[0] >= DATAGRAMS)
            continue;
        t->overtaken += number[0] < newest;
        newest = number[0] > newest ? number[0] : newest;
        t->came[number[0]]++;
    }
}

void send_datagrams(struct told *t)
{
    uint32_t number[25] = {0};
    int fd = open_socket(SOCK_DGRAM, connect);
    (void)t;
    for (uint64_t due = clock_ns(); number[0] < DATAGRAMS; number[0]++) {
        need(send(fd, number, sizeof number, 0) == sizeof number);
        sleep_until(due += 200000);
    }
}

void send_large(struct told *t)
{
    static const char data[FULL];
    int fd = open_socket(SOCK_DGRAM, connect);
    (void)t;
    for (int i = 0; i < 20; i++)
        need(send(fd, data, sizeof data, 0) == FULL);
}

void swallow_bulk(struct told *t)
{
    static char buf[1 << 18];
    int fd = accept(listen_here(t), NULL, NULL);
    while (recv(fd, buf, sizeof buf, 0) > 0)
        continue;
}

void send_bulk(struct told *t)
{
    static const char buf[1 << 18];
    int fd = open_socket(SOCK_STREAM, connect);
    (void)t;
    for (size_t sent = 0; sent < 400000000; sent += sizeof buf)
        need(send(fd, buf, sizeof buf, MSG_NOSIGNAL) > 0);
}

void send_many(struct told *t)
{
    int fd = open_socket(SOCK_DGRAM, connect);
    (void)t;
    for (int i = 0; i < MANY; i++)
        need(send(fd, "x", 1, 0) == 1 || errno == ECONNREFUSED); /* of the one before */
}

void shout(struct told *t)
{
    struct sockaddr_in group = address_of("224.0.0.251"), all = address_of("198.18.0.3"),
                       lo = address_of("127.0.0.1");
    struct in_addr own = address_of(wire_address[CLIENT_END]).sin_addr;
    int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    (void)t;
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &own, sizeof own);
    need(sendto(fd, "x", 1, 0, (struct sockaddr *)&group, sizeof group) == 1);
    need(sendto(fd, "x", 1, 0, (struct sockaddr *)&all, sizeof all) == 1);
    need(sendto(fd, "x", 1, 0, (struct sockaddr *)&lo, sizeof lo) == 1);
}

void tell_of_itself(struct told *t)
{
    prctl(PR_GET_PDEATHSIG, &t->death_signal);
    t->group = (int)getegid();
}
