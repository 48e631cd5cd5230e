/* tests/http_hear_e2e_test.c: http_poll_client listening, to a server that the test plays word by
 * word: what it asks, what it prints, and how it comes back when the connection is lost.
 * Partner: http_e2e_test.c, which has the rest of the client.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLIENT "http_poll_client"
#define STREAM "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" \
                "Transfer-Encoding: chunked\r\n\r\n"
#define NOTHING "HTTP/1.1 204 No Content\r\nLast-Event-ID: 7\r\n\r\n"

static int play_listener, play_port;

static void play(void)
{
    play_listener = listen_any(&play_port);
}

static struct child client_of(const char *options)
{
    return start(CLIENT, "%s http://127.0.0.1:%d", options, play_port);
}

static void hear_nothing_new(int fd, int ms)
{
    if (!is_silent(fd, ms))
        fail_msg("something came within %d ms", ms);
}

/* --- what the client asks --- */

struct request {
    char line[512]; /* "GET /events" */
    char last[64];  /* its Last-Event-ID, "" when it has none */
    bool wants_events, closes;
    size_t length;
};

static struct request hear_request(int fd)
{
    struct request r = {.last = ""};
    char line[2048];
    assert_true(hear_line(fd, r.line, sizeof r.line));
    char *version = strstr(r.line, " HTTP/1.1");
    assert_non_null(version);
    *version = '\0';
    while (hear_line(fd, line, sizeof line) && line[0]) {
        sscanf(line, "Last-Event-ID: %63[^\r\n]", r.last);
        sscanf(line, "Content-Length: %zu", &r.length);
        r.wants_events = r.wants_events || strcmp(line, "Accept: text/event-stream") == 0;
        r.closes = r.closes || strcmp(line, "Connection: close") == 0;
    }
    return r;
}

static void check_request(int fd, const char *line, const char *last)
{
    struct request r = hear_request(fd);
    assert_string_equal(r.line, line);
    assert_string_equal(r.last, last);
}

static int answer_request(const char *line, const char *last)
{
    int fd = answer(play_listener);
    check_request(fd, line, last);
    return fd;
}

/* A POST of this text, which goes back. */
static void echo_post(int fd, const char *text)
{
    char body[256] = "", reply[400];
    struct request r = hear_request(fd);
    assert_string_equal(r.line, "POST /echo");
    assert_string_equal(r.last, "");
    assert_false(r.wants_events);
    assert_int_equal(r.length, strlen(text));
    hear(fd, body, r.length);
    assert_string_equal(body, text);
    snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", r.length,
             body);
    say_text(fd, reply);
}

static void say_lines(int fd, const char *last, const char *lines)
{
    char reply[1024];
    snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nLast-Event-ID: %s\r\n"
             "\r\n%s", strlen(lines), last, lines);
    say_text(fd, reply);
}

/* --- what it prints --- */

static void check_line(struct child *c, const char *expected)
{
    char line[8192];
    child_line(c, line, sizeof line);
    assert_string_equal(line, expected);
}

/* The client ends by itself, well, with no more to say. */
static void check_end(struct child *c, const char *out)
{
    struct result r = finish(c);
    if (r.status != 0 || strcmp(r.out, out) != 0)
        fail_msg("status %d, '%s' instead of '%s', stderr:\n%s", r.status, r.out, out, r.err);
}

static void check_quiet_end(struct child *c, const char *out)
{
    assert_string_equal(child_err(c), "");
    check_end(c, out);
}

/* It ends with one line on stderr that says this. */
static void check_failure(struct child *c, const char *needle)
{
    struct result r = finish(c);
    check_printable(r.err);
    if (r.status != 1 || count_lines(r.err) != 1 || !strstr(r.err, needle))
        fail_msg("status %d, not one line with '%s':\n%s", r.status, needle, r.err);
}

/* "lost URL: REASON; again in N s": line number of these on stderr, with this reason. */
static double lost_line(const struct child *c, size_t number, const char *reason)
{
    char start[200];
    double s = -1;
    const char *line = child_err(c);
    for (double until = now() + PATIENCE / 1e3; count_lines(line) < number; line = child_err(c)) {
        if (now() > until)
            fail_msg("no line %zu on stderr:\n%s", number, line);
        usleep(1000);
    }
    for (size_t i = 1; i < number; i++)
        line = strchr(line, '\n') + 1;
    snprintf(start, sizeof start, "http_poll_client: lost http://127.0.0.1:%d: %s; again in ",
             play_port, reason);
    if (strncmp(line, start, strlen(start)) != 0 || sscanf(line + strlen(start), "%lf s", &s) != 1)
        fail_msg("not '%s...':\n%s", start, line);
    return s;
}

static void kill_child(struct child *c)
{
    kill(c->pid, SIGKILL);
    assert_int_equal(finish(c).status, 128 + SIGKILL);
}

/* --- server-sent events --- */

static void events_are_printed_as_they_come(void **state)
{
    (void)state;
    play();
    static const char *const options[] = {"--sse -n 4", "--subscribe -n 4",
                                          "--sse --subscribe -n 4"};
    for (size_t i = 0; i < 3; i++) {
        struct child c = client_of(options[i]);
        int fd = answer_request("GET /events", "");
        say_text(fd, STREAM "retry: 1000\nid: 6\n\n");
        say_text(fd, "id: 7\ndata: tick 7 100\n\n");
        check_line(&c, "tick 7 100"); /* before anything else comes */
        say_text(fd, ": keepalive\n\nid: 8\nda");
        say_text(fd, "ta: tick 8 200\n");
        hear_nothing_new(c.out, 30);
        say_text(fd, "\n");
        check_line(&c, "tick 8 200");
        say_text(fd, "event: gap\nid: 8\ndata: gap 9\n\nid: 9\ndata: tick 9 300\n\nid: 10\n"
                     "data: too much\n\n");
        check_line(&c, "gap 9");
        check_quiet_end(&c, "tick 9 300\n");
        close(fd);
    }
}

static void the_request_says_what_it_wants(void **state)
{
    (void)state;
    play();
    struct child c = start(CLIENT, "--sse --close http://127.0.0.1:%d/my/own?x=1", play_port);
    int fd = answer(play_listener);
    struct request r = hear_request(fd);
    assert_string_equal(r.line, "GET /my/own?x=1");
    assert_true(r.wants_events);
    assert_true(r.closes);
    assert_int_equal(r.length, 0);
    kill_child(&c);
}

static void a_stream_may_come_in_chunks_and_in_pieces(void **state)
{
    (void)state;
    static const char stream[] =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
        "content-type: Text/Event-Stream; charset=utf-8\r\n\r\n"
        "9\r\nid: 7\ndat\r\n" "4;x\r\na: a\r\n" "1\r\n\n\r\n" "1\r\n\n\r\n"
        "d\r\ndata: b\r\n\r\nda\r\n6\r\nta: c\n\r\n1\r\n\n\r\n";
    play();
    for (int bytewise = 0; bytewise < 2; bytewise++) {
        struct child c = client_of("--sse -n 3");
        int fd = answer_request("GET /events", "");
        if (bytewise)
            say_bytewise(fd, stream, sizeof stream - 1);
        else
            say_text(fd, stream);
        check_quiet_end(&c, "a\nb\nc\n");
        close(fd);
    }
}

static void who_comes_back_says_where_it_was(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 4");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 30\nid: 6\n\nid: 7\ndata: tick 7 1\n\nid: 8\ndata: tick 8 2\n");
    check_line(&c, "tick 7 1");
    end_of_talk(fd); /* amid event 8, which has not been heard then */
    assert_true(lost_line(&c, 1, "the stream has ended") < 0.06);
    close(fd);
    fd = answer_request("GET /events", "7");
    say_text(fd, STREAM "id: 8\ndata: tick 8 2\n\n");
    check_line(&c, "tick 8 2");
    hang_up(fd); /* a reset, this time */
    lost_line(&c, 2, "Connection reset by peer after 22 bytes of the body");
    fd = answer_request("GET /events", "8");
    say_text(fd, CHUNKED "14\r\nid: 9\ndata: tick 9\n\n\r\n0\r\n\r\n");
    check_line(&c, "tick 9");
    lost_line(&c, 3, "the stream has ended"); /* though the connection has not */
    hear_end(fd);
    close(fd);
    fd = answer_request("GET /events", "9");
    say_text(fd, CHUNKED);
    hear_nothing_new(fd, 20);
    say_text(fd, "0\r\n\r\n"); /* the same in a packet of its own */
    lost_line(&c, 4, "the stream has ended");
    hear_end(fd);
    close(fd);
    fd = answer_request("GET /events", "9");
    say_text(fd, STREAM "event: gap\nid: 0\ndata: gap 1\n\n");
    check_end(&c, "gap 1\n");
    close(fd);
}

/* Where the stream began counts, too: what happens while nobody is connected is not lost. */
static void an_id_without_an_event_is_kept(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 1");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 10\nid: 41\n\nid: 42");
    end_of_talk(fd);
    close(fd);
    fd = answer_request("GET /events", "41");
    say_text(fd, STREAM "id: 42\ndata: x\n\n");
    check_end(&c, "x\n");
    close(fd);
}

static void each_try_waits_twice_as_long_until_an_event_comes(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 100\n\n"); /* a stream, but no event */
    double wait = 0.1;
    for (size_t i = 1; i <= 4; i++, wait *= 2) {
        close(fd);
        double before = now(), said = lost_line(&c, i, "the stream has ended");
        assert_true(said >= wait - 0.051 && said <= 1.25 * wait + 0.051);
        fd = answer_request("GET /events", "");
        assert_true(now() - before >= wait - 0.05);
        say_text(fd, STREAM ": nothing yet\n\n");
    }
    say_text(fd, "data: at last\n\n");
    check_line(&c, "at last");
    close(fd);
    assert_true(lost_line(&c, 5, "the stream has ended") < 0.2);
    kill_child(&c);
}

static void a_server_that_is_gone_is_tried_again(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 1");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 20\nid: 5\n\n");
    /* its listener closes, its connection is reset: nobody is there until somebody listens */
    for (size_t i = 1; i <= 3; i++) {
        hang_up(fd);
        lost_line(&c, i, i == 1 ? "Connection reset by peer after 17 bytes of the body"
                                : "Connection reset by peer before its reply");
        fd = answer_request("GET /events", "5");
    }
    say_text(fd, STREAM "data: x\n\n");
    check_end(&c, "x\n");
    close(fd);
}

static void the_first_try_must_succeed(void **state)
{
    (void)state;
    static const char *const options[] = {"--sse", "--long-poll", "--poll 10"};
    static const struct { const char *reply, *needle; } cases[] = {
        {"", "get http://127.0.0.1:%d: "}, {"SSH-2.0-x\r\n", "not HTTP"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ": 404 Not Found\n"},
        {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", ": 503 Service Unav"},
        {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "malformed"},
    };
    play();
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            char needle[128];
            struct child c = client_of(options[k]);
            int fd = answer(play_listener);
            hear_request(fd);
            say_text(fd, cases[i].reply);
            close(fd);
            snprintf(needle, sizeof needle, cases[i].needle, play_port);
            check_failure(&c, needle);
        }
    close(play_listener);
    for (size_t k = 0; k < 3; k++) {
        struct child c = client_of(options[k]);
        check_failure(&c, "Connection refused");
    }
}

static void a_stream_must_say_that_it_is_one(void **state)
{
    (void)state;
    static const struct { const char *type, *needle; } cases[] = {
        {"Content-Type: text/html\r\n", "the reply is \"text/html\", not text/event-stream"},
        {"Content-Type: text/event-streams\r\n", "not text/event-stream"},
        {"Content-Type: \x9b\xff\r\n", "not text/event-stream"},
        {"", "not text/event-stream"},
    };
    play();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child c = client_of("--sse");
        int fd = answer_request("GET /events", "");
        say_text(fd, "HTTP/1.1 200 OK\r\n");
        say_text(fd, cases[i].type);
        say_text(fd, "\r\ndata: no\n\n");
        check_failure(&c, cases[i].needle);
        close(fd);
    }
    struct child c = client_of("--sse");
    int fd = answer_request("GET /events", "");
    say_text(fd, NOTHING); /* the standard: stop asking */
    check_failure(&c, "204 No Content");
    close(fd);
}

static void an_endless_line_is_given_up(void **state)
{
    (void)state;
    play();
    static char line[5000];
    memset(line, 'x', sizeof line);
    struct child c = client_of("--sse");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "data: ");
    say(fd, line, sizeof line);
    check_failure(&c, "an event of more than 4096 bytes");
    close(fd);
}

static void a_server_that_never_answers_is_given_up(void **state)
{
    (void)state;
    static const char *const options[] = {"--sse --timeout 0.3", "--poll 10 --timeout 0.3"};
    play();
    for (size_t i = 0; i < 2; i++) {
        double before = now();
        struct child c = client_of(options[i]);
        int fd = answer(play_listener);
        check_failure(&c, "timed out");
        assert_in_range((now() - before) * 1e3, 300, 5000);
        close(fd);
    }
}

/* --timeout is for answers; silence is what a stream and a held request are made of. */
static void silence_is_not_a_failure(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse --timeout 0.1 -n 1");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM);
    hear_nothing_new(c.life, 500);
    say_text(fd, "data: x\n\n");
    check_quiet_end(&c, "x\n");
    close(fd);
    c = client_of("--long-poll --timeout 0.1 -n 1");
    fd = answer_request("GET /long-poll", "");
    hear_nothing_new(c.life, 500);
    assert_true(c.cpu < 0.2);
    say_lines(fd, "1", "x\n");
    check_quiet_end(&c, "x\n");
    assert_true(c.cpu < 0.4); /* waiting costs nothing */
    close(fd);
}

static void a_gone_server_may_stay_silent_for_the_time_out(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse --timeout 0.3");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 10\n\n");
    close(fd);
    lost_line(&c, 1, "the stream has ended");
    fd = answer_request("GET /events", ""); /* no answer: later, that is no reason to leave */
    lost_line(&c, 2, "timed out");
    hear_end(fd);
    close(fd);
    close(answer_request("GET /events", ""));
    kill_child(&c);
}

/* --- polls --- */

static void a_held_request_is_asked_again_at_once(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--long-poll -n 4");
    int fd = answer_request("GET /long-poll", "");
    hear_nothing_new(c.out, 50);
    say_lines(fd, "5", "tick 5 1\n");
    check_line(&c, "tick 5 1");
    double before = now();
    check_request(fd, "GET /long-poll?after=5", "");
    say_lines(fd, "7", "tick 6 1\ntick 7 1\n");
    check_request(fd, "GET /long-poll?after=7", "");
    assert_true(now() - before < 0.9);
    check_line(&c, "tick 6 1");
    check_line(&c, "tick 7 1");
    say_lines(fd, "2", "gap 2\ntick 2 1\n");
    check_quiet_end(&c, "gap 2\n");
    close(fd);
}

/* A server that holds nothing is not asked as fast as it can answer. */
static void nothing_at_once_is_asked_again_after_a_second(void **state)
{
    (void)state;
    static const char *const nothing[] = {NOTHING, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    play();
    for (size_t i = 0; i < 2; i++) {
        struct child c = start(CLIENT, "--long-poll -n 1 http://127.0.0.1:%d/p?q", play_port);
        int fd = answer_request("GET /p?q", "");
        say_lines(fd, "7", "");
        double before = now();
        check_request(fd, "GET /p?q&after=7", "");
        assert_true(now() - before > 0.9);
        say_text(fd, nothing[i]);
        check_request(fd, "GET /p?q&after=7", ""); /* what was known stays known */
        assert_true(now() - before > 1.9);
        say_lines(fd, "8", "x\n");
        check_quiet_end(&c, "x\n");
        close(fd);
    }
}

static void polls_come_back_behind_the_last_event(void **state)
{
    (void)state;
    static const struct { const char *options, *first, *second; } cases[] = {
        {"--long-poll -n 2", "GET /long-poll", "GET /long-poll?after=5"},
        {"--poll 20 -n 2", "GET /poll", "GET /poll?after=5"},
    };
    play();
    for (size_t i = 0; i < 2; i++) {
        struct child c = client_of(cases[i].options);
        int fd = answer_request(cases[i].first, "");
        say_lines(fd, "5", "tick 5 1\n");
        check_request(fd, cases[i].second, "");
        say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\ntick 6 1\n"); /* half of it */
        close(fd);
        double said = lost_line(&c, 1, "closed by the peer after 9 bytes of the body");
        assert_true(said >= 0.99 && said <= 1.3);
        fd = answer_request(cases[i].second, "");
        say_lines(fd, "7", "tick 6 1\ntick 7 1\n");
        check_end(&c, "tick 5 1\ntick 6 1\n");
        close(fd);
    }
}

static void a_reply_that_closes_is_no_loss(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--long-poll -n 2");
    int fd = answer_request("GET /long-poll", "");
    say_text(fd, "HTTP/1.0 200 OK\r\nLast-Event-ID: 3\r\n\r\ntick 3 1\n"); /* until close */
    end_of_talk(fd);
    hear_end(fd);
    close(fd);
    fd = answer_request("GET /long-poll?after=3", "");
    say_lines(fd, "4", "tick 4 1\n");
    check_quiet_end(&c, "tick 3 1\ntick 4 1\n");
    close(fd);
}

static void a_status_that_no_try_betters_ends_it_later_too(void **state)
{
    (void)state;
    static const char *const options[] = {"--sse", "--long-poll", "--poll 10"};
    play();
    for (size_t i = 0; i < 3; i++) {
        struct child c = client_of(options[i]);
        int fd = answer(play_listener);
        hear_request(fd);
        if (i == 0) {
            say_text(fd, STREAM "retry: 10\n\n");
            close(fd);
            lost_line(&c, 1, "the stream has ended");
            fd = answer(play_listener);
        } else {
            say_lines(fd, "1", "x\n");
        }
        hear_request(fd);
        say_text(fd, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        struct result r = finish(&c);
        assert_int_equal(r.status, 1);
        assert_non_null(strstr(r.err, ": 503 Service Unavailable\n"));
        assert_int_equal(count_lines(r.err), i == 0 ? 2 : 1);
        close(fd);
    }
}

/* --- talking while listening --- */

static void type(struct child *c, const char *text)
{
    assert_int_equal(write(c->in, text, strlen(text)), strlen(text));
}

static void lines_are_posted_while_it_waits(void **state)
{
    (void)state;
    static const char *const options[] = {"--sse -n 1", "--long-poll -n 1"};
    play();
    for (size_t i = 0; i < 2; i++) {
        struct child c = client_of(options[i]);
        int fd = answer(play_listener);
        hear_request(fd);
        type(&c, "one\ntwo");
        int second = answer(play_listener);
        echo_post(second, "one");
        check_line(&c, "one");
        type(&c, " words\n");
        echo_post(second, "two words");
        check_line(&c, "two words");
        hear_nothing_new(fd, 10);
        if (i == 0)
            say_text(fd, STREAM "data: x\n\n");
        else
            say_lines(fd, "1", "x\n");
        check_quiet_end(&c, "x\n");
        hear_end(second);
        close(second);
        close(fd);
    }
}

static void a_poll_posts_on_its_own_connection(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--poll 300 -n 1");
    int fd = answer_request("GET /poll", "");
    say_text(fd, NOTHING);
    type(&c, "one\n");
    echo_post(fd, "one");
    check_line(&c, "one");
    check_request(fd, "GET /poll?after=7", "");
    say_lines(fd, "8", "x\n");
    check_quiet_end(&c, "x\n");
    close(fd);
}

static void the_end_of_stdin_does_not_end_it(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 1");
    int fd = answer_request("GET /events", "");
    type(&c, "last");
    close(c.in);
    c.in = -1;
    int second = answer(play_listener);
    echo_post(second, "last");
    check_line(&c, "last");
    hear_nothing_new(c.life, 100);
    say_text(fd, STREAM "data: x\n\n");
    check_quiet_end(&c, "x\n");
    assert_true(c.cpu < 0.4);
    close(second);
    close(fd);
}

static void lines_typed_while_it_is_lost_are_posted_later(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 1");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 300\n\n");
    close(fd);
    lost_line(&c, 1, "the stream has ended");
    type(&c, "one\ntwo\n");
    fd = answer_request("GET /events", "");
    int second = answer(play_listener);
    echo_post(second, "one");
    hear_request(second); /* two, which is heard and not answered */
    hang_up(second);
    second = answer(play_listener); /* a connection that was idle may break: once more, at once */
    echo_post(second, "two");
    check_line(&c, "one");
    check_line(&c, "two");
    say_text(fd, STREAM "data: x\n\n");
    check_end(&c, "x\n");
    close(second);
    close(fd);
}

static void a_line_that_was_not_answered_is_posted_again(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -n 1 --timeout 0.3");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 20\nid: 3\n\n");
    type(&c, "one\ntwo\n");
    int second = answer(play_listener);
    hear_request(second);
    lost_line(&c, 1, "timed out before its reply"); /* and no word for the stream either */
    hear_end(fd);
    close(second);
    close(fd);
    fd = answer_request("GET /events", "3");
    second = answer(play_listener);
    echo_post(second, "one");
    echo_post(second, "two");
    say_text(fd, STREAM "data: x\n\n");
    check_end(&c, "one\ntwo\nx\n");
    close(second);
    close(fd);
}

static void a_line_that_is_refused_ends_it(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse");
    int fd = answer_request("GET /events", "");
    type(&c, "one\n");
    int second = answer(play_listener);
    hear_request(second);
    say_text(second, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    check_failure(&c, ": 413 ");
    close(second);
    close(fd);
}

/* --- the real server --- */

static unsigned long next_tick(struct child *c, unsigned long *gap)
{
    char line[200];
    unsigned long seq = 0;
    child_line(c, line, sizeof line);
    if (sscanf(line, "gap %lu", gap) == 1)
        child_line(c, line, sizeof line);
    assert_int_equal(sscanf(line, "tick %lu ", &seq), 1);
    return seq;
}

/* While it is stopped nothing is lost; when it was killed, its successor counts from 1.  That one
 * is slower, since by their numbers alone its events would pass for what came next. */
static void events_go_on_where_they_stopped(void **state)
{
    (void)state;
    static const char *const options[] = {"--sse", "--long-poll", "--poll 30"};
    for (size_t i = 0; i < 3; i++) {
        struct server s = serve("http_poll_server", "--push-every 10");
        struct child c = start(CLIENT, "%s %s", options[i], s.url);
        unsigned long gap = 0, seq = next_tick(&c, &gap);
        kill(s.child.pid, SIGSTOP);
        usleep(100000);
        kill(s.child.pid, SIGCONT);
        for (int k = 0; k < 20; k++)
            assert_int_equal(next_tick(&c, &gap), ++seq);
        assert_int_equal(gap, 0);
        kill_child(&s.child);
        s = serve("http_poll_server", "-p %d --push-every 200", s.port);
        for (unsigned long last = seq; gap == 0; last = seq) {
            seq = next_tick(&c, &gap);
            assert_int_equal(seq, gap ? 1 : last + 1);
            assert_true(seq < 1000);
        }
        assert_int_equal(gap, 1);
        for (int k = 0; k < 5; k++)
            assert_int_equal(next_tick(&c, &gap), ++seq);
        kill_child(&c);
        stop(&s);
    }
}

/* --- the command line --- */

static void one_way_to_hear_is_enough(void **state)
{
    (void)state;
    static const struct { const char *options, *one, *other; } cases[] = {
        {"--sse --long-poll", "--sse", "--long-poll"},
        {"--poll 10 --sse", "--poll", "--sse"},
        {"--long-poll --poll 10", "--long-poll", "--poll"},
        {"--long-poll --poll 10 --sse", "--sse", "--poll"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = run("", 0, CLIENT, "%s", cases[i].options);
        assert_int_equal(r.status, 2);
        assert_int_equal(count_lines(r.err), 1);
        assert_non_null(strstr(r.err, cases[i].one));
        assert_non_null(strstr(r.err, cases[i].other));
    }
}

static void explain_tells_of_both_connections(void **state)
{
    (void)state;
    play();
    struct child c = client_of("--sse -x -n 1");
    int fd = answer_request("GET /events", "");
    say_text(fd, STREAM "retry: 10\nid: 3\n\n");
    close(fd);
    fd = answer_request("GET /events", "3");
    say_text(fd, STREAM "id: 4\ndata: x\n\n");
    struct result r = finish(&c);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.out, "x\n");
    check_printable(r.err);
    assert_non_null(strstr(r.err, "Last-Event-ID: 3"));
    assert_non_null(strstr(r.err, "data: x"));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_are_printed_as_they_come),
        TEST(the_request_says_what_it_wants),
        TEST(a_stream_may_come_in_chunks_and_in_pieces),
        TEST(who_comes_back_says_where_it_was),
        TEST(an_id_without_an_event_is_kept),
        TEST(each_try_waits_twice_as_long_until_an_event_comes),
        TEST(a_server_that_is_gone_is_tried_again),
        TEST(the_first_try_must_succeed),
        TEST(a_stream_must_say_that_it_is_one),
        TEST(an_endless_line_is_given_up),
        TEST(a_server_that_never_answers_is_given_up),
        TEST(silence_is_not_a_failure),
        TEST(a_gone_server_may_stay_silent_for_the_time_out),
        TEST(a_held_request_is_asked_again_at_once),
        TEST(nothing_at_once_is_asked_again_after_a_second),
        TEST(polls_come_back_behind_the_last_event),
        TEST(a_reply_that_closes_is_no_loss),
        TEST(a_status_that_no_try_betters_ends_it_later_too),
        TEST(lines_are_posted_while_it_waits),
        TEST(a_poll_posts_on_its_own_connection),
        TEST(the_end_of_stdin_does_not_end_it),
        TEST(lines_typed_while_it_is_lost_are_posted_later),
        TEST(a_line_that_was_not_answered_is_posted_again),
        TEST(a_line_that_is_refused_ends_it),
        TEST(events_go_on_where_they_stopped),
        TEST(one_way_to_hear_is_enough),
        TEST(explain_tells_of_both_connections),
    };
    return cmocka_run_group_tests_name("http_hear", tests, NULL, NULL);
}
