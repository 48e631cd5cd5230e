/* tests/http_smuggling_e2e_test.c: requests that two readers could end at two places.  A server
 * that reads one otherwise than the proxy before it sees a request where the proxy saw a body: so
 * it must refuse, close, and do nothing of what stands behind.  The rules: http_poll/README.md.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SERVER "http_poll_server"
#define HOST "Host: test\r\n"
#define POST "POST /echo HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
/* What somebody wants to have done in another's name. */
#define HIDDEN "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nHIDDEN"

struct row {
    const char *bytes;
    size_t n;
    int status;
};
#define ROW(status, text) {text, sizeof(text) - 1, status}

static size_t count(const char *text, const char *needle)
{
    size_t n = 0;
    for (; (text = strstr(text, needle)); text += strlen(needle))
        n++;
    return n;
}

static void fail_row(const char *what, const struct row *row, const char *got)
{
    char shown[400];
    size_t n = 0;
    for (size_t i = 0; i < row->n && n < sizeof shown - 5; i++) {
        unsigned char c = (unsigned char)row->bytes[i];
        const char *format = c >= ' ' && c < 0x7f ? "%c" : "\\x%02x";
        n += (size_t)snprintf(shown + n, sizeof shown - n, format, c);
    }
    fail_msg("%s, not one %d and the end, for:\n%s\ngot:\n%s", what, row->status, shown, got);
}

/* The rows fail by themselves; the neighbour has its echo all the while. */
static void check_neighbour(int fd)
{
    char back[512], body[6];
    bool ok = false;
    say_text(fd, HIDDEN);
    assert_true(hear_line(fd, back, sizeof back));
    ok = strcmp(back, "HTTP/1.1 200 OK") == 0;
    while (hear_line(fd, back, sizeof back) && back[0])
        continue;
    hear(fd, body, sizeof body);
    assert_true(ok && memcmp(body, "HIDDEN", 6) == 0);
}

static void check_refused(int port, const struct row *row, bool bytewise)
{
    char got[8192], expected[32];
    int fd = dial(port);
    if (bytewise)
        say_bytewise(fd, row->bytes, row->n);
    else
        say(fd, row->bytes, row->n);
    say_text(fd, HIDDEN HIDDEN);
    ssize_t n = hear_all(fd, got, sizeof got);
    snprintf(expected, sizeof expected, "HTTP/1.1 %d ", row->status);
    if (n < 0)
        fail_row("a reset", row, got);
    if (strncmp(got, expected, strlen(expected)) != 0 || count(got, "HTTP/1.1 ") != 1)
        fail_row("another answer", row, got);
    if (!strstr(got, "\r\nConnection: close\r\n"))
        fail_row("no Connection: close", row, got);
    close(fd);
}

static void check_all_refused(void **state, const struct row *rows, size_t n)
{
    struct server s = serve(SERVER, "--model %s", MODEL);
    bool shared = strcmp(MODEL, "iterative") != 0; /* who serves one at a time has no neighbours */
    int neighbour = shared ? dial(s.port) : -1;
    for (size_t i = 0; i < n; i++)
        for (int bytewise = 0; bytewise < 2; bytewise++) {
            check_refused(s.port, &rows[i], bytewise);
            if (shared)
                check_neighbour(neighbour);
        }
    if (!shared)
        check_neighbour(dial(s.port));
    stop(&s);
}
#define CHECK_ALL_REFUSED(rows) check_all_refused(state, rows, sizeof rows / sizeof *rows)

/* --- where a body ends --- */

static void a_body_has_one_end(void **state)
{
    static const struct row rows[] = {
        ROW(400, POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5\r\ncontent-length: 0\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5, 5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5,\r\n\r\nhello"),
        ROW(400, POST "Content-Length:\r\n\r\nhello"),
        ROW(400, POST "Content-Length: \t \r\n\r\nhello"),
        ROW(400, POST "Content-Length: +5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: -1\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 0x5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5 5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5.0\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5;\r\n\r\nhello"),
        ROW(400, POST "Content-Length: \"5\"\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5\0\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 5\x0b\r\n\r\nhello"),
        ROW(400, POST "Content-Length: \x0c" "5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: \xc2\xa0" "5\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 18446744073709551616\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 18446744073709551621\r\n\r\nhello"),
        ROW(400, POST "Content-Length: 340282366920938463463374607431768211461\r\n\r\nhello"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "Content-Length: five\r\n\r\nhello"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_length_and_a_coding_are_refused_together(void **state)
{
    static const struct row rows[] = {
        ROW(400, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
        ROW(400, POST "transfer-encoding: CHUNKED\r\ncontent-length: 5\r\n\r\n0\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST
                 "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, "POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, "POST /echo HTTP/1.0\r\n" HOST
                 "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_transfer_coding_is_chunked_once_or_nothing(void **state)
{
    static const struct row rows[] = {
        ROW(501, POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
        ROW(501, POST "Transfer-Encoding: c\xc4\xa3unked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: chunked\x0c\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding\0: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "Transfer-Encoding\r\n: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, POST "A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(411, POST "Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n"), /* another name: no body */
    };
    CHECK_ALL_REFUSED(rows);
}

/* --- chunks --- */

static void a_chunk_is_as_the_grammar_says(void **state)
{
    static const struct row rows[] = {
        ROW(400, CHUNKED "5 \r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\t\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED " 5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "\t5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5 5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "0x5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "+5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "-1\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5_0\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5,5\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "\"5\"\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED ";a=b\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\0\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\x0b\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "10000000000000005\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5;\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\rhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5;a\0\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\r\nhello\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\r\nhello0\r\n\r\n"),
        ROW(400, CHUNKED "5\r\nhello!!\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\r\nhello\rX0\r\n\r\n"),
        ROW(400, CHUNKED "6\r\nhello\r\n0\r\n\r\n"),
        ROW(400, CHUNKED "5\r\nhello\r\n0\n\n"),
        ROW(400, CHUNKED "5\r\nhello\r\n\r\n0\r\n\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_trailer_is_a_field(void **state)
{
    static const struct row rows[] = {
        ROW(400, CHUNKED "0\r\nA: b\n\r\n"),
        ROW(400, CHUNKED "0\r\nA: b\r\n\n"),
        ROW(400, CHUNKED "0\r\nA: b\r\n c\r\n\r\n"),
        ROW(400, CHUNKED "0\r\n A: b\r\n\r\n"),
        ROW(400, CHUNKED "0\r\nA : b\r\n\r\n"),
        ROW(400, CHUNKED "0\r\nA: b\0\r\n\r\n"),
        ROW(400, CHUNKED "0\r\nA: b\rC: d\r\n\r\n"),
        ROW(400, CHUNKED "0\r\n: b\r\n\r\n"),
        ROW(400, CHUNKED "0\r\n"), /* and the hidden request is taken for one */
    };
    CHECK_ALL_REFUSED(rows);
}

/* --- heads --- */

static void a_line_ends_in_one_way(void **state)
{
    static const struct row rows[] = {
        ROW(400, "GET / HTTP/1.1\nHost: test\n\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test\r\n\n"),
        ROW(400, "GET / HTTP/1.1\nHost: test\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\rHost: test\r\r"),
        ROW(400, "GET / HTTP/1.1\r\r\nHost: test\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\rContent-Length: 9\r\n\r\n"),
        ROW(400, "\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "\r\n\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "\rGET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n folded\r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A:\r\n \r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A(b): c\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A\xc3\xa9: c\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "no colon\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST ": no name\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\x08\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: b\x7f\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "A: \x1b[2J\r\n\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_request_line_has_three_words(void **state)
{
    static const struct row rows[] = {
        ROW(400, "GET  / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET /  HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, " GET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1 \r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1 x\r\n" HOST "\r\n"),
        ROW(400, "GET / x HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET /\r\n\r\n"), /* HTTP/0.9 */
        ROW(400, "GET\r\n\r\n"),
        ROW(400, "GET / http/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1.10\r\n" HOST "\r\n"),
        ROW(400, "GET / HTTP/1\r\n" HOST "\r\n"),
        ROW(400, "GET /\0 HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET /#part HTTP/1.1\r\n" HOST "\r\n"),
        ROW(505, "GET / HTTP/2.0\r\n" HOST "\r\n"),
        ROW(505, "GET / HTTP/0.9\r\n" HOST "\r\n"),
        ROW(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), /* who speaks HTTP/2 unasked */
        ROW(400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), /* TLS on a plain port */
        ROW(400, "\x80\x2e\x01\x03\x01"), /* SSL 2 */
        ROW(400, "SSH-2.0-OpenSSH_9.6\r\n"),
        ROW(400, "HTTP/1.1 200 OK\r\n\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_target_has_the_form_for_its_method(void **state)
{
    static const struct row rows[] = {
        ROW(400, "GET * HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "OPTIONS ** HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET test:80 HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET echo HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET ?x HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET http:///x HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET http://:80/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET http://user@test/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET http://test:80x/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(400, "GET ftp://test/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(501, "CONNECT test:80 HTTP/1.1\r\n" HOST "\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

static void a_request_is_for_one_host(void **state)
{
    static const struct row rows[] = {
        ROW(400, "GET / HTTP/1.1\r\n\r\n"),
        ROW(400, "GET http://test/ HTTP/1.1\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1\r\n" HOST "host: other\r\n\r\n"),
        ROW(400, "GET / HTTP/1.0\r\n" HOST HOST "\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: user@test\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: http://test\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test/\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test?\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: te\xc3\xa9st\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test:80:80\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test:eighty\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: test:-1\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"),
        ROW(400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
    };
    CHECK_ALL_REFUSED(rows);
}

/* --- and what is not refused --- */

static void what_is_right_is_answered_in_every_form(void **state)
{
    static const struct row rows[] = {
        ROW(200, POST "Content-Length: 005\r\n\r\nhello"),
        ROW(200, POST "Content-Length:5\r\n\r\nhello"),
        ROW(200, POST "Content-Length: \t5\t \r\n\r\nhello"),
        ROW(200, POST "transfer-encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ROW(200, CHUNKED "0005\r\nhello\r\n0000\r\n\r\n"),
        ROW(200, CHUNKED "5;a\r\nhello\r\n0;b=\"c d\"\r\nX: y\r\nZ:\r\n\r\n"),
        ROW(200, CHUNKED "5 ; a = b\r\nhello\r\n0\r\n\r\n"),
        ROW(200, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(200, "\r\n\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(200, "GET / HTTP/1.9\r\n" HOST "\r\n"),
        ROW(200, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        ROW(200, "GET / HTTP/1.1\r\nHost: test:\r\n\r\n"),
        ROW(200, "GET / HTTP/1.1\r\nHost: [::1]:7003\r\n\r\n"),
        ROW(200, "GET / HTTP/1.1\r\nHost: a_b-c.d~%20!$&'()*+;=\r\n\r\n"),
        ROW(200, "GET HTTP://test/ HTTP/1.1\r\nHost: other\r\n\r\n"), /* the target counts */
        ROW(200, "GET https://test:443?x=/nothing HTTP/1.1\r\n" HOST "\r\n"),
        ROW(404, "GET http://test/nothing?x HTTP/1.1\r\n" HOST "\r\n"),
        ROW(404, "GET //test/ HTTP/1.1\r\n" HOST "\r\n"),
        ROW(204, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
        ROW(405, "OPTIONS / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(501, "get / HTTP/1.1\r\n" HOST "\r\n"),
        ROW(200, "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"), /* read, ignored */
        ROW(200, "GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        ROW(200, "GET / HTTP/1.1\r\n" HOST "Connection: ,, Upgrade ,x\r\nUpgrade:\r\n\r\n"),
    };
    struct server s = serve(SERVER, "--model %s", MODEL);
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i / 2];
        char got[8192], expected[32];
        int fd = dial(s.port);
        snprintf(expected, sizeof expected, "HTTP/1.1 %d ", row->status);
        if (i % 2)
            say_bytewise(fd, row->bytes, row->n);
        else
            say(fd, row->bytes, row->n);
        say_text(fd, HIDDEN); /* not hidden here: the next request */
        end_of_talk(fd);
        assert_true(hear_all(fd, got, sizeof got) > 0);
        if (strncmp(got, expected, strlen(expected)) != 0 || count(got, "HTTP/1.1 ") != 2 ||
            count(got, "HIDDEN") != 1)
            fail_row("two answers expected", row, got);
        close(fd);
    }
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(a_body_has_one_end),
        TEST_BOTH(a_length_and_a_coding_are_refused_together),
        TEST_BOTH(a_transfer_coding_is_chunked_once_or_nothing),
        TEST_BOTH(a_chunk_is_as_the_grammar_says),
        TEST_BOTH(a_trailer_is_a_field),
        TEST_BOTH(a_line_ends_in_one_way),
        TEST_BOTH(a_request_line_has_three_words),
        TEST_BOTH(a_target_has_the_form_for_its_method),
        TEST_BOTH(a_request_is_for_one_host),
        TEST_BOTH(what_is_right_is_answered_in_every_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
