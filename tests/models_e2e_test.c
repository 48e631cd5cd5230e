/* tests/models_e2e_test.c: the five server models from outside: who is served, who waits, and what
 * is left of their processes.  Partners: tcp_e2e_test.c and ws_e2e_test.c, which know two of them.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"
#include "ws_hand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TCP_SERVER "tcp_echo_server"
#define WS_SERVER "ws_echo_server"
#define WORKERS 3

#define TEST_ALL(f) TEST_BOTH(f), TEST_UNDER(f, "fork"), TEST_UNDER(f, "thread"), \
                    TEST_UNDER(f, "pool --workers 3")
#define TEST_BLOCKING(f) TEST_UNDER(f, "iterative"), TEST_UNDER(f, "fork"), \
                         TEST_UNDER(f, "thread"), TEST_UNDER(f, "pool --workers 3")
#define TEST_PROCESSES(f) TEST_UNDER(f, "fork"), TEST_UNDER(f, "pool --workers 3")

static struct server serve_as(void **state, const char *program, const char *options)
{
    return serve(program, "--model %s %s", MODEL, options);
}

static bool is_pool(void **state)
{
    return MODEL[0] == 'p';
}

/* How many of n that stay are served. */
static int places(void **state, int n)
{
    int most = MODEL[0] == 'i' ? 1 : is_pool(state) ? WORKERS : n;
    return n < most ? n : most;
}

/* --- processes --- */

#define PIDS_MAX 64

/* Its children at this moment; zombies are among them. */
static int children_of(const struct server *s, pid_t *pids)
{
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->child.pid, (int)s->child.pid);
    FILE *f = fopen(path, "r");
    if (!f)
        skip(); /* no Linux, or one without that file */
    while (n < PIDS_MAX && fscanf(f, "%d", &pids[n]) == 1)
        n++;
    fclose(f);
    return n;
}

static void await_children(const struct server *s, int n)
{
    pid_t pids[PIDS_MAX];
    double end = now() + PATIENCE / 1000;
    while (children_of(s, pids) != n && now() < end)
        usleep(5000);
    assert_int_equal(children_of(s, pids), n);
}

static void signal_all(const struct server *s, int signal_number)
{
    pid_t pids[PIDS_MAX];
    int n = children_of(s, pids);
    for (int i = 0; i < n; i++)
        kill(pids[i], signal_number);
    kill(s->child.pid, signal_number);
}

/* --- clients that stay --- */

enum { CLIENTS = 6 };

struct client {
    int fd;
    bool served, gone;
};

static void say_hello(struct client *c)
{
    say_text(c->fd, "hello\n");
}

static void say_upgrade(struct client *c)
{
    say_text(c->fd, HANDSHAKE);
}

/* Waits until so many in all are served; who they are is the kernel's choice. */
static void await_served(struct client *clients, int n)
{
    for (;;) {
        struct pollfd p[CLIENTS];
        int served = 0;
        for (int i = 0; i < CLIENTS; i++) {
            bool waits = !clients[i].served && !clients[i].gone;
            served += clients[i].served;
            p[i] = (struct pollfd){.fd = waits ? clients[i].fd : -1, .events = POLLIN};
        }
        int more = poll(p, CLIENTS, served < n ? PATIENCE : 50);
        if (more == 0)
            assert_int_equal(served, n);
        if (more == 0)
            return;
        for (int i = 0; i < CLIENTS; i++)
            clients[i].served = clients[i].served || p[i].revents;
    }
}

static void leave(struct client *c)
{
    close(c->fd);
    c->served = false;
    c->gone = true;
}

static void one_after_the_other_is_served(struct server *s, int at_once,
                                          void (*speak)(struct client *))
{
    struct client clients[CLIENTS] = {0};
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].fd = dial(s->port);
        speak(&clients[i]);
    }
    for (int left = CLIENTS; left > 0; left--) {
        await_served(clients, left < at_once ? left : at_once);
        int i = 0;
        while (!clients[i].served)
            i++;
        leave(&clients[i]);
    }
}

static void so_many_are_served_and_the_others_wait(void **state)
{
    struct server s = serve_as(state, TCP_SERVER, "");
    one_after_the_other_is_served(&s, places(state, CLIENTS), say_hello);
    stop(&s);
    s = serve_as(state, WS_SERVER, "");
    one_after_the_other_is_served(&s, places(state, CLIENTS), say_upgrade);
    stop(&s);
}

static void no_more_are_served_than_allowed(void **state)
{
    struct server s = serve_as(state, TCP_SERVER, "--max-clients 2");
    one_after_the_other_is_served(&s, places(state, 2), say_hello);
    stop(&s);
}

static void what_is_said_comes_back(void **state)
{
    static char large[300000];
    struct server tcp = serve_as(state, TCP_SERVER, ""), ws = serve_as(state, WS_SERVER, "");
    fill_pattern(large, sizeof large, true);
    for (int i = 0; i < 10; i++) {
        int fd = dial(tcp.port);
        check_echo(fd, "one");
        check_echo(fd, "two");
        close(fd);
        fd = open_with(&ws, HANDSHAKE);
        check_ws_echo(fd, "one");
        say_frame(fd, FIN | TEXT, large, sizeof large);
        expect_frame(fd, FIN | TEXT, large, sizeof large);
        say_frame(fd, FIN | CLOSE, "\x03\xe8", 2);
        expect_close(fd, 1000);
    }
    stop(&tcp);
    stop(&ws);
}

/* --- who says nothing --- */

static void who_never_speaks_is_let_go(void **state)
{
    static const char *const ways[][2] = {{TCP_SERVER, "--idle-timeout 0.2"},
                                          {WS_SERVER, "--handshake-timeout 0.2"}};
    for (int i = 0; i < 2; i++) {
        struct server s = serve_as(state, ways[i][0], ways[i][1]);
        int first = dial(s.port), second = dial(s.port);
        hear_end(first);
        hear_end(second);
        close(first);
        close(second);
        if (i == 0) {
            first = dial(s.port);
            check_echo(first, "who speaks is served");
        }
        stop(&s);
    }
}

/* --- the end --- */

static void a_signal_ends_all_of_it(void **state)
{
    int fds[CLIENTS];
    struct server s = serve_as(state, WS_SERVER, "");
    int n = places(state, CLIENTS);
    for (int i = 0; i < n; i++) {
        fds[i] = open_with(&s, HANDSHAKE);
        check_ws_echo(fds[i], "hello");
    }
    int waiting = dial(s.port);
    double start = now();
    kill(s.child.pid, SIGTERM);
    for (int i = 0; i < n; i++)
        expect_close(fds[i], 1001);
    struct result r = finish(&s.child); /* which all its processes keep from returning */
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    assert_true(now() - start < 10);
    close(waiting);
}

static void a_signal_to_the_whole_group_ends_it_as_well(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM}; /* terminals send one, timeout(1) the other */
    for (int i = 0; i < 2; i++) {
        struct server s = serve_as(state, WS_SERVER, "");
        int fd = open_with(&s, HANDSHAKE);
        check_ws_echo(fd, "hello");
        signal_all(&s, signals[i]);
        expect_close(fd, 1001);
        assert_int_equal(finish(&s.child).status, 0);
    }
}

/* What a client has said at the last moment is no reason to answer it with a reset. */
static void who_is_still_speaking_is_told_as_well(void **state)
{
    struct server s = serve_as(state, WS_SERVER, "");
    int fd = open_with(&s, HANDSHAKE);
    check_ws_echo(fd, "hello");
    signal_all(&s, SIGSTOP);
    for (int i = 0; i < 10; i++)
        say_message(fd, "and another thing");
    kill(s.child.pid, SIGTERM);
    signal_all(&s, SIGCONT);
    struct frame f = hear_frame(fd);
    while (f.first == (FIN | TEXT))
        f = hear_frame(fd);
    assert_int_equal(f.first, FIN | CLOSE);
    assert_int_equal(f.data[0] << 8 | f.data[1], 1001);
    hear_end(fd);
    close(fd);
    assert_int_equal(finish(&s.child).status, 0);
}

/* Says more than anybody keeps, and hears nothing. */
static int stall(int port)
{
    static const char noise[65536];
    int fd = dial_small(port, 4096);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    while (poll(&p, 1, 200) > 0)
        if (send(fd, noise, sizeof noise, MSG_DONTWAIT) < 0 && errno != EAGAIN)
            fail_msg("send: %s", strerror(errno));
    return fd;
}

static void who_does_not_read_does_not_keep_it(void **state)
{
    struct server s = serve_as(state, TCP_SERVER, "");
    int fd = stall(s.port);
    double start = now();
    kill(s.child.pid, SIGTERM);
    assert_int_equal(finish(&s.child).status, 0);
    assert_true(now() - start < 10);
    close(fd);
}

/* --- processes that die --- */

static void without_the_parent_no_child_stays(void **state)
{
    struct server s = serve_as(state, WS_SERVER, "");
    int fd = open_with(&s, HANDSHAKE);
    check_ws_echo(fd, "hello");
    await_children(&s, is_pool(state) ? WORKERS : 1);
    kill(s.child.pid, SIGKILL);
    expect_close(fd, 1001);
    assert_int_equal(finish(&s.child).status, 128 + SIGKILL);
}

static void without_the_parent_no_child_waits_for_who_does_not_read(void **state)
{
    struct server s = serve_as(state, TCP_SERVER, "");
    int fd = stall(s.port);
    kill(s.child.pid, SIGKILL);
    assert_int_equal(finish(&s.child).status, 128 + SIGKILL);
    close(fd);
}

/* One of the processes that serve is killed, or told to end, which it says: one client sees the
 * end, the others notice nothing. */
static void kill_one(struct server *s, int *fds, int n, int signal_number)
{
    pid_t pids[PIDS_MAX];
    struct pollfd p[CLIENTS];
    assert_int_equal(children_of(s, pids), n);
    kill(pids[n / 2], signal_number);
    for (int i = 0; i < n; i++)
        p[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    assert_int_equal(poll(p, (nfds_t)n, PATIENCE), 1);
    for (int i = 0; i < n; i++)
        if (p[i].revents) {
            if (signal_number == SIGTERM) {
                expect_close(fds[i], 1001);
            } else {
                hear_end(fds[i]);
                close(fds[i]);
            }
            fds[i] = -1;
        } else {
            check_ws_echo(fds[i], "still here");
        }
}

static void a_process_that_dies_harms_one_client(void **state)
{
    static const int signals[] = {SIGKILL, SIGTERM};
    int fds[WORKERS];
    struct server s = serve_as(state, WS_SERVER, "");
    for (int i = 0; i < WORKERS; i++) {
        fds[i] = open_with(&s, HANDSHAKE);
        check_ws_echo(fds[i], "hello");
    }
    for (int i = 0; i < 2; i++) {
        kill_one(&s, fds, WORKERS, signals[i]);
        int new = open_with(&s, HANDSHAKE); /* there is a place again */
        check_ws_echo(new, "hello");
        for (int k = 0; k < WORKERS; k++)
            fds[k] = fds[k] < 0 ? new : fds[k];
        await_children(&s, WORKERS);
    }
    assert_non_null(strstr(child_err(&s.child), "ended: Killed\n"));
    for (int i = 0; i < WORKERS; i++)
        close(fds[i]);
    stop(&s);
}

static void who_has_been_served_leaves_no_process(void **state)
{
    struct server s = serve_as(state, TCP_SERVER, "");
    for (int i = 0; i < 30; i++) {
        int fd = dial(s.port);
        check_echo(fd, "hello");
        close(fd);
    }
    await_children(&s, is_pool(state) ? WORKERS : 0);
    stop(&s);
}

/* Nobody can be made to serve: the client is not left waiting, the server goes on. */
static void without_a_process_or_thread_a_client_is_turned_away(void **state)
{
    leave_alone();
    struct server s = serve_as(state, TCP_SERVER, "");
    for (int i = 0; i < 5; i++) {
        int fd = dial(s.port);
        hear_end(fd);
        close(fd);
    }
    const char *err = child_err(&s.child);
    assert_non_null(strstr(err, ": a client was turned away\n"));
    assert_in_range(count_lines(err), 1, 3); /* once a second */
    stop(&s);
}

/* --- the log --- */

/* PROTOCOL #DESCRIPTOR ADDRESS: TEXT, or of a process that ended. */
static bool is_log_line(const char *line)
{
    char protocol[8], address[64], text[128];
    int number;
    if (sscanf(line, "process %d %7[e]%7s", &number, protocol, text) == 3)
        return strcmp(text, "nded") == 0;
    if (sscanf(line, "%7[a-z] #%d %63[0-9.:]: %127[^\n]", protocol, &number, address, text) != 4)
        return sscanf(line, "%7[a-z] #%d ?: closed", protocol, &number) == 2;
    return strcmp(text, "open") == 0 || strcmp(text, "closed") == 0 ||
           strcmp(text, "broke the protocol: closed with 1002") == 0;
}

/* Many write to it at once. */
static void lines_of_the_log_are_whole(void **state)
{
    int fds[CLIENTS];
    struct server s = serve_as(state, WS_SERVER, "-v");
    int n = places(state, CLIENTS);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < n; i++) {
            fds[i] = dial(s.port);
            say_text(fds[i], HANDSHAKE);
        }
        for (int i = 0; i < n; i++) {
            assert_int_equal(hear_head(fds[i]), 101);
            say_frame(fds[i], FIN | 3, "", 0);
        }
        for (int i = 0; i < n; i++)
            expect_close(fds[i], 1002);
    }
    kill(s.child.pid, SIGTERM);
    struct result r = finish(&s.child);
    for (const char *line = r.err; *line; line = strchr(line, '\n') + 1)
        if (!is_log_line(line) || !strchr(line, '\n'))
            fail_msg("not a line of the log: %.*s", (int)strcspn(line, "\n"), line);
}

/* Whichever process or thread it is that tells of it. */
static void explain_tells_clients_apart_by_number(void **state)
{
    int fds[CLIENTS];
    struct server s = serve_as(state, WS_SERVER, "-x");
    int n = places(state, CLIENTS);
    for (int i = 0; i < n; i++) {
        fds[i] = dial(s.port);
        say_text(fds[i], HANDSHAKE);
    }
    for (int i = 0; i < n; i++) {
        assert_int_equal(hear_head(fds[i]), 101);
        hang_up(fds[i]);
    }
    kill(s.child.pid, SIGTERM);
    struct result r = finish(&s.child);
    for (int i = 1; i <= n + 1; i++) {
        char first[80];
        snprintf(first, sizeof first, "#%-5d      0.000 ms -- tcp              accepted from", i);
        const char *found = strstr(r.err, first);
        assert_true(i > n ? !found : found && !strstr(found + 1, first));
    }
    for (const char *line = r.err; *line; line = strchr(line, '\n') + 1)
        if ((*line != '#' && strncmp(line, "             ", 13) != 0) || !strchr(line, '\n'))
            fail_msg("not a line of --explain: %.*s", (int)strcspn(line, "\n"), line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALL(what_is_said_comes_back),
        TEST_ALL(so_many_are_served_and_the_others_wait),
        TEST_BLOCKING(no_more_are_served_than_allowed), /* the loop turns away: e2e.tcp_echo */
        TEST_ALL(who_never_speaks_is_let_go),
        TEST_ALL(a_signal_ends_all_of_it),
        TEST_ALL(a_signal_to_the_whole_group_ends_it_as_well),
        TEST_ALL(who_is_still_speaking_is_told_as_well),
        TEST_ALL(who_does_not_read_does_not_keep_it),
        TEST_PROCESSES(without_the_parent_no_child_stays),
        TEST_PROCESSES(without_the_parent_no_child_waits_for_who_does_not_read),
        TEST_PROCESSES(a_process_that_dies_harms_one_client),
        TEST_PROCESSES(who_has_been_served_leaves_no_process),
        TEST_UNDER(without_a_process_or_thread_a_client_is_turned_away, "fork"),
        TEST_UNDER(without_a_process_or_thread_a_client_is_turned_away, "thread"),
        TEST_ALL(lines_of_the_log_are_whole),
        TEST_ALL(explain_tells_clients_apart_by_number),
    };
    return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
