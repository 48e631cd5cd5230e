/* tests/http_head_test.c: heads of HTTP messages: read, refused, looked up and written.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_head.h"

#include <ctype.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum side { REQUEST, RESPONSE };

/* --- parsing a block that ends where its bytes end --- */

static char *exactly(const char *text, size_t n)
{
    char *heap = malloc(n ? n : 1);
    memcpy(heap, text, n);
    return heap;
}

static int parse_head(struct http_head *head, enum side side, const char *text, size_t n)
{
    return side == REQUEST ? http_request_parse(head, text, n) : http_response_parse(head, text, n);
}

static int parse_cut(enum side side, const char *text, size_t n)
{
    struct http_head head;
    char *heap = exactly(text, n);
    int rc = parse_head(&head, side, heap, n);
    free(heap);
    return rc;
}

/* "method target minor|name=value|..." or "status minor|..." */
static void write_down(char *out, size_t cap, const struct http_head *head)
{
    int at = head->status ? snprintf(out, cap, "%d %d", head->status, head->minor)
                          : snprintf(out, cap, "%.*s %.*s %d", (int)head->method.n, head->method.p,
                                     (int)head->target.n, head->target.p, head->minor);
    for (size_t i = 0; i < head->fields; i++)
        at += snprintf(out + at, cap - (size_t)at, "|%.*s=%.*s", (int)head->field[i].name.n,
                       head->field[i].name.p, (int)head->field[i].value.n, head->field[i].value.p);
}

/* Whole, followed by something, and cut at every byte: the same answer, or "more". */
static void assert_good(enum side side, const char *text, const char *expected)
{
    size_t n = strlen(text);
    struct http_head head;
    char got[8192], longer[16384];
    for (size_t cut = 0; cut < n; cut++)
        if (parse_cut(side, text, cut) != 0)
            fail_msg("%d instead of \"more\" for the first %zu bytes of %s",
                     parse_cut(side, text, cut), cut, text);
    snprintf(longer, sizeof longer, "%s%s", text, "GET / HTTP/1.1\r\n\r\nrubbish");
    for (size_t more = 0; more <= strlen(longer) - n; more++) {
        char *heap = exactly(longer, n + more);
        int rc = parse_head(&head, side, heap, n + more);
        if (rc != (int)n)
            fail_msg("%d instead of %zu for %.*s", rc, n, (int)(n + more), longer);
        write_down(got, sizeof got, &head);
        assert_string_equal(got, expected);
        free(heap);
    }
}

/* Whole: the status.  Cut: the status or "more", and once refused always refused. */
static void assert_bad(enum side side, const char *text, size_t n, int status)
{
    int before = 0;
    for (size_t cut = 0; cut <= n; cut++) {
        int rc = parse_cut(side, text, cut);
        if (rc != -status && (rc != 0 || before || cut == n))
            fail_msg("%d instead of -%d for the first %zu of %zu bytes of %.*s", rc, status, cut, n,
                     (int)n, text);
        before = rc;
    }
}
#define BAD(side, text, status) assert_bad(side, text, sizeof(text) - 1, status)

/* --- requests --- */

static void every_request_survives_every_split(void **state)
{
    static const struct { const char *text, *expected; } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", "GET / 1"},
        {"GET / HTTP/1.0\r\n\r\n", "GET / 0"},
        {"GET /poll?after=3&x HTTP/1.1\r\nHost: h:80\r\n\r\n", "GET /poll?after=3&x 1|Host=h:80"},
        {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n",
         "POST /echo 1|Host=h|Content-Length=5"},
        {"GET / HTTP/1.1\r\nA:1\r\nB:  2\r\nC: 3  \r\nD:\t 4 \t\r\nE:\r\nF:   \r\n"
         "G: a  b\tc \r\n\r\n",
         "GET / 1|A=1|B=2|C=3|D=4|E=|F=|G=a  b\tc"},
        {"GET / HTTP/1.1\r\nX: a:b, \"c\", \xc3\xa9\xff\r\n\r\n",
         "GET / 1|X=a:b, \"c\", \xc3\xa9\xff"},
        {"GET / HTTP/1.1\r\nA: 1\r\nA: 2\r\na: 3\r\n\r\n", "GET / 1|A=1|A=2|a=3"},
        {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * 1|Host=h"},
        {"GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/x 1|Host=h"},
        {"!#$%&'*+-.^_`|~09azAZ /~ HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
         "!#$%&'*+-.^_`|~09azAZ /~ 1|!#$%&'*+-.^_`|~09azAZ=x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_good(REQUEST, rows[i].text, rows[i].expected);
}

static void empty_lines_before_a_request_are_read_over(void **state)
{
    (void)state;
    assert_good(REQUEST, "\r\nGET / HTTP/1.1\r\n\r\n", "GET / 1");
    assert_good(REQUEST, "\r\n\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / 1|A=b");
    BAD(REQUEST, "\nGET / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "\rGET / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "\r\rGET / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "\r\n\nGET / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, " \r\nGET / HTTP/1.1\r\n\r\n", 400);
}

/* What two readers could read in two ways. */
static void an_ambiguous_request_is_refused(void **state)
{
    (void)state;
    BAD(REQUEST, "GET / HTTP/1.1\n\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nHost: h\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\nHost: h\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nHost: h\r\n\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nHost: h\r\n\rX", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA: b\r\n\tfolded\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\n A: b\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA : b\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA\t: b\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA b: c\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\n: b\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1\r\nA\0: b\r\n\r\n", 400);
    BAD(REQUEST, "GET /\0 HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "G\0T / HTTP/1.1\r\n\r\n", 400);
}

static void a_malformed_request_line_is_refused(void **state)
{
    (void)state;
    BAD(REQUEST, "GET /\r\n\r\n", 400); /* HTTP/0.9 */
    BAD(REQUEST, "GET\r\n\r\n", 400);
    BAD(REQUEST, " / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET  / HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET /  HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET\t/ HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET /\tHTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1 \r\n\r\n", 400);
    BAD(REQUEST, "GET / x HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.1HTTP/1.1\r\n\r\n", 400);
    BAD(REQUEST, "\x16\x03\x01\x02", 400); /* TLS */
    BAD(REQUEST, "\x81\x05hello", 400);
    BAD(REQUEST, "hello\n", 400);
    BAD(REQUEST, "HTTP/1.1 200 OK\r\n\r\n", 400);
}

static void versions_other_than_1_x_get_505_and_what_is_no_version_400(void **state)
{
    (void)state;
    BAD(REQUEST, "GET / HTTP/2.0\r\n\r\n", 505);
    BAD(REQUEST, "GET / HTTP/0.9\r\n\r\n", 505);
    BAD(REQUEST, "GET / HTTP/3.1\r\n\r\n", 505);
    BAD(REQUEST, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    BAD(RESPONSE, "HTTP/2.0 200 OK\r\n\r\n", 505);
    BAD(REQUEST, "GET / HTTP/2\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/11\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.10\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/10.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/01.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1,1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/1.x\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTP/-.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / http/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / HTTPS/1.1\r\n\r\n", 400);
    BAD(REQUEST, "GET / FTP/1.1\r\n\r\n", 400);
}

/* RFC 9110 2.5: a higher minor version is read as the highest one we know. */
static void a_higher_minor_version_counts_as_1_1(void **state)
{
    (void)state;
    assert_good(REQUEST, "GET / HTTP/1.2\r\n\r\n", "GET / 1");
    assert_good(RESPONSE, "HTTP/1.9 200 OK\r\n\r\n", "200 1");
}

/* Each of the 256 bytes, at each place of a head. */
static void every_byte_is_allowed_where_the_rfc_allows_it_and_nowhere_else(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool token = isalnum(c) ? c < 0x80 : c && c < 0x80 && strchr("!#$%&'*+-.^_`|~", c);
        bool value = c == '\t' || (c >= ' ' && c != 0x7f);
        struct { const char *format; bool allowed; } rows[] = {
            {"G%cT / HTTP/1.1\r\nA: b\r\n\r\n", token},
            {"%cGT / HTTP/1.1\r\nA: b\r\n\r\n", token},
            {"GET /%cx HTTP/1.1\r\nA: b\r\n\r\n", c > ' ' && c < 0x7f},
            {"GET / HTTP/1.1%c\r\nA: b\r\n\r\n", false},
            {"GET / HTTP/1.1\r\nA%cB: b\r\n\r\n", token || c == ':'},
            {"GET / HTTP/1.1\r\n%cA: b\r\n\r\n", token},
            {"GET / HTTP/1.1\r\nA: b%cc\r\n\r\n", value},
            {"GET / HTTP/1.1\r\nA:%cb\r\n\r\n", value},
        };
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char text[64];
            int n = snprintf(text, sizeof text, rows[i].format, c);
            if (parse_cut(REQUEST, text, (size_t)n) != (rows[i].allowed ? n : -400))
                fail_msg("byte %02x in %s", (unsigned)c, rows[i].format);
        }
    }
}

static void a_hundred_fields_fit_and_one_more_is_431(void **state)
{
    char text[8192];
    struct http_head head;
    (void)state;
    int at = snprintf(text, sizeof text, "GET / HTTP/1.1\r\n");
    for (int i = 1; i <= HTTP_FIELDS_MAX; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "F%d: %d\r\n", i, i);
    size_t hundred = (size_t)at;
    at += snprintf(text + at, sizeof text - (size_t)at, "F101: 101\r\n\r\n");
    assert_bad(REQUEST, text, (size_t)at, 431);
    memcpy(text + hundred, "\r\n", 3);
    for (size_t cut = 0; cut < hundred + 2; cut++)
        assert_int_equal(parse_cut(REQUEST, text, cut), 0);
    assert_int_equal(http_request_parse(&head, text, hundred + 2), hundred + 2);
    assert_int_equal(head.fields, 100);
    assert_true(span_is(http_field(&head, "f100"), "100"));
}

/* --- responses --- */

static void every_response_survives_every_split(void **state)
{
    static const struct { const char *text, *expected; } rows[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", "200 1"},
        {"HTTP/1.0 200 OK\r\nA: b\r\n\r\n", "200 0|A=b"},
        {"HTTP/1.1 200 \r\n\r\n", "200 1"},
        {"HTTP/1.1 200\r\n\r\n", "200 1"},
        {"HTTP/1.1 404 Not  Found, sorry\t(\xc3\xa9)\r\nContent-Length: 0\r\n\r\n",
         "404 1|Content-Length=0"},
        {"HTTP/1.1 100 Continue\r\n\r\n", "100 1"},
        {"HTTP/1.1 999 x\r\n\r\n", "999 1"},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
         "101 1|Upgrade=websocket|Connection=Upgrade"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_good(RESPONSE, rows[i].text, rows[i].expected);
}

static void a_malformed_response_is_refused(void **state)
{
    (void)state;
    BAD(RESPONSE, "HTTP/1.1 099 x\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 000 x\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 20 OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 2000 OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 20x OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 +20 OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200\tOK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1  200 OK\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200 OK\n\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200 O\0K\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200 OK\r\nA: b\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 400);
    BAD(RESPONSE, "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", 400);
    BAD(RESPONSE, "\r\nHTTP/1.1 200 OK\r\n\r\n", 400);
    BAD(RESPONSE, "http/1.1 200 OK\r\n\r\n", 400);
    BAD(RESPONSE, "ICY 200 OK\r\n\r\n", 400);
    BAD(RESPONSE, "GET / HTTP/1.1\r\n\r\n", 400);
    BAD(RESPONSE, "hello\n", 400);
}

static char *at_random(enum side side, char text[128], size_t *n, unsigned *random)
{
    static const char *const start[] = {
        "POST /echo?a=b HTTP/1.1\r\nHost: h:7003\r\nContent-Length: 5\r\nX:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"};
    static const char spice[] = "\r\n\r\n\r\n :\t\0\x7f\xff/.19aH";
    *n = strlen(start[side]);
    memcpy(text, start[side], *n);
    for (int i = 0; i < 3; i++) {
        *random = *random * 1103515245u + 12345u;
        text[(*random >> 8) % *n] = spice[(*random >> 20) % (sizeof spice - 1)];
    }
    return text;
}

/* Two or three bytes overwritten at random: whatever the answer is, no split may change it. */
static void rubbish_gets_the_same_answer_however_it_is_split(void **state)
{
    unsigned random = 7;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        enum side side = round & 1 ? RESPONSE : REQUEST;
        char text[128];
        size_t n;
        at_random(side, text, &n, &random);
        int whole = parse_cut(side, text, n), before = 0;
        for (size_t cut = 0; cut <= n; cut++) {
            int rc = parse_cut(side, text, cut);
            bool same = whole > 0 ? rc == ((int)cut < whole ? 0 : whole)
                                  : rc == whole || (rc == 0 && before == 0);
            if (!same)
                fail_msg("%d after %zu bytes, %d after %zu, of %.*s", rc, cut, whole, n, (int)n,
                         text);
            before = rc;
        }
    }
}

/* Line by line, as its bytes come: the verdict is that of the parser, which reads it from its start
 * each time.  (It reads over empty lines, too.) */
static void a_head_is_checked_line_by_line_as_it_is_parsed_whole(void **state)
{
    unsigned random = 11;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char text[128];
        size_t n, checked = 0;
        at_random(REQUEST, text, &n, &random);
        int step = 1 + round % 7, rc = 0;
        for (size_t cut = 1; cut <= n && rc == 0 && text[0] != '\r'; cut += (size_t)step) {
            char *heap = exactly(text, cut);
            int whole = parse_cut(REQUEST, text, cut);
            rc = http_request_check_lines(heap, cut, &checked);
            if (rc != (whole > 0 ? 1 : whole))
                fail_msg("%d, not %d, for %.*s", rc, whole, (int)cut, text);
            for (size_t i = checked; i < cut && rc == 0; i++)
                assert_int_not_equal(text[i], '\n'); /* no whole line is looked at again */
            assert_true(checked == 0 || text[checked - 1] == '\n');
            free(heap);
        }
    }
}

static void a_field_is_one_line(void **state)
{
    static const struct { const char *text; int rc; } rows[] = {
        {"A: b\r\n", 6}, {"A:\r\n", 4}, {"A: b\r\nC: d\r\n", 6}, {"A: b", 0}, {"A: b\r", 0},
        {"", 0}, {"A: b\n", -400}, {"A : b\r\n", -400}, {" A: b\r\n", -400}, {"\r\n", -400},
        {"A: b\rc\r\n", -400}, {"A\r\n", -400},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].text);
        char *heap = exactly(rows[i].text, n);
        struct http_field field;
        if (http_field_parse(&field, heap, n) != rows[i].rc)
            fail_msg("%s", rows[i].text);
        free(heap);
    }
}

/* --- looking up --- */

static struct http_head head_of(const char *fields)
{
    static char text[4096];
    struct http_head head;
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\n%s\r\n", fields);
    assert_int_equal(http_request_parse(&head, text, strlen(text)), strlen(text));
    return head;
}

static void fields_are_found_in_any_case(void **state)
{
    struct http_head head = head_of("Host: h\r\nX: 1\r\nx: 2\r\nEmpty:\r\nXX: 3\r\n");
    (void)state;
    assert_true(span_is(http_field(&head, "HOST"), "H"));
    assert_true(span_is(http_field(&head, "x"), "1")); /* the first */
    assert_int_equal(http_field_count(&head, "X"), 2);
    assert_int_equal(http_field_count(&head, "host"), 1);
    assert_int_equal(http_field_count(&head, "Hos"), 0);
    assert_int_equal(http_field_count(&head, "Hosts"), 0);
    assert_null(http_field(&head, "Y").p);
    assert_int_equal(http_field(&head, "Y").n, 0);
    assert_non_null(http_field(&head, "Empty").p);
    assert_int_equal(http_field(&head, "Empty").n, 0);
    assert_false(span_is(http_field(&head, "Host"), "hh"));
    assert_false(span_is(http_field(&head, "Host"), ""));
}

static void a_token_is_found_in_a_list_and_only_as_a_whole(void **state)
{
    static const struct { const char *fields; bool has; } rows[] = {
        {"Connection: Upgrade\r\n", true},
        {"Connection: keep-alive, Upgrade\r\n", true},
        {"Connection: Upgrade, keep-alive\r\n", true},
        {"connection:keep-alive,upgrade\r\n", true},
        {"CONNECTION: a ,\tUPGRADE\t, b\r\n", true},
        {"Connection: ,,, upgrade ,,\r\n", true},
        {"Connection: keep-alive\r\nHost: h\r\nConnection: upgrade\r\n", true},
        {"Connection:\r\nConnection: upgrade\r\n", true},
        {"Connection: keep-alive\r\n", false},
        {"Connection: upgraded\r\n", false},
        {"Connection: xupgrade\r\n", false},
        {"Connection: upgrad\r\n", false},
        {"Connection: keep-alive upgrade\r\n", false},
        {"Connection: keep-alive; upgrade\r\n", false},
        {"Connection: ,\r\n", false},
        {"Connection:\r\n", false},
        {"Upgrade: upgrade\r\n", false},
        {"Proxy-Connection: upgrade\r\n", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_head head = head_of(rows[i].fields);
        if (http_field_has_token(&head, "Connection", "Upgrade") != rows[i].has)
            fail_msg("%s", rows[i].fields);
    }
}

static void a_connection_is_kept_as_version_and_fields_say(void **state)
{
    static const struct { const char *text; bool keeps; } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: x, CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: keep-alive, close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: closed\r\n\r\n", true},
    };
    struct http_head head;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(http_request_parse(&head, rows[i].text, strlen(rows[i].text)) > 0);
        if (http_keeps_alive(&head) != rows[i].keeps)
            fail_msg("%s", rows[i].text);
    }
}

static void a_query_is_looked_up_by_its_whole_name(void **state)
{
    static const struct { const char *target, *path, *after; } rows[] = {
        {"/poll", "/poll", NULL}, {"/poll?", "/poll", NULL}, {"/poll?after", "/poll", NULL},
        {"/poll?after=", "/poll", ""}, {"/poll?after=7", "/poll", "7"},
        {"/poll?x=1&after=7", "/poll", "7"}, {"/poll?after=7&x=1", "/poll", "7"},
        {"/poll?x&&after=7&", "/poll", "7"}, {"/poll?after=1&after=2", "/poll", "1"},
        {"/poll?xafter=7", "/poll", NULL}, {"/poll?afterx=7", "/poll", NULL},
        {"/poll?after=7=8", "/poll", "7=8"}, {"/poll?a=b?after=7", "/poll", NULL},
        {"/poll?x=after=7", "/poll", NULL}, {"/poll&after=7", "/poll&after=7", NULL},
        {"/after=7?x=1", "/after=7", NULL}, {"?after=7", "", "7"}, {"/?&", "/", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].target);
        char *heap = exactly(rows[i].target, n);
        struct span target = {heap, n}, after = http_query(target, "after");
        struct span path = http_path(target);
        assert_ptr_equal(path.p, heap);
        assert_true(span_is(path, rows[i].path));
        if (rows[i].after ? !after.p || !span_is(after, rows[i].after) : after.p != NULL)
            fail_msg("%s", rows[i].target);
        free(heap);
    }
}

static void an_absolute_target_says_whom_it_is_for(void **state)
{
    static const struct { const char *target, *authority, *path, *after; } rows[] = {
        {"http://h", "h", "/", NULL}, {"http://h/", "h", "/", NULL},
        {"HTTP://h:80/a/b", "h:80", "/a/b", NULL}, {"https://[::1]:7/x", "[::1]:7", "/x", NULL},
        {"http://h?after=7", "h", "/", "7"}, {"http://h/a?after=7", "h", "/a", "7"},
        {"http://h?x=/a/b", "h", "/", NULL}, {"http://", "", "/", NULL},
        {"http:///x", "", "/x", NULL}, {"/http://h/", NULL, "/http://h/", NULL},
        {"http:/x", NULL, "http:/x", NULL}, {"ws://h/x", NULL, "ws://h/x", NULL},
        {"*", NULL, "*", NULL}, {"//h/x", NULL, "//h/x", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].target);
        char *heap = exactly(rows[i].target, n);
        struct span target = {heap, n}, authority = http_authority(target);
        struct span after = http_query(target, "after");
        if (!span_equals(http_path(target), rows[i].path) ||
            !authority.p != !rows[i].authority || !after.p != !rows[i].after ||
            (authority.p && !span_equals(authority, rows[i].authority)) ||
            (after.p && !span_equals(after, rows[i].after)))
            fail_msg("%s", rows[i].target);
        free(heap);
    }
    struct http_head head = head_of("Host: other\r\n");
    assert_true(span_equals(http_host(&head), "other"));
    head.target = (struct span){"http://h/", 9};
    assert_true(span_equals(http_host(&head), "h"));
}

/* --- writing --- */

static void a_response_is_written_to_the_byte(void **state)
{
    static const struct {
        int status;
        const char *date, *fields;
        uint64_t length;
        const char *connection, *expected;
    } rows[] = {
        {200, "", "", 0, NULL, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {200, "Date: now\r\n", "A: b\r\nC: d\r\n", 1234567890, "close",
         "HTTP/1.1 200 OK\r\nDate: now\r\nA: b\r\nC: d\r\nContent-Length: 1234567890\r\n"
         "Connection: close\r\n\r\n"},
        {204, "", "", HTTP_NO_LENGTH, NULL, "HTTP/1.1 204 No Content\r\n\r\n"},
        {404, "", "", 10, "keep-alive",
         "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\nConnection: keep-alive\r\n\r\n"},
        {200, "", "", UINT64_MAX - 1, NULL,
         "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551614\r\n\r\n"},
        {299, "", "", 9, NULL, "HTTP/1.1 299 \r\nContent-Length: 9\r\n\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].expected);
        char *out = malloc(n);
        assert_int_equal(http_response_write(out, n, rows[i].status, rows[i].date, rows[i].fields,
                                             rows[i].length, rows[i].connection), n);
        assert_memory_equal(out, rows[i].expected, n);
        assert_int_equal(parse_cut(RESPONSE, out, n), n);
        free(out);
    }
}

static void a_response_that_does_not_fit_is_not_written(void **state)
{
    char whole[256];
    size_t n = http_response_write(whole, sizeof whole, 200, "D: e\r\n", "A: b\r\n", 12, "close");
    (void)state;
    for (size_t cap = 0; cap < n; cap++) {
        char *out = exactly(whole, cap);
        assert_int_equal(http_response_write(out, cap, 200, "D: e\r\n", "A: b\r\n", 12, "close"),
                         0);
        free(out);
    }
}

static void every_status_we_answer_with_has_a_reason(void **state)
{
    static const int statuses[] = {100, 101, 200, 204, 304, 400, 403, 404, 405, 408, 411, 413,
                                   414, 417, 426, 431, 500, 501, 503, 505};
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        assert_true(strlen(http_reason(statuses[i])) > 1);
    assert_string_equal(http_reason(404), "Not Found");
    assert_string_equal(http_reason(426), "Upgrade Required");
    assert_string_equal(http_reason(299), "");
    assert_string_equal(http_reason(-1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_survives_every_split),
        cmocka_unit_test(empty_lines_before_a_request_are_read_over),
        cmocka_unit_test(an_ambiguous_request_is_refused),
        cmocka_unit_test(a_malformed_request_line_is_refused),
        cmocka_unit_test(versions_other_than_1_x_get_505_and_what_is_no_version_400),
        cmocka_unit_test(a_higher_minor_version_counts_as_1_1),
        cmocka_unit_test(every_byte_is_allowed_where_the_rfc_allows_it_and_nowhere_else),
        cmocka_unit_test(a_hundred_fields_fit_and_one_more_is_431),
        cmocka_unit_test(every_response_survives_every_split),
        cmocka_unit_test(a_malformed_response_is_refused),
        cmocka_unit_test(rubbish_gets_the_same_answer_however_it_is_split),
        cmocka_unit_test(a_head_is_checked_line_by_line_as_it_is_parsed_whole),
        cmocka_unit_test(a_field_is_one_line),
        cmocka_unit_test(fields_are_found_in_any_case),
        cmocka_unit_test(a_token_is_found_in_a_list_and_only_as_a_whole),
        cmocka_unit_test(a_connection_is_kept_as_version_and_fields_say),
        cmocka_unit_test(a_query_is_looked_up_by_its_whole_name),
        cmocka_unit_test(an_absolute_target_says_whom_it_is_for),
        cmocka_unit_test(a_response_is_written_to_the_byte),
        cmocka_unit_test(a_response_that_does_not_fit_is_not_written),
        cmocka_unit_test(every_status_we_answer_with_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
