/* tests/http_body_test.c: where a body ends, in each framing and however it is cut.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char head_text[4096];

static struct http_head request_head(const char *version, const char *fields)
{
    struct http_head head;
    snprintf(head_text, sizeof head_text, "POST / HTTP/%s\r\nHost: h\r\n%s\r\n", version, fields);
    assert_int_equal(http_request_parse(&head, head_text, strlen(head_text)), strlen(head_text));
    return head;
}

static struct http_head response_head(int status, const char *fields)
{
    struct http_head head;
    snprintf(head_text, sizeof head_text, "HTTP/1.1 %d x\r\n%s\r\n", status, fields);
    assert_int_equal(http_response_parse(&head, head_text, strlen(head_text)), strlen(head_text));
    return head;
}

/* --- which framing --- */

static void the_framing_of_a_request_follows_from_its_head(void **state)
{
    static const struct { const char *version, *fields; int rc, framing; uint64_t left; } rows[] = {
        {"1.1", "", 0, BODY_NONE, 0},
        {"1.0", "", 0, BODY_NONE, 0},
        {"1.1", "Content-Length: 0\r\n", 0, BODY_LENGTH, 0},
        {"1.1", "content-length: 5\r\n", 0, BODY_LENGTH, 5},
        {"1.0", "Content-Length: 5\r\n", 0, BODY_LENGTH, 5},
        {"1.1", "Content-Length:\t 00005 \r\n", 0, BODY_LENGTH, 5},
        {"1.1", "Content-Length: 9223372036854775807\r\n", 0, BODY_LENGTH, INT64_MAX},
        {"1.1", "Transfer-Encoding: chunked\r\n", 0, BODY_CHUNKED, 0},
        {"1.1", "transfer-encoding: Chunked\r\n", 0, BODY_CHUNKED, 0},
        /* not a number */
        {"1.1", "Content-Length:\r\n", -400, 0, 0},
        {"1.1", "Content-Length: -1\r\n", -400, 0, 0},
        {"1.1", "Content-Length: +5\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 0x5\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5x\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5 5\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5.0\r\n", -400, 0, 0},
        {"1.1", "Content-Length: five\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 18446744073709551615\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 18446744073709551616\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 18446744073709551621\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 99999999999999999999999\r\n", -400, 0, 0},
        /* more than one */
        {"1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5\r\nContent-Length: 5\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5, 5\r\n", -400, 0, 0},
        {"1.1", "Content-Length: 5,\r\n", -400, 0, 0},
        /* both, or where it can't be */
        {"1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", -400, 0, 0},
        {"1.1", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", -400, 0, 0},
        {"1.1", "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", -400, 0, 0},
        {"1.0", "Transfer-Encoding: chunked\r\n", -400, 0, 0},
        /* codings we do not have */
        {"1.1", "Transfer-Encoding: gzip\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: identity\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: gzip, chunked\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: chunked, gzip\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: xchunked\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: chunked;q=1\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding:\r\n", -501, 0, 0},
        {"1.1", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", -501, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_head head = request_head(rows[i].version, rows[i].fields);
        struct http_body body;
        int rc = http_request_body(&body, &head);
        if (rc != rows[i].rc)
            fail_msg("%d for %s", rc, rows[i].fields);
        if (rc == 0) {
            assert_int_equal(body.framing, rows[i].framing);
            assert_int_equal(body.left, rows[i].left);
            assert_int_equal(body.done, rows[i].left == 0 && rows[i].framing != BODY_CHUNKED);
        }
    }
}

static void the_framing_of_a_response_follows_from_its_head_and_the_method(void **state)
{
    static const struct { const char *method; int status; const char *fields; int rc, framing;
                          uint64_t left; } rows[] = {
        {"GET", 200, "", 0, BODY_UNTIL_CLOSE, 0},
        {"GET", 200, "Content-Length: 5\r\n", 0, BODY_LENGTH, 5},
        {"GET", 404, "Content-Length: 5\r\n", 0, BODY_LENGTH, 5},
        {"GET", 200, "Content-Length: 0\r\n", 0, BODY_LENGTH, 0},
        {"GET", 200, "Transfer-Encoding: chunked\r\n", 0, BODY_CHUNKED, 0},
        {"HEAD", 200, "Content-Length: 5\r\n", 0, BODY_NONE, 0},
        {"HEAD", 200, "Transfer-Encoding: chunked\r\n", 0, BODY_NONE, 0},
        {"HEAD", 200, "", 0, BODY_NONE, 0},
        {"GET", 204, "", 0, BODY_NONE, 0},
        {"GET", 204, "Content-Length: 5\r\n", 0, BODY_NONE, 0},
        {"GET", 304, "Content-Length: 5\r\n", 0, BODY_NONE, 0},
        {"GET", 304, "", 0, BODY_NONE, 0},
        {"POST", 100, "", 0, BODY_NONE, 0},
        {"GET", 101, "", 0, BODY_NONE, 0},
        {"GET", 199, "Content-Length: 5\r\n", 0, BODY_NONE, 0},
        {"GET", 205, "Content-Length: 5\r\n", 0, BODY_LENGTH, 5},
        {"GET", 200, "Content-Length: x\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length:\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length: 5\r\nContent-Length: 6\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length: 99999999999999999999\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length: 5\r\nContent-Length: 5\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length: 5, 5\r\n", -400, 0, 0},
        /* RFC 9112 6.3: who sends both may mean to split the reply in two */
        {"GET", 200, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", -400, 0, 0},
        {"GET", 200, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", -400, 0, 0},
        {"GET", 200, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", -501, 0, 0},
        {"GET", 200, "Transfer-Encoding: chunked, chunked\r\n", -501, 0, 0},
        {"GET", 200, "Transfer-Encoding: chunked, gzip\r\n", -501, 0, 0},
        /* until close, it would be; but what it says could not be understood */
        {"GET", 200, "Transfer-Encoding: gzip\r\n", -501, 0, 0},
        {"GET", 204, "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", 0, BODY_NONE, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_head head = response_head(rows[i].status, rows[i].fields);
        struct http_body body;
        int rc = http_response_body(&body, &head, rows[i].method);
        if (rc != rows[i].rc)
            fail_msg("%d for %d to %s, %s", rc, rows[i].status, rows[i].method, rows[i].fields);
        if (rc == 0) {
            assert_int_equal(body.framing, rows[i].framing);
            assert_int_equal(body.left, rows[i].left);
            assert_int_equal(body.done, rows[i].framing == BODY_NONE ||
                                            (rows[i].framing == BODY_LENGTH && !rows[i].left));
        }
    }
}

/* RFC 9112 6.1: such a reply's framing is faulty, whatever else it says. */
static void http_1_0_knows_no_transfer_coding_in_a_reply_either(void **state)
{
    static const char text[] = "HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\n\r\n";
    struct http_head head;
    struct http_body body;
    (void)state;
    assert_int_equal(http_response_parse(&head, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(http_response_body(&body, &head, "GET"), -400);
}

/* --- reading --- */

struct result {
    bool bad, done;
    size_t used, len;
    char data[16384];
};

/* Feeds what is unread up to `end`, as a program does that has received so much, in blocks that end
 * where the bytes end. */
static void feed(struct http_body *body, const char *text, size_t end, struct result *r)
{
    while (!r->bad) {
        struct span data;
        size_t n = end - r->used;
        uint8_t *heap = malloc(n ? n : 1);
        memcpy(heap, text + r->used, n);
        ssize_t used = http_body_next(body, heap, n, &data);
        assert_true(used <= (ssize_t)n);
        r->bad = used < 0;
        if (used > 0) {
            assert_true(data.n <= (size_t)used);
            memcpy(r->data + r->len, data.p, data.n);
            r->len += data.n;
            r->used += (size_t)used;
        }
        free(heap);
        if (used == 0)
            break;
    }
    r->done = body->done;
}

/* Which bodies to read */
enum kind { CHUNKED, LENGTH_5, UNTIL_CLOSE };

static struct http_body body_of(enum kind kind)
{
    struct http_body body;
    struct http_head head =
        kind == CHUNKED ? request_head("1.1", "Transfer-Encoding: chunked\r\n")
        : kind == LENGTH_5 ? request_head("1.1", "Content-Length: 5\r\n") : response_head(200, "");
    int rc = kind == UNTIL_CLOSE ? http_response_body(&body, &head, "GET")
                                 : http_request_body(&body, &head);
    assert_int_equal(rc, 0);
    return body;
}

/* Received in pieces that end at a, at b, and at the end; step > 0: a piece every so many bytes. */
static void read_body(enum kind kind, const char *text, size_t n, size_t a, size_t b, size_t step,
                      struct result *r)
{
    struct http_body body = body_of(kind);
    *r = (struct result){0};
    for (size_t end = 0; end <= n; end++)
        if (end == a || end == b || end == n || (step && end % step == 0))
            feed(&body, text, end, r);
}

static void assert_same(const struct result *a, const struct result *b)
{
    assert_int_equal(a->bad, b->bad);
    assert_int_equal(a->used, b->used);
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, b->len);
    assert_int_equal(a->done, b->done);
}

/* The body that all splits agree on, into *whole. */
static void read_with_every_split(enum kind kind, const char *text, size_t n, struct result *whole)
{
    struct result cut;
    read_body(kind, text, n, n, n, 0, whole);
    for (size_t a = 0; a <= n; a++)
        for (size_t b = a; b <= n && (b == a || n < 64); b++) {
            read_body(kind, text, n, a, b, 0, &cut);
            assert_same(&cut, whole);
        }
    read_body(kind, text, n, n, n, 1, &cut);
    assert_same(&cut, whole);
}

static void every_body_survives_every_split(void **state)
{
    static const struct { enum kind kind; const char *text, *data; size_t rest; } rows[] = {
        {LENGTH_5, "hello", "hello", 0},
        {LENGTH_5, "helloGET / HTTP/1.1\r\n\r\n", "hello", 18},
        {UNTIL_CLOSE, "hello\r\n0\r\n\r\n", "hello\r\n0\r\n\r\n", 0},
        {CHUNKED, "0\r\n\r\n", "", 0},
        {CHUNKED, "0\r\n\r\nGET / HTTP/1.1\r\n\r\n", "", 18},
        {CHUNKED, "5\r\nhello\r\n0\r\n\r\n", "hello", 0},
        {CHUNKED, "5\r\nhello\r\n0\r\n\r\n0\r\n\r\n", "hello", 5},
        {CHUNKED, "1\r\nh\r\n2\r\nel\r\n2\r\nlo\r\n0\r\n\r\n", "hello", 0},
        {CHUNKED, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", 0},
        {CHUNKED, "1f\r\nabcdefghijklmnopqrstuvwxyzabcde\r\n0\r\n\r\n",
         "abcdefghijklmnopqrstuvwxyzabcde", 0},
        {CHUNKED, "1F;x\r\nabcdefghijklmnopqrstuvwxyzabcde\r\n0\r\n\r\n",
         "abcdefghijklmnopqrstuvwxyzabcde", 0},
        {CHUNKED, "00000000000000000000005\r\nhello\r\n000\r\n\r\n", "hello", 0},
        {CHUNKED, "5;name=value;other=\"a b\"\r\nhello\r\n0;last\r\n\r\n", "hello", 0},
        {CHUNKED, "5 ; a = b\r\nhello\r\n0\r\n\r\n", "hello", 0},
        {CHUNKED, "5\t;a\r\nhello\r\n0\r\n\r\n", "hello", 0},
        {CHUNKED, "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0},
        {CHUNKED, "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", 0},
        {CHUNKED, "5\r\nhello\r\n0\r\nExpires: never\r\nX: y\r\n\r\nGET", "hello", 3},
    };
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].text);
        read_with_every_split(rows[i].kind, rows[i].text, n, &r);
        assert_false(r.bad);
        assert_int_equal(r.done, rows[i].kind != UNTIL_CLOSE);
        assert_int_equal(r.used, n - rows[i].rest);
        assert_int_equal(r.len, strlen(rows[i].data));
        assert_memory_equal(r.data, rows[i].data, r.len);
    }
}

static void an_incomplete_body_wants_more(void **state)
{
    static const char text[] = "5;x\r\nhello\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n";
    struct result r;
    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++) {
        read_body(CHUNKED, text, n, n, n, 0, &r);
        assert_false(r.bad);
        assert_false(r.done);
        read_body(LENGTH_5, "hello", n < 5 ? n : 4, 0, 0, 0, &r);
        assert_false(r.bad);
        assert_false(r.done);
    }
}

static void a_malformed_chunked_body_is_refused(void **state)
{
    static const struct { const char *text; size_t n; } rows[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW("\r\n"), ROW("g\r\n"), ROW("x5\r\nhello\r\n"), ROW(" 5\r\nhello\r\n"),
        ROW("-5\r\nhello\r\n"), ROW("+5\r\nhello\r\n"), ROW("0x5\r\nhello\r\n"),
        ROW("5g\r\nhello\r\n"), ROW(";a\r\n"),
        ROW("5 \r\nhello\r\n0\r\n\r\n"), ROW("5\t\r\nhello\r\n0\r\n\r\n"),
        ROW("5;\x7f\r\nhello\r\n0\r\n\r\n"),
        ROW("5,5\r\nhello\r\n"), ROW("5\nhello\r\n"), ROW("5\r\r\nhello\r\n"),
        ROW("5;\0\r\nhello\r\n"), ROW("5\0\r\nhello\r\n"), ROW("5;a\rb\r\nhello\r\n"), ROW("\n"),
        /* more than 2^62 bytes are not meant seriously, and must not wrap around */
        ROW("10000000000000000\r\n"), ROW("ffffffffffffffff\r\n"), ROW("8000000000000000\r\n"),
        ROW("10000000000000005\r\nhello\r\n0\r\n\r\n"), ROW("fffffffffffffffff5\r\nhello\r\n"),
        /* what stands behind the data */
        ROW("5\r\nhelloX\r\n"), ROW("5\r\nhello\n0\r\n\r\n"), ROW("5\r\nhello\r\r\n"),
        ROW("5\r\nhello0\r\n\r\n"), ROW("4\r\nhello\r\n0\r\n\r\n"), ROW("6\r\nhello\r\n0\r\n\r\n"),
        ROW("5\r\nhello\r\n\r\n"),
        /* the end */
        ROW("0\r\n\n"), ROW("0\r\nA: b\n\r\n"), ROW("0\n\r\n"),
        ROW("0\r\n A: b\r\n\r\n"), ROW("0\r\nA : b\r\n\r\n"), ROW("0\r\nA: b\r\n c\r\n\r\n"),
        ROW("0\r\nA: b\0\r\n\r\n"), ROW("0\r\n: b\r\n\r\n"), ROW("0\r\nno field\r\n\r\n"),
        ROW("0\r\nA: b\rC: d\r\n\r\n"), ROW("0\r\nGET / HTTP/1.1\r\n\r\n"),
    };
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_with_every_split(CHUNKED, rows[i].text, rows[i].n, &r);
        if (!r.bad || r.done)
            fail_msg("taken: %s", rows[i].text);
    }
}

/* RFC 9112 7.1: white space may only stand before the ; of an extension. */
static void a_chunk_size_is_followed_by_nothing_but_extensions(void **state)
{
    struct result r;
    (void)state;
    read_body(CHUNKED, "5 x\r\nhello\r\n0\r\n\r\n", 17, 0, 0, 0, &r);
    assert_true(r.bad);
    read_body(CHUNKED, "5 5\r\nhello\r\n0\r\n\r\n", 17, 0, 0, 0, &r);
    assert_true(r.bad);
}

/* What is missing behind a chunk is missing as soon as another byte stands there. */
static void what_is_not_crlf_behind_the_data_is_noticed_at_once(void **state)
{
    struct result r;
    (void)state;
    read_body(CHUNKED, "5\r\nhelloX", 9, 0, 0, 0, &r);
    assert_true(r.bad);
    read_body(CHUNKED, "5\r\nhello\rX", 10, 0, 0, 0, &r);
    assert_true(r.bad);
}

static void the_largest_chunk_is_counted_down(void **state)
{
    struct http_body body = body_of(CHUNKED);
    struct span data;
    static const uint8_t line[] = "3fffffffffffffff\r\n", some[1000];
    (void)state;
    assert_int_equal(http_body_next(&body, line, sizeof line - 1, &data), sizeof line - 1);
    assert_int_equal(data.n, 0);
    assert_int_equal(http_body_next(&body, some, sizeof some, &data), sizeof some);
    assert_int_equal(data.n, sizeof some);
    assert_int_equal(body.left, 0x3fffffffffffffff - 1000);
}

/* Nobody may make us keep a line, or read trailers, for ever. */
static void endless_lines_and_endless_trailers_are_refused(void **state)
{
    static char text[16384];
    struct result r, bytewise;
    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "5;", 2);
    for (int round = 0; round < 3; round++) { /* an extension, a digit, a trailer */
        if (round == 1)
            memset(text, '0', sizeof text);
        if (round == 2)
            memcpy(text, "0\r\n", 3);
        read_body(CHUNKED, text, 4000, 0, 0, 0, &r);
        assert_false(r.bad);
        read_body(CHUNKED, text, 5000, 0, 0, 0, &r);
        assert_true(r.bad);
        read_body(CHUNKED, text, 5000, 0, 0, 1, &bytewise);
        assert_true(bytewise.bad);
    }
    for (size_t i = 3; i + 8 <= sizeof text; i += 8)
        memcpy(text + i, "X: abc\r\n", 8);
    read_body(CHUNKED, text, 3000, 0, 0, 0, &r);
    assert_false(r.bad);
    read_body(CHUNKED, text, 8000, 0, 0, 0, &r);
    assert_true(r.bad);
    read_body(CHUNKED, text, 8000, 0, 0, 1, &bytewise);
    assert_true(bytewise.bad);
    assert_int_equal(bytewise.used, r.used);
}

static void nothing_is_taken_behind_the_end(void **state)
{
    struct http_body body = body_of(LENGTH_5), none = {.framing = BODY_NONE, .done = true};
    struct span data;
    const uint8_t *text = (const uint8_t *)"hello, world";
    (void)state;
    assert_int_equal(http_body_next(&none, text, 12, &data), 0);
    assert_int_equal(data.n, 0);
    assert_int_equal(http_body_next(&body, text, 0, &data), 0);
    assert_int_equal(http_body_next(&body, text, 12, &data), 5);
    assert_true(body.done);
    assert_int_equal(http_body_next(&body, text + 5, 7, &data), 0);
    assert_int_equal(data.n, 0);
}

static void random_chunks_come_out_as_one_body(void **state)
{
    static char text[16384], all[8192];
    struct result r;
    unsigned random = 3;
    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i * 31 + i / 256);
    for (int round = 0; round < 20; round++) {
        size_t at = 0, len = 0;
        while (len < 3000) {
            random = random * 1103515245u + 12345u;
            size_t n = 1 + (random >> 16) % (round % 2 ? 400 : 20);
            at += (size_t)sprintf(text + at, random >> 31 ? "%zx\r\n" : "%04zX;x=y\r\n", n);
            memcpy(text + at, all + len, n);
            memcpy(text + at + n, "\r\n", 2);
            at += n + 2;
            len += n;
        }
        memcpy(text + at, "0\r\n\r\n", 5);
        for (size_t step = 1; step < 4000; step = step * 3 + 1) {
            read_body(CHUNKED, text, at + 5, 0, 0, step, &r);
            assert_true(r.done);
            assert_int_equal(r.len, len);
            assert_memory_equal(r.data, all, len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_framing_of_a_request_follows_from_its_head),
        cmocka_unit_test(the_framing_of_a_response_follows_from_its_head_and_the_method),
        cmocka_unit_test(http_1_0_knows_no_transfer_coding_in_a_reply_either),
        cmocka_unit_test(every_body_survives_every_split),
        cmocka_unit_test(an_incomplete_body_wants_more),
        cmocka_unit_test(a_malformed_chunked_body_is_refused),
        cmocka_unit_test(a_chunk_size_is_followed_by_nothing_but_extensions),
        cmocka_unit_test(what_is_not_crlf_behind_the_data_is_noticed_at_once),
        cmocka_unit_test(the_largest_chunk_is_counted_down),
        cmocka_unit_test(endless_lines_and_endless_trailers_are_refused),
        cmocka_unit_test(nothing_is_taken_behind_the_end),
        cmocka_unit_test(random_chunks_come_out_as_one_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
