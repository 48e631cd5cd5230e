/* tests/sse_test.c: server-sent events, however the stream is cut.
 * SPDX-License-Identifier: MIT */
#include "http_poll/sse.h"
#include "tcp_echo/push.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- a stream as text: every event as NAME<ID>DATA; --- */

struct heard {
    char text[4096];
    size_t len;
    bool bad;
};

static void note(struct heard *h, struct span s)
{
    assert_true(h->len + s.n < sizeof h->text);
    memcpy(h->text + h->len, s.p, s.n);
    h->len += s.n;
    h->text[h->len] = '\0';
}

static void note_event(struct heard *h, const struct sse_event *e)
{
    note(h, e->name);
    note(h, (struct span){"<", 1});
    note(h, e->id);
    note(h, (struct span){">", 1});
    note(h, e->data);
    note(h, (struct span){";", 1});
}

/* One piece, in a heap block of exactly its size. */
static void feed(struct sse *s, const char *piece, size_t n, struct heard *h)
{
    uint8_t *block = malloc(n ? n : 1);
    assert_non_null(block);
    memcpy(block, piece, n);
    for (size_t at = 0; at < n && !h->bad;) {
        struct sse_event e;
        ssize_t used = sse_next(s, block + at, n - at, &e);
        h->bad = used < 0;
        assert_true(h->bad || (used > 0 && (size_t)used <= n - at));
        at += h->bad ? 0 : (size_t)used;
        assert_true(h->bad || e.data.p || at == n); /* it stops for an event only */
        if (!h->bad && e.data.p)
            note_event(h, &e);
    }
    free(block);
}

static struct sse *fresh(void)
{
    struct sse *s = calloc(1, sizeof *s);
    assert_non_null(s);
    return s;
}

/* At most 3 pieces, cut at a and at b. */
static struct heard hear_cut(const char *stream, size_t n, size_t a, size_t b)
{
    struct heard h = {.len = 0};
    struct sse *s = fresh();
    feed(s, stream, a, &h);
    feed(s, stream + a, b - a, &h);
    feed(s, stream + b, n - b, &h);
    free(s);
    return h;
}

static struct heard hear_bytewise(const char *stream, size_t n)
{
    struct heard h = {.len = 0};
    struct sse *s = fresh();
    for (size_t i = 0; i < n; i++)
        feed(s, stream + i, 1, &h);
    free(s);
    return h;
}

static void check_heard(const struct heard *h, const char *stream, const char *events)
{
    if (h->bad || strcmp(h->text, events) != 0)
        fail_msg("%s'%s', not '%s', from:\n%s", h->bad ? "bad, " : "", h->text, events, stream);
}

static void check_stream(const char *stream, const char *events)
{
    size_t n = strlen(stream);
    struct heard h = hear_bytewise(stream, n);
    check_heard(&h, stream, events);
    for (size_t a = 0; a <= n; a++)
        for (size_t b = a; b <= n; b++) {
            h = hear_cut(stream, n, a, b);
            check_heard(&h, stream, events);
        }
}

/* --- what the rules say --- */

static void every_stream_survives_every_split(void **state)
{
    static const struct { const char *stream, *events; } rows[] = {
        {"", ""},
        {"data: a\n\n", "<>a;"},
        {"data: a\r\n\r\n", "<>a;"},
        {"data: a\r\r", "<>a;"},
        {"data: a\n\r\n", "<>a;"},
        {"data: a\r\n\n", "<>a;"},
        {"data: a\r\n\r", "<>a;"},
        {"data: a\r\ndata: b\rdata: c\n\r\r\n", "<>a\nb\nc;"},
        {"\r\n\r\ndata: a\r\n\r\ndata: b\r\n\r\n", "<>a;<>b;"},
        /* the white space behind the colon, and what looks like it */
        {"data:a\n\n", "<>a;"},
        {"data:  a \n\n", "<> a ;"},
        {"data:\ta\n\n", "<>\ta;"},
        {" data: a\n\n", ""},
        {"data : a\n\n", ""},
        {"data: a: b\n\n", "<>a: b;"},
        {"data:: a\n\n", "<>: a;"},
        /* no colon, no value: data all the same */
        {"data\n\n", "<>;"},
        {"data:\n\n", "<>;"},
        {"data: \n\n", "<>;"},
        {"data\ndata\n\n", "<>\n;"},
        {"data\n\ndata\ndata\n\ndata:", "<>;<>\n;"},
        {"data: a\ndata\ndata:b\n\n", "<>a\n\nb;"},
        /* comments, and fields that nobody knows */
        {": keepalive\n\n", ""},
        {":\n\n:\n\n", ""},
        {":data: a\n\n", ""},
        {"data: a\n:between\ndata: b\n\n", "<>a\nb;"},
        {"datas: a\ndat: b\nDATA: c\n\n", ""},
        {"foo\nfoo: bar\ndata: a\n\n", "<>a;"},
        /* names: of this event only, the last one said */
        {"event: gap\nid: 7\ndata: gap 7\n\ndata: a\n\n", "gap<7>gap 7;<7>a;"},
        {"event: x\n\ndata: a\n\n", "<>a;"},
        {"event: x\nevent: y\ndata: a\n\n", "y<>a;"},
        {"event: x\nevent\ndata: a\n\n", "<>a;"},
        {"data: a\nevent: x\n\n", "x<>a;"},
        /* ids: until another is said */
        {"id: 5\ndata: a\n\ndata: b\n\nid: 6\ndata: c\n\n", "<5>a;<5>b;<6>c;"},
        {"retry: 1000\nid: 5\n\ndata: a\n\n", "<5>a;"},
        {"id: 5\n\nid\ndata: a\n\n", "<>a;"},
        {"id: 5\n\nid:\ndata: a\n\n", "<>a;"},
        {"id: a b\xc3\xa9\ndata: a\n\n", "<a b\xc3\xa9>a;"},
        /* a byte order mark at the very start, nowhere else */
        {"\xef\xbb\xbf" "data: a\n\n", "<>a;"},
        {"\xef\xbb\xbf\ndata: a\n\n", "<>a;"},
        {"\xef\xbb\xbf\xef\xbb\xbf" "data: a\n\n", ""},
        {"\xef\xbb" "data: a\n\n", ""},
        {"\n\xef\xbb\xbf" "data: a\n\n", ""},
        {"data: \xef\xbb\xbf" "a\n\n", "<>\xef\xbb\xbf" "a;"},
        /* what the end cuts off is no event */
        {"data: a\n", ""},
        {"data: a\n\ndata: b\nid: 9\n", "<>a;"},
        {"id: 1\ndata: a\n\n\n\n\nid: 2", "<1>a;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_stream(rows[i].stream, rows[i].events);
}

/* The examples of the standard itself (9.2.6). */
static void the_standards_examples_are_read_so(void **state)
{
    (void)state;
    check_stream("data: YHOO\ndata: +2\ndata: 10\n\n", "<>YHOO\n+2\n10;");
    check_stream(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
                 "data:  third event\n", "<1>first event;<>second event;");
    check_stream("data:test\n\ndata: test\n\n", "<>test;<>test;");
}

static void an_id_with_a_nul_is_not_taken(void **state)
{
    static const char stream[] = "id: 5\n\nid: 6\0\ndata: a\0b\n\n";
    static const char heard[] = "<5>a\0b;";
    (void)state;
    for (size_t a = 0; a < sizeof stream; a++) {
        struct heard h = hear_cut(stream, sizeof stream - 1, a, a);
        assert_int_equal(h.len, sizeof heard - 1);
        assert_memory_equal(h.text, heard, sizeof heard);
    }
}

static void retry_is_digits_only_and_bounded(void **state)
{
    static const struct { const char *stream; int ms; } rows[] = {
        {"retry: 1000\n", 1000}, {"retry:20", 0}, {"retry:20\n", 20}, {"retry: 007777\n", 7777},
        {"retry: 10\n", 10}, {"retry: 9\n", 10}, {"retry: 0\n", 10}, {"retry: 60000\n", 60000},
        {"retry: 60001\n", 60000}, {"retry: 99999999999999999999999999\n", 60000},
        {"retry\n", 0}, {"retry:\n", 0}, {"retry: \n", 0}, {"retry: -1\n", 0},
        {"retry: +1\n", 0}, {"retry: 1.5\n", 0}, {"retry: 1s\n", 0}, {"retry:  1\n", 0},
        {"retry: 50\nretry: x\n", 50}, {"retry: 50\nretry: 60\n", 60}, {"retry: 0x10\n", 0},
        {"retry: 99999999999999999999x\n", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sse *s = fresh();
        struct heard h = {.len = 0};
        feed(s, rows[i].stream, strlen(rows[i].stream), &h);
        if (s->retry_ms != rows[i].ms)
            fail_msg("%d for %s", s->retry_ms, rows[i].stream);
        free(s);
    }
}

/* --- two connections --- */

static void an_id_counts_when_its_event_is_whole(void **state)
{
    static const char stream[] = "id: 5\ndata: a\n\nid: 6\ndata: b";
    struct heard h = {.len = 0};
    struct sse *s = fresh();
    (void)state;
    feed(s, stream, sizeof stream - 1, &h);
    assert_string_equal(s->id, "5");
    feed(s, "\n", 1, &h);
    assert_string_equal(s->id, "5");
    feed(s, "\n", 1, &h);
    assert_string_equal(s->id, "6");
    assert_string_equal(h.text, "<5>a;<6>b;");
    free(s);
}

static void another_connection_begins_where_the_last_whole_event_was(void **state)
{
    static const char first[] = "retry: 50\nid: 5\ndata: a\n\nevent: e\nid: 6\ndata: lost\r";
    struct heard h = {.len = 0};
    struct sse *s = fresh();
    (void)state;
    feed(s, first, sizeof first - 1, &h);
    sse_restart(s);
    assert_string_equal(s->id, "5");
    assert_int_equal(s->retry_ms, 50);
    feed(s, "\n\xef\xbb\xbf", 4, &h); /* neither half a CRLF nor, now, a mark */
    sse_restart(s);
    feed(s, "\xef\xbb\xbf" "data: b\n\n", 12, &h);
    assert_string_equal(h.text, "<5>a;<5>b;");
    free(s);
}

/* --- limits --- */

static char *repeat(const char *before, size_t times, const char *behind)
{
    size_t n = strlen(before);
    char *text = malloc(n + times + strlen(behind) + 1);
    assert_non_null(text);
    memcpy(text, before, n);
    memset(text + n, 'x', times);
    strcpy(text + n + times, behind);
    return text;
}

/* Whole, and cut in the middle: both must be of one opinion. */
static bool is_bad(const char *before, size_t times, const char *behind)
{
    char *stream = repeat(before, times, behind);
    size_t n = strlen(stream);
    bool bad[2];
    for (size_t half = 0; half < 2; half++) {
        struct sse *s = fresh();
        struct sse_event e;
        ssize_t used = sse_next(s, (uint8_t *)stream, half ? n / 2 : n, &e);
        if (used > 0 && (size_t)used < n)
            used = sse_next(s, (uint8_t *)stream + used, n - (size_t)used, &e);
        bad[half] = used < 0;
        free(s);
    }
    free(stream);
    assert_int_equal(bad[0], bad[1]);
    return bad[0];
}

static void what_is_too_long_is_refused_and_not_before(void **state)
{
    (void)state;
    assert_false(is_bad("", SSE_TEXT_MAX, "\n\n"));
    assert_true(is_bad("", SSE_TEXT_MAX + 1, ""));
    assert_true(is_bad(":", 10 * SSE_TEXT_MAX, ""));
    assert_false(is_bad("data:", SSE_TEXT_MAX - 5, "\n\n"));
    assert_true(is_bad("data:", SSE_TEXT_MAX - 4, "\n\n"));
    assert_false(is_bad("data: 12345\ndata:", SSE_TEXT_MAX - 5 - 6, "\n\n"));
    assert_true(is_bad("data: 12345\ndata:", SSE_TEXT_MAX - 4 - 6, "\n\n"));
    assert_false(is_bad("event: ", SSE_NAME_MAX - 1, "\n\n"));
    assert_true(is_bad("event: ", SSE_NAME_MAX, "\n\n"));
    assert_false(is_bad("id: ", SSE_NAME_MAX - 1, "\n\n"));
    assert_true(is_bad("id: ", SSE_NAME_MAX, "\n\n"));
}

/* Many short lines of data are one long event. */
static void an_event_that_never_ends_is_refused(void **state)
{
    struct sse *s = fresh();
    struct heard h = {.len = 0};
    size_t lines = 0;
    (void)state;
    for (; !h.bad && lines < SSE_TEXT_MAX; lines++)
        feed(s, "data:\n", 6, &h);
    assert_true(h.bad);
    assert_in_range(lines, SSE_TEXT_MAX - 10, SSE_TEXT_MAX);
    free(s);
}

/* A stream of many events needs no more room than one. */
static void an_event_leaves_its_room_to_the_next(void **state)
{
    char *big = repeat("data: ", SSE_TEXT_MAX - 6, "\n\n");
    struct sse *s = fresh();
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct sse_event e;
        size_t n = strlen(big);
        assert_int_equal(sse_next(s, (uint8_t *)big, n, &e), n);
        assert_int_equal(e.data.n, SSE_TEXT_MAX - 6);
    }
    free(s);
    free(big);
}

/* --- rubbish --- */

static void rubbish_never_reads_or_writes_beyond(void **state)
{
    static const char seed[] = "\xef\xbb\xbfid: 5\r\nevent: e\ndata: a\rdata\n\nretry: 12\n:c\n\n";
    char text[sizeof seed];
    uint32_t x = 1;
    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        memcpy(text, seed, sizeof seed);
        for (size_t k = 0; k < round % 6; k++) {
            x = x * 1664525u + 1013904223u;
            text[(x >> 8) % (sizeof seed - 1)] = (char)(x >> 24);
        }
        size_t n = sizeof seed - 1, cut = round % n;
        struct heard whole = hear_cut(text, n, 0, 0);
        struct heard pieces = hear_cut(text, n, cut, cut + round / 7 % (n - cut));
        assert_int_equal(whole.bad, pieces.bad);
        assert_int_equal(whole.len, pieces.len);
        assert_memory_equal(whole.text, pieces.text, whole.len);
    }
}

/* --- the other direction --- */

static void what_is_encoded_is_read_again(void **state)
{
    static const struct { uint64_t id; const char *text, *wire, *events; } rows[] = {
        {1, "tick 1 2", "id: 1\ndata: tick 1 2\n\n", "<1>tick 1 2;"},
        {UINT64_MAX, "tick 18446744073709551615 18446744073709551615",
         "id: 18446744073709551615\ndata: tick 18446744073709551615 18446744073709551615\n\n",
         "<18446744073709551615>tick 18446744073709551615 18446744073709551615;"},
        {0, "", "id: 0\ndata: \n\n", "<0>;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t *out = malloc(PUSH_FRAME_MAX);
        assert_non_null(out);
        size_t n = sse_encode(out, rows[i].id, rows[i].text, strlen(rows[i].text));
        assert_int_equal(n, strlen(rows[i].wire));
        assert_memory_equal(out, rows[i].wire, n);
        check_stream(rows[i].wire, rows[i].events);
        free(out);
    }
}

static void no_more_of_the_text_is_encoded_than_was_given(void **state)
{
    uint8_t out[PUSH_FRAME_MAX];
    (void)state;
    assert_int_equal(sse_encode(out, 3, "tick and more", 4), 18);
    assert_memory_equal(out, "id: 3\ndata: tick\n\n", 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stream_survives_every_split),
        cmocka_unit_test(the_standards_examples_are_read_so),
        cmocka_unit_test(an_id_with_a_nul_is_not_taken),
        cmocka_unit_test(retry_is_digits_only_and_bounded),
        cmocka_unit_test(an_id_counts_when_its_event_is_whole),
        cmocka_unit_test(another_connection_begins_where_the_last_whole_event_was),
        cmocka_unit_test(what_is_too_long_is_refused_and_not_before),
        cmocka_unit_test(an_event_that_never_ends_is_refused),
        cmocka_unit_test(an_event_leaves_its_room_to_the_next),
        cmocka_unit_test(rubbish_never_reads_or_writes_beyond),
        cmocka_unit_test(what_is_encoded_is_read_again),
        cmocka_unit_test(no_more_of_the_text_is_encoded_than_was_given),
    };
    return cmocka_run_group_tests_name("sse", tests, NULL, NULL);
}
