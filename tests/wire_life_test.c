/* tests/wire_life_test.c: who a wire makes of those who enter it, and what is left of it.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/host.h"
#include "bench/wire/wire_check.h"
#include "tests/wire_scene.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void who_enters_still_dies_with_its_parent_and_is_who_it_was(void **state)
{
    (void)state;
    struct wire *wire = open_wire("rtt=0");
    at(wire, CLIENT_END, tell_of_itself);
    assert_int_equal(told()->death_signal, SIGKILL);
    assert_int_equal(told()->group, getegid());
    wire_close(wire);
}

static size_t count_entries(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static size_t count_devices(void)
{
    size_t n = 0;
    struct if_nameindex *list = if_nameindex();
    while (list[n].if_index)
        n++;
    if_freenameindex(list);
    return n;
}

static ino_t own_network(void)
{
    struct stat st;
    assert_int_equal(stat("/proc/self/ns/net", &st), 0);
    return st.st_ino;
}

static void nothing_is_left_after_closing(void **state)
{
    size_t descriptors = count_entries("/proc/self/fd"), devices = count_devices();
    ino_t network = own_network();
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wire *wire = open_wire("rtt=1ms,loss=1%");
        assert_int_equal(count_devices(), devices);
        assert_int_equal(own_network(), network);
        pid_t process = wire_process(wire);
        assert_int_equal(kill(process, 0), 0);
        wire_close(wire);
        assert_true(kill(process, 0) < 0 && errno == ESRCH);
    }
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
}

static void sleep_at_an_end(struct told *t)
{
    t->listens = true;
    for (;;)
        pause();
}

/* Killed, the opener can't tidy up: what it began must end by itself.  Its orphans become ours. */
static void nothing_is_left_after_the_opener_was_killed(void **state)
{
    int status, ended = 0;
    (void)state;
    told()->n = 0;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1ul), 0);
    pid_t opener = fork();
    if (opener == 0) {
        struct wire *wire = open_wire("rtt=1ms");
        beside(wire, SERVER_END, sleep_at_an_end);
        told()->n = 1;
        pause();
    }
    for (int i = 0; i < 1000 && told()->n == 0; i++)
        sleep_until(clock_ns() + 10000000);
    assert_int_equal(told()->n, 1);
    kill(opener, SIGKILL);
    for (uint64_t end = clock_ns() + 10000000000u; ended < 3 && clock_ns() < end;) {
        if (waitpid(-1, &status, WNOHANG) > 0) {
            assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
            ended++;
        }
    }
    assert_int_equal(ended, 3); /* the opener, the forwarder, whoever entered */
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    prctl(PR_SET_CHILD_SUBREAPER, 0ul);
}

static void the_check_tells_of_delay_idling_and_throughput(void **state)
{
    struct wire_spec spec = {.rtt_ns = 2000000};
    char text[1024] = "";
    double late, idle, gbit;
    int n = 0;
    FILE *f = tmpfile();
    (void)state;
    assert_non_null(f);
    assert_int_equal(wire_check(&spec, f), 0);
    rewind(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_int_equal(sscanf(text, "late arrival at 1 ms one way: p50 %lf us, %*[^(](n=%d)%*[^i]"
                                  "in the forwarder:%*[^\n] idle: %lf %% of a CPU TCP without "
                                  "distance: %lf Gbit/s", &late, &n, &idle, &gbit), 4);
    assert_int_equal(n, 1000);
    assert_true(late > 0 && idle >= 0 && idle < 1 && gbit > 0.01);
}

/* A busy forwarder would leave the ends no time at all. */
static void on_an_only_cpu_the_forwarder_goes_before_nobody(void **state)
{
    cpu_set_t all;
    struct wire_totals t;
    int cpu, same;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_int_equal(choose_cpus(PIN_SAME, &cpu, &same), 0);
    assert_int_equal(pin_to(cpu), 0);
    struct wire *wire = open_wire("rtt=1ms");
    wire_totals(wire, &t);
    wire_close(wire);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_false(t.real_time);
}

static int try_all(const char *who)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_enters_still_dies_with_its_parent_and_is_who_it_was),
        cmocka_unit_test(nothing_is_left_after_closing),
        cmocka_unit_test(the_check_tells_of_delay_idling_and_throughput),
        cmocka_unit_test(on_an_only_cpu_the_forwarder_goes_before_nobody),
        cmocka_unit_test(nothing_is_left_after_the_opener_was_killed),
    };
    return cmocka_run_group_tests_name(who, tests, NULL, NULL);
}

int main(void)
{
    return try_as_everyone(try_all);
}
