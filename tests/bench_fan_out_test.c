/* tests/bench_fan_out_test.c: many subscribers to a server that leaves out, repeats and cuts events
 * by a known rule: what the measure makes of it.
 * SPDX-License-Identifier: MIT */
#include "bench/floor.h"
#include "bench/job.h"
#include "tcp_echo/clock.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define RECEIVERS 5
#define EVENTS 20
#define AGE_NS 3000000u /* of each event when it is sent */

static double values[PUSH_METRICS][RECEIVERS * EVENTS];
static size_t counts[PUSH_METRICS];

/* From event 6 on, receiver 1 misses every 5th and receiver 2 has every 4th twice; receiver 3 is
 * sent all of them in two pieces. */
static void send_event(const int *fd, uint64_t number)
{
    char line[64];
    int n = snprintf(line, sizeof line, "tick %" PRIu64 " %" PRIu64 "\n", number,
                     clock_ns() - AGE_NS);
    for (int i = 0; i < RECEIVERS; i++) {
        size_t first = i == 3 ? 7 : (size_t)n;
        if (number > 5 && i == 1 && number % 5 == 0)
            continue;
        for (int twice = number > 5 && i == 2 && number % 4 == 0; twice >= 0; twice--)
            send(fd[i], line, first, MSG_NOSIGNAL);
        nanosleep(&(struct timespec){.tv_nsec = i == 3 ? 500000 : 0}, NULL);
        send(fd[i], line + first, (size_t)n - first, MSG_NOSIGNAL);
    }
}

static _Noreturn void push(int listener)
{
    int fd[RECEIVERS];
    for (int i = 0; i < RECEIVERS; i++)
        fd[i] = accept(listener, NULL, NULL);
    for (uint64_t number = 1; number < 1000; number++) {
        send_event(fd, number);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    _exit(0);
}

static _Noreturn void measure(int listener, int port, int out)
{
    struct plan plan = {.size = 1, .push_every_ms = 5, .poll_every_ms = 5};
    struct job job = {.plan = &plan, .measure = &measures[PUSH], .transport = &transports[TCP],
                      .connections = RECEIVERS, .count = EVENTS, .out = out,
                      .url = {.scheme = "tcp", .host = "127.0.0.1", .port = port}};
    job.server = fork();
    if (job.server == 0)
        push(listener);
    time_fan_out(&job);
    kill(job.server, SIGKILL);
    _exit(0);
}

static int run(void **state)
{
    int fd[2], port, listener = floor_listen("127.0.0.1", &port), status;
    struct job_record r;
    (void)state;
    if (listener < 0 || pipe(fd) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        measure(listener, port, fd[1]);
    close(fd[1]);
    FILE *in = fdopen(fd[0], "r");
    while (fread(&r, sizeof r, 1, in) == 1 && r.metric < PUSH_METRICS &&
           r.bytes <= RECEIVERS * EVENTS * sizeof(double))
        counts[r.metric] = fread(values[r.metric], sizeof(double), r.bytes / sizeof(double), in);
    fclose(in);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* The window begins with event 3 at the earliest, when two were heard by all, and is EVENTS long:
 * it holds numbers 10, 15, 20 or one more of those, and four or five times four. */
static void every_gap_and_every_repetition_is_counted_once(void **state)
{
    (void)state;
    assert_in_range((size_t)values[PUSH_MISSED][0], 3, 4);
    assert_in_range((size_t)values[PUSH_DUPLICATE][0], 4, 5);
    assert_int_equal(counts[PUSH_LATENCY] + (size_t)values[PUSH_MISSED][0], RECEIVERS * EVENTS);
}

static void an_event_with_a_gap_has_no_last_arrival(void **state)
{
    (void)state;
    assert_int_equal(counts[PUSH_LAST] + (size_t)values[PUSH_MISSED][0], EVENTS);
    assert_int_equal(counts[PUSH_FIRST], counts[PUSH_LAST]);
    assert_int_equal(counts[PUSH_MEDIAN], counts[PUSH_LAST]);
}

static void latency_runs_from_creation_to_the_last_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < counts[PUSH_LAST]; i++) {
        assert_true(values[PUSH_FIRST][i] >= 3000);
        assert_true(values[PUSH_MEDIAN][i] >= values[PUSH_FIRST][i]);
        assert_true(values[PUSH_LAST][i] >= values[PUSH_MEDIAN][i]);
        assert_true(values[PUSH_LAST][i] >= 3500); /* it waits for the one in pieces */
    }
}

static void cpu_is_told_for_each_event_and_receiver(void **state)
{
    (void)state;
    assert_int_equal(counts[PUSH_CPU_CLIENT], 1);
    assert_true(values[PUSH_CPU_CLIENT][0] > 0 && values[PUSH_CPU_CLIENT][0] < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gap_and_every_repetition_is_counted_once),
        cmocka_unit_test(an_event_with_a_gap_has_no_last_arrival),
        cmocka_unit_test(latency_runs_from_creation_to_the_last_byte),
        cmocka_unit_test(cpu_is_told_for_each_event_and_receiver),
    };
    return cmocka_run_group_tests(tests, run, NULL);
}
