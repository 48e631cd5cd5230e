/* tests/files_large_e2e_test.c: files too large to be kept in memory, sent to who reads slowly, leaves,
 * or asks for more meanwhile; and what the file does meanwhile.  Partner: files_e2e_test.c.
 * SPDX-License-Identifier: MIT */
#include "site.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEST_ALL(f) TEST_BOTH(f), TEST_UNDER(f, "fork"), TEST_UNDER(f, "thread"), \
                    TEST_UNDER(f, "pool --workers 3")
#define MIB (1024u * 1024u)
#define LARGE (50 * MIB + 12345) /* more than what the kernels keep of it under way */
#define READERS 20
#define GROWN_KB 8192 /* by 20 readers of 50 MiB */
#ifdef __SANITIZE_ADDRESS__
#define MEASURED false /* what was freed stays with the sanitizer for a while */
#else
#define MEASURED true
#endif

static struct server serve_site(void **state, const char *options)
{
    return serve("http_poll_server", "--root site --model %s %s", MODEL, options);
}

static int make_large_site(void **state)
{
    if (make_site(state))
        return -1;
    make_large("large", LARGE);
    return 0;
}

static long resident_kb(const struct server *s)
{
    char path[64], line[200];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->child.pid);
    FILE *f = fopen(path, "r");
    if (!f)
        skip();
    while (fgets(line, sizeof line, f))
        sscanf(line, "VmRSS: %ld", &kb);
    fclose(f);
    return kb;
}

static int descriptors(const struct server *s)
{
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)s->child.pid);
    DIR *folder = opendir(path);
    if (!folder)
        skip();
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void check_large(int fd)
{
    assert_int_equal(hear_start(fd), 200);
    assert_int_equal(length, LARGE);
    hear_large(fd, 0, LARGE);
}

/* Each keeps one piece; and whoever reads gets what is asked for meanwhile. */
static void slow_readers_hold_up_nobody(void **state)
{
    int fd[READERS];
    (void)state;
    struct server s = serve("ws_echo_server", "--root site");
    int echo = open_with(&s, HANDSHAKE), quick = dial(s.port);
    check_ws_echo(echo, "before");
    long before = resident_kb(&s);
    for (int i = 0; i < READERS; i++) {
        fd[i] = dial_small(s.port, 4096);
        ask(fd[i], "GET", "/large", "");
        assert_int_equal(hear_start(fd[i]), 200);
    }
    for (int i = 0; i < 100; i++) {
        check_ws_echo(echo, "meanwhile");
        assert_int_equal(ask_for(quick, "GET", "/a.css", ""), 200);
    }
    long after = resident_kb(&s);
    printf("           %d readers of 50 MiB: %ld kB, and %ld before\n", READERS, after, before);
    if (MEASURED)
        assert_in_range(after, 0, before + GROWN_KB);
    hear_large(fd[7], 0, LARGE);
    for (int i = 0; i < READERS; i++)
        close(fd[i]);
    stop(&s);
}

/* The answers come in the order of the requests, each whole. */
static void requests_behind_a_file_wait_for_it(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial_small(s.port, 65536);
    ask(fd, "GET", "/large", "");
    ask(fd, "HEAD", "/large", "");
    ask(fd, "GET", "/a.css", "");
    ask(fd, "GET", "/large", "");
    ask(fd, "GET", "/nothing", "");
    ask(fd, "POST", "/echo", "Content-Length: 5\r\n");
    say_text(fd, "hello");
    sleep_ms(100);
    check_large(fd);
    assert_int_equal(hear_answer(fd, "HEAD"), 200);
    assert_int_equal(length, LARGE);
    assert_int_equal(hear_answer(fd, "GET"), 200);
    assert_string_equal(body, "p {}");
    check_large(fd);
    assert_int_equal(hear_answer(fd, "GET"), 404);
    assert_int_equal(hear_answer(fd, "POST"), 200);
    assert_string_equal(body, "hello");
    ask(fd, "GET", "/large", "Connection: close\r\n");
    check_large(fd);
    hear_end(fd);
    close(fd);
    stop(&s);
}

/* Who has only stopped talking (nc -N) still listens. */
static void a_file_reaches_who_has_said_all(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial(s.port);
    ask(fd, "GET", "/large", "");
    end_of_talk(fd);
    check_large(fd);
    hear_end(fd);
    close(fd);
    stop(&s);
}

static size_t hear_rest(int fd)
{
    static char buf[MIB];
    size_t all = 0;
    for (ssize_t n = read(fd, buf, sizeof buf); n > 0; n = read(fd, buf, sizeof buf))
        all += (size_t)n;
    return all;
}

/* What was promised can't be kept: fewer bytes and the end, never others in their place. */
static void a_file_that_shrinks_ends_its_connection(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial_small(s.port, 4096);
    make_large("shrinking", LARGE);
    ask(fd, "GET", "/shrinking", "");
    assert_int_equal(hear_start(fd), 200);
    hear_large(fd, 0, MIB);
    assert_int_equal(truncate("site/shrinking", 20 * MIB), 0);
    hear_large(fd, MIB, 19 * MIB);
    assert_int_equal(hear_rest(fd), 0);
    close(fd);
    fd = dial(s.port);
    assert_int_equal(ask_for(fd, "GET", "/a.css", ""), 200);
    close(fd);
    stop(&s);
}

static void a_file_that_grows_is_as_long_as_was_said(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial_small(s.port, 4096);
    make_large("growing", LARGE);
    ask(fd, "GET", "/growing", "");
    ask(fd, "GET", "/a.css", "");
    assert_int_equal(hear_start(fd), 200);
    assert_int_equal(truncate("site/growing", 2 * LARGE), 0);
    hear_large(fd, 0, LARGE);
    assert_int_equal(hear_answer(fd, "GET"), 200);
    assert_string_equal(body, "p {}");
    close(fd);
    stop(&s);
}

static void who_leaves_in_the_middle_leaves_nothing(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial(s.port);
    assert_int_equal(ask_for(fd, "GET", "/a.css", ""), 200);
    close(fd);
    sleep_ms(50);
    int before = descriptors(&s);
    for (int i = 0; i < 1000; i++) {
        fd = dial_small(s.port, 4096);
        ask(fd, "GET", "/large", "");
        if (i % 3)
            assert_int_equal(hear_start(fd), 200);
        if (i % 2)
            hang_up(fd);
        else
            close(fd);
    }
    for (double end = now() + 10; descriptors(&s) > before && now() < end;)
        sleep_ms(10);
    assert_int_equal(descriptors(&s), before);
    stop(&s);
}

static void who_does_not_read_is_given_up(void **state)
{
    struct server s = serve_site(state, "--idle-timeout 0.3 --handshake-timeout 0.3");
    int fd = dial_small(s.port, 4096);
    ask(fd, "GET", "/large", "");
    assert_int_equal(hear_start(fd), 200);
    sleep_ms(1500);
    assert_in_range(hear_rest(fd), 1, LARGE - 1);
    close(fd);
    stop(&s);
}

/* A file is no reason to stay: the client sees that it is not whole. */
static void a_server_that_stops_does_not_send_it_all(void **state)
{
    struct server s = serve_site(state, "");
    int fd = dial_small(s.port, 4096);
    ask(fd, "GET", "/large", "");
    assert_int_equal(hear_start(fd), 200);
    double before = now();
    stop(&s);
    assert_true(now() - before < PATIENCE / 2e3);
    assert_in_range(hear_rest(fd), 0, LARGE - 1);
    close(fd);
}

static void without_a_descriptor_a_file_has_to_wait(void **state)
{
    int fd[40], n = 0, status = 200;
    (void)state;
    limit_descriptors(24);
    struct server s = serve("http_poll_server", "--root site");
    while (status == 200 && n < 40) {
        fd[n] = dial(s.port);
        status = ask_for(fd[n++], "GET", "/sub/", "");
    }
    limit_descriptors(0);
    assert_int_equal(status, 503);
    assert_string_equal(head_field("Retry-After"), "1");
    close(fd[0]);
    close(fd[1]);
    for (double end = now() + 10; status == 503 && now() < end; sleep_ms(10))
        status = ask_for(fd[n - 1], "GET", "/sub/", "");
    assert_int_equal(status, 200);
    for (int i = 2; i < n; i++)
        close(fd[i]);
    stop(&s);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        TEST(slow_readers_hold_up_nobody),
        TEST_ALL(requests_behind_a_file_wait_for_it),
        TEST_ALL(a_file_reaches_who_has_said_all),
        TEST_BOTH(a_file_that_shrinks_ends_its_connection),
        TEST_BOTH(a_file_that_grows_is_as_long_as_was_said),
        TEST_UNDER(who_leaves_in_the_middle_leaves_nothing, "loop"),
        TEST_UNDER(who_leaves_in_the_middle_leaves_nothing, "thread"),
        TEST_ALL(who_does_not_read_is_given_up),
        TEST_ALL(a_server_that_stops_does_not_send_it_all),
        TEST(without_a_descriptor_a_file_has_to_wait),
    };
    return cmocka_run_group_tests_name("large files", tests, make_large_site, remove_site);
}
