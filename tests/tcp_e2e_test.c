/* tests/tcp_e2e_test.c: tcp_echo_server and tcp_echo_client as processes, against each other and
 * against bare sockets.  Partners: http_e2e_test.c, ws_e2e_test.c.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <errno.h>
#include <poll.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "tcp_echo_server"
#define CLIENT "tcp_echo_client"
#define MIB (1024u * 1024u)

static struct server serve_as(void **state, const char *options)
{
    return serve(SERVER, "--model %s %s", MODEL, options);
}

static struct result client(const struct server *s, const char *options, const char *input)
{
    return run(input, strlen(input), CLIENT, "%s %s", options, s->url);
}

/* --- the client and the server --- */

static void every_line_comes_back(void **state)
{
    struct server s = serve_as(state, "");
    struct result r = client(&s, "", "one\ntwo words\n\nfour\n");
    assert_string_equal(r.out, "one\ntwo words\n\nfour\n");
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, 0);
    stop(&s);
}

static void a_last_line_without_newline_is_a_line(void **state)
{
    struct server s = serve_as(state, "");
    assert_string_equal(client(&s, "", "one\ntwo").out, "one\ntwo\n");
    assert_string_equal(client(&s, "", "x").out, "x\n");
    assert_string_equal(client(&s, "", "\n").out, "\n");
    assert_string_equal(client(&s, "", "").out, "");
    stop(&s);
}

static void bytes_of_every_value_come_back(void **state)
{
    struct server s = serve_as(state, "");
    char all[257];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    all[256] = '\n';
    struct result r = run(all, sizeof all, CLIENT, "%s", s.url);
    assert_int_equal(r.out_len, sizeof all);
    assert_memory_equal(r.out, all, sizeof all);
    stop(&s);
}

static void a_line_of_a_mebibyte_comes_back(void **state)
{
    struct server s = serve_as(state, "");
    char *line = malloc(MIB + 1);
    fill_pattern(line, MIB, true);
    line[MIB] = '\n';
    struct result r = run(line, MIB + 1, CLIENT, "%s", s.url);
    assert_int_equal(r.out_len, MIB + 1);
    assert_memory_equal(r.out, line, MIB + 1);
    free(line);
    stop(&s);
}

static void counted_messages_end_with_a_summary(void **state)
{
    struct server s = serve_as(state, "");
    struct result r = client(&s, "-n 100 -s 1000", "");
    assert_int_equal(r.status, 0);
    assert_int_equal(count_lines(r.out), 1);
    assert_ptr_equal(strstr(r.out, "100 replies in "), r.out);
    assert_non_null(strstr(r.out, "median"));
    r = client(&s, "-n 3", "");
    assert_ptr_equal(strstr(r.out, "3 replies in "), r.out);
    r = client(&s, "-s 1", ""); /* the newline alone */
    assert_ptr_equal(strstr(r.out, "1 replies in "), r.out);
    stop(&s);
}

static void sixteen_mebibytes_do_not_deadlock(void **state)
{
    struct server s = serve_as(state, "");
    struct result r = client(&s, "-n 1 -s 16777216", "");
    assert_int_equal(r.status, 0);
    assert_ptr_equal(strstr(r.out, "1 replies in "), r.out);
    stop(&s);
}

static void an_interactive_client_answers_line_by_line(void **state)
{
    struct server s = serve_as(state, "");
    struct child c = start(CLIENT, "%s", s.url);
    char line[64];
    for (int i = 0; i < 3; i++) {
        char text[64];
        int n = snprintf(text, sizeof text, "line %d\n", i);
        assert_int_equal(write(c.in, text, (size_t)n), n);
        child_line(&c, line, sizeof line); /* before its input has ended */
        text[n - 1] = '\0';
        assert_string_equal(line, text);
    }
    assert_int_equal(finish(&c).status, 0);
    stop(&s);
}

static void a_name_works_like_an_address(void **state)
{
    struct addrinfo *list;
    if (getaddrinfo("localhost", NULL, NULL, &list) != 0)
        skip(); /* no /etc/hosts here */
    freeaddrinfo(list);
    struct server s = serve_as(state, "-H localhost");
    assert_ptr_equal(strstr(s.url, "tcp://localhost:"), s.url);
    assert_string_equal(client(&s, "", "by name\n").out, "by name\n");
    stop(&s);
}

static void an_ipv6_address_is_announced_in_brackets(void **state)
{
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    struct child probe = start(SERVER, "-p 0 -H ::1 --model %s", MODEL);
    char line[128];
    if (fd < 0 || has_ended(&probe, 200)) { /* no IPv6 here */
        kill(probe.pid, SIGKILL);
        finish(&probe);
        skip();
    }
    close(fd);
    child_line(&probe, line, sizeof line);
    assert_ptr_equal(strstr(line, "listening on tcp://[::1]:"), line);
    struct result r = run("six\n", 4, CLIENT, "%s", line + strlen("listening on "));
    assert_string_equal(r.out, "six\n");
    kill(probe.pid, SIGTERM);
    assert_int_equal(finish(&probe).status, 0);
}

/* --- a stream has no messages, and two ends --- */

static void the_end_of_one_direction_is_not_the_end(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    char back[64];
    say_text(fd, "last words");
    end_of_talk(fd);
    assert_int_equal(hear_all(fd, back, sizeof back), 10);
    assert_string_equal(back, "last words");
    stop(&s);
}

/* So much that it must wait in the server's queue when our FIN comes. */
static void what_is_owed_goes_out_after_a_half_close(void **state)
{
    enum { SIZE = 12 * MIB };
    struct server s = serve_as(state, "");
    int fd = dial_small(s.port, 4096);
    char *data = malloc(SIZE), *back = malloc(SIZE + 1);
    size_t sent = 0, got = 0;
    fill_pattern(data, SIZE, false);
    while (got < SIZE) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        p.events |= sent < SIZE ? POLLOUT : 0;
        assert_true(poll(&p, 1, PATIENCE) > 0);
        if (sent < SIZE && (p.revents & POLLOUT)) { /* reads when it may say no more */
            ssize_t n = send(fd, data + sent, SIZE - sent, MSG_DONTWAIT);
            assert_true(n > 0 || errno == EAGAIN);
            sent += n > 0 ? (size_t)n : 0;
            if (sent == SIZE)
                end_of_talk(fd);
            continue;
        }
        ssize_t n = recv(fd, back + got, SIZE - got, MSG_DONTWAIT);
        assert_true(n > 0);
        got += (size_t)n;
    }
    hear_end(fd);
    assert_memory_equal(back, data, SIZE);
    free(data);
    free(back);
    stop(&s);
}

static void a_reset_harms_nobody_else(void **state)
{
    struct server s = serve_as(state, "");
    for (int i = 0; i < 20; i++) {
        int fd = dial(s.port);
        say_text(fd, "half of someth");
        hang_up(fd);
    }
    assert_string_equal(client(&s, "", "still there\n").out, "still there\n");
    stop(&s);
}

/* Sends until the server takes no more, and reads nothing. */
static void stall(int fd)
{
    static char flood[MIB];
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    while (poll(&p, 1, 200) > 0)
        if (send(fd, flood, sizeof flood, MSG_DONTWAIT) < 0)
            assert_int_equal(errno, EAGAIN);
}

/* --- models --- */

static void many_are_served_while_one_stalls(void **state)
{
    (void)state;
    enum { CLIENTS = 200 };
    struct server s = serve(SERVER, "--model loop");
    int stalled = dial_small(s.port, 4096), fd[CLIENTS];
    assert_true(can_open(CLIENTS + 32));
    stall(stalled);
    for (int i = 0; i < CLIENTS; i++)
        fd[i] = dial(s.port);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            char line[64];
            int n = snprintf(line, sizeof line, "%d of client %d\n", round, i);
            say(fd[i], line, (size_t)n);
        }
        for (int i = CLIENTS - 1; i >= 0; i--) {
            char line[64], back[64];
            snprintf(line, sizeof line, "%d of client %d", round, i);
            assert_true(hear_line(fd[i], back, sizeof back));
            assert_string_equal(back, line);
        }
    }
    hang_up(stalled);
    stop(&s);
}

static void the_second_client_waits_but_connects(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--model iterative");
    int first = dial(s.port);
    check_echo(first, "first");
    int second = dial(s.port); /* the kernel accepts for the server: the handshake needs nobody */
    say_text(second, "second\n");
    assert_true(is_silent(second, 200));
    check_echo(first, "still first");
    close(first);
    char line[32];
    assert_true(hear_line(second, line, sizeof line));
    assert_string_equal(line, "second");
    stop(&s);
}

/* The server may not have seen yet that somebody has left. */
static void await_place(int port)
{
    char byte;
    for (double end = now() + PATIENCE / 1e3; now() < end;) {
        int fd = dial(port);
        say_text(fd, "x");
        ssize_t n = recv(fd, &byte, 1, 0);
        close(fd);
        if (n == 1)
            return;
    }
    fail_msg("no place was given to another client");
}

static void one_client_more_than_allowed_is_turned_away(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--max-clients 2 -v");
    int a = dial(s.port), b = dial(s.port);
    check_echo(a, "a");
    check_echo(b, "b");
    for (int i = 0; i < 200; i++) { /* more than may be turned away at once */
        int c = dial(s.port);
        hear_end(c);
        close(c);
    }
    assert_non_null(strstr(child_err(&s.child), "one too many"));
    check_echo(a, "a again");
    close(a);
    await_place(s.port);
    check_echo(b, "b again");
    stop(&s);
}

/* --- out of descriptors --- */

/* How many connections of at most n are served when everybody asks for an echo; the rest waits. */
static int count_served(const int *fd, int n, bool *served)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        say_text(fd[i], "x\n");
    for (int i = 0; i < n; i++) {
        served[i] = !is_silent(fd[i], count < i ? 50 : 400);
        count += served[i];
    }
    return count;
}

static void without_descriptors_the_old_go_on_and_the_new_wait(void **state)
{
    (void)state;
    enum { CLIENTS = 30, LIMIT = 20 };
    limit_descriptors(LIMIT);
    struct server s = serve(SERVER, "--model loop");
    int fd[CLIENTS], first_waiting = -1;
    bool served[CLIENTS];
    char line[16];
    for (int i = 0; i < CLIENTS; i++)
        fd[i] = dial(s.port);
    int n = count_served(fd, CLIENTS, served);
    assert_in_range(n, 5, LIMIT);
    for (int i = CLIENTS - 1; i >= 0; i--)
        if (!served[i])
            first_waiting = i;
    for (int i = 0; i < CLIENTS; i++)
        if (served[i])
            assert_true(hear_line(fd[i], line, sizeof line));
    double before = now();
    assert_true(is_silent(fd[first_waiting], 1000)); /* time to spin in */
    double waited = now() - before;
    check_echo(fd[0], "as ever");
    close(fd[0]);
    assert_true(hear_line(fd[first_waiting], line, sizeof line)); /* one place has become free */
    for (int i = 1; i < CLIENTS; i++)
        if (served[i])
            close(fd[i]);
    for (int i = first_waiting + 1; i < CLIENTS; i++) { /* in turn */
        assert_true(hear_line(fd[i], line, sizeof line));
        close(fd[i]);
    }
    assert_non_null(strstr(child_err(&s.child), "Too many open files"));
    assert_true(count_lines(child_err(&s.child)) < 100);
    stop(&s);
    assert_true(s.child.cpu < waited / 2);
}

/* The barest server: with every descriptor taken, there is none for the first client. */
static void the_iterative_model_does_not_spin_without_descriptors(void **state)
{
    (void)state;
    for (unsigned long limit = 7; limit <= 8; limit++) {
        limit_descriptors(limit);
        struct child c = start(SERVER, "-p 0 --model iterative");
        char line[128];
        int port = 0;
        if (has_ended(&c, 200)) { /* too few even to start: a clear end is as good */
            assert_int_equal(finish(&c).status, 1);
            continue;
        }
        child_line(&c, line, sizeof line);
        assert_int_equal(sscanf(line, "listening on tcp://127.0.0.1:%d", &port), 1);
        int fd = dial(port);
        say_text(fd, "x\n");
        is_silent(fd, 1000);
        close(fd);
        kill(c.pid, SIGTERM);
        assert_int_equal(finish(&c).status, 0);
        assert_true(c.cpu < 0.5);
    }
}

/* --- time --- */

static void who_is_silent_too_long_is_dropped(void **state)
{
    struct server s = serve_as(state, "--idle-timeout 0.3");
    int fd = dial(s.port);
    check_echo(fd, "hello");
    double before = now();
    hear_end(fd);
    assert_true(now() - before > 0.2);
    assert_true(now() - before < 5);
    stop(&s);
}

static void who_speaks_now_and_then_is_not(void **state)
{
    struct server s = serve_as(state, "--idle-timeout 0.4");
    int fd = dial(s.port);
    for (int i = 0; i < 5; i++) {
        check_echo(fd, "still here");
        assert_true(is_silent(fd, 150)); /* 0.75 s in all */
    }
    stop(&s);
}

/* --- stopping --- */

static void a_signal_ends_the_server_well(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        struct server s = serve_as(state, "");
        int fd = dial(s.port);
        check_echo(fd, "hello");
        kill(s.child.pid, signals[i]);
        hear_end(fd); /* an end, not a reset */
        struct result r = finish(&s.child);
        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        close(fd);
    }
}

static void an_idle_server_stops_at_once(void **state)
{
    struct server s = serve_as(state, "");
    double before = now();
    stop(&s);
    assert_true(now() - before < 1.5);
}

/* A client that reads nothing keeps a graceful end waiting; a second signal does not wait.  The
 * iterative model owes nothing to anybody else and does not wait for it. */
static void a_second_signal_ends_it_at_once(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial_small(s.port, 4096);
    stall(fd);
    kill(s.child.pid, SIGTERM);
    if (strcmp(*state, "iterative") == 0) {
        assert_int_equal(finish(&s.child).status, 0);
        return;
    }
    assert_false(has_ended(&s.child, 200));
    double before = now();
    kill(s.child.pid, SIGTERM);
    struct result r = finish(&s.child);
    assert_int_equal(r.status, 128 + SIGTERM);
    assert_true(now() - before < 0.5);
}

static void a_stalled_client_does_not_keep_the_server(void **state)
{
    struct server s = serve_as(state, "--idle-timeout 1");
    int fd = dial_small(s.port, 4096);
    stall(fd);
    double before = now();
    stop(&s);
    assert_true(now() - before < 5);
}

static void a_port_can_be_used_again_at_once(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    check_echo(fd, "hello");
    kill(s.child.pid, SIGTERM);
    hear_end(fd); /* the server closes first: TIME_WAIT stays with its port */
    close(fd);
    assert_int_equal(finish(&s.child).status, 0);
    struct child again = start(SERVER, "-p %d --model %s", s.port, MODEL);
    char line[128];
    child_line(&again, line, sizeof line);
    assert_non_null(strstr(line, s.url));
    kill(again.pid, SIGTERM);
    assert_int_equal(finish(&again).status, 0);
}

/* --- push --- */

/* Reads `tick SEQ T` and returns SEQ. */
static unsigned long hear_tick(int fd, unsigned long long *ns)
{
    char line[64], rest;
    unsigned long seq = 0;
    assert_true(hear_line(fd, line, sizeof line));
    if (sscanf(line, "tick %lu %llu%c", &seq, ns, &rest) != 2)
        fail_msg("not a tick: '%s'", line);
    return seq;
}

static void the_silent_are_told_every_event_in_order(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 5");
    int fd[3];
    for (int i = 0; i < 3; i++)
        fd[i] = dial(s.port);
    for (int i = 0; i < 3; i++) {
        unsigned long long ns = 0, before = 0;
        unsigned long seq = hear_tick(fd[i], &ns);
        for (int k = 1; k <= 50; k++) {
            before = ns;
            assert_int_equal(hear_tick(fd[i], &ns), seq + (unsigned long)k);
            assert_true(ns > before);
        }
        assert_true((double)ns / 1e9 <= now()); /* the same clock as ours */
        assert_true((double)ns / 1e9 > now() - PATIENCE);
    }
    stop(&s);
}

static void who_speaks_is_told_no_more(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 5");
    int fd = dial(s.port);
    unsigned long long ns;
    char line[64];
    hear_tick(fd, &ns);
    say_text(fd, "now I speak\n");
    do
        assert_true(hear_line(fd, line, sizeof line));
    while (strncmp(line, "tick ", 5) == 0);
    assert_string_equal(line, "now I speak");
    assert_true(is_silent(fd, 100));
    check_echo(fd, "an echo like any other");
    stop(&s);
}

static void a_subscriber_leaves_after_n_events(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 5");
    struct result r = client(&s, "--subscribe -n 4", "");
    unsigned long seq[4];
    assert_int_equal(r.status, 0);
    assert_int_equal(count_lines(r.out), 4);
    assert_int_equal(sscanf(r.out, "tick %lu %*u\ntick %lu %*u\ntick %lu %*u\ntick %lu %*u\n",
                            &seq[0], &seq[1], &seq[2], &seq[3]), 4);
    assert_int_equal(seq[3], seq[0] + 3);
    stop(&s);
}

static void a_subscriber_prints_events_as_they_come(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 20");
    struct child c = start(CLIENT, "--subscribe %s", s.url);
    char line[64];
    child_line(&c, line, sizeof line); /* end of stdin does not end it, either: */
    close(c.in);
    c.in = -1;
    for (int i = 0; i < 5; i++)
        child_line(&c, line, sizeof line);
    stop(&s);
    struct result r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "closed by the peer"));
}

/* --- servers that are none --- */

static struct child client_of(int port, const char *options)
{
    return start(CLIENT, "%s tcp://127.0.0.1:%d", options, port);
}

static void check_failure(struct child *c, const char *needle)
{
    struct result r = finish(c);
    assert_int_equal(r.status, 1);
    if (count_lines(r.err) != 1 || !strstr(r.err, needle))
        fail_msg("stderr is not one line with '%s':\n%s", needle, r.err);
}

static void a_server_that_closes_early_is_reported(void **state)
{
    (void)state;
    int port, listener = listen_any(&port);
    char buf[16];
    struct child c = client_of(port, "-n 1 -s 10");
    int fd = answer(listener);
    hear(fd, buf, 10);
    say(fd, buf, 4);
    close(fd);
    check_failure(&c, "closed by the peer after 4 of 10 bytes");
    c = client_of(port, "-n 1 -s 10");
    fd = answer(listener);
    hang_up(fd);
    check_failure(&c, "");
}

static void a_server_that_never_answers_is_given_up(void **state)
{
    (void)state;
    int port, listener = listen_any(&port);
    double before = now();
    struct child c = client_of(port, "-n 1 --timeout 0.3");
    answer(listener);
    check_failure(&c, "timed out");
    assert_true(now() - before < 5);
}

static void a_changed_echo_is_noticed(void **state)
{
    (void)state;
    int port, listener = listen_any(&port);
    char buf[10];
    struct child c = client_of(port, "-n 1 -s 10");
    int fd = answer(listener);
    hear(fd, buf, 10);
    buf[5] ^= 1;
    say(fd, buf, 10);
    check_failure(&c, "not what was sent");
}

static void an_echo_in_single_bytes_is_an_echo(void **state)
{
    (void)state;
    int port, listener = listen_any(&port);
    char buf[20];
    struct child c = client_of(port, "-n 2 -s 20");
    int fd = answer(listener);
    for (int i = 0; i < 2; i++) {
        hear(fd, buf, sizeof buf);
        say_bytewise(fd, buf, sizeof buf);
    }
    assert_int_equal(finish(&c).status, 0);
}

/* --- explain --- */

static void explain_tells_on_stderr_and_changes_no_output(void **state)
{
    struct server s = serve_as(state, "-x");
    struct result r = client(&s, "-x", "hello\n");
    assert_string_equal(r.out, "hello\n");
    assert_non_null(strstr(r.err, "connected"));
    assert_non_null(strstr(r.err, "-> tcp         6 B  \"hello\\n\"\n"));
    assert_non_null(strstr(r.err, "<- tcp         6 B  \"hello\\n\"\n"));
    assert_non_null(strstr(r.err, "\"hello\\n\""));
    assert_non_null(strstr(r.err, "closed"));
    const char *err = child_err(&s.child);
    assert_non_null(strstr(err, "accepted"));
    assert_non_null(strstr(err, "#1"));
    stop(&s);
}

static void explain_passes_no_control_bytes_on(void **state)
{
    static const char escapes[] = "\x1b]0;owned\x07\x1b[2J\x9b\x7f\r\b";
    struct server s = serve_as(state, "-x -v");
    int fd = dial(s.port);
    static char hostile[100000], back[sizeof hostile];
    fill_pattern(hostile, sizeof hostile, false);
    memcpy(hostile, escapes, sizeof escapes);
    for (size_t done = 0; done < sizeof hostile; done += 10000) {
        say(fd, hostile + done, 10000);
        hear(fd, back + done, 10000);
    }
    assert_memory_equal(back, hostile, sizeof back);
    hang_up(fd);
    fd = dial(s.port);
    check_echo(fd, "next");
    check_printable(child_err(&s.child));
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(every_line_comes_back),
        TEST_BOTH(a_last_line_without_newline_is_a_line),
        TEST_BOTH(bytes_of_every_value_come_back),
        TEST_BOTH(a_line_of_a_mebibyte_comes_back),
        TEST_BOTH(counted_messages_end_with_a_summary),
        TEST_BOTH(sixteen_mebibytes_do_not_deadlock),
        TEST_BOTH(an_interactive_client_answers_line_by_line),
        TEST_BOTH(a_name_works_like_an_address),
        TEST_BOTH(an_ipv6_address_is_announced_in_brackets),
        TEST_BOTH(the_end_of_one_direction_is_not_the_end),
        TEST_BOTH(what_is_owed_goes_out_after_a_half_close),
        TEST_BOTH(a_reset_harms_nobody_else),
        TEST(many_are_served_while_one_stalls),
        TEST(the_second_client_waits_but_connects),
        TEST(one_client_more_than_allowed_is_turned_away),
        TEST(without_descriptors_the_old_go_on_and_the_new_wait),
        TEST(the_iterative_model_does_not_spin_without_descriptors),
        TEST_BOTH(who_is_silent_too_long_is_dropped),
        TEST_BOTH(who_speaks_now_and_then_is_not),
        TEST_BOTH(a_signal_ends_the_server_well),
        TEST_BOTH(an_idle_server_stops_at_once),
        TEST_BOTH(a_second_signal_ends_it_at_once),
        TEST_BOTH(a_stalled_client_does_not_keep_the_server),
        TEST_BOTH(a_port_can_be_used_again_at_once),
        TEST(the_silent_are_told_every_event_in_order),
        TEST(who_speaks_is_told_no_more),
        TEST(a_subscriber_leaves_after_n_events),
        TEST(a_subscriber_prints_events_as_they_come),
        TEST(a_server_that_closes_early_is_reported),
        TEST(a_server_that_never_answers_is_given_up),
        TEST(a_changed_echo_is_noticed),
        TEST(an_echo_in_single_bytes_is_an_echo),
        TEST_BOTH(explain_tells_on_stderr_and_changes_no_output),
        TEST_BOTH(explain_passes_no_control_bytes_on),
    };
    return cmocka_run_group_tests_name("tcp_echo", tests, NULL, NULL);
}
