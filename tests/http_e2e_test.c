/* tests/http_e2e_test.c: http_poll_server against bare sockets, http_poll_client against it and
 * against odd servers.  Partners: tcp_e2e_test.c, ws_e2e_test.c; curl and Python in interop/.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "http_poll_server"
#define CLIENT "http_poll_client"
#define MIB (1024u * 1024u)
#define HOST "Host: test\r\n"
#define GET "GET / HTTP/1.1\r\n" HOST

static struct server serve_as(void **state, const char *options)
{
    return serve(SERVER, "--model %s %s", MODEL, options);
}

/* --- replies --- */

struct reply {
    int status, minor;
    char head[8192]; /* status line and fields, each line with \n and without \r */
    char *body;      /* NUL added; freed by the next reply */
    size_t body_len;
};

static char *last_body;

/* The value of a field in r->head, or NULL; valid until the next call. */
static const char *field(const struct reply *r, const char *name)
{
    static char value[2048];
    size_t n = strlen(name);
    for (const char *line = strchr(r->head, '\n'); line && line[1]; line = strchr(line + 1, '\n'))
        if (strncasecmp(line + 1, name, n) == 0 && line[1 + n] == ':') {
            const char *start = line + 2 + n + strspn(line + 2 + n, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\n"), start);
            return value;
        }
    return NULL;
}

static void check_field(const struct reply *r, const char *name, const char *value)
{
    const char *got = field(r, name);
    if (!got || strcasecmp(got, value) != 0)
        fail_msg("%s is '%s', not '%s', in:\n%s", name, got ? got : "(missing)", value, r->head);
}

static void hear_head(int fd, struct reply *r)
{
    char line[2048];
    size_t n = 0;
    r->body = NULL;
    r->body_len = 0;
    r->head[0] = '\0';
    for (;;) {
        if (!hear_line(fd, line, sizeof line))
            fail_msg("the connection ended within a head:\n%s%s", r->head, line);
        if (line[0] == '\0')
            break;
        n += (size_t)snprintf(r->head + n, sizeof r->head - n, "%s\n", line);
        assert_true(n < sizeof r->head);
    }
    if (sscanf(r->head, "HTTP/1.%d %d", &r->minor, &r->status) != 2)
        fail_msg("not a status line:\n%s", r->head);
}

static struct reply hear_reply_to(int fd, const char *method)
{
    struct reply r;
    hear_head(fd, &r);
    const char *length = field(&r, "Content-Length");
    if (r.status < 200 || r.status == 204) {
        assert_null(length); /* RFC 9110 8.6 */
        length = "0";
    }
    assert_non_null(length);
    r.body_len = (size_t)strtoul(length, NULL, 10);
    free(last_body);
    last_body = r.body = calloc(1, r.body_len + 1);
    if (strcmp(method, "HEAD") != 0)
        hear(fd, r.body, r.body_len);
    return r;
}

static struct reply hear_reply(int fd)
{
    return hear_reply_to(fd, "GET");
}

static struct reply ask(int fd, const char *request)
{
    say_text(fd, request);
    return hear_reply(fd);
}

/* A fresh connection for one request that must be refused, and closed without a reset. */
static void check_refused(const struct server *s, const char *request, int status)
{
    int fd = dial(s->port);
    struct reply r = ask(fd, request);
    if (r.status != status)
        fail_msg("%d instead of %d for:\n%.300s", r.status, status, request);
    check_field(&r, "Connection", "close");
    hear_end(fd);
    close(fd);
}

/* A request that is understood, and answered so; the connection must be good for another one. */
static struct reply check_answered(const struct server *s, const char *request, int status)
{
    int fd = dial(s->port);
    struct reply r = ask(fd, request);
    if (r.status != status)
        fail_msg("%d instead of %d for:\n%s", r.status, status, request);
    struct reply kept = r;
    last_body = NULL;
    assert_int_equal(ask(fd, GET "\r\n").status, 200);
    free(last_body);
    last_body = kept.body;
    close(fd);
    return kept;
}

static void echo_once(int fd, const char *text)
{
    char request[512];
    snprintf(request, sizeof request,
             "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n%s", strlen(text), text);
    struct reply r = ask(fd, request);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, text);
}

/* --- what there is to ask for --- */

static void the_index_says_what_there_is(void **state)
{
    struct server s = serve_as(state, "");
    struct reply r = check_answered(&s, GET "\r\n", 200);
    assert_non_null(strstr(r.body, "POST /echo"));
    assert_non_null(strstr(r.body, "/poll"));
    assert_int_equal(r.minor, 1);
    assert_non_null(field(&r, "Date"));
    assert_non_null(field(&r, "Content-Type"));
    assert_int_equal(check_answered(&s, "GET /?a=b HTTP/1.1\r\n" HOST "\r\n", 200).body_len,
                     r.body_len);
    stop(&s);
}

static void head_is_get_without_a_body(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    size_t len = ask(fd, GET "\r\n").body_len;
    say_text(fd, "HEAD / HTTP/1.1\r\n" HOST "\r\n");
    struct reply r = hear_reply_to(fd, "HEAD");
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body_len, len);
    say_text(fd, "HEAD /nothing HTTP/1.1\r\n" HOST "\r\n" GET "\r\n");
    assert_int_equal(hear_reply_to(fd, "HEAD").status, 404);
    assert_int_equal(hear_reply(fd).status, 200); /* right behind it: no body between */
    stop(&s);
}

static void a_body_by_length_comes_back(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    echo_once(fd, "hello");
    echo_once(fd, "");
    echo_once(fd, "a\r\n\r\nb");
    struct reply r = ask(fd, "POST /echo HTTP/1.1\r\n" HOST
                             "Content-Type: text/x-test\r\nContent-Length: 2\r\n\r\nhi");
    check_field(&r, "Content-Type", "text/x-test");
    stop(&s);
}

static void a_chunked_body_comes_back_whole(void **state)
{
    struct server s = serve_as(state, "");
    static const char request[] =
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;name=value\r\n \r\n00005\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";
    int fd = dial(s.port);
    struct reply r = ask(fd, request);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "hello world");
    r = ask(fd, "POST /echo HTTP/1.1\r\n" HOST
                "Transfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n");
    assert_string_equal(r.body, "0123456789");
    r = ask(fd, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_string_equal(r.body, "");
    echo_once(fd, "and on");
    stop(&s);
}

static void a_megabyte_comes_back(void **state)
{
    struct server s = serve_as(state, "");
    char *data = malloc(MIB), head[128];
    fill_pattern(data, MIB, false);
    int fd = dial(s.port);
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %u\r\n\r\n", MIB);
    for (int i = 0; i < 2; i++) {
        say_text(fd, head);
        say(fd, data, MIB);
        struct reply r = hear_reply(fd);
        assert_int_equal(r.body_len, MIB);
        assert_memory_equal(r.body, data, MIB);
    }
    free(data);
    stop(&s);
}

static void every_request_survives_every_split(void **state)
{
    struct server s = serve_as(state, "");
    static const char *const requests[] = {
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        "\r\nPOST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello",
    };
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        size_t n = strlen(requests[i]);
        for (size_t cut = 1; cut < n; cut++) { /* two segments */
            say(fd, requests[i], cut);
            if (cut % 8 == 0) /* now and then surely two reads: nothing may be answered yet */
                assert_true(is_silent(fd, 2));
            say(fd, requests[i] + cut, n - cut);
            struct reply r = hear_reply(fd);
            assert_int_equal(r.status, 200);
            assert_string_equal(r.body, "hello");
        }
        say_bytewise(fd, requests[i], n);
        assert_string_equal(hear_reply(fd).body, "hello");
    }
    stop(&s);
}

/* --- connections --- */

static void pipelined_requests_are_answered_in_order(void **state)
{
    enum { N = 50 };
    struct server s = serve_as(state, "");
    static char all[N * 200];
    size_t n = 0;
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(all + n, sizeof all - n,
                              "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n%s\r\n%03d",
                              i == N - 1 ? "Connection: close\r\n" : "", i);
    int fd = dial(s.port);
    say(fd, all, n);
    for (int i = 0; i < N; i++) {
        char number[16];
        snprintf(number, sizeof number, "%03d", i);
        assert_string_equal(hear_reply(fd).body, number);
    }
    hear_end(fd);
    stop(&s);
}

/* More replies than the kernel and the server's queue hold, while we do not read. */
static void check_many_pipelined(const struct server *s, size_t n_requests, bool half_close)
{
    static const char request[] = GET "\r\n";
    const size_t size = sizeof request - 1, total = size * n_requests;
    int fd = dial_small(s->port, 4096);
    size_t sent = 0, replies = 0, matched = 0;
    char *all = malloc(total), buf[65536];
    bool stalled = false, ended = false;
    for (size_t i = 0; i < n_requests; i++)
        memcpy(all + i * size, request, size);
    while (!ended && !(replies == n_requests && sent == total && !half_close)) {
        struct pollfd p = {.fd = fd, .events = sent < total ? POLLOUT : 0};
        p.events |= stalled || sent == total ? POLLIN : 0;
        int n = poll(&p, 1, stalled || sent == total ? PATIENCE : 200);
        if (n == 0 && stalled)
            fail_msg("silence after %zu replies to %zu requests", replies, sent / size);
        stalled = stalled || n == 0; /* now nothing goes any further unless we read */
        if (p.revents & POLLOUT) {
            ssize_t took = send(fd, all + sent, total - sent, MSG_DONTWAIT);
            assert_true(took > 0 || errno == EAGAIN);
            sent += took > 0 ? (size_t)took : 0;
            if (sent == total && half_close)
                end_of_talk(fd);
        }
        if (p.revents & (POLLIN | POLLHUP)) {
            ssize_t took = recv(fd, buf, sizeof buf, 0);
            if (took < 0)
                fail_msg("%s after %zu replies", strerror(errno), replies);
            ended = took == 0;
            static const char first[] = "HTTP/1.1 200 OK\r\n";
            for (ssize_t i = 0; i < took; i++) {
                matched = buf[i] == first[matched] ? matched + 1 : buf[i] == 'H';
                if (matched == sizeof first - 1) {
                    replies++;
                    matched = 0;
                }
            }
        }
    }
    free(all);
    close(fd);
    if (replies != n_requests)
        fail_msg("%zu replies to %zu requests", replies, n_requests);
}

/* One queue is shorter than what the kernel takes at once, the other is longer: it empties by and
 * by, with requests waiting behind it. */
static void nobody_can_pipeline_more_than_the_queue_holds(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    check_many_pipelined(&s, 50000, false);
    stop(&s);
    s = serve_as(state, "--max-message 6000000");
    check_many_pipelined(&s, 50000, false);
    stop(&s);
}

static void requests_before_a_half_close_are_all_answered(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    int fd = dial(s.port);
    say_text(fd, GET "\r\n" GET "\r\n");
    end_of_talk(fd);
    assert_int_equal(hear_reply(fd).status, 200);
    assert_int_equal(hear_reply(fd).status, 200);
    hear_end(fd);
    close(fd);
    check_many_pipelined(&s, 40000, true);
    stop(&s);
    s = serve_as(state, "--max-message 6000000");
    for (size_t n = 40000; n <= 52000; n += 1500) /* our end meets the queue in different states */
        check_many_pipelined(&s, n, true);
    stop(&s);
}

static void keep_alive_is_as_the_version_and_the_field_say(void **state)
{
    static const struct { const char *request; bool kept; } cases[] = {
        {"GET / HTTP/1.1\r\n" HOST "\r\n", true},
        {"GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "Connection: foo, Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "connection: x\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", false},
        {"POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", true},
        {"GET / HTTP/1.7\r\n" HOST "\r\n", true},
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = dial(s.port);
        struct reply r = ask(fd, cases[i].request);
        assert_int_equal(r.status, 200);
        if (!cases[i].kept) {
            check_field(&r, "Connection", "close");
            hear_end(fd);
        } else {
            if (strstr(cases[i].request, "HTTP/1.0"))
                check_field(&r, "Connection", "keep-alive");
            echo_once(fd, "more");
        }
        close(fd);
    }
    stop(&s);
}

static void nothing_is_answered_behind_a_close(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    say_text(fd, GET "Connection: close\r\n\r\n" GET "\r\n");
    assert_int_equal(hear_reply(fd).status, 200);
    hear_end(fd);
    close(fd);
    stop(&s);
}

static void who_expects_a_100_gets_one(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    struct reply r =
        ask(fd, "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
    assert_int_equal(r.status, 100);
    say_text(fd, "hello");
    r = hear_reply(fd);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "hello");
    r = ask(fd, "POST /echo HTTP/1.1\r\n" HOST
                "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_int_equal(r.status, 100);
    say_text(fd, "2\r\nhi\r\n0\r\n\r\n");
    assert_string_equal(hear_reply(fd).body, "hi");
    /* HTTP/1.0 knows no 100 (RFC 9110 10.1.1) */
    say_text(fd, "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_true(is_silent(fd, 50));
    say_text(fd, "ho");
    assert_string_equal(hear_reply(fd).body, "ho");
    stop(&s);
}

static void a_body_too_long_is_refused_before_it_is_sent(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    check_refused(
        &s, "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n",
        413);
    stop(&s);
}

/* --- refusals --- */

static void what_is_not_http_is_refused(void **state)
{
    static const char *const requests[] = {
        "hello\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n", /* the beginning of TLS */
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP\r\n\r\n",
        "GET / HTTP/1\r\n" HOST "\r\n",
        "GET / HTTP/x.1\r\n" HOST "\r\n",
        "GET / http/1.1\r\n" HOST "\r\n",
        "GET  / HTTP/1.1\r\n" HOST "\r\n",
        "GET /  HTTP/1.1\r\n" HOST "\r\n",
        "GET / a HTTP/1.1\r\n" HOST "\r\n",
        "GET /\x01 HTTP/1.1\r\n" HOST "\r\n",
        "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n",
        "G@T / HTTP/1.1\r\n" HOST "\r\n",
        " GET / HTTP/1.1\r\n" HOST "\r\n",
        GET "no colon\r\n\r\n",
        GET ": no name\r\n\r\n",
        GET "A: b\x01" "c\r\n\r\n",
        GET "A: bare\rreturn\r\n\r\n",
        "GET / HTTP/1.1\n" "Host: test\n\n", /* bare LF */
        GET "A: b\n\r\n",
        GET "Name : value\r\n\r\n",
        GET "\tName: value\r\n\r\n",
        GET "A: b\r\n folded\r\n\r\n",
        GET "A: b\r\n\tfolded\r\n\r\n",
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        check_refused(&s, requests[i], 400);
    stop(&s);
}

static void what_could_be_understood_in_two_ways_is_refused(void **state)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\n\r\n", /* no Host */
        "GET / HTTP/1.1\r\n" HOST HOST "\r\n",
        "GET / HTTP/1.1\r\n" HOST "host: other\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2, 3\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: +2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: -2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2 2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: two\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\n" HOST
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        check_refused(&s, requests[i], 400);
    stop(&s);
}

static void malformed_chunks_are_refused(void **state)
{
#define CHUNKED "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
    static const char *const requests[] = {
        CHUNKED "\r\n",
        CHUNKED "x\r\n",
        CHUNKED "-1\r\n",
        CHUNKED "+1\r\na\r\n",
        CHUNKED "0x1\r\na\r\n",
        CHUNKED " 1\r\na\r\n",
        CHUNKED "1\na\r\n",
        CHUNKED "1\r\nab\r\n",
        CHUNKED "1\r\na\n0\r\n\r\n",
        CHUNKED "1;a\x01\r\na\r\n",
        CHUNKED "fffffffffffffffff\r\n",
        CHUNKED "1 2\r\na\r\n0\r\n\r\n",
        CHUNKED "0\r\nA: b\n\r\n",
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        check_refused(&s, requests[i], 400);
    stop(&s);
}

static void every_status_is_given_when_due(void **state)
{
    struct server s = serve_as(state, "");
    check_answered(&s, "GET /nothing HTTP/1.1\r\n" HOST "\r\n", 404);
    check_answered(&s, "GET /echo/ HTTP/1.1\r\n" HOST "\r\n", 404);
    struct reply r = check_answered(&s, "GET /echo HTTP/1.1\r\n" HOST "\r\n", 405);
    check_field(&r, "Allow", "POST");
    r = check_answered(&s, "DELETE / HTTP/1.1\r\n" HOST "\r\n", 405);
    check_field(&r, "Allow", "GET, HEAD");
    r = check_answered(&s, "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 405);
    check_field(&r, "Allow", "GET, HEAD");
    r = check_answered(&s, "POST /poll HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405);
    check_field(&r, "Allow", "GET, HEAD");
    check_refused(&s, "POST /echo HTTP/1.1\r\n" HOST "\r\n", 411);
    check_refused(
        &s, "POST /echo HTTP/1.1\r\n" HOST "Expect: a-miracle\r\nContent-Length: 2\r\n\r\nhi", 417);
    check_answered(&s, "BREW / HTTP/1.1\r\n" HOST "\r\n", 501);
    check_refused(&s, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\nhi", 501);
    check_refused(
        &s, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501);
    check_refused(&s, "GET / HTTP/2.0\r\n" HOST "\r\n", 505);
    check_refused(&s, "GET / HTTP/0.9\r\n" HOST "\r\n", 505);
    check_refused(&s, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505); /* who speaks HTTP/2 unasked */
    check_answered(&s, "GET /poll HTTP/1.1\r\n" HOST "\r\n", 503); /* without --push-every */
    stop(&s);
}

/* RFC 9110 9.1: a method is case-sensitive, and so is a path (4.2.3). */
static void case_matters_in_methods_and_paths(void **state)
{
    struct server s = serve_as(state, "");
    check_answered(&s, "get / HTTP/1.1\r\n" HOST "\r\n", 501);
    check_answered(&s, "GET /POLL HTTP/1.1\r\n" HOST "\r\n", 404);
    check_answered(&s, "POST /Echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 404);
    stop(&s);
}

/* RFC 9112 3.2.2: a server MUST accept the form that is meant for proxies. */
static void a_target_may_be_a_whole_url(void **state)
{
    struct server s = serve_as(state, "");
    check_answered(&s, "GET http://test/ HTTP/1.1\r\n" HOST "\r\n", 200);
    check_answered(&s, "GET http://test HTTP/1.1\r\n" HOST "\r\n", 200);
    check_answered(&s, "GET http://test/nothing HTTP/1.1\r\n" HOST "\r\n", 404);
    struct reply r = check_answered(
        &s, "POST http://test:80/echo?q HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 200);
    assert_string_equal(r.body, "hi");
    stop(&s);
}

static void limits_have_a_status_each(void **state)
{
    struct server s = serve_as(state, "--max-header 1000 --max-message 1000");
    static char request[20000], filler[18000];
    memset(filler, 'a', sizeof filler - 1);
    for (int n = 1000; n < 18000; n += 16000) { /* a little, and much more than the limit */
        snprintf(request, sizeof request, "GET /%.*s HTTP/1.1\r\n" HOST "\r\n", n, filler);
        check_refused(&s, request, 414);
        snprintf(request, sizeof request, GET "A: %.*s\r\n\r\n", n, filler);
        check_refused(&s, request, 431);
        snprintf(request, sizeof request, GET "A: %.*s", n, filler); /* and no end of it */
        check_refused(&s, request, 431);
        snprintf(request, sizeof request, "GET /%.*s", n, filler);
        check_refused(&s, request, 414);
    }
    snprintf(request, sizeof request, GET "A: %.*s\r\n\r\n", 900, filler);
    check_answered(&s, request, 200);
    size_t n = (size_t)snprintf(request, sizeof request, GET);
    for (int i = 0; i < 101; i++)
        n += (size_t)snprintf(request + n, sizeof request - n, "a:\r\n");
    snprintf(request + n, sizeof request - n, "\r\n");
    check_refused(&s, request, 431);
    check_refused(&s, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 413);
    snprintf(request, sizeof request,
             "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n%.1000s", filler);
    assert_int_equal(check_answered(&s, request, 200).body_len, 1000);
    snprintf(request, sizeof request, "%s" "3e8\r\n%.1000s\r\n1\r\nb\r\n0\r\n\r\n",
             "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", filler);
    check_refused(&s, request, 413);
    stop(&s);
}

/* The refusal must not be lost in a reset because the client is still talking. */
static void a_refusal_reaches_who_is_still_sending(void **state)
{
    struct server s = serve_as(state, "--max-message 100000");
    static char megabyte[MIB];
    for (int chunked = 0; chunked < 2; chunked++) {
        int fd = dial(s.port);
        say_text(fd, chunked ? CHUNKED "1000000\r\n"
                             : "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 16777216\r\n\r\n");
        for (int i = 0; i < 16; i++)
            say(fd, megabyte, sizeof megabyte);
        struct reply r = hear_reply(fd);
        assert_int_equal(r.status, 413);
        check_field(&r, "Connection", "close");
        hear_end(fd);
        close(fd);
    }
    stop(&s);
}

static void a_slow_head_is_given_up(void **state)
{
    struct server s = serve_as(state, "--handshake-timeout 0.3");
    int fd = dial(s.port);
    double before = now();
    struct reply r = ask(fd, "GET / HTTP/1.1\r\nHos");
    assert_int_equal(r.status, 408);
    check_field(&r, "Connection", "close");
    hear_end(fd);
    assert_true(now() - before > 0.2 && now() - before < 5);
    close(fd);
    fd = dial(s.port);
    echo_once(fd, "in time");
    for (int i = 0; is_silent(fd, 50) && i < 100; i++) /* a byte now and then does not help */
        say_text(fd, "G");
    assert_int_equal(hear_reply(fd).status, 408);
    close(fd);
    fd = dial(s.port); /* who says nothing has nothing to be told */
    hear_end(fd);
    close(fd);
    stop(&s);
}

static void a_slow_body_is_given_up(void **state)
{
    struct server s = serve_as(state, "--handshake-timeout 0.3 --idle-timeout 0.3");
    int fd = dial(s.port);
    struct reply r = ask(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhel");
    assert_int_equal(r.status, 408);
    hear_end(fd);
    close(fd);
    fd = dial(s.port);
    echo_once(fd, "kept alive, then silent");
    hear_end(fd);
    stop(&s);
}

/* --- who leaves half-way --- */

static void a_request_cut_short_harms_nobody(void **state)
{
    static const char *const requests[] = {
        "GET / HT",
        GET,
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 50\r\n\r\nhello",
        CHUNKED "5\r\nhel",
        CHUNKED "5",
        "\r",
    };
    struct server s = serve_as(state, "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        char rest[256];
        int fd = dial(s.port);
        say_text(fd, requests[i]);
        end_of_talk(fd);
        assert_in_range(hear_all(fd, rest, sizeof rest), 12, sizeof rest);
        assert_memory_equal(rest, "HTTP/1.1 400", 12);
        close(fd);
        fd = dial(s.port);
        say_text(fd, requests[i]);
        hang_up(fd);
    }
    int fd = dial(s.port);
    echo_once(fd, "still here");
    stop(&s);
}

static void a_signal_ends_the_server_well(void **state)
{
    struct server s = serve_as(state, "");
    int fd = dial(s.port);
    echo_once(fd, "hello");
    say_text(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Le");
    double before = now();
    stop(&s);
    assert_true(now() - before < 1.5);
    char rest[64]; /* a reset is fine when our half a request had not been read */
    assert_true(hear_all(fd, rest, sizeof rest) <= 0);
}

/* --- polling --- */

struct events {
    int status;
    unsigned long gap, first, last; /* 0 = none */
    unsigned long next;             /* Last-Event-ID */
};

static struct events poll_after(int fd, const char *query)
{
    char request[200];
    struct events e = {0};
    snprintf(request, sizeof request, "GET /poll%s HTTP/1.1\r\n" HOST "\r\n", query);
    struct reply r = ask(fd, request);
    e.status = r.status;
    if (r.status >= 300)
        return e;
    const char *next = field(&r, "Last-Event-ID");
    assert_non_null(next);
    e.next = strtoul(next, NULL, 10);
    for (char *save = NULL, *line = strtok_r(r.body, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        unsigned long seq;
        unsigned long long ns;
        if (sscanf(line, "gap %lu", &e.gap) == 1) {
            assert_int_equal(e.first, 0); /* it comes first */
            continue;
        }
        assert_int_equal(sscanf(line, "tick %lu %llu", &seq, &ns), 2);
        if (e.first == 0)
            e.first = seq;
        else
            assert_int_equal(seq, e.last + 1);
        e.last = seq;
    }
    return e;
}

static struct events poll_from(int fd, unsigned long after)
{
    char query[64];
    snprintf(query, sizeof query, "?after=%lu", after);
    return poll_after(fd, query);
}

static void polling_misses_nothing(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 10");
    int fd = dial(s.port);
    struct events e = poll_after(fd, "");
    assert_int_equal(e.status, 204); /* from now on */
    int empty = 0;
    for (unsigned long seen = e.next, goal = seen + 30; seen < goal; seen = e.next) {
        e = poll_from(fd, seen);
        assert_int_equal(e.gap, 0);
        if (e.status == 204) {
            assert_int_equal(e.next, seen);
            empty++;
            assert_true(is_silent(fd, 3));
            continue;
        }
        assert_int_equal(e.status, 200);
        assert_int_equal(e.first, seen + 1);
        assert_int_equal(e.last, e.next);
    }
    assert_true(empty > 0);
    stop(&s);
}

static void a_number_from_another_life_is_a_gap(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 1");
    int fd = dial(s.port);
    struct events e = poll_from(fd, 1000000); /* newer than the newest: the server was restarted */
    assert_int_equal(e.status, 200);
    assert_int_equal(e.gap, 1);
    do { /* until the first events are forgotten */
        assert_true(is_silent(fd, 50));
        e = poll_from(fd, 0);
        assert_int_equal(e.status, 200);
        if (e.gap == 0)
            assert_int_equal(e.first, 1);
    } while (e.gap == 0);
    assert_int_equal(e.first, e.gap);
    assert_true(e.last >= e.first + 1000);
    e = poll_after(fd, "?after=99999999999999999999999999");
    assert_int_equal(e.status, 200);
    assert_true(e.gap > 1);
    assert_int_equal(e.first, e.gap);
    stop(&s);
}

static void after_wants_a_number(void **state)
{
    (void)state;
    static const char *const queries[] = {"?after=",       "?after=x",
                                          "?after=-1",     "?after=1x",
                                          "?after=+1",     "?a=b&after=%31"};
    struct server s = serve(SERVER, "--push-every 1000");
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (poll_after(fd, queries[i]).status != 400)
            fail_msg("not refused: %s", queries[i]);
    assert_int_equal(poll_after(fd, "?a=b&after=0").status, 204);
    assert_int_equal(poll_after(fd, "?after=0&a=b").status, 204);
    assert_int_equal(poll_after(fd, "?other=7").status, 204);
    stop(&s);
}

/* --- the client --- */

static void every_line_comes_back(void **state)
{
    struct server s = serve_as(state, "");
    static const char *const modes[] = {"", "--keep-alive", "--close"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct result r = run("one\n\ntwo words\nend", 18, CLIENT, "%s %s", modes[i], s.url);
        assert_string_equal(r.out, "one\n\ntwo words\nend\n");
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        r = run("", 0, CLIENT, "%s -n 20 -s 3000 %s", modes[i], s.url);
        assert_ptr_equal(strstr(r.out, "20 replies in "), r.out);
        assert_int_equal(r.status, 0);
        r = run("", 0, CLIENT, "%s -n 2 -s 0 %s/echo", modes[i], s.url);
        assert_ptr_equal(strstr(r.out, "2 replies in "), r.out);
        r = run("", 0, CLIENT, "%s -s 16777216 %s", modes[i], s.url);
        assert_ptr_equal(strstr(r.out, "1 replies in "), r.out);
    }
    stop(&s);
}

static void what_the_server_refuses_is_one_line(void **state)
{
    struct server s = serve_as(state, "--max-message 1000");
    static const struct { const char *options, *path, *needle; } cases[] = {
        {"-s 1001", "", "413"},   {"-n 1", "/nothing", "404"}, {"-n 1", "/", "405"},
        {"--poll 10", "", "503"}, {"-s 16777216", "", "413"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = run("", 0, CLIENT, "%s %s%s", cases[i].options, s.url, cases[i].path);
        assert_int_equal(r.status, 1);
        if (count_lines(r.err) != 1 || !strstr(r.err, cases[i].needle))
            fail_msg("stderr is not one line with '%s':\n%s", cases[i].needle, r.err);
        assert_string_equal(r.out, "");
    }
    stop(&s);
}

static void check_ticks(const char *out, size_t n)
{
    unsigned long seq = 0, before = 0;
    assert_int_equal(count_lines(out), n);
    for (; *out; out = strchr(out, '\n') + 1, before = seq) {
        assert_int_equal(sscanf(out, "tick %lu ", &seq), 1);
        if (before)
            assert_int_equal(seq, before + 1);
    }
}

static void a_polling_client_prints_every_event_once(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--push-every 10");
    static const char *const modes[] = {"", "--close"};
    for (size_t i = 0; i < 2; i++) {
        struct result r = run("", 0, CLIENT, "--poll 25 -n 12 %s %s", modes[i], s.url);
        assert_int_equal(r.status, 0);
        check_ticks(r.out, 12);
    }
    struct result r = run("said\n", 5, CLIENT, "--subscribe -n 3 --poll 20 %s", s.url);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "said\n")); /* sends stdin's lines as well */
    assert_int_equal(count_lines(r.out), 4);
    stop(&s);
}

/* --- odd servers: the test plays them --- */

static int play_listener, play_port;

static struct child client_of(const char *options)
{
    return start(CLIENT, "%s http://127.0.0.1:%d", options, play_port);
}

static void play(void)
{
    play_listener = listen_any(&play_port);
}

/* The request's head, checked a little, and its body of body_len bytes. */
static void hear_request(int fd, const char *method, size_t body_len)
{
    char line[1024], body[1024];
    bool host = false;
    assert_true(hear_line(fd, line, sizeof line));
    assert_int_equal(strncmp(line, method, strlen(method)), 0);
    assert_non_null(strstr(line, " HTTP/1.1"));
    do {
        assert_true(hear_line(fd, line, sizeof line));
        host = host || strncmp(line, "Host: 127.0.0.1:", 16) == 0;
    } while (line[0]);
    assert_true(host);
    hear(fd, body, body_len);
}

/* One message of 5 bytes, "abcde", answered by these bytes; then the connection is closed. */
static struct result answer_with(const char *reply, bool bytewise, const char *options)
{
    char words[128];
    snprintf(words, sizeof words, "-n 1 -s 5 %s", options);
    struct child c = client_of(words);
    int fd = answer(play_listener);
    hear_request(fd, "POST /echo", 5);
    if (bytewise)
        say_bytewise(fd, reply, strlen(reply));
    else
        say_text(fd, reply);
    end_of_talk(fd);
    struct result r = finish(&c);
    close(fd);
    return r;
}

static void every_way_to_frame_a_reply_is_understood(void **state)
{
    (void)state;
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 200 \r\ncontent-length:5\r\n\r\nabcde",
        "HTTP/1.0 200 Fine by me\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
        "3;x=y\r\ncde\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nabcde", /* until close */
        "HTTP/1.0 200 OK\r\n\r\nabcde",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
    };
    play();
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        for (int bytewise = 0; bytewise < 2; bytewise++) {
            struct result r = answer_with(replies[i], bytewise, "");
            if (r.status != 0)
                fail_msg("%sfor:\n%s", r.err, replies[i]);
        }
}

static void a_broken_reply_is_one_clear_line(void **state)
{
    (void)state;
    static const struct { const char *reply, *needle; } cases[] = {
        {"", "closed by the peer before its reply"},
        {"HTTP/1.1 200 OK\r\nConte", "closed by the peer before its reply"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "after 3 bytes of the body"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
         "after 5 bytes of the body"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "0 bytes of the body"},
        {"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcde", "malformed"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nabcde", "malformed"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", "malformed"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5\r\nabcde\r\n0\r\n\r\n", "malformed"},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
         "malformed"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabcde",
         "a transfer coding this client does not know\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\x1b[2J\r\n",
         "malformed"},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304"},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "101"},
        {"HTTP/1.1 999 \x9b\r\nContent-Length: 0\r\n\r\n", "999"},
        {"HTTP/1.1 200 \x1b[2J\r\nContent-Length: 0\r\n\r\n", "not HTTP"},
        {"HTTP/1.1 200 OK\nContent-Length: 5\n\nabcde", "not HTTP"},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 5\r\n\r\nabcde", "not HTTP"},
        {"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nabcde", "not HTTP"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", "4 of 5 bytes"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcdX", "not what was sent"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nabcdefg", "not what was sent"},
        {"HTTP/1.1 500 Oh no\r\nContent-Length: 0\r\n\r\n", "500"},
        {"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n", "418\n"},
        {"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"},
        {"\x1b[2J\x07garbage\r\n\r\n", "not HTTP"},
        {"HTTP/2 200 OK\r\n\r\n", "not HTTP"},
        {"HTTP/1.1 20x OK\r\n\r\n", "not HTTP"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204"},
    };
    play();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = answer_with(cases[i].reply, false, "");
        check_printable(r.err);
        assert_string_equal(r.out, "");
        if (r.status != 1 || count_lines(r.err) != 1 || !strstr(r.err, cases[i].needle))
            fail_msg("status %d, not one line with '%s':\n%sfor:\n%s", r.status, cases[i].needle,
                     r.err, cases[i].reply);
    }
}

static void an_endless_head_is_given_up(void **state)
{
    (void)state;
    play();
    struct child c = client_of("-n 1 -s 5");
    int fd = answer(play_listener);
    static char line[1002];
    hear_request(fd, "POST /echo", 5);
    say_text(fd, "HTTP/1.1 200 OK\r\n");
    memset(line, 'a', sizeof line);
    memcpy(line, "X:", 2);
    memcpy(line + 1000, "\r\n", 2);
    for (int i = 0; i < 70; i++)
        if (send(fd, line, sizeof line, 0) < 0)
            break;
    struct result r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
}

/* A field is small, but who reads has place for a hundred. */
static void a_head_of_too_many_fields_is_too_long(void **state)
{
    static char reply[200 * 6 + 64] = "HTTP/1.1 200 OK\r\n";
    (void)state;
    for (int i = 0; i < 200; i++)
        strcat(reply, "a: b\r\n");
    play();
    struct result r = answer_with(reply, false, "");
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "the reply's head is too long\n"));
}

static void a_server_that_never_answers_is_given_up(void **state)
{
    (void)state;
    play();
    double before = now();
    struct child c = client_of("-n 1 -s 5 --timeout 0.3");
    int fd = answer(play_listener);
    hear_request(fd, "POST /echo", 5);
    struct result r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "timed out"));
    assert_true(now() - before < 5);
}

/* A byte now and then must not buy a server a client's time for ever. */
static void a_server_that_drips_is_given_up(void **state)
{
    (void)state;
    static const struct { const char *begin, *drop; } rows[] = {
        {"", "HTTP/1.1 200 OK\r\n"}, /* given up as no HTTP, or as late: ends in any case */
        {"HTTP/1.1 200 OK\r\nX: ", "x"},
        {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
        {"", "HTTP/1.1 102 Processing\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "b"},
        {"HTTP/1.1 200 OK\r\n\r\n", "b"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nb\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "e"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"},
    };
    play();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double before = now();
        struct child c = client_of("-n 1 -s 5 --timeout 0.5");
        int fd = answer(play_listener);
        hear_request(fd, "POST /echo", 5);
        send(fd, rows[i].begin, strlen(rows[i].begin), 0);
        while (!has_ended(&c, 50) && now() - before < 10)
            send(fd, rows[i].drop, strlen(rows[i].drop), 0);
        assert_true(now() - before < 5);
        struct result r = finish(&c);
        assert_int_equal(r.status, 1);
        if (count_lines(r.err) != 1 || (i > 0 && !strstr(r.err, "timed out")))
            fail_msg("'%s' for:\n%s%s", r.err, rows[i].begin, rows[i].drop);
        close(fd);
    }
}

/* Not fast enough for so much, though each single wait is short. */
static void a_server_that_reads_slowly_is_given_up(void **state)
{
    (void)state;
    static char piece[65536];
    play();
    double before = now();
    struct child c = client_of("-n 1 -s 33554432 --timeout 0.5");
    int fd = answer(play_listener);
    while (!has_ended(&c, 50) && now() - before < 10)
        recv(fd, piece, sizeof piece, 0); /* it may end meanwhile */
    assert_true(now() - before < 5);
    struct result r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "timed out"));
}

/* RFC 9112 9.2: what comes unasked is no reply, above all not to what is asked next. */
static void what_a_server_says_unasked_is_not_the_next_reply(void **state)
{
    (void)state;
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
    static const char *const behind[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", "X",
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    };
    play();
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        char both[300];
        struct child c = client_of("-n 2 -s 5");
        int fd = answer(play_listener);
        hear_request(fd, "POST /echo", 5);
        snprintf(both, sizeof both, "%s%s", reply, behind[i]);
        say_text(fd, both);
        int next = answer(play_listener); /* on a connection of its own */
        hear_request(next, "POST /echo", 5);
        say_text(next, reply);
        struct result r = finish(&c);
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        close(fd);
        close(next);
    }
}

/* A time-out does not mean that the request has not been done: it must not be sent again. */
static void a_request_that_timed_out_is_not_repeated(void **state)
{
    (void)state;
    play();
    struct child c = client_of("-n 2 -s 5 --timeout 0.3");
    int fd = answer(play_listener);
    hear_request(fd, "POST /echo", 5);
    say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
    hear_request(fd, "POST /echo", 5); /* no answer to this one */
    struct pollfd p = {.fd = play_listener, .events = POLLIN};
    assert_true(has_ended(&c, PATIENCE));
    assert_int_equal(poll(&p, 1, 0), 0);
    struct result r = finish(&c);
    assert_int_equal(r.status, 1);
    assert_int_equal(count_lines(r.err), 1);
    assert_non_null(strstr(r.err, "timed out"));
}

/* RFC 9112 9.3.1: a server may close an idle connection at any time; the client opens another. */
static void a_connection_closed_between_requests_is_opened_again(void **state)
{
    (void)state;
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
    play();
    struct child c = client_of("-n 4 -s 5");
    for (int i = 0; i < 4; i++) {
        int fd = answer(play_listener);
        hear_request(fd, "POST /echo", 5);
        say_text(fd, reply);
        if (i % 2)
            hang_up(fd);
        else
            close(fd);
    }
    struct result r = finish(&c);
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, 0);
    assert_ptr_equal(strstr(r.out, "4 replies in "), r.out);
}

static void a_connection_that_says_close_is_not_used_again(void **state)
{
    (void)state;
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
    };
    play();
    for (size_t i = 0; i < 2; i++) {
        struct child c = client_of("-n 3 -s 5");
        for (int k = 0; k < 3; k++) {
            int fd = answer(play_listener);
            hear_request(fd, "POST /echo", 5);
            say_text(fd, replies[i]);
            hear_end(fd); /* the client closes */
            close(fd);
        }
        assert_int_equal(finish(&c).status, 0);
    }
}

static void keep_alive_uses_one_connection_and_close_one_each(void **state)
{
    (void)state;
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
    play();
    struct child c = client_of("-n 3 -s 5 --close --keep-alive"); /* the last word counts */
    int fd = answer(play_listener);
    for (int i = 0; i < 3; i++) {
        hear_request(fd, "POST /echo", 5);
        say_text(fd, reply);
    }
    hear_end(fd);
    assert_int_equal(finish(&c).status, 0);
    c = client_of("-n 3 -s 5 --keep-alive --close");
    for (int i = 0; i < 3; i++) {
        fd = answer(play_listener);
        char line[256];
        bool close_said = false;
        do {
            assert_true(hear_line(fd, line, sizeof line));
            close_said = close_said || strcmp(line, "Connection: close") == 0;
        } while (line[0]);
        assert_true(close_said);
        hear(fd, line, 5);
        say_text(fd, reply);
        hear_end(fd);
        close(fd);
    }
    assert_int_equal(finish(&c).status, 0);
}

static void a_poll_that_fails_is_one_line(void **state)
{
    (void)state;
    static const struct { const char *reply, *needle; } cases[] = {
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntick 1 2\n", "after 9 bytes"},
        {"", "before its reply"},
        {"nonsense\r\n\r\n", "not HTTP"},
    };
    play();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child c = client_of("--poll 10 -n 5");
        int fd = answer(play_listener);
        hear_request(fd, "GET /poll", 0);
        say_text(fd, cases[i].reply);
        close(fd);
        struct result r = finish(&c);
        if (r.status != 1 || count_lines(r.err) != 1 || !strstr(r.err, cases[i].needle))
            fail_msg("status %d, not one line with '%s':\n%s", r.status, cases[i].needle, r.err);
    }
}

/* --- explain --- */

static void explain_tells_on_stderr_and_changes_no_output(void **state)
{
    struct server s = serve_as(state, "-x");
    struct result r = run("hello\n", 6, CLIENT, "-x %s", s.url);
    assert_string_equal(r.out, "hello\n");
    assert_non_null(strstr(r.err, "connected"));
    assert_non_null(strstr(r.err, "B  POST /echo\n"));
    assert_non_null(strstr(r.err, "B  200 OK\n"));
    assert_non_null(strstr(r.err, "\"hello\""));
    assert_non_null(strstr(r.err, "the empty line"));
    run("again\n", 6, CLIENT, "%s", s.url); /* by now, the first has been told to the end */
    const char *err = child_err(&s.child);
    assert_non_null(strstr(err, "accepted"));
    assert_non_null(strstr(err, "B  POST /echo\n"));
    assert_non_null(strstr(err, "B  200 OK\n"));
    stop(&s);
}

static void explain_passes_no_control_bytes_on(void **state)
{
    struct server s = serve_as(state, "-x -v");
    static const char *const requests[] = {
        "\x1b[2J\x07 garbage \x9b\r\n\r\n",
        "GET /\x1b[2J HTTP/1.1\r\n" HOST "\r\n",
        GET "A: \x9b\xff\xfe\r\n\r\n",
        GET "A\x1b: b\r\n\r\n",
        CHUNKED "5;\x9b\r\n\x1b[2J\x07\r\n\x1b\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n\x1b[2J\x07",
        CHUNKED "\x1b\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int fd = dial(s.port);
        say_text(fd, requests[i]);
        end_of_talk(fd);
        char rest[4096];
        hear_all(fd, rest, sizeof rest);
        close(fd);
    }
    static char noise[300000];
    char rest[4096];
    fill_pattern(noise, sizeof noise, false);
    int fd = dial(s.port);
    say(fd, noise, sizeof noise);
    end_of_talk(fd);
    hear_all(fd, rest, sizeof rest);
    check_printable(child_err(&s.child));
    stop(&s);
    play();
    struct result r = answer_with(
        "HTTP/1.1 200 \x9b\xff\r\nX: \x9b\xff\r\nContent-Length: 5\r\n\r\nabcde", false, "-x");
    check_printable(r.err);
    r = answer_with("\x1b[2J\x07\x9b", false, "-x");
    check_printable(r.err);
}

static void at_random_nothing_breaks(void **state)
{
    struct server s = serve_as(state, "--max-message 5000");
    static const char seed[] =
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
        "Connection: keep-alive\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n" GET "\r\n";
    char request[sizeof seed], rest[16384];
    uint32_t x = 1;
    for (int i = 0; i < 300; i++) {
        memcpy(request, seed, sizeof seed);
        for (int k = 0; k < 1 + i % 4; k++) {
            x = x * 1664525u + 1013904223u;
            request[(x >> 8) % (sizeof seed - 1)] = (char)(x >> 24);
        }
        int fd = dial(s.port);
        say(fd, request, sizeof seed - 1);
        end_of_talk(fd);
        ssize_t n = hear_all(fd, rest, sizeof rest);
        assert_true(n <= 0 || strncmp(rest, "HTTP/1.1 ", 9) == 0);
        close(fd);
    }
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(the_index_says_what_there_is),
        TEST_BOTH(head_is_get_without_a_body),
        TEST_BOTH(a_body_by_length_comes_back),
        TEST_BOTH(a_chunked_body_comes_back_whole),
        TEST_BOTH(a_megabyte_comes_back),
        TEST_BOTH(every_request_survives_every_split),
        TEST_BOTH(pipelined_requests_are_answered_in_order),
        TEST_BOTH(nobody_can_pipeline_more_than_the_queue_holds),
        TEST_BOTH(requests_before_a_half_close_are_all_answered),
        TEST_BOTH(keep_alive_is_as_the_version_and_the_field_say),
        TEST_BOTH(nothing_is_answered_behind_a_close),
        TEST_BOTH(who_expects_a_100_gets_one),
        TEST_BOTH(a_body_too_long_is_refused_before_it_is_sent),
        TEST_BOTH(what_is_not_http_is_refused),
        TEST_BOTH(what_could_be_understood_in_two_ways_is_refused),
        TEST_BOTH(malformed_chunks_are_refused),
        TEST_BOTH(every_status_is_given_when_due),
        TEST_BOTH(case_matters_in_methods_and_paths),
        TEST_BOTH(a_target_may_be_a_whole_url),
        TEST_BOTH(limits_have_a_status_each),
        TEST_BOTH(a_refusal_reaches_who_is_still_sending),
        TEST_BOTH(a_slow_head_is_given_up),
        TEST_BOTH(a_slow_body_is_given_up),
        TEST_BOTH(a_request_cut_short_harms_nobody),
        TEST_BOTH(a_signal_ends_the_server_well),
        TEST(polling_misses_nothing),
        TEST(a_number_from_another_life_is_a_gap),
        TEST(after_wants_a_number),
        TEST_BOTH(every_line_comes_back),
        TEST_BOTH(what_the_server_refuses_is_one_line),
        TEST(a_polling_client_prints_every_event_once),
        TEST(every_way_to_frame_a_reply_is_understood),
        TEST(a_broken_reply_is_one_clear_line),
        TEST(an_endless_head_is_given_up),
        TEST(a_head_of_too_many_fields_is_too_long),
        TEST(a_server_that_never_answers_is_given_up),
        TEST(a_server_that_drips_is_given_up),
        TEST(a_server_that_reads_slowly_is_given_up),
        TEST(what_a_server_says_unasked_is_not_the_next_reply),
        TEST(a_request_that_timed_out_is_not_repeated),
        TEST(a_connection_closed_between_requests_is_opened_again),
        TEST(a_connection_that_says_close_is_not_used_again),
        TEST(keep_alive_uses_one_connection_and_close_one_each),
        TEST(a_poll_that_fails_is_one_line),
        TEST_BOTH(explain_tells_on_stderr_and_changes_no_output),
        TEST_BOTH(explain_passes_no_control_bytes_on),
        TEST_BOTH(at_random_nothing_breaks),
    };
    return cmocka_run_group_tests_name("http_poll", tests, NULL, NULL);
}
