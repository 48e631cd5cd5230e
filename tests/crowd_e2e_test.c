/* tests/crowd_e2e_test.c: many who listen, and those among them who spoil it for the others: who
 * does not read, who talks without end, all who leave at once.
 * Partner: push_e2e_test.c, where few listen.
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

#define CHAT UPGRADE("/chat", "")
#define EVENTS "GET /events HTTP/1.1\r\nHost: test\r\n\r\n"
#define CROWD_MAX 2000

/* KiB that may be kept of what was freed: AddressSanitizer keeps up to 256 MiB of it. */
#ifdef __SANITIZE_ADDRESS__
#define KEPT (256 * 1024)
#else
#define KEPT 2048
#endif

/* kB of memory that a server has, at the moment; 0 where nobody knows. */
static long memory_of(const struct server *s)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->child.pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmRSS: %ld", &kb);
    if (f)
        fclose(f);
    return kb;
}

static void need_descriptors(unsigned long n)
{
    if (!can_open(n))
        skip();
}

/* --- a crowd whose members are all sent the same bytes, and read them as they come --- */

static struct member {
    int fd;     /* -1 = has left */
    size_t got; /* bytes of what all are to hear */
} crowd[CROWD_MAX];
static int members;

static void gather(const struct server *s, int n)
{
    members = n;
    for (int i = 0; i < n; i++)
        crowd[i] = (struct member){open_with(s, CHAT), 0};
}

static void all_leave(void)
{
    for (int i = 0; i < members; i++)
        if (i % 3)
            close(crowd[i].fd);
        else
            hang_up(crowd[i].fd);
    members = 0;
}

/* Reads what has come; it must be what comes next. */
static void listen_in(struct member *m, const uint8_t *expected, size_t n)
{
    static uint8_t buf[1 << 16];
    ssize_t got = recv(m->fd, buf, sizeof buf, 0);
    if (got <= 0)
        fail_msg("member %td: the end, after %zu of %zu bytes", m - crowd, m->got, n);
    assert_true((size_t)got <= n - m->got);
    assert_memory_equal(buf, expected + m->got, (size_t)got);
    m->got += (size_t)got;
}

/* Until all have heard n bytes in all.  The first one says these meanwhile. */
static void hear_all_of_it(const uint8_t *expected, size_t n, const uint8_t *said, size_t said_len)
{
    static struct pollfd p[CROWD_MAX];
    int left = members;
    for (int i = 0; i < members; i++)
        p[i] = (struct pollfd){.fd = crowd[i].fd, .events = POLLIN};
    for (left = members; left > 0;) {
        p[0].fd = crowd[0].fd;
        p[0].events = (short)((crowd[0].got < n ? POLLIN : 0) | (said_len > 0 ? POLLOUT : 0));
        if (poll(p, (nfds_t)members, PATIENCE) <= 0)
            fail_msg("%d members heard nothing more for %d ms", left, PATIENCE);
        if (p[0].revents & POLLOUT) {
            ssize_t sent = send(crowd[0].fd, said, said_len, MSG_DONTWAIT);
            said += sent > 0 ? sent : 0;
            said_len -= sent > 0 ? (size_t)sent : 0;
        }
        left = 0;
        for (int i = 0; i < members; i++) {
            if (p[i].revents & (POLLIN | POLLHUP | POLLERR))
                listen_in(&crowd[i], expected, n);
            if (crowd[i].got == n)
                p[i].fd = -1;
            left += crowd[i].got < n;
        }
        left += said_len > 0;
    }
}

/* Frames of this size: what a speaker sends, and what everybody is to hear.  Returns how many bytes
 * the latter are. */
static size_t make_speech(uint8_t *said, size_t *said_len, uint8_t *heard, int frames, size_t size)
{
    uint8_t *payload = malloc(size);
    size_t n = 0;
    *said_len = 0;
    assert_true(size > 125 && size < 65536);
    for (int i = 0; i < frames; i++) {
        fill_pattern(payload, size, true);
        memcpy(payload, &i, sizeof i);
        *said_len += make_frame(said + *said_len, FIN | BINARY, payload, size);
        heard[n++] = FIN | BINARY;
        heard[n++] = 126;
        heard[n++] = (uint8_t)(size >> 8);
        heard[n++] = (uint8_t)size;
        memcpy(heard + n, payload, size);
        n += size;
    }
    free(payload);
    return n;
}

static uint8_t said[1 << 24], heard[1 << 24];

/* --- who does not read --- */

/* A member that asks for pongs and reads none, until the server takes nothing more from it. */
static int stall(const struct server *s)
{
    static uint8_t pings[1 << 16];
    size_t n = 0, at = 0;
    int fd = dial_small(s->port, 4096);
    say_text(fd, CHAT);
    assert_int_equal(hear_head(fd), 101);
    while (n + 140 < sizeof pings)
        n += make_frame(pings + n, FIN | PING, heard, 125);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    while (poll(&p, 1, 200) > 0) {
        ssize_t sent = send(fd, pings + at, n - at, MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            fail_msg("send: %s", strerror(errno));
        at = (at + (size_t)(sent > 0 ? sent : 0)) % n;
    }
    return fd;
}

/* Whole frames, the last of which says why there are no more. */
static void expect_1008(int fd)
{
    struct frame f = hear_frame(fd);
    while (f.first == (FIN | PONG))
        f = hear_frame(fd);
    assert_int_equal(f.first, FIN | CLOSE);
    assert_int_equal(f.data[0] << 8 | f.data[1], 1008);
    assert_string_equal((char *)f.data + 2, "too slow");
    close(fd);
}

static void some_of_a_thousand_stall_and_the_others_hear_all(void **state)
{
    enum { N = 1000, STALLED = 5, FRAMES = 20, SIZE = 8192, EACH = SIZE + 4 };
    int stalled[STALLED];
    size_t said_len;
    (void)state;
    need_descriptors(N + 100);
    struct server s = serve("ws_echo_server", "--max-message 65536");
    gather(&s, N - STALLED);
    long before = memory_of(&s);
    for (int i = 0; i < STALLED; i++)
        stalled[i] = stall(&s);
    make_speech(said, &said_len, heard, FRAMES, SIZE);
    for (size_t i = 0; i < FRAMES; i++)
        hear_all_of_it(heard, (i + 1) * EACH, said + i * (said_len / FRAMES), said_len / FRAMES);
    assert_true(memory_of(&s) - before < 16 * 1024);
    for (int i = 0; i < STALLED; i++)
        expect_1008(stalled[i]);
    all_leave();
    kill(s.child.pid, SIGTERM);
    struct result r = finish(&s.child);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "(5 so far)\n"));
}

/* Though no more than a line a second says so. */
static void all_who_were_dropped_are_counted(void **state)
{
    int stalled[2];
    (void)state;
    struct server s = serve("ws_echo_server", "--max-message 65536");
    int speaker = open_with(&s, CHAT);
    for (int i = 0; i < 2; i++) {
        stalled[i] = stall(&s);
        say_message(speaker, "is anybody there?");
        expect_message(speaker, "is anybody there?");
        expect_1008(stalled[i]);
    }
    close(speaker);
    kill(s.child.pid, SIGTERM);
    struct result r = finish(&s.child);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "(2 so far)\n"));
}

/* --- who talks without end --- */

static void who_talks_without_end_is_heard_by_all_in_order(void **state)
{
    enum { N = 50, FRAMES = 200, SIZE = 60000 };
    size_t said_len;
    (void)state;
    struct server s = serve("ws_echo_server", "--model loop");
    gather(&s, N);
    size_t n = make_speech(said, &said_len, heard, FRAMES, SIZE);
    hear_all_of_it(heard, n, said, said_len);
    assert_string_equal(child_err(&s.child), "");
    all_leave();
    stop(&s);
}

/* --- all who leave at once --- */

static void crowd_of_streams(const struct server *s, int n)
{
    members = n;
    for (int i = 0; i < n; i++) {
        crowd[i].fd = dial(s->port);
        say_text(crowd[i].fd, EVENTS);
    }
}

/* The next event's number on a stream. */
static unsigned long hear_event(int fd)
{
    char line[256];
    unsigned long seq = 0;
    while (seq == 0) {
        assert_true(hear_line(fd, line, sizeof line));
        sscanf(line, "data: tick %lu", &seq);
    }
    return seq;
}

static void thousands_leave_in_mid_event_and_one_goes_on(void **state)
{
    enum { N = 2000 };
    (void)state;
    need_descriptors(N + 100);
    struct server s = serve("http_poll_server", "--push-every 2");
    int stays = dial(s.port);
    long first = 0;
    say_text(stays, EVENTS);
    unsigned long seq = hear_event(stays);
    for (int round = 0; round < 3; round++) {
        crowd_of_streams(&s, N);
        hear_event(crowd[N - 1].fd);
        all_leave();
        for (unsigned long until = seq + 500; seq < until;) {
            unsigned long next = hear_event(stays);
            assert_int_equal(next, ++seq);
        }
        int fd = dial(s.port); /* the kernel's queue is in order: the others have been seen off */
        say_text(fd, EVENTS);
        hear_event(fd);
        close(fd);
        first = round == 0 ? memory_of(&s) : first;
    }
    assert_true(memory_of(&s) - first < KEPT);
    assert_string_equal(child_err(&s.child), "");
    close(stays);
    stop(&s);
}

/* --- more than there are descriptors for --- */

static int next_head(int n)
{
    static struct pollfd p[CROWD_MAX];
    for (int i = 0; i < n; i++)
        p[i] = (struct pollfd){.fd = crowd[i].fd, .events = POLLIN};
    if (poll(p, (nfds_t)n, PATIENCE) <= 0)
        return -1;
    int i = 0;
    while (!p[i].revents)
        i++;
    return i;
}

static void who_finds_no_descriptor_is_served_when_others_leave(void **state)
{
    enum { N = 150 };
    (void)state;
    limit_descriptors(60);
    struct server s = serve("http_poll_server", "--push-every 86400000");
    crowd_of_streams(&s, N);
    for (int served = 0; served < N; served++) {
        int i = next_head(N);
        if (i < 0)
            fail_msg("%d of %d were served; stderr: %s", served, N, child_err(&s.child));
        assert_int_equal(hear_head(crowd[i].fd), 200);
        close(crowd[i].fd);
        crowd[i].fd = -1;
    }
    assert_non_null(strstr(child_err(&s.child), "new connections wait"));
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(some_of_a_thousand_stall_and_the_others_hear_all),
        TEST(all_who_were_dropped_are_counted),
        TEST(who_talks_without_end_is_heard_by_all_in_order),
        TEST(thousands_leave_in_mid_event_and_one_goes_on),
        TEST(who_finds_no_descriptor_is_served_when_others_leave),
    };
    return cmocka_run_group_tests_name("crowd", tests, NULL, NULL);
}
