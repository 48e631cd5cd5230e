/* tests/explain_test.c: what --explain tells: every byte belongs to a step, whatever is cut where,
 * and nothing a peer sends reaches the terminal as it is.
 * SPDX-License-Identifier: MIT */
#include "http_poll/explain.h"
#include "tcp_echo/explain.h"
#include "ws_echo/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* --- quoting --- */

static void a_quoted_text_is_printable_and_fits(void **state)
{
    uint8_t data[256];
    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t cap = 12; cap < 300; cap++)
        for (size_t n = 0; n <= sizeof data; n += n < 20 ? 1 : 59) {
            uint8_t *heap = malloc(n ? n : 1);
            char *out = malloc(cap);
            memcpy(heap, data, n);
            assert_ptr_equal(quote(out, cap, heap, n), out);
            size_t len = strnlen(out, cap);
            assert_true(len >= 2 && len < cap);
            assert_true(is_printable(out));
            assert_int_equal(out[0], '"');
            assert_int_equal(out[len - 1], '"');
            free(out);
            free(heap);
        }
}

static void each_byte_is_quoted_in_its_own_way(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        uint8_t byte = (uint8_t)c;
        char out[32], expected[32];
        if (c == '\n' || c == '\r' || c == '\t')
            snprintf(expected, sizeof expected, "\"\\%c\"",
                     c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        else if (c == '"' || c == '\\')
            snprintf(expected, sizeof expected, "\"\\%c\"", c);
        else if (c >= ' ' && c < 0x7f)
            snprintf(expected, sizeof expected, "\"%c\"", c);
        else
            snprintf(expected, sizeof expected, "\"\\x%02x\"", (unsigned)c);
        assert_string_equal(quote(out, sizeof out, &byte, 1), expected);
    }
}

static void what_is_left_out_is_replaced_by_dots(void **state)
{
    char out[20];
    (void)state;
    assert_string_equal(quote(out, sizeof out, (const uint8_t *)"short", 5), "\"short\"");
    quote(out, sizeof out, (const uint8_t *)"not short at all, rather long", 29);
    assert_int_equal(strncmp(out, "\"not short", 10), 0);
    assert_string_equal(out + strlen(out) - 4, "...\"");
}

static void a_part_too_many_is_left_out_and_a_long_one_is_cut(void **state)
{
    struct step step = {0};
    char text[300];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < STEP_PARTS_MAX + 5; i++)
        step_part(&step, 7, "%d %s", i, text);
    assert_int_equal(step.parts, STEP_PARTS_MAX);
    assert_int_equal(step.part[STEP_PARTS_MAX - 1].len, 7);
    assert_int_equal(strlen(step.part[3].meaning), sizeof step.part[3].meaning - 1);
    assert_int_equal(strncmp(step.part[3].meaning, "3 xxx", 5), 0);
}

static void a_client_sends_what_a_server_receives(void **state)
{
    struct describer client = {.server = false}, server = {.server = true};
    (void)state;
    assert_true(from_client(&client, SENT));
    assert_false(from_client(&client, RECEIVED));
    assert_false(from_client(&server, SENT));
    assert_true(from_client(&server, RECEIVED));
}

/* --- a conversation, described --- */

struct turn {
    bool client; /* who speaks */
    const char *text;
    size_t n;
};
#define CLIENT(text) {true, text, sizeof(text) - 1}
#define SERVER(text) {false, text, sizeof(text) - 1}

struct told {
    size_t steps, described[2]; /* bytes: the client's, the server's */
    char what[40][160];         /* the first steps */
    char meanings[16384];       /* of all parts, a line each */
    size_t at;
};

static void take_step(struct told *told, const struct step *step, size_t took)
{
    size_t sum = 0;
    assert_non_null(step->protocol);
    assert_true(is_printable(step->protocol));
    assert_true(strlen(step->what) > 0 && is_printable(step->what));
    assert_true(step->parts <= STEP_PARTS_MAX);
    for (size_t i = 0; i < step->parts; i++) {
        assert_true(is_printable(step->part[i].meaning));
        sum += step->part[i].len;
        size_t room = sizeof told->meanings - told->at;
        if (room > 200)
            told->at += (size_t)snprintf(told->meanings + told->at, room, "%s\n",
                                         step->part[i].meaning);
    }
    assert_int_equal(sum, took); /* every byte has its meaning */
    if (told->steps < 40)
        memcpy(told->what[told->steps], step->what, sizeof step->what);
    told->steps++;
}

/* Describes what is there of a turn; `done` bytes were described before.  Returns all described. */
static size_t describe(struct describer *d, const struct turn *turn, size_t done, size_t end,
                       struct told *told)
{
    enum direction direction = turn->client != d->server ? SENT : RECEIVED;
    while (done < end) {
        struct step step = {.protocol = "tcp"};
        uint8_t *heap = malloc(end - done);
        memcpy(heap, turn->text + done, end - done);
        size_t took = d->describe(d, direction, heap, end - done, &step);
        free(heap);
        assert_true(took <= end - done);
        if (took == 0)
            break;
        take_step(told, &step, took);
        done += took;
    }
    return done;
}

/* Turn number `in` is cut at `cut`; step > 0: every turn is cut every so many bytes. */
static void describe_cut(describe_fn *fn, bool server, const struct turn *turns, size_t count,
                         size_t in, size_t cut, size_t step, struct told *told)
{
    struct describer d = {.describe = fn, .server = server};
    memset(told, 0, sizeof *told);
    for (size_t i = 0; i < count; i++) {
        size_t done = 0;
        for (size_t end = 1; end <= turns[i].n; end++)
            if ((i == in && end == cut) || end == turns[i].n || (step && end % step == 0))
                done = describe(&d, &turns[i], done, end, told);
        told->described[turns[i].client ? 0 : 1] += done;
    }
}

static void assert_all_described(const struct told *told, const struct turn *turns, size_t count)
{
    size_t expected[2] = {0, 0};
    for (size_t i = 0; i < count; i++)
        expected[turns[i].client ? 0 : 1] += turns[i].n;
    assert_int_equal(told->described[0], expected[0]);
    assert_int_equal(told->described[1], expected[1]);
}

/* As client and as server, whole, cut at every byte, and in small pieces: *told of the whole. */
static void describe_with_every_split(describe_fn *fn, const struct turn *turns, size_t count,
                                      struct told *told)
{
    for (int server = 0; server < 2; server++) {
        for (size_t in = 0; in < count; in++)
            for (size_t cut = 1; cut < turns[in].n; cut++) {
                describe_cut(fn, server, turns, count, in, cut, 0, told);
                assert_all_described(told, turns, count);
            }
        for (size_t step = 1; step < 8; step++) {
            describe_cut(fn, server, turns, count, 0, 0, step, told);
            assert_all_described(told, turns, count);
        }
        describe_cut(fn, server, turns, count, 0, 0, 0, told);
        assert_all_described(told, turns, count);
    }
}
#define DESCRIBE(fn, turns, told) \
    describe_with_every_split(fn, turns, sizeof turns / sizeof turns[0], told)

static struct told told;

static void assert_told(const char *text)
{
    for (size_t i = 0; i < told.steps && i < 40; i++)
        if (strstr(told.what[i], text))
            return;
    if (!strstr(told.meanings, text))
        fail_msg("nobody says \"%s\":\n%s", text, told.meanings);
}

static void a_byte_stream_is_told_call_by_call(void **state)
{
    static const struct turn turns[] = {CLIENT("hello\n"), SERVER("hel"), SERVER("lo\n\x1b[31m\0")};
    (void)state;
    DESCRIBE(tcp_describe, turns, &told);
    assert_int_equal(told.steps, 3);
    assert_told("\"hello\\n\"");
    assert_told("\\x1b[31m\\x00");
}

static void tls_is_told_record_by_record(void **state)
{
    static const struct turn turns[] = {
        CLIENT("\x16\3\1\0\x08\1\0\0\4abcd"),
        SERVER("\x16\3\3\0\x0e\2\0\0\2ab\x0b\0\0\4cdef\x14\3\3\0\1\1\x17\3\3\0\5sealed"),
        CLIENT("\x14\3\3\0\1\1\x16\3\3\0\5\1\0\0\0\xff\x15\3\3\0\2\1\0"),
        SERVER("GET / HTTP/1.1\r\n\x1b"),
    };
    (void)state;
    describe_cut(tls_describe, false, turns, 4, 1, 20, 0, &told);
    assert_int_equal(told.described[0], turns[0].n + turns[2].n);
    assert_told("ClientHello");
    assert_string_equal(told.what[1], "ServerHello, Certificate"); /* in the same record */
    assert_told("ServerHello, 2 bytes");
    assert_told("Certificate, 4 bytes");
    assert_told("change cipher spec");
    assert_told("application data 5 B");
    assert_told("handshake, encrypted"); /* behind the change */
    assert_told("alert: close_notify");
    assert_told("not TLS");
    static const struct turn whole[] = {
        CLIENT("\x16\3\1\0\x08\1\0\0\4abcd\x15\3\3\0\2\2\x2a"),
        SERVER("\x16\3\3\0\x41" /* so many messages that they don't all get a line */
               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")};
    DESCRIBE(tls_describe, whole, &told);
    assert_told("ClientHello");
    assert_told("alert: bad_certificate");
    assert_told("the rest");
}

/* A certificate chain may be longer than a record. */
static void a_handshake_message_may_span_records(void **state)
{
    static const struct turn turns[] = {
        SERVER("\x16\3\3\0\x06\x0b\0\0\6ab"), SERVER("\x16\3\3\0\x08" "cdef\x0e\0\0\0"),
        SERVER("\x16\3\3\0\4\x18\0\0\1")};
    (void)state;
    DESCRIBE(tls_describe, turns, &told);
    assert_string_equal(told.what[0], "Certificate");
    assert_string_equal(told.what[1], "Certificate goes on, ServerHelloDone");
    assert_string_equal(told.what[2], "handshake, encrypted"); /* no message is called so */
}

static void http_is_told_by_heads_and_bodies(void **state)
{
    static const struct turn turns[] = {
        CLIENT("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
        SERVER("HTTP/1.1 100 Continue\r\n\r\n"),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        CLIENT("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
        CLIENT("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    };
    (void)state;
    DESCRIBE(http_describe, turns, &told);
    assert_told("an empty line: the head has not begun");
    assert_told("POST /echo");
    assert_told("200 OK");
    assert_told("body \"hello\"");
    assert_told("HEAD /");
    assert_told("\"Host: h\"");
    assert_told("the empty line");
}

static void what_is_not_http_is_told_as_such(void **state)
{
    static const struct turn head[] = {
        CLIENT("GET / HTTP/1.1\r\nHost: h\r\nX: a\x1b[31mb\r\n\r\n")};
    static const struct turn body[] = {
        CLIENT("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;\x1b\r\n")};
    (void)state;
    describe_cut(http_describe, false, head, 1, 0, 0, 0, &told);
    assert_all_described(&told, head, 1);
    assert_int_equal(told.steps, 1);
    assert_told("not HTTP");
    describe_cut(http_describe, false, body, 1, 0, 0, 0, &told);
    assert_all_described(&told, body, 1);
    assert_told("not HTTP");
    assert_told("5;\\x1b");
}

static void chunks_are_told_with_their_framing(void **state)
{
    static const struct turn turns[] = {
        CLIENT("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n3;x=y\r\n\r\n\x1b\r\n0\r\nTrailer: x\r\n\r\n"
               "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        SERVER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
               "HTTP/1.1 200 OK\r\n\r\nuntil the end\r\n\r\n"),
    };
    (void)state;
    DESCRIBE(http_describe, turns, &told);
    assert_told("chunk of 5 B");
    assert_told("chunk data \"hello\"");
    assert_told("end of the chunk");
    assert_told("last chunk");
    assert_told("trailer");
    assert_told("end of the chunks");
    assert_told("\"hello\"");
    assert_told("\\r\\n\\x1b");
    assert_told("GET /");
    assert_told("until the end");
}

static void an_event_stream_is_told_event_by_event(void **state)
{
    static const struct turn turns[] = {
        CLIENT("GET /events HTTP/1.1\r\nHost: h\r\nLast-Event-ID: 6\r\n\r\n"),
        SERVER("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
               "retry: 1000\nid: 6\n\nid: 7\r\ndata: tick\x1b[m\r\n\r\n: keepalive\n\n\n"),
    };
    (void)state;
    DESCRIBE(http_describe, turns, &told);
    assert_int_equal(told.steps, 6); /* two heads, four times up to an empty line */
    assert_string_equal(told.what[2], "no event: \"retry: 1000\\nid: 6\\n\\n\"");
    assert_string_equal(told.what[3], "event: \"tick\\x1b[m\"");
    assert_string_equal(told.what[5], "no event: \"\\n\"");
    assert_told("\"id: 7\"");
    assert_told("\"data: tick\\x1b[m\"");
    assert_told("the empty line: the event ends");
}

static void a_head_of_many_lines_ends_with_a_summary(void **state)
{
    char text[8192];
    int at = sprintf(text, "GET / HTTP/1.1\r\n");
    (void)state;
    for (int i = 0; i < 50; i++)
        at += sprintf(text + at, "Field-%d: %0120d\r\n", i, i);
    at += sprintf(text + at, "\r\n");
    struct turn turn = {true, text, (size_t)at};
    describe_cut(http_describe, false, &turn, 1, 0, 0, 0, &told);
    assert_all_described(&told, &turn, 1);
    assert_int_equal(told.steps, 1);
    assert_told("bytes more");
}

#define ASK "GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define GRANT "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define HELLO_MASKED "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"

static void a_websocket_is_told_from_the_upgrade_on_frame_by_frame(void **state)
{
    static const struct turn turns[] = {
        CLIENT(ASK), SERVER(GRANT), CLIENT(HELLO_MASKED),
        SERVER("\x81\x05Hello\x01\x03Hel\x89\x02\x1b\x00\x80\x02lo\x82\x7e\x00\x80"
               "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
               "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x82\x00"),
        CLIENT("\x88\x82\x01\x02\x03\x04\x02\xea"), SERVER("\x88\x05\x03\xe8" "bye"),
    };
    (void)state;
    DESCRIBE(ws_describe, turns, &told);
    assert_told("GET /echo, Upgrade: websocket");
    assert_told("101 Switching Protocols");
    assert_told("text 5 B masked");
    assert_told("\"Hello\" unmasked");
    assert_told("text 3 B (more to come)");
    assert_told("\"\\x1b\\x00\"");
    assert_told("length 128");
    assert_told("close 1000 masked");
    assert_told("close 1000");
    assert_told("ping 2 B");
    assert_told("continuation 2 B");
    assert_told("binary 0 B");
    assert_told("code 1000");
}

static void a_payload_in_pieces_is_unmasked_piece_by_piece(void **state)
{
    static const struct turn turns[] = {CLIENT(ASK), SERVER(GRANT), CLIENT(HELLO_MASKED)};
    (void)state;
    describe_cut(ws_describe, false, turns, 3, 2, 9, 0, &told);
    assert_told("\"Hel\" unmasked");
    assert_told("\"lo\" unmasked");
    assert_told("text goes on, 5 of 5 B");
}

static void a_long_payload_is_shown_with_dots(void **state)
{
    static const struct turn turns[] = {
        CLIENT(ASK), SERVER(GRANT),
        SERVER("\x81\x64" "0123456789012345678901234567890123456789012345678901234567890123456789"
               "012345678901234567890123456789")};
    (void)state;
    describe_cut(ws_describe, false, turns, 3, 0, 0, 0, &told);
    assert_told("\"0123456789");
    assert_told("...\"");
}

/* Only a response head says 101, not a body that looks like one. */
static void a_body_that_looks_like_an_upgrade_is_a_body(void **state)
{
    static const struct turn turns[] = {
        CLIENT("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\nHTTP/1.1 101 x"),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nHTTP/1.1 101 x"),
        CLIENT("GET / HTTP/1.1\r\nHost: h\r\n\r\n")};
    (void)state;
    describe_cut(ws_describe, false, turns, 3, 0, 0, 0, &told);
    assert_told("GET /");
}

/* Nothing forbids a client to send its frames along with the request. */
static void frames_that_do_not_wait_for_the_101_are_frames(void **state)
{
    static const struct turn turns[] = {
        CLIENT(ASK HELLO_MASKED), SERVER(GRANT "\x81\x02hi"), CLIENT("\x8a\x80\1\2\3\4")};
    static const struct turn refused[] = {
        CLIENT(ASK "\x81\x85\x37\xfa\x21\x3d\x7f"), /* the beginning of a frame */
        SERVER("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        CLIENT(ASK HELLO_MASKED), SERVER(GRANT)};
    static const struct turn never_asked[] = {
        CLIENT("GET / HTTP/1.1\r\nHost: h\r\n\r\n" HELLO_MASKED)};
    static const struct turn another[] = {
        CLIENT(ASK), SERVER("HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n"), SERVER("\x81\x02hi")};
    (void)state;
    DESCRIBE(ws_describe, turns, &told);
    describe_cut(ws_describe, false, turns, 3, 0, 0, 0, &told);
    assert_string_equal(told.what[1], "text 5 B masked");
    assert_string_equal(told.what[2], "101 Switching Protocols");
    assert_string_equal(told.what[4], "pong masked");
    describe_cut(ws_describe, true, refused, 4, 0, 0, 0, &told);
    assert_string_equal(told.what[1], "text 5 B masked");
    assert_string_equal(told.what[2], "403 Forbidden");
    assert_string_equal(told.what[3], "GET /echo, Upgrade: websocket");
    assert_string_equal(told.what[4], "text 5 B masked");
    describe_cut(ws_describe, false, never_asked, 1, 0, 0, 0, &told);
    assert_string_equal(told.what[1], "not HTTP");
    describe_cut(ws_describe, false, another, 3, 0, 0, 0, &told);
    assert_string_equal(told.what[2], "not HTTP");
}

/* --- a conversation, fed as it comes --- */

static void hear(void *arg, enum direction direction, const struct step *step, const uint8_t *bytes)
{
    (void)direction;
    assert_non_null(bytes);
    take_step(arg, step, step->bytes);
}

static void feed(struct narration *x, struct turn turn)
{
    uint8_t *heap = malloc(turn.n);
    memcpy(heap, turn.text, turn.n);
    narrate(x, turn.client ? SENT : RECEIVED, heap, turn.n, hear, &told);
    free(heap);
}

static void what_is_held_back_is_counted_and_so_is_its_step(void **state)
{
    struct narration x;
    size_t whole;
    (void)state;
    memset(&told, 0, sizeof told);
    narration_begin(&x, tls_describe, false);
    assert_int_equal(narration_held(&x, SENT, &whole), 0);
    assert_int_equal(whole, 0);
    feed(&x, (struct turn)CLIENT("\x16\3\1"));
    assert_int_equal(narration_held(&x, SENT, &whole), 3);
    assert_int_equal(whole, 0); /* nobody knows yet */
    feed(&x, (struct turn)CLIENT("\0\x08\1\0"));
    assert_int_equal(narration_held(&x, SENT, &whole), 7);
    assert_int_equal(whole, 13);
    assert_int_equal(narration_held(&x, RECEIVED, NULL), 0);
    assert_int_equal(told.steps, 0);
    feed(&x, (struct turn)CLIENT("\0\4abcd"));
    assert_int_equal(told.steps, 1);
    assert_string_equal(told.what[0], "ClientHello");
    assert_int_equal(narration_held(&x, SENT, &whole), 0);
    assert_int_equal(whole, 0);
    narration_end(&x);
}

struct resumption { /* what is said before a gap, behind it, and when a footing is found */
    describe_fn *fn;
    struct turn before, behind, then;
    const char *what[4];
};

#define UNPLACED "part of what began earlier"
#define INCOMPLETE "the beginning of something incomplete"

static void behind_a_gap_a_footing_is_found_again(void **state)
{
    static const struct resumption cases[] = {
        {tls_describe, SERVER("\x17\3\3\0\x20rest is lost"), SERVER("of the record"),
         SERVER("\x17\3\3\0\1x"), {INCOMPLETE, UNPLACED, "application data 1 B"}},
        {tls_describe, SERVER("\x17\3\3\0\1x"), SERVER("\x17\3"), SERVER("\x17\3\3\0\2xy"),
         {"application data 1 B", UNPLACED, "application data 2 B"}},
        {http_describe, CLIENT("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"),
         CLIENT("ghi"), CLIENT("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
         {"POST /", "body, 3 of 9 B", UNPLACED, "GET /"}},
        {ws_describe, CLIENT("GET / HTTP/1.1\r\nHo"), CLIENT("Upgrade: websocket\r\n\r\n"),
         CLIENT(HELLO_MASKED), {INCOMPLETE, UNPLACED, "text 5 B masked"}},
        {tcp_describe, SERVER("abc"), SERVER("ghi"), SERVER("jkl"),
         {"\"abc\"", "\"ghi\"", "\"jkl\""}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct resumption *c = &cases[i];
        struct narration x;
        memset(&told, 0, sizeof told);
        narration_begin(&x, c->fn, false);
        feed(&x, c->before);
        narration_gap(&x, c->before.client ? SENT : RECEIVED, hear, &told);
        feed(&x, c->behind);
        feed(&x, c->then);
        size_t steps = 0;
        while (steps < 4 && c->what[steps]) {
            assert_string_equal(told.what[steps], c->what[steps]);
            steps++;
        }
        assert_int_equal(told.steps, steps);
        narration_end(&x);
    }
}

/* As in a capture that was begun late. */
static void a_conversation_may_be_heard_from_its_middle(void **state)
{
    struct narration x;
    (void)state;
    memset(&told, 0, sizeof told);
    narration_begin(&x, ws_describe, false);
    narration_gap(&x, SENT, hear, &told);
    narration_gap(&x, RECEIVED, hear, &told);
    assert_int_equal(told.steps, 0);
    feed(&x, (struct turn)CLIENT("lo, world"));
    feed(&x, (struct turn)SERVER("\x81\x02hi\x82\x10not yet"));
    feed(&x, (struct turn)CLIENT("\x81\x05Hello" "wrld")); /* a client masks: this only looks so */
    feed(&x, (struct turn)CLIENT(HELLO_MASKED));
    static const char *const what[] = {UNPLACED, "text 2 B", "binary 16 B", UNPLACED,
                                       "text 5 B masked"};
    assert_int_equal(told.steps, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(told.what[i], what[i]);
    narration_end(&x);
}

static void a_step_that_does_not_end_is_given_up(void **state)
{
    static char endless[65536];
    struct narration x;
    (void)state;
    memset(&told, 0, sizeof told);
    memset(endless, 'x', sizeof endless);
    narration_begin(&x, http_describe, true);
    feed(&x, (struct turn)SERVER("GET / HTTP/1.1\r\nX: "));
    for (size_t i = 0; i < 40; i++)
        feed(&x, (struct turn){false, endless, sizeof endless});
    assert_true(narration_held(&x, RECEIVED, NULL) <= 256 * 1024);
    assert_true(told.steps > 0);
    assert_string_equal(told.what[0], INCOMPLETE);
    feed(&x, (struct turn)SERVER("GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_told("GET /next");
    narration_end(&x);
}

/* --- what is no protocol at all --- */

#define GRANT_BODY "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"

static void rubbish_is_described_as_such_and_does_no_harm(void **state)
{
    static describe_fn *const fns[] = {tcp_describe, http_describe, ws_describe, tls_describe};
    static char text[4][200];
    unsigned random = 17;
    (void)state;
    for (size_t round = 0; round < 1500; round++) {
        struct turn turns[6] = {CLIENT(ASK), SERVER(GRANT)};
        for (size_t i = 0; i < 4; i++) {
            for (size_t k = 0; k < sizeof text[i]; k++) {
                random = random * 1103515245u + 12345u;
                text[i][k] = (char)(random >> 24);
            }
            if (round % 4 == 1) /* begins as it should */
                memcpy(text[i], GRANT_BODY, sizeof GRANT_BODY - 1);
            turns[2 + i] = (struct turn){(random >> 20) & 1, text[i], 1 + (random >> 8) % 200};
        }
        size_t skip = round % 2 ? 2 : 0; /* before or after the upgrade */
        for (size_t k = 0; k < 4; k++)
            describe_cut(fns[k], round & 1, turns + skip, 6 - skip, 3, 50, round % 9, &told);
    }
}

static void a_rest_that_is_no_frame_is_described_as_such(void **state)
{
    static const struct turn turns[] = {CLIENT(ASK), SERVER(GRANT),
                                        SERVER("\xff\x1b[31m not a frame")};
    (void)state;
    describe_cut(ws_describe, false, turns, 3, 0, 0, 0, &told);
    assert_all_described(&told, turns, 3);
    assert_told("not WebSocket");
}

/* --- the tap that prints --- */

static char printed[1 << 20];

/* No line is wider than a terminal, and nothing in it moves the cursor. */
static void check_printed(void)
{
    size_t width = 0;
    for (const char *p = printed; *p; p++) {
        assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
        width = *p == '\n' ? 0 : width + 1;
        if (width > 80)
            fail_msg("a line is too wide:\n%.90s", p - 80);
    }
}

/* Runs a tap over pieces, on the wire or inside TLS, and collects what it says on stderr. */
static void print_pieces(struct tap *tap, const struct turn *pieces, size_t count)
{
    FILE *file = tmpfile();
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    assert_true(file && saved >= 0);
    dup2(fileno(file), STDERR_FILENO);
    tap->opened(tap, -1);
    for (size_t i = 0; i < count; i++) {
        uint8_t *heap = malloc(pieces[i].n);
        memcpy(heap, pieces[i].text, pieces[i].n);
        bool record = pieces[i].n > 2 && pieces[i].text[0] == '\x17' && pieces[i].text[1] == 3;
        (record ? tap->wire : tap->bytes)(tap, pieces[i].client ? SENT : RECEIVED, heap,
                                          pieces[i].n);
        free(heap);
    }
    tap->closed(tap);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    printed[fread(printed, 1, sizeof printed - 1, file)] = '\0';
    fclose(file);
    check_printed();
}

static void assert_printed(const char *text)
{
    if (!strstr(printed, text))
        fail_msg("\"%s\" was not printed, but\n%.2000s", text, printed);
}

static void the_tap_prints_every_step_and_nothing_unprintable(void **state)
{
    static const struct turn pieces[] = {
        CLIENT(ASK), SERVER("HTTP/1.1 101 Switching Proto"),
        SERVER("cols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: y\r\n\r\n\x81"),
        SERVER("\x05Hello\x81\x03\x1b[m"), CLIENT(HELLO_MASKED), SERVER("\x82")};
    (void)state;
    print_pieces(explain(ws_describe, 0), pieces, sizeof pieces / sizeof pieces[0]);
    static const char first[] = "     0.000 ms -- tcp              connecting to ?\n";
    assert_int_equal(strncmp(printed, first, strlen(first)), 0);
    assert_printed("connected from ");
    assert_printed(" ms -> http      144 B  GET /echo, Upgrade: websocket\n"
                   "             47 45 54 20 .. \"GET /echo HTTP/1.1\"\n");
    assert_printed(" ms -> ws         11 B  text 5 B masked\n");
    assert_printed("GET /echo, Upgrade: websocket");
    assert_printed("101 Switching Protocols");
    assert_printed("\"Hello\"\n");
    assert_printed("\"Hello\" unmasked");
    assert_printed("\"\\x1b[m\"");
    assert_printed("81 ");
    assert_printed("the beginning of something incomplete");
    print_pieces(explain(tcp_describe, 7), pieces, 1);
    assert_printed("#7          0.000 ms -- tcp              accepted from ?\n");
    assert_printed("#7 ");
    assert_null(strstr(printed, "incomplete"));
}

/* A read of 64 KiB may follow one that ended within a head. */
static void a_large_piece_behind_half_a_head_is_told_like_others(void **state)
{
    static char big[65536];
    struct turn pieces[] = {CLIENT(ASK), SERVER(GRANT), SERVER("\x82"), {false, big, sizeof big},
                            SERVER("\x81\x05Hello")};
    (void)state;
    memcpy(big, "\x7e\xff\xfd", 3); /* the rest of the head, and 65533 bytes */
    print_pieces(explain(ws_describe, 0), pieces, 5);
    assert_printed("length 65533");
    assert_printed("\"Hello\"");
}

static void what_is_too_long_for_a_line_ends_with_dots(void **state)
{
    static const char digits[] = "0123456789012345678901234567890123456789012345678901234567890";
    static char text[2000];
    struct turn piece = {true, text, 0};
    (void)state;
    for (int id = 0; id < 2; id++)
        for (size_t n = 20; n < 60; n++) {
            piece.n = (size_t)snprintf(text, sizeof text, "%.*s\xed\x95\x9c\xea\xb8\x80%.60s",
                                       (int)n, digits, digits);
            print_pieces(explain(tcp_describe, id ? 4000000000u : 0), &piece, 1);
            assert_printed("...\"\n");
            for (const char *p = printed; (p = strchr(p, '\\')); p++) /* no half an escape */
                assert_true(p[1] == 'x' && strspn(p + 2, "0123456789abcdef") >= 2);
        }
    piece.n = (size_t)snprintf(text, sizeof text, "GET /%0900d HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    print_pieces(explain(ws_describe, 0), &piece, 1);
    assert_printed("000...\n");
}

static void what_tls_carries_stands_below_its_record(void **state)
{
    static const struct turn pieces[] = {SERVER("\x17\3\3\0\2xy"), SERVER("hello"),
                                         CLIENT("\x17\3\3\0\2xy\x17")};
    (void)state;
    print_pieces(explain(tcp_describe, 0), pieces, 3);
    assert_printed("<- tls         7 B  application data 2 B\n");
    assert_printed("<- tcp         5 B    \"hello\"\n");
    assert_printed("-> tls         1 B  the beginning of something incomplete\n");
    const char *record = strstr(printed, "<- tls");
    assert_true(strstr(record, "<- tcp") < strstr(record, "-> tls"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quoted_text_is_printable_and_fits),
        cmocka_unit_test(each_byte_is_quoted_in_its_own_way),
        cmocka_unit_test(what_is_left_out_is_replaced_by_dots),
        cmocka_unit_test(a_part_too_many_is_left_out_and_a_long_one_is_cut),
        cmocka_unit_test(a_client_sends_what_a_server_receives),
        cmocka_unit_test(a_byte_stream_is_told_call_by_call),
        cmocka_unit_test(tls_is_told_record_by_record),
        cmocka_unit_test(a_handshake_message_may_span_records),
        cmocka_unit_test(http_is_told_by_heads_and_bodies),
        cmocka_unit_test(what_is_not_http_is_told_as_such),
        cmocka_unit_test(chunks_are_told_with_their_framing),
        cmocka_unit_test(an_event_stream_is_told_event_by_event),
        cmocka_unit_test(a_head_of_many_lines_ends_with_a_summary),
        cmocka_unit_test(a_websocket_is_told_from_the_upgrade_on_frame_by_frame),
        cmocka_unit_test(a_payload_in_pieces_is_unmasked_piece_by_piece),
        cmocka_unit_test(a_long_payload_is_shown_with_dots),
        cmocka_unit_test(a_body_that_looks_like_an_upgrade_is_a_body),
        cmocka_unit_test(frames_that_do_not_wait_for_the_101_are_frames),
        cmocka_unit_test(what_is_held_back_is_counted_and_so_is_its_step),
        cmocka_unit_test(behind_a_gap_a_footing_is_found_again),
        cmocka_unit_test(a_conversation_may_be_heard_from_its_middle),
        cmocka_unit_test(a_step_that_does_not_end_is_given_up),
        cmocka_unit_test(rubbish_is_described_as_such_and_does_no_harm),
        cmocka_unit_test(a_rest_that_is_no_frame_is_described_as_such),
        cmocka_unit_test(the_tap_prints_every_step_and_nothing_unprintable),
        cmocka_unit_test(a_large_piece_behind_half_a_head_is_told_like_others),
        cmocka_unit_test(what_is_too_long_for_a_line_ends_with_dots),
        cmocka_unit_test(what_tls_carries_stands_below_its_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
