/* tests/wire_nagle_test.c: a message sent in two writes, over a real wire: Nagle's algorithm holds
 * the second one back until the first is acknowledged, and the peer, waiting for the rest before
 * it answers, delays that acknowledgement.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/stats.h"
#include "tests/wire_scene.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PORT 7008
#define HALF 32
#define RTT_MS 40
#define DELAYED_ACK_MS 40 /* of Linux, once the first segments have been acknowledged at once */

static void need(bool ok)
{
    if (!ok)
        _exit(1);
}

static struct sockaddr_in server_address(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    need(inet_pton(AF_INET, wire_address[SERVER_END], &a.sin_addr) == 1);
    return a;
}

/* One connection after the other, whole messages only. */
static void echo_messages(struct told *t)
{
    struct sockaddr_in a = server_address();
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    char message[2 * HALF];
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    need(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 1) == 0);
    for (t->listens = true;;) {
        int fd = accept(listener, NULL, NULL);
        while (recv(fd, message, sizeof message, MSG_WAITALL) == sizeof message)
            need(send(fd, message, sizeof message, MSG_NOSIGNAL) == sizeof message);
        close(fd);
    }
}

static double exchange_ms(int fd)
{
    char message[2 * HALF] = {0};
    uint64_t begun = clock_ns();
    need(send(fd, message, HALF, MSG_NOSIGNAL) == HALF);
    need(send(fd, message + HALF, HALF, MSG_NOSIGNAL) == HALF);
    need(recv(fd, message, sizeof message, MSG_WAITALL) == sizeof message);
    return (double)(clock_ns() - begun) / 1e6;
}

/* The first message's time goes to connect[0]. */
static void exchange(struct told *t, int nodelay)
{
    struct sockaddr_in a = server_address();
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    need(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof nodelay) == 0);
    need(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    t->connect[0] = exchange_ms(fd);
    for (size_t i = 0; i < SAMPLES; i++)
        t->tcp[i] = exchange_ms(fd);
    close(fd);
}

static void with_nagle(struct told *t)
{
    exchange(t, 0);
}

static void without_nagle(struct told *t)
{
    exchange(t, 1);
}

static bool takes(double ms, double expected)
{
    return ms >= expected - 1 && ms <= expected * 1.05 + 2; /* the delay is counted in ticks */
}

static bool the_median_takes(double expected)
{
    sort_samples(told()->tcp, SAMPLES);
    if (takes(told()->tcp[SAMPLES / 2], expected))
        return true;
    print_message("%g ms, not %g\n", told()->tcp[SAMPLES / 2], expected);
    return false;
}

static bool as_the_table_says(void)
{
    struct wire *wire = open_wire("rtt=40ms");
    beside(wire, SERVER_END, echo_messages);
    at(wire, CLIENT_END, with_nagle);
    bool held = takes(told()->connect[0], 2 * RTT_MS) &&
                the_median_takes(2 * RTT_MS + DELAYED_ACK_MS);
    at(wire, CLIENT_END, without_nagle);
    bool at_once = the_median_takes(RTT_MS);
    over();
    wire_close(wire);
    return held && at_once;
}

static void two_writes_wait_for_a_delayed_acknowledgement(void **state)
{
    (void)state;
    if (!as_the_table_says())
        assert_true(as_the_table_says()); /* the machine may have been busy */
}

static int try_all(const char *who)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_writes_wait_for_a_delayed_acknowledgement),
    };
    return cmocka_run_group_tests_name(who, tests, NULL, NULL);
}

int main(void)
{
    return try_as_everyone(try_all);
}
