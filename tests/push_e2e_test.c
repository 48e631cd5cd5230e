/* tests/push_e2e_test.c: what nobody asked for just now, over the real servers: /long-poll,
 * /events, /push and /chat, and the room of tcp_echo_server --broadcast.
 * Partners: push_test.c, which looks inside; crowd_e2e_test.c, where many listen.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"
#include "ws_hand.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HTTP_SERVER "http_poll_server"
#define WS_SERVER "ws_echo_server"
#define TCP_SERVER "tcp_echo_server"
#define NEVER "--push-every 86400000"
#define SAY_MAX 262144 /* bytes of one message to a room */

/* --- requests and replies --- */

static char body[1 << 17];

static void ask(int fd, const char *line, const char *fields)
{
    char request[1024];
    snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: test\r\n%s\r\n", line, fields);
    say_text(fd, request);
}

/* A reply with its body, which a 204 has none of. */
static int hear_reply(int fd)
{
    int status = hear_head(fd);
    const char *length = head_field("Content-Length");
    size_t n = length ? strtoul(length, NULL, 10) : 0;
    assert_true(status == 204 ? !length : length != NULL);
    assert_true(n < sizeof body);
    hear(fd, body, n);
    body[n] = '\0';
    return status;
}

static int asked(int fd, const char *target)
{
    char line[512];
    snprintf(line, sizeof line, "GET %s", target);
    ask(fd, line, "");
    return hear_reply(fd);
}

static unsigned long long last_id(void)
{
    const char *id = head_field("Last-Event-ID");
    assert_non_null(id);
    return strtoull(id, NULL, 10);
}

/* Reads "tick SEQ T"; 0 when it is none. */
static unsigned long long seq_of(const char *line)
{
    unsigned long long seq, ns;
    char again[64];
    if (sscanf(line, "tick %llu %llu", &seq, &ns) != 2)
        return 0;
    snprintf(again, sizeof again, "tick %llu %llu", seq, ns);
    return strncmp(line, again, strlen(again)) == 0 ? seq : 0;
}

/* The body is this first event and those behind it, up to the head's Last-Event-ID. */
static void check_events(unsigned long long first)
{
    unsigned long long seq = first;
    for (const char *line = body; *line; line = strchr(line, '\n') + 1)
        if (seq_of(line) != seq++)
            fail_msg("not event %llu: %.60s", seq - 1, line);
    assert_int_equal(seq, last_id() + 1);
}

/* Waits until so many events have been made; returns the newest one's number. */
static unsigned long long await_newest(const struct server *s, unsigned long long n)
{
    char target[64] = "/poll";
    int fd = dial(s->port);
    do {
        assert_true(asked(fd, target) == 200 || strlen(target) == 5);
        snprintf(target, sizeof target, "/long-poll?after=%llu", last_id());
    } while (last_id() < n);
    close(fd);
    return last_id();
}

static int descriptors_of(const struct server *s)
{
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)s->child.pid);
    DIR *dir = opendir(path);
    if (!dir)
        skip(); /* no Linux */
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* A server has said that it listens before it has all that it needs for that. */
static int descriptors_at_rest(const struct server *s)
{
    int fd = dial(s->port);
    assert_int_equal(asked(fd, "/"), 200);
    int n = descriptors_of(s);
    close(fd);
    return n - 1;
}

/* Waits until the server has so many descriptors. */
static void await_descriptors(const struct server *s, int n)
{
    double end = now() + PATIENCE / 1000;
    while (descriptors_of(s) != n && now() < end)
        usleep(2000);
    assert_int_equal(descriptors_of(s), n);
}

/* --- long polling --- */

static void a_held_request_is_answered_by_the_next_event(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 30");
    int fd = dial(s.port);
    (void)state;
    assert_int_equal(asked(fd, "/long-poll"), 200);
    unsigned long long first = last_id();
    check_events(first);
    for (unsigned long long i = 1; i <= 10; i++) {
        char target[64];
        snprintf(target, sizeof target, "/long-poll?after=%llu", last_id());
        assert_int_equal(asked(fd, target), 200);
        assert_true(head_has("Content-Type: text/plain"));
        assert_true(head_has("Cache-Control: no-store"));
        check_events(first + 1);
        first = last_id();
    }
    close(fd);
    stop(&s);
}

static void what_has_happened_is_answered_at_once(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 20");
    int fd = dial(s.port);
    (void)state;
    await_newest(&s, 5);
    assert_int_equal(asked(fd, "/long-poll?after=2"), 200);
    check_events(3);
    assert_int_equal(asked(fd, "/long-poll?x=1&after=0002"), 200);
    check_events(3);
    assert_int_equal(asked(fd, "/long-poll?after=0"), 200);
    check_events(1);
    close(fd);
    stop(&s);
}

static void numbers_of_the_future_are_a_gap(void **state)
{
    static const char *const after[] = {"1", "18446744073709551615", "18446744073709551616",
                                        "99999999999999999999999999999999999999999999"};
    static const char *const paths[] = {"/poll", "/long-poll"};
    struct server s = serve(HTTP_SERVER, NEVER);
    int fd = dial(s.port);
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        char target[128];
        snprintf(target, sizeof target, "%s?after=%s", paths[i % 2], after[i / 2]);
        assert_int_equal(asked(fd, target), 200);
        assert_string_equal(body, "gap 1\n");
        assert_int_equal(last_id(), 0);
    }
    close(fd);
    stop(&s);
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const after[] = {"", "x", "-1", "+1", "1x", "1%20", "0x1", "1,2", "1.0"};
    static const char *const paths[] = {"/poll", "/long-poll", "/events"};
    struct server s = serve(HTTP_SERVER, NEVER);
    int fd = dial(s.port);
    (void)state;
    for (size_t i = 0; i < 3 * sizeof after / sizeof *after; i++) {
        char target[128];
        snprintf(target, sizeof target, "%s?after=%s", paths[i % 3], after[i / 3]);
        if (asked(fd, target) != 400)
            fail_msg("%s was not refused:\n%s", target, head);
    }
    assert_int_equal(asked(fd, "/"), 200);
    close(fd);
    stop(&s);
}

static void before_an_event_nothing_is_answered(void **state)
{
    struct server s = serve(HTTP_SERVER, NEVER);
    int held[2] = {dial(s.port), dial(s.port)};
    int other = dial(s.port);
    (void)state;
    ask(held[0], "GET /long-poll", "");
    ask(held[1], "GET /long-poll?after=0", "");
    for (int i = 0; i < 100; i++)
        assert_int_equal(asked(other, "/"), 200);
    assert_true(is_silent(held[0], 50));
    assert_true(is_silent(held[1], 0));
    stop(&s);
}

static void old_versions_and_head_are_answered_as_they_expect(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 100");
    int fd = dial(s.port);
    (void)state;
    say_text(fd, "GET /long-poll HTTP/1.0\r\n\r\n");
    assert_int_equal(hear_reply(fd), 200);
    assert_true(head_has("Connection: close"));
    check_events(last_id());
    hear_end(fd);
    close(fd);
    fd = dial(s.port);
    for (int i = 0; i < 3; i++) {
        say_text(fd, "GET /long-poll HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert_int_equal(hear_reply(fd), 200);
        assert_true(head_has("Connection: keep-alive"));
        check_events(last_id());
    }
    ask(fd, "HEAD /long-poll", "");
    assert_int_equal(hear_head(fd), 200);
    assert_true(atoi(head_field("Content-Length")) >= 9);
    assert_int_equal(asked(fd, "/"), 200);
    ask(fd, "GET /long-poll", "Connection: close\r\n");
    assert_int_equal(hear_reply(fd), 200);
    hear_end(fd);
    close(fd);
    stop(&s);
}

#define LONG_POLL "GET /long-poll HTTP/1.1\r\nHost: test\r\n\r\n"
#define POST "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"

static void requests_behind_a_held_one_wait_for_their_turn(void **state)
{
    static const char all[] = LONG_POLL POST LONG_POLL POST LONG_POLL;
    unsigned long long last = 0;
    struct server s = serve(HTTP_SERVER, "--push-every 100");
    (void)state;
    for (int bytewise = 0; bytewise < 2; bytewise++) {
        int fd = dial(s.port);
        if (bytewise)
            say_bytewise(fd, all, strlen(all));
        else
            say_text(fd, all);
        for (int i = 0; i < 5; i++) {
            assert_int_equal(hear_reply(fd), 200);
            if (i % 2) {
                assert_string_equal(body, "hello");
                continue;
            }
            check_events(seq_of(body));
            assert_true(last_id() > last);
            last = last_id();
        }
        close(fd);
    }
    stop(&s);
}

/* Much more than is read at once. */
static void a_flood_behind_a_held_request_waits(void **state)
{
    enum { N = 3000 };
    static char all[N * sizeof POST];
    size_t n = 0;
    struct server s = serve(HTTP_SERVER, "--push-every 300");
    int fd = dial(s.port);
    (void)state;
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s", POST);
    say_text(fd, LONG_POLL);
    say(fd, all, n);
    assert_int_equal(hear_reply(fd), 200);
    check_events(last_id());
    for (int i = 0; i < N; i++) {
        assert_int_equal(hear_reply(fd), 200);
        assert_string_equal(body, "hello");
    }
    close(fd);
    stop(&s);
}

static void who_stops_talking_while_held_is_answered(void **state)
{
    struct server s = serve(HTTP_SERVER, NEVER);
    int fd = dial(s.port);
    (void)state;
    say_text(fd, LONG_POLL);
    end_of_talk(fd);
    assert_int_equal(hear_reply(fd), 204);
    assert_int_equal(last_id(), 0);
    hear_end(fd);
    close(fd);
    stop(&s);
    s = serve(HTTP_SERVER, "--push-every 200");
    fd = dial(s.port);
    say_text(fd, LONG_POLL POST);
    end_of_talk(fd);
    hear_reply(fd);
    assert_int_equal(hear_reply(fd), 200);
    assert_string_equal(body, "hello");
    hear_end(fd);
    close(fd);
    stop(&s);
}

static void who_leaves_while_held_leaves_nothing_behind(void **state)
{
    enum { N = 60 };
    int fds[N];
    struct server s = serve(HTTP_SERVER, NEVER);
    int before = descriptors_at_rest(&s);
    (void)state;
    for (int i = 0; i < N; i++) {
        fds[i] = dial(s.port);
        ask(fds[i], i % 3 ? "GET /long-poll" : "GET /events", "");
    }
    await_descriptors(&s, before + N);
    for (int i = 0; i < N; i++)
        if (i % 2)
            close(fds[i]);
        else
            hang_up(fds[i]);
    await_descriptors(&s, before);
    stop(&s);
}

static void a_signal_answers_who_is_held(void **state)
{
    int fds[20];
    struct server s = serve(HTTP_SERVER, NEVER);
    int before = descriptors_at_rest(&s);
    (void)state;
    for (int i = 0; i < 20; i++) {
        fds[i] = dial(s.port);
        say_text(fds[i], i % 2 ? LONG_POLL : LONG_POLL POST);
    }
    await_descriptors(&s, before + 20);
    for (int i = 0; i < 20; i++)
        assert_true(is_silent(fds[i], 1));
    double start = now();
    kill(s.child.pid, SIGTERM);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(hear_reply(fds[i]), 204);
        assert_true(head_has("Connection: close"));
        hear_end(fds[i]);
        close(fds[i]);
    }
    assert_int_equal(finish(&s.child).status, 0);
    assert_true(now() - start < 10);
}

/* --- server-sent events --- */

static int open_events(const struct server *s, const char *target, const char *fields)
{
    char line[256];
    int fd = dial(s->port);
    snprintf(line, sizeof line, "GET %s", target);
    ask(fd, line, fields);
    if (hear_head(fd) != 200)
        fail_msg("%s is refused:\n%s", target, head);
    return fd;
}

static void expect_line(int fd, const char *format, unsigned long long n)
{
    char line[256], expected[256];
    assert_true(hear_line(fd, line, sizeof line));
    snprintf(expected, sizeof expected, format, n);
    assert_string_equal(line, expected);
}

/* The lines that begin every stream: how soon to come back, and what the client knows by now. */
static unsigned long long hear_beginning(int fd)
{
    char line[256];
    unsigned long long id = 0;
    expect_line(fd, "retry: 1000", 0);
    assert_true(hear_line(fd, line, sizeof line));
    assert_int_equal(sscanf(line, "id: %llu", &id), 1);
    expect_line(fd, "", 0);
    return id;
}

static void expect_event(int fd, unsigned long long seq)
{
    char line[256];
    expect_line(fd, "id: %llu", seq);
    assert_true(hear_line(fd, line, sizeof line));
    assert_int_equal(strncmp(line, "data: ", 6), 0);
    assert_int_equal(seq_of(line + 6), seq);
    expect_line(fd, "", 0);
}

static void expect_gap(int fd, unsigned long long first)
{
    assert_int_equal(hear_beginning(fd), first - 1);
    expect_line(fd, "event: gap", 0);
    expect_line(fd, "data: gap %llu", first);
    expect_line(fd, "", 0);
}

static void a_stream_is_what_browsers_read(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 5");
    int fd = open_events(&s, "/events", "");
    (void)state;
    assert_true(head_has("Content-Type: text/event-stream"));
    assert_true(head_has("Cache-Control: no-store"));
    assert_true(head_has("Connection: close"));
    assert_null(head_field("Content-Length"));
    assert_null(head_field("Transfer-Encoding"));
    unsigned long long id = hear_beginning(fd);
    for (int i = 0; i < 50; i++)
        expect_event(fd, ++id);
    close(fd);
    stop(&s);
}

static void nothing_has_happened_when_a_stream_begins(void **state)
{
    static const char all[] = "retry: 1000\nid: 0\n\n";
    char got[sizeof all] = "";
    struct server s = serve(HTTP_SERVER, NEVER);
    int fd = open_events(&s, "/events", "");
    (void)state;
    hear(fd, got, sizeof all - 1);
    assert_string_equal(got, all);
    say_text(fd, "GET / HTTP/1.1\r\n\r\n\x01 and what nobody wants to know");
    assert_true(is_silent(fd, 50));
    kill(s.child.pid, SIGTERM);
    hear_end(fd);
    close(fd);
    assert_int_equal(finish(&s.child).status, 0);
}

static void who_comes_back_hears_what_it_missed(void **state)
{
    static const char *const ways[][2] = {
        {"/events", "Last-Event-ID: 3\r\n"}, {"/events", "last-event-id:3\r\n"},
        {"/events?after=3", ""}, {"/events?after=3", "Last-Event-ID:\r\n"},
        {"/events?after=1", "Last-Event-ID: 3\r\n"},
    };
    struct server s = serve(HTTP_SERVER, "--push-every 10");
    (void)state;
    await_newest(&s, 8);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int fd = open_events(&s, ways[i][0], ways[i][1]);
        assert_int_equal(hear_beginning(fd), 3);
        for (unsigned long long seq = 4; seq < 20; seq++)
            expect_event(fd, seq);
        close(fd);
    }
    stop(&s);
}

static void an_id_that_means_nothing_here_is_a_gap(void **state)
{
    static const char *const ids[] = {"100000", "18446744073709551616", "x", "-1", "3 4", "tick"};
    struct server s = serve(HTTP_SERVER, "--push-every 10");
    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char field[128];
        snprintf(field, sizeof field, "Last-Event-ID: %s\r\n", ids[i]);
        int fd = open_events(&s, "/events", field);
        expect_gap(fd, 1);
        for (unsigned long long seq = 1; seq < 5; seq++)
            expect_event(fd, seq);
        close(fd);
    }
    int fd = open_events(&s, "/events?after=100000", "");
    expect_gap(fd, 1);
    close(fd);
    fd = open_events(&s, "/events", "Last-Event-ID: \r\n"); /* none: from now on */
    assert_true(hear_beginning(fd) > 3);
    close(fd);
    stop(&s);
}

static void who_was_away_for_too_long_is_told(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 1");
    unsigned long long newest = await_newest(&s, 1100);
    int fd = open_events(&s, "/events", "Last-Event-ID: 7\r\n");
    unsigned long long id = hear_beginning(fd);
    (void)state;
    assert_true(id >= newest - 1024);
    expect_line(fd, "event: gap", 0);
    expect_line(fd, "data: gap %llu", id + 1);
    expect_line(fd, "", 0);
    for (int i = 0; i < 1100; i++)
        expect_event(fd, ++id);
    close(fd);
    stop(&s);
}

static void a_stream_for_head_and_for_old_versions(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 10");
    int fd = dial(s.port);
    (void)state;
    ask(fd, "HEAD /events", "");
    assert_int_equal(hear_head(fd), 200);
    assert_true(head_has("Content-Type: text/event-stream"));
    hear_end(fd);
    close(fd);
    fd = dial(s.port);
    say_text(fd, "GET /events HTTP/1.0\r\n\r\n");
    assert_int_equal(hear_head(fd), 200);
    unsigned long long id = hear_beginning(fd);
    expect_event(fd, id + 1);
    close(fd);
    fd = dial(s.port);
    ask(fd, "POST /events", "Content-Length: 0\r\n");
    assert_int_equal(hear_reply(fd), 405);
    close(fd);
    stop(&s);
}

/* Whole events of one stream, which then is left wherever that may be. */
static unsigned long long follow(int fd, unsigned long long id, int events, size_t bytes)
{
    char rest[256];
    assert_int_equal(hear_beginning(fd), id);
    for (int i = 0; i < events; i++)
        expect_event(fd, ++id);
    hear(fd, rest, bytes);
    if (bytes % 2)
        hang_up(fd);
    else
        close(fd);
    return id;
}

static void whoever_comes_back_loses_nothing_and_hears_nothing_twice(void **state)
{
    struct server s = serve(HTTP_SERVER, "--push-every 2");
    unsigned long long id = await_newest(&s, 1);
    (void)state;
    for (int i = 0; i < 60; i++) {
        char field[64];
        snprintf(field, sizeof field, "Last-Event-ID: %llu\r\n", id);
        int fd = open_events(&s, "/events", field);
        id = follow(fd, id, i % 5, (size_t)i % 25);
    }
    stop(&s);
}

/* --- ws: /push and /chat --- */

static int open_at(const struct server *s, const char *path)
{
    char request[512];
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n", path);
    return open_with(s, request);
}

/* Who leaves first does not keep the server from stopping at once. */
static void leave_and_stop(struct server *s, const int *fds, int n)
{
    for (int i = 0; i < n; i++)
        close(fds[i]);
    stop(s);
}

static void events_and_echoes_share_a_websocket(void **state)
{
    unsigned long long last = 0;
    int echoes = 0;
    struct server s = serve(WS_SERVER, "--push-every 3");
    int fd = open_at(&s, "/push");
    (void)state;
    for (int events = 0; events < 60 || echoes < 30;) {
        struct frame f = hear_frame(fd);
        unsigned long long seq = seq_of((char *)f.data);
        if (seq == 0) {
            assert_string_equal((char *)f.data, "hello");
            echoes++;
            continue;
        }
        assert_true(last == 0 || seq == last + 1);
        last = seq;
        if (events++ % 2 == 0)
            say_message(fd, "hello");
    }
    close(fd);
    stop(&s);
}

static void all_hear_what_one_says(void **state)
{
    enum { N = 5 };
    int fds[N];
    struct server s = serve(WS_SERVER, "--model loop");
    (void)state;
    for (int i = 0; i < N; i++)
        fds[i] = open_at(&s, "/chat");
    for (int round = 0; round < 3 * N; round++) {
        char text[64];
        snprintf(text, sizeof text, "message %d", round);
        say_message(fds[round % N], text);
        for (int i = 0; i < N; i++)
            expect_message(fds[i], text);
    }
    say_frame(fds[1], FIN | BINARY, "\0\xff\n", 3);
    say_frame(fds[2], TEXT, "in ", 3);
    say_frame(fds[2], FIN | PING, "p", 1);
    say_frame(fds[2], CONTINUATION, "three ", 6);
    say_frame(fds[2], FIN | CONTINUATION, "pieces", 6);
    for (int i = 0; i < N; i++)
        if (i != 2)
            expect_frame(fds[i], FIN | BINARY, "\0\xff\n", 3);
    for (int got = 0; got < 2; got++) { /* the pong overtakes, or does not */
        struct frame f = hear_frame(fds[2]);
        assert_true(f.first == (FIN | PONG) || f.first == (FIN | BINARY));
    }
    for (int i = 0; i < N; i++) {
        expect_message(fds[i], "in three pieces");
        assert_true(is_silent(fds[i], 1));
    }
    say_frame(fds[0], FIN | TEXT, "", 0);
    for (int i = 0; i < N; i++)
        expect_message(fds[i], "");
    leave_and_stop(&s, fds, N);
}

static void everybody_hears_all_in_the_same_order(void **state)
{
    enum { N = 8, EACH = 200 };
    int fds[N];
    static char order[N][EACH * N][8];
    struct server s = serve(WS_SERVER, "--model loop");
    (void)state;
    for (int i = 0; i < N; i++)
        fds[i] = open_at(&s, "/chat");
    for (int k = 0; k < EACH; k++)
        for (int i = 0; i < N; i++) {
            char text[32];
            snprintf(text, sizeof text, "%d-%d", i, k);
            say_message(fds[i], text);
        }
    for (int i = 0; i < N; i++) {
        int next[N] = {0};
        for (int k = 0; k < N * EACH; k++) {
            int who, which;
            snprintf(order[i][k], sizeof order[i][k], "%.7s", (char *)hear_frame(fds[i]).data);
            assert_int_equal(sscanf(order[i][k], "%d-%d", &who, &which), 2);
            assert_int_equal(which, next[who]++);
        }
        assert_memory_equal(order[i], order[0], sizeof order[0]);
    }
    leave_and_stop(&s, fds, N);
}

static void who_comes_later_hears_what_is_said_later(void **state)
{
    struct server s = serve(WS_SERVER, "--model loop");
    int one = open_at(&s, "/chat");
    (void)state;
    say_message(one, "before");
    expect_message(one, "before");
    int other = open_at(&s, "/chat");
    say_message(one, "after");
    expect_message(one, "after");
    expect_message(other, "after");
    hang_up(one);
    say_message(other, "alone");
    expect_message(other, "alone");
    close(other);
    int echo = open_at(&s, "/echo"); /* is no part of it */
    one = open_at(&s, "/chat");
    say_message(one, "again");
    expect_message(one, "again");
    check_ws_echo(echo, "echo");
    leave_and_stop(&s, (int[]){echo, one}, 2);
}

static void a_message_too_long_for_a_room_ends_its_speaker_only(void **state)
{
    static char large[SAY_MAX + 1];
    struct server s = serve(WS_SERVER, "--model loop");
    int speaker = open_at(&s, "/chat"), other = open_at(&s, "/chat");
    (void)state;
    fill_pattern(large, sizeof large, true);
    say_frame(speaker, FIN | TEXT, large, SAY_MAX);
    expect_frame(speaker, FIN | TEXT, large, SAY_MAX);
    expect_frame(other, FIN | TEXT, large, SAY_MAX);
    say_frame(speaker, FIN | TEXT, large, SAY_MAX + 1);
    struct frame f = hear_frame(speaker);
    assert_int_equal(f.first, FIN | CLOSE);
    assert_int_equal(f.data[0] << 8 | f.data[1], 1009);
    hear_end(speaker);
    close(speaker);
    assert_true(is_silent(other, 20));
    say_message(other, "still here");
    expect_message(other, "still here");
    int echo = open_at(&s, "/echo"); /* which has no such limit */
    say_frame(echo, FIN | TEXT, large, SAY_MAX + 1);
    expect_frame(echo, FIN | TEXT, large, SAY_MAX + 1);
    leave_and_stop(&s, (int[]){echo, other}, 2);
}

static void a_room_is_told_that_the_server_stops(void **state)
{
    int fds[10];
    struct server s = serve(WS_SERVER, NEVER);
    (void)state;
    for (int i = 0; i < 10; i++)
        fds[i] = open_at(&s, i % 2 ? "/chat" : "/push");
    kill(s.child.pid, SIGTERM);
    for (int i = 0; i < 10; i++)
        expect_close(fds[i], 1001);
    assert_int_equal(finish(&s.child).status, 0);
}

static void without_an_upgrade_there_is_no_room(void **state)
{
    struct server s = serve(WS_SERVER, NEVER);
    int fd = dial(s.port);
    (void)state;
    assert_int_equal(asked(fd, "/chat"), 426);
    assert_int_equal(asked(fd, "/push"), 426);
    ask(fd, "POST /chat", "Content-Length: 0\r\n");
    assert_int_equal(hear_reply(fd), 405);
    assert_int_equal(asked(fd, "/poll"), 204); /* http_poll's paths are there as well */
    ask(fd, "GET /long-poll", "");
    assert_true(is_silent(fd, 20));
    stop(&s);
}

/* --- tcp --broadcast --- */

static void expect_text(int fd, const char *text)
{
    char got[4096];
    size_t n = strlen(text);
    assert_true(n < sizeof got);
    hear(fd, got, n);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static void a_line_goes_to_all_however_it_is_cut(void **state)
{
    static const char all[] = "one\n\ntwo and three\r\n4\n";
    struct server s = serve(TCP_SERVER, "--broadcast");
    int fds[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        fds[i] = dial(s.port);
        say_text(fds[i], "here\n");
        for (int k = 0; k <= i; k++)
            expect_text(fds[k], "here\n");
    }
    for (size_t cut = 0; cut < sizeof all; cut++) {
        say(fds[0], all, cut);
        is_silent(fds[1], 1); /* time for the first piece to arrive alone */
        say_text(fds[0], all + cut);
        for (int i = 0; i < 3; i++)
            expect_text(fds[i], all);
    }
    say_bytewise(fds[1], all, strlen(all));
    for (int i = 0; i < 3; i++)
        expect_text(fds[i], all);
    say(fds[2], "\0\xff\n", 3);
    for (int i = 0; i < 3; i++) {
        char got[3];
        hear(fds[i], got, 3);
        assert_memory_equal(got, "\0\xff\n", 3);
    }
    stop(&s);
}

static void lines_of_two_speakers_are_not_mixed(void **state)
{
    enum { LINES = 300, WIDTH = 50 };
    struct server s = serve(TCP_SERVER, "--broadcast");
    int speakers[2] = {dial(s.port), dial(s.port)}, listener = dial(s.port);
    int heard[2] = {0, 0};
    char text[WIDTH + 2];
    (void)state;
    say_text(listener, "go\n");
    expect_text(listener, "go\n");
    for (int i = 0; i < LINES; i++)
        for (int half = 0; half < 2; half++)
            for (int who = 0; who < 2; who++) {
                snprintf(text, sizeof text, "%.*s%s", WIDTH / 2,
                         who ? "BBBBBBBBBBBBBBBBBBBBBBBBB" : "AAAAAAAAAAAAAAAAAAAAAAAAA",
                         half ? "\n" : "");
                say_text(speakers[who], text);
            }
    for (int i = 0; i < 2 * LINES; i++) {
        assert_true(hear_line(listener, text, sizeof text));
        assert_int_equal(strlen(text), WIDTH);
        assert_int_equal(strspn(text, text[0] == 'A' ? "A" : "B"), WIDTH);
        heard[text[0] == 'B']++;
    }
    assert_int_equal(heard[0], LINES);
    assert_int_equal(heard[1], LINES);
    stop(&s);
}

static void a_line_too_long_ends_its_speaker_only(void **state)
{
    static char line[SAY_MAX + 1], back[SAY_MAX];
    struct server s = serve(TCP_SERVER, "--broadcast -v");
    int speaker = dial(s.port), other = dial(s.port);
    (void)state;
    say_text(other, "here\n");
    expect_text(other, "here\n");
    expect_text(speaker, "here\n");
    fill_pattern(line, sizeof line, true);
    line[SAY_MAX - 1] = '\n'; /* the longest there is */
    say(speaker, line, SAY_MAX);
    hear(speaker, back, SAY_MAX);
    assert_memory_equal(back, line, SAY_MAX);
    hear(other, back, SAY_MAX);
    assert_memory_equal(back, line, SAY_MAX);
    line[SAY_MAX - 1] = 'x';
    say(speaker, line, SAY_MAX + 1);
    hear_all(speaker, back, sizeof back); /* the end, or a reset */
    close(speaker);
    assert_true(is_silent(other, 20));
    say_text(other, "still here\n");
    expect_text(other, "still here\n");
    assert_non_null(strstr(child_err(&s.child), "a line of more than"));
    stop(&s);
}

static void a_last_line_without_newline_is_not_passed_on(void **state)
{
    struct server s = serve(TCP_SERVER, "--broadcast");
    int speaker = dial(s.port), other = dial(s.port);
    (void)state;
    say_text(other, "here\n");
    expect_text(other, "here\n");
    expect_text(speaker, "here\n");
    say_text(speaker, "a line\nand half a");
    expect_text(other, "a line\n");
    end_of_talk(speaker);
    expect_text(speaker, "a line\n");
    hear_end(speaker);
    close(speaker);
    say_text(other, "line\n");
    expect_text(other, "line\n");
    stop(&s);
}

/* --- what needs the loop --- */

static void without_the_loop_nobody_is_told_anything(void **state)
{
    static const char *const paths[] = {"/poll", "/long-poll", "/events", "/push", "/chat"};
    struct server s = serve(WS_SERVER, "--model %s", MODEL);
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (asked(fd, paths[i]) != 503)
            fail_msg("%s: %s", paths[i], head);
    ask(fd, "GET /chat", "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n");
    assert_int_equal(hear_reply(fd), 503);
    assert_int_equal(asked(fd, "/"), 200);
    close(fd);
    stop(&s);
}

static void without_events_there_is_nothing_to_hear(void **state)
{
    static const char *const paths[] = {"/poll", "/long-poll", "/events", "/push"};
    struct server s = serve(WS_SERVER, "--model loop");
    int fd = dial(s.port);
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(asked(fd, paths[i]), 503);
    close(fd);
    stop(&s);
}

static void what_cannot_be_is_a_usage_error(void **state)
{
    static const char *const lines[][3] = {
        {TCP_SERVER, "--push-every 0", "--push-every"},
        {TCP_SERVER, "--push-every -1", "--push-every"},
        {TCP_SERVER, "--broadcast --model fork", "--broadcast"},
        {TCP_SERVER, "--model pool --broadcast", "--broadcast"},
        {TCP_SERVER, "--broadcast --push-every 5", "--broadcast"},
        {TCP_SERVER, "--workers 3", "--workers"},
        {TCP_SERVER, "--workers 3 --model loop", "--workers"},
        {TCP_SERVER, "--workers 0 --model pool", "--workers"},
        {TCP_SERVER, "--model x", "--model"},
        {TCP_SERVER, "--model loo", "--model"},
        {TCP_SERVER, "--model ,", "--model"},
        {WS_SERVER, "--push-every 5 --model thread", "--push-every"},
        {WS_SERVER, "--broadcast", "--broadcast"},
        {HTTP_SERVER, "--push-every 5 --model iterative", "--push-every"},
        {"udp_echo_server", "--model fork", "--model"},
        {"udp_echo_server", "--model thread", "--model"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct result r = run("", 0, lines[i][0], "-p 0 %s", lines[i][1]);
        if (r.status != 2 || count_lines(r.err) != 1 || r.out_len || !strstr(r.err, lines[i][2]))
            fail_msg("%s %s: status %d, stderr: %s", lines[i][0], lines[i][1], r.status, r.err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_held_request_is_answered_by_the_next_event),
        TEST(what_has_happened_is_answered_at_once),
        TEST(numbers_of_the_future_are_a_gap),
        TEST(what_is_no_number_is_refused),
        TEST(before_an_event_nothing_is_answered),
        TEST(old_versions_and_head_are_answered_as_they_expect),
        TEST(requests_behind_a_held_one_wait_for_their_turn),
        TEST(a_flood_behind_a_held_request_waits),
        TEST(who_stops_talking_while_held_is_answered),
        TEST(who_leaves_while_held_leaves_nothing_behind),
        TEST(a_signal_answers_who_is_held),
        TEST(a_stream_is_what_browsers_read),
        TEST(nothing_has_happened_when_a_stream_begins),
        TEST(who_comes_back_hears_what_it_missed),
        TEST(an_id_that_means_nothing_here_is_a_gap),
        TEST(who_was_away_for_too_long_is_told),
        TEST(a_stream_for_head_and_for_old_versions),
        TEST(whoever_comes_back_loses_nothing_and_hears_nothing_twice),
        TEST(events_and_echoes_share_a_websocket),
        TEST(all_hear_what_one_says),
        TEST(everybody_hears_all_in_the_same_order),
        TEST(who_comes_later_hears_what_is_said_later),
        TEST(a_message_too_long_for_a_room_ends_its_speaker_only),
        TEST(a_room_is_told_that_the_server_stops),
        TEST(without_an_upgrade_there_is_no_room),
        TEST(a_line_goes_to_all_however_it_is_cut),
        TEST(lines_of_two_speakers_are_not_mixed),
        TEST(a_line_too_long_ends_its_speaker_only),
        TEST(a_last_line_without_newline_is_not_passed_on),
        TEST_UNDER(without_the_loop_nobody_is_told_anything, "iterative"),
        TEST_UNDER(without_the_loop_nobody_is_told_anything, "fork"),
        TEST_UNDER(without_the_loop_nobody_is_told_anything, "thread"),
        TEST_UNDER(without_the_loop_nobody_is_told_anything, "pool"),
        TEST(without_events_there_is_nothing_to_hear),
        TEST(what_cannot_be_is_a_usage_error),
    };
    return cmocka_run_group_tests_name("push", tests, NULL, NULL);
}
