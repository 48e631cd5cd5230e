/* tests/udp_e2e_test.c: udp_echo_server and udp_echo_client as processes, against each other, raw
 * sockets, and a server played by the test that loses, repeats, reorders and cuts.
 * SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define UNUSED(x) (void)(x)
#define DATAGRAM_MAX 65507
#define PATIENCE 10000 /* ms until a test that waits has failed */
#define ASK "subscribe0000000000000000"

static const char *const models[] = {"iterative", "loop"};

/* --- processes --- */

struct child {
    pid_t pid;
    int in, out, err;
};

static char out[200000], err[20000];

/* Those not waited for yet: a test that fails in the middle must leave nobody behind. */
#define RUNNING_MAX 64
static pid_t running[RUNNING_MAX];

static void replace_running(pid_t old, pid_t new)
{
    int i = 0;
    while (i < RUNNING_MAX - 1 && running[i] != old)
        i++;
    running[i] = new;
}

static int kill_the_rest(void **state)
{
    UNUSED(state);
    for (int i = 0; i < RUNNING_MAX; i++)
        if (running[i] > 0) {
            kill(running[i], SIGKILL);
            waitpid(running[i], NULL, 0);
        }
    return 0;
}

#define ARGS_MAX 12

/* Runs a program of SOCKLAB_BIN; words are its arguments, separated by spaces. */
static struct child start(const char *program, const char *words)
{
    char path[512], copy[512], *argv[ARGS_MAX] = {path}, *save = NULL;
    int in[2], to[2], to_err[2], n = 1;
    const char *bin = getenv("SOCKLAB_BIN");
    snprintf(path, sizeof path, "%s/%s", bin ? bin : "build/bin", program);
    snprintf(copy, sizeof copy, "%s", words);
    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
        argv[n++] = w;
    assert_true(n < ARGS_MAX);
    assert_true(pipe(in) == 0 && pipe(to) == 0 && pipe(to_err) == 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(to[1], 1);
        dup2(to_err[1], 2);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        execv(path, argv);
        _exit(127);
    }
    replace_running(0, pid);
    close(in[0]);
    close(to[1]);
    close(to_err[1]);
    return (struct child){pid, in[1], to[0], to_err[0]};
}

/* Up to the end, or with line up to the first newline. */
static void slurp(int fd, char *text, size_t cap, bool line)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < cap - 1 && poll(&p, 1, PATIENCE) > 0 && read(fd, text + n, 1) == 1)
        if (text[n++] == '\n' && line)
            break;
    text[n] = '\0';
}

/* Ends its input, waits, leaves what it wrote in out and err.  Returns its exit status. */
static int finish(struct child *c)
{
    int status = -1;
    if (c->in >= 0)
        close(c->in);
    slurp(c->out, out, sizeof out, false);
    slurp(c->err, err, sizeof err, false);
    close(c->out);
    close(c->err);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    replace_running(c->pid, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run_client(const char *options, int port, const char *input)
{
    char words[256];
    snprintf(words, sizeof words, "%s udp://127.0.0.1:%d", options, port);
    struct child c = start("udp_echo_client", words);
    if (*input)
        assert_int_equal(write(c.in, input, strlen(input)), strlen(input));
    return finish(&c);
}

struct server {
    struct child child;
    int port;
};

static struct server serve(const char *options)
{
    char words[256];
    snprintf(words, sizeof words, "-p 0 %s", options);
    struct server s = {.child = start("udp_echo_server", words)};
    slurp(s.child.out, out, sizeof out, true);
    assert_int_equal(sscanf(out, "listening on udp://127.0.0.1:%d", &s.port), 1);
    return s;
}

static struct server serve_as(const char *model)
{
    char words[64];
    snprintf(words, sizeof words, "--model %s", model);
    return serve(words);
}

/* Returns the exit status after SIGTERM. */
static int stop(struct server *s)
{
    kill(s->child.pid, SIGTERM);
    return finish(&s->child);
}

/* --- sockets --- */

static struct sockaddr_in at(const char *address, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &to.sin_addr);
    return to;
}

static int bound_to(const char *address, int port)
{
    struct sockaddr_in here = at(address, port);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) == 0)
        return fd;
    close(fd);
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_in here;
    socklen_t len = sizeof here;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &len), 0);
    return ntohs(here.sin_port);
}

static int connected_to(int port)
{
    struct sockaddr_in to = at("127.0.0.1", port);
    int fd = bound_to("127.0.0.1", 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static char datagram[65536];

/* The next datagram is in datagram, with a NUL behind it.  Returns its length, -1 without one. */
static ssize_t hear(int fd, struct sockaddr_in *from, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    socklen_t len = sizeof *from;
    if (poll(&p, 1, ms) <= 0)
        return -1;
    ssize_t n = recvfrom(fd, datagram, sizeof datagram - 1, 0, (struct sockaddr *)from,
                         from ? &len : NULL);
    datagram[n < 0 ? 0 : n] = '\0';
    return n;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static void say_to(int fd, const struct sockaddr_in *to, const char *text, size_t n)
{
    assert_int_equal(sendto(fd, text, n, 0, (const struct sockaddr *)to, sizeof *to), n);
}

/* The server works through its queue in order: when the marker is back, all before it is done. */
static void await_all(int port)
{
    int fd = connected_to(port);
    say(fd, "marker");
    assert_int_equal(hear(fd, NULL, PATIENCE), 6);
    close(fd);
}

/* --- the echo --- */

static void datagrams_of_every_size_come_back_unchanged(void **state)
{
    static char sent[DATAGRAM_MAX];
    const size_t sizes[] = {0, 1, 25, 1472, 1473, DATAGRAM_MAX};
    UNUSED(state);
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)(i * 31 + i / 256);
    for (int m = 0; m < 2; m++) {
        struct server s = serve_as(models[m]);
        int fd = connected_to(s.port);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            assert_int_equal(send(fd, sent, sizes[i], 0), sizes[i]);
            assert_int_equal(hear(fd, NULL, PATIENCE), sizes[i]);
            assert_memory_equal(datagram, sent, sizes[i]);
        }
        close(fd);
        assert_int_equal(stop(&s), 0);
    }
}

static void lines_come_back_without_their_numbers(void **state)
{
    UNUSED(state);
    for (int m = 0; m < 2; m++) {
        struct server s = serve_as(models[m]);
        assert_int_equal(run_client("", s.port, "hello\n\nthe last line lacks its end"), 0);
        assert_string_equal(out, "hello\n\nthe last line lacks its end\n");
        assert_string_equal(err, "");
        assert_int_equal(stop(&s), 0);
    }
}

static void made_up_messages_end_with_a_summary(void **state)
{
    struct server s = serve_as("iterative");
    UNUSED(state);
    assert_int_equal(run_client("-n 20 -s 8", s.port, ""), 0);
    assert_non_null(strstr(out, "20 replies in "));
    assert_non_null(strstr(out, "20 sent, 20 received, 0 lost, 0 late or twice\n"));
    assert_int_equal(run_client("-n 2 -s 65507", s.port, ""), 0);
    assert_non_null(strstr(out, "2 sent, 2 received"));
    assert_int_equal(stop(&s), 0);
}

static void a_message_that_fits_no_datagram_is_one_clear_line(void **state)
{
    struct server s = serve_as("iterative");
    char expected[128];
    UNUSED(state);
    assert_int_equal(run_client("-n 1 -s 65508", s.port, ""), 1);
    snprintf(expected, sizeof expected,
             "udp_echo_client: send udp://127.0.0.1:%d: Message too long\n", s.port);
    assert_string_equal(err, expected);
    assert_int_equal(stop(&s), 0);
}

static void a_size_without_room_for_the_number_is_a_usage_error(void **state)
{
    UNUSED(state);
    assert_int_equal(run_client("-n 1 -s 7", 9, ""), 2);
    assert_non_null(strstr(err, "--size: 7 is too small"));
}

static void a_closed_port_is_one_clear_line(void **state)
{
    char expected[128];
    int fd = bound_to("127.0.0.1", 0), port = port_of(fd);
    UNUSED(state);
    close(fd);
    snprintf(expected, sizeof expected,
             "udp_echo_client: recv udp://127.0.0.1:%d: Connection refused\n", port);
    assert_int_equal(run_client("-n 3", port, ""), 1);
    assert_string_equal(err, expected);
    assert_int_equal(run_client("--subscribe", port, ""), 1);
    assert_string_equal(err, expected);
}

static void explain_tells_every_datagram_on_both_sides(void **state)
{
    struct server s = serve("-x");
    UNUSED(state);
    assert_int_equal(run_client("-x", s.port, "hello\n"), 0);
    assert_string_equal(out, "hello\n");
    assert_non_null(strstr(err, "-> udp        13 B  message 1: \"hello\"\n"));
    assert_non_null(strstr(err, "<- udp        13 B  message 1: \"hello\"\n"));
    assert_non_null(strstr(err, "number 1\n"));
    stop(&s);
    assert_non_null(strstr(err, "<- udp        13 B  message 1: \"hello\"\n"));
    assert_non_null(strstr(err, "\"hello\"\n"));
}

/* --- a server that is no better than UDP --- */

/* What the test's server does with message number i of the client, which is in datagram. */
typedef void misbehave(int fd, const struct sockaddr_in *from, size_t n, int i);

/* Plays server to a client that sends count messages.  Returns its exit status. */
static int play(misbehave *reply, int count, const char *options)
{
    char words[256];
    struct sockaddr_in from;
    int fd = bound_to("127.0.0.1", 0);
    snprintf(words, sizeof words, "%s udp://127.0.0.1:%d", options, port_of(fd));
    struct child c = start("udp_echo_client", words);
    for (int i = 1; i <= count; i++) {
        ssize_t n = hear(fd, &from, PATIENCE);
        assert_true(n >= 0);
        reply(fd, &from, (size_t)n, i);
    }
    int status = finish(&c);
    close(fd);
    return status;
}

static void silent(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    UNUSED(fd), UNUSED(from), UNUSED(n), UNUSED(i);
}

static void drop_even(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    if (i % 2)
        say_to(fd, from, datagram, n);
}

static void twice(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    UNUSED(i);
    say_to(fd, from, datagram, n);
    say_to(fd, from, datagram, n);
}

/* The first reply waits for the second message. */
static void first_later(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    static char held[65536];
    if (i == 1)
        memcpy(held, datagram, n);
    if (i == 2)
        say_to(fd, from, held, n);
    if (i >= 2)
        say_to(fd, from, datagram, n);
}

static void cut(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    UNUSED(i);
    say_to(fd, from, datagram, n - 1);
}

static void other_words(int fd, const struct sockaddr_in *from, size_t n, int i)
{
    UNUSED(n), UNUSED(i);
    say_to(fd, from, "who is there?", 13);
}

static void without_any_reply_all_is_lost_and_the_client_goes_on(void **state)
{
    UNUSED(state);
    assert_int_equal(play(silent, 3, "-n 3 --timeout 0.05"), 1);
    assert_non_null(strstr(out, "0 replies"));
    assert_non_null(strstr(out, "3 sent, 0 received, 3 lost, 0 late or twice\n"));
}

static void lost_replies_are_counted_and_the_others_taken(void **state)
{
    UNUSED(state);
    assert_int_equal(play(drop_even, 4, "-n 4 --timeout 0.5"), 1);
    assert_non_null(strstr(out, "2 replies"));
    assert_non_null(strstr(out, "4 sent, 2 received, 2 lost, 0 late or twice\n"));
}

static void duplicates_are_counted_and_harmless(void **state)
{
    UNUSED(state);
    assert_int_equal(play(twice, 5, "-n 5 --timeout 5"), 0);
    assert_non_null(strstr(out, "5 replies"));
    assert_non_null(strstr(out, "5 sent, 5 received, 0 lost, 4 late or twice\n"));
}

static void a_late_reply_is_not_taken_for_the_next(void **state)
{
    UNUSED(state);
    assert_int_equal(play(first_later, 3, "-n 3 --timeout 0.5"), 1);
    assert_non_null(strstr(out, "3 sent, 2 received, 1 lost, 1 late or twice\n"));
}

static void a_truncated_reply_is_reported(void **state)
{
    UNUSED(state);
    assert_int_equal(play(cut, 1, "-n 1"), 1);
    assert_string_equal(err, "udp_echo_client: reply 1 is truncated: 63 of 64 bytes\n");
}

static void lines_lost_are_told_on_stderr(void **state)
{
    struct sockaddr_in from;
    char words[64];
    int fd = bound_to("127.0.0.1", 0);
    UNUSED(state);
    snprintf(words, sizeof words, "--timeout 0.5 udp://127.0.0.1:%d", port_of(fd));
    struct child c = start("udp_echo_client", words);
    assert_int_equal(write(c.in, "one\ntwo\n", 8), 8);
    for (int i = 1; i <= 2; i++) {
        ssize_t n = hear(fd, &from, PATIENCE);
        drop_even(fd, &from, (size_t)n, i);
    }
    assert_int_equal(finish(&c), 1);
    assert_string_equal(out, "one\n");
    assert_string_equal(err, "2 sent, 1 received, 1 lost, 0 late or twice\n");
    close(fd);
}

static void words_without_a_number_are_printed_as_they_are(void **state)
{
    struct sockaddr_in from;
    char words[64];
    int fd = bound_to("127.0.0.1", 0);
    UNUSED(state);
    snprintf(words, sizeof words, "udp://127.0.0.1:%d", port_of(fd));
    struct child c = start("udp_echo_client", words);
    assert_int_equal(write(c.in, "knock\n", 6), 6);
    ssize_t n = hear(fd, &from, PATIENCE);
    assert_string_equal(datagram, "0000001 knock");
    other_words(fd, &from, (size_t)n, 1);
    assert_int_equal(finish(&c), 0);
    assert_string_equal(out, "who is there?\n");
    close(fd);
}

/* --- what the server does not answer --- */

static void a_low_source_port_is_not_answered(void **state)
{
    int fd = -1;
    UNUSED(state);
    for (int port = 1023; port > 900 && fd < 0; port--)
        fd = bound_to("127.0.0.1", port);
    if (fd < 0)
        skip(); /* only root may */
    for (int m = 0; m < 2; m++) {
        struct server s = serve_as(models[m]);
        struct sockaddr_in to = at("127.0.0.1", s.port);
        say_to(fd, &to, "hello", 5);
        await_all(s.port);
        assert_int_equal(hear(fd, NULL, 0), -1);
        assert_int_equal(stop(&s), 0);
    }
    close(fd);
}

static void the_own_port_is_not_answered(void **state)
{
    struct server s = serve_as("iterative");
    struct sockaddr_in to = at("127.0.0.1", s.port);
    int fd = bound_to("127.0.0.2", s.port);
    UNUSED(state);
    if (fd < 0) {
        stop(&s);
        skip(); /* no 127.0.0.2 here */
    }
    say_to(fd, &to, "hello", 5);
    await_all(s.port);
    assert_int_equal(hear(fd, NULL, 0), -1);
    assert_int_equal(stop(&s), 0);
    close(fd);
}

static void a_datagram_over_max_message_is_dropped_and_logged(void **state)
{
    struct server s = serve("--max-message 10 -v");
    int fd = connected_to(s.port);
    UNUSED(state);
    say(fd, "eleven byte");
    say(fd, "ten bytes.");
    assert_int_equal(hear(fd, NULL, PATIENCE), 10);
    assert_int_equal(hear(fd, NULL, 0), -1);
    close(fd);
    assert_int_equal(stop(&s), 0);
    assert_non_null(strstr(err, "more than --max-message"));
}

static void a_port_in_use_is_one_clear_line(void **state)
{
    char words[64], expected[128];
    int fd = bound_to("127.0.0.1", 0);
    UNUSED(state);
    snprintf(words, sizeof words, "-p %d", port_of(fd));
    struct child c = start("udp_echo_server", words);
    assert_int_equal(finish(&c), 1);
    snprintf(expected, sizeof expected, "udp_echo_server: listen 127.0.0.1:%d: %s\n", port_of(fd),
             strerror(EADDRINUSE));
    assert_string_equal(err, expected);
    close(fd);
}

/* --- push --- */

/* Asks and returns the token, or another text in its place. */
static void subscribe_with(int fd, const char *instead)
{
    say(fd, ASK);
    do /* an event may come first */
        assert_true(hear(fd, NULL, PATIENCE) > 0);
    while (strncmp(datagram, "tick", 4) == 0);
    assert_int_equal(strlen(datagram), 25); /* as long as the question */
    assert_memory_equal(datagram, ASK, 9);
    assert_string_not_equal(datagram, ASK);
    say(fd, instead ? instead : datagram);
}

static long tick_heard(int fd)
{
    long seq = -1;
    assert_true(hear(fd, NULL, PATIENCE) > 0);
    assert_int_equal(sscanf(datagram, "tick %ld ", &seq), 1);
    return seq;
}

static void who_returns_the_token_hears_every_event_in_order(void **state)
{
    struct server s = serve("--push-every 5");
    int fd = connected_to(s.port);
    UNUSED(state);
    subscribe_with(fd, NULL);
    long first = tick_heard(fd);
    for (int i = 1; i < 20; i++)
        assert_int_equal(tick_heard(fd), first + i);
    close(fd);
    assert_int_equal(stop(&s), 0);
}

static void who_returns_another_token_hears_nothing(void **state)
{
    struct server s = serve("--push-every 5");
    int good = connected_to(s.port), bad = connected_to(s.port);
    UNUSED(state);
    subscribe_with(bad, "subscribe1234567890123456");
    subscribe_with(good, NULL);
    for (int i = 0; i < 5; i++)
        tick_heard(good);
    say(bad, datagram); /* a tick is no subscription either: an echo */
    assert_true(hear(bad, NULL, PATIENCE) > 0);
    assert_int_equal(hear(bad, NULL, 0), -1);
    subscribe_with(good, NULL); /* ... and the token of one port is no good to another */
    say(bad, datagram);
    await_all(s.port);
    assert_int_equal(hear(bad, NULL, 0), -1);
    close(good);
    close(bad);
    assert_int_equal(stop(&s), 0);
}

static void leases_end_at_max_clients(void **state)
{
    struct server s = serve("--push-every 5 --max-clients 1 -v");
    int first = connected_to(s.port), second = connected_to(s.port);
    UNUSED(state);
    subscribe_with(first, NULL);
    tick_heard(first);
    subscribe_with(second, NULL);
    await_all(s.port);
    tick_heard(first);
    tick_heard(first);
    assert_int_equal(hear(second, NULL, 0), -1);
    close(first);
    close(second);
    assert_int_equal(stop(&s), 0);
    assert_non_null(strstr(err, "--max-clients"));
}

static void a_subscribing_client_prints_consecutive_events(void **state)
{
    struct server s = serve("--push-every 5");
    long before = -1, seq;
    char *save = NULL;
    int lines = 0;
    UNUSED(state);
    assert_int_equal(run_client("--subscribe -n 10", s.port, ""), 0);
    for (char *line = strtok_r(out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        assert_int_equal(sscanf(line, "tick %ld ", &seq), 1);
        assert_true(before < 0 || seq == before + 1);
        before = seq;
        lines++;
    }
    assert_int_equal(lines, 10);
    assert_int_equal(stop(&s), 0);
}

static void a_subscribing_client_still_sends_its_lines(void **state)
{
    struct server s = serve("--push-every 20");
    UNUSED(state);
    assert_int_equal(run_client("--subscribe -n 3", s.port, "hello\n"), 0);
    assert_non_null(strstr(out, "hello\n"));
    assert_int_equal(stop(&s), 0);
}

static void a_client_whose_question_is_lost_asks_again(void **state)
{
    struct sockaddr_in from;
    char words[64];
    int fd = bound_to("127.0.0.1", 0);
    UNUSED(state);
    snprintf(words, sizeof words, "--subscribe -n 1 --timeout 0.2 udp://127.0.0.1:%d", port_of(fd));
    struct child c = start("udp_echo_client", words);
    for (int i = 0; i < 3; i++) { /* the first two are "lost" */
        assert_int_equal(hear(fd, &from, PATIENCE), 25);
        assert_string_equal(datagram, ASK);
    }
    say_to(fd, &from, "subscribe1234567890123456", 25);
    while (strcmp(datagram, "subscribe1234567890123456") != 0) /* it may ask once more meanwhile */
        assert_int_equal(hear(fd, &from, PATIENCE), 25);
    say_to(fd, &from, "tick 1 1", 8);
    assert_int_equal(finish(&c), 0);
    assert_string_equal(out, "tick 1 1\n");
    close(fd);
}

static void a_client_that_is_never_answered_gives_up(void **state)
{
    UNUSED(state);
    assert_int_equal(play(silent, 5, "--subscribe --timeout 0.05"), 1);
    assert_non_null(strstr(err, ": timed out\n"));
}

static void subscribing_to_a_mere_echo_is_one_clear_line(void **state)
{
    struct server s = serve_as("iterative");
    UNUSED(state);
    assert_int_equal(run_client("--subscribe", s.port, ""), 1);
    assert_non_null(strstr(err, "the server needs --push-every\n"));
    assert_int_equal(stop(&s), 0);
}

/* --- the end --- */

static void a_signal_ends_the_server_in_the_middle_of_work(void **state)
{
    const int signals[] = {SIGINT, SIGTERM};
    UNUSED(state);
    for (int i = 0; i < 4; i++) {
        struct server s = serve_as(models[i / 2]);
        int fd = connected_to(s.port);
        for (int k = 0; k < 100; k++)
            say(fd, "hello");
        kill(s.child.pid, signals[i % 2]);
        assert_int_equal(finish(&s.child), 0);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_of_every_size_come_back_unchanged),
        cmocka_unit_test(lines_come_back_without_their_numbers),
        cmocka_unit_test(made_up_messages_end_with_a_summary),
        cmocka_unit_test(a_message_that_fits_no_datagram_is_one_clear_line),
        cmocka_unit_test(a_size_without_room_for_the_number_is_a_usage_error),
        cmocka_unit_test(a_closed_port_is_one_clear_line),
        cmocka_unit_test(explain_tells_every_datagram_on_both_sides),
        cmocka_unit_test(without_any_reply_all_is_lost_and_the_client_goes_on),
        cmocka_unit_test(lost_replies_are_counted_and_the_others_taken),
        cmocka_unit_test(duplicates_are_counted_and_harmless),
        cmocka_unit_test(a_late_reply_is_not_taken_for_the_next),
        cmocka_unit_test(a_truncated_reply_is_reported),
        cmocka_unit_test(lines_lost_are_told_on_stderr),
        cmocka_unit_test(words_without_a_number_are_printed_as_they_are),
        cmocka_unit_test(a_low_source_port_is_not_answered),
        cmocka_unit_test(the_own_port_is_not_answered),
        cmocka_unit_test(a_datagram_over_max_message_is_dropped_and_logged),
        cmocka_unit_test(a_port_in_use_is_one_clear_line),
        cmocka_unit_test(who_returns_the_token_hears_every_event_in_order),
        cmocka_unit_test(who_returns_another_token_hears_nothing),
        cmocka_unit_test(leases_end_at_max_clients),
        cmocka_unit_test(a_subscribing_client_prints_consecutive_events),
        cmocka_unit_test(a_subscribing_client_still_sends_its_lines),
        cmocka_unit_test(a_client_whose_question_is_lost_asks_again),
        cmocka_unit_test(a_client_that_is_never_answered_gives_up),
        cmocka_unit_test(subscribing_to_a_mere_echo_is_one_clear_line),
        cmocka_unit_test(a_signal_ends_the_server_in_the_middle_of_work),
    };
    return cmocka_run_group_tests(tests, NULL, kill_the_rest);
}
