/* tests/ws_session_test.c: what one end holds the other to: fragments, sizes, text, closing.
 * A conversation is built frame by frame, and must be heard the same however it is cut.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- building: by hand, so that ws_frame.c does not check itself --- */

struct wire {
    enum ws_role role; /* who reads it: a server is sent masked frames */
    size_t n;
    uint8_t bytes[8192];
};

static void add_head(struct wire *w, uint8_t first, uint64_t length, bool masked,
                     const uint8_t mask[4])
{
    uint8_t bit = masked ? 0x80 : 0, *p = w->bytes + w->n;
    *p++ = first;
    if (length < 126) {
        *p++ = (uint8_t)(bit | length);
    } else if (length < 65536) {
        *p++ = bit | 126;
        *p++ = (uint8_t)(length >> 8);
        *p++ = (uint8_t)length;
    } else {
        *p++ = bit | 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            *p++ = (uint8_t)(length >> shift);
    }
    if (masked) {
        memcpy(p, mask, 4);
        p += 4;
    }
    w->n = (size_t)(p - w->bytes);
}

static void add_bytes(struct wire *w, uint8_t first, const void *payload, size_t n)
{
    bool masked = w->role == WS_SERVER;
    uint8_t mask[4];
    for (size_t i = 0; i < 4; i++)
        mask[i] = (uint8_t)(w->n * 37 + i * 91 + 5); /* another one for each frame */
    add_head(w, first, n, masked, mask);
    for (size_t i = 0; i < n; i++)
        w->bytes[w->n++] = (uint8_t)(((const uint8_t *)payload)[i] ^ (masked ? mask[i % 4] : 0));
}

static void add(struct wire *w, uint8_t first, const char *payload)
{
    add_bytes(w, first, payload, strlen(payload));
}

#define TEXT 0x81
#define BINARY 0x82
#define TEXT_PART 0x01
#define BINARY_PART 0x02
#define PART 0x00
#define LAST_PART 0x80
#define CLOSE 0x88
#define PING 0x89
#define PONG 0x8a

/* --- hearing: what happened, in words --- */

struct heard {
    char words[16384]; /* "text:hello ping:x close:1000:|fail:1002" */
    size_t at, pieces; /* of words; pieces of the message under way */
    size_t used;       /* bytes of the wire */
    bool failed;
};

static void say_bytes(struct heard *h, const uint8_t *data, size_t n)
{
    memcpy(h->words + h->at, data, n);
    h->at += n;
    h->words[h->at] = '\0';
}

static void say(struct heard *h, const char *word)
{
    say_bytes(h, (const uint8_t *)word, strlen(word));
}

static void hear_event(struct heard *h, const struct ws_event *event)
{
    char code[32];
    switch (event->type) {
    case WS_EVENT_DATA:
        if (h->pieces == 0)
            say(h, event->opcode == WS_TEXT     ? "text:"
                   : event->opcode == WS_BINARY ? "binary:"
                                                : "?");
        h->pieces = event->last ? 0 : h->pieces + 1;
        break;
    case WS_EVENT_PING: say(h, h->pieces ? "(ping:" : "ping:"); break;
    case WS_EVENT_PONG: say(h, h->pieces ? "(pong:" : "pong:"); break;
    case WS_EVENT_CLOSE:
        snprintf(code, sizeof code, h->pieces ? "(close:%d:" : "close:%d:", event->code);
        say(h, code);
        break;
    case WS_EVENT_NONE: return;
    }
    say_bytes(h, event->data, event->len);
    if (event->type == WS_EVENT_DATA ? event->last : true)
        say(h, h->pieces ? ")" : " ");
}

/* Hears what is unread up to `end`, in blocks that end where the bytes end. */
static void hear(struct ws *ws, struct heard *h, const struct wire *w, size_t end)
{
    while (!h->failed) {
        struct ws_event event;
        char code[32];
        size_t n = end - h->used;
        uint8_t *heap = malloc(n ? n : 1);
        memset(&event, 0xa5, sizeof event);
        memcpy(heap, w->bytes + h->used, n);
        ssize_t used = ws_next(ws, heap, n, &event);
        assert_true(used <= (ssize_t)n);
        h->failed = used < 0;
        if (h->failed) {
            snprintf(code, sizeof code, "|fail:%d", event.code);
            say(h, code);
        } else if (used > 0) {
            h->used += (size_t)used;
            hear_event(h, &event);
        } else {
            assert_true(n < WS_HEAD_MAX + WS_CONTROL_MAX); /* no more than that is waited for */
        }
        free(heap);
        if (used <= 0)
            break;
    }
}

/* In two pieces, the second from cut on; step > 0: in pieces of so many bytes. */
static void hear_cut(struct heard *h, const struct wire *w, uint64_t max, size_t cut, size_t step)
{
    struct ws ws;
    memset(&ws, 0xa5, sizeof ws);
    ws_init(&ws, w->role, max);
    memset(h, 0, sizeof *h);
    for (size_t end = 0; end <= w->n; end++)
        if (end == cut || end == w->n || (step && end % step == 0))
            hear(&ws, h, w, end);
}

static void assert_heard_once(const struct wire *w, uint64_t max, size_t cut, size_t step,
                              const char *expected)
{
    static struct heard h;
    hear_cut(&h, w, max, cut, step);
    /* How much was heard of what then failed depends on the cut: at least what is expected. */
    const char *failure = strchr(expected, '|');
    bool same = strcmp(h.words, expected) == 0;
    if (failure && h.failed)
        same = strncmp(h.words, expected, (size_t)(failure - expected)) == 0 &&
               strcmp(strchr(h.words, '|'), failure) == 0;
    if (!same)
        fail_msg("role %d, cut %zu, step %zu:\n heard    %s\n expected %s", w->role, cut, step,
                 h.words, expected);
    if (!h.failed)
        assert_int_equal(h.used, w->n);
}

static void assert_heard(const struct wire *w, uint64_t max, const char *expected)
{
    assert_heard_once(w, max, w->n, 0, expected);
    for (size_t cut = 0; cut < w->n; cut++)
        assert_heard_once(w, max, cut, 0, expected);
    for (size_t step = 1; step < 9; step++)
        assert_heard_once(w, max, 0, step, expected);
}

/* A conversation of a few frames, heard by a server and by a client. */
struct frame {
    int first; /* 0x100: no more */
    const char *payload;
};
#define END {0x100, NULL}

static void assert_frames_heard(const struct frame *frames, uint64_t max, const char *expected)
{
    for (enum ws_role role = WS_SERVER; role <= WS_CLIENT; role++) {
        struct wire w = {.role = role};
        for (const struct frame *f = frames; f->first < 0x100; f++)
            add(&w, (uint8_t)f->first, f->payload);
        assert_heard(&w, max, expected);
    }
}
#define HEARD(max, expected, ...) \
    assert_frames_heard((const struct frame[]){__VA_ARGS__, END}, max, expected)

/* --- fragments --- */

static void a_message_in_one_frame_is_heard(void **state)
{
    (void)state;
    HEARD(100, "text:hello ", {TEXT, "hello"});
    HEARD(100, "binary:\xff\xfe ", {BINARY, "\xff\xfe"});
    HEARD(100, "text: ", {TEXT, ""});
    HEARD(100, "binary: text:a ", {BINARY, ""}, {TEXT, "a"});
    HEARD(100, "ping: pong:x ", {PING, ""}, {PONG, "x"});
}

static void fragments_make_one_message_and_control_frames_stand_between(void **state)
{
    (void)state;
    HEARD(100, "text:hello ", {TEXT_PART, "hel"}, {LAST_PART, "lo"});
    HEARD(100, "binary:abc ", {BINARY_PART, "a"}, {PART, "b"}, {LAST_PART, "c"});
    HEARD(100, "text:hel(ping:p)lo ", {TEXT_PART, "hel"}, {PING, "p"}, {LAST_PART, "lo"});
    HEARD(100, "text:a(pong:)(ping:)b(ping:x)c ping:y ", {TEXT_PART, "a"}, {PONG, ""}, {PING, ""},
          {PART, "b"}, {PING, "x"}, {LAST_PART, "c"}, {PING, "y"});
    HEARD(100, "text:ab ", {TEXT_PART, ""}, {PART, ""}, {PART, "ab"}, {LAST_PART, ""});
    HEARD(100, "text: binary:x ", {TEXT_PART, ""}, {LAST_PART, ""}, {BINARY_PART, "x"},
          {LAST_PART, ""});
    HEARD(100, "text:ab binary:cd text:e ", {TEXT_PART, "a"}, {LAST_PART, "b"}, {BINARY_PART, "c"},
          {LAST_PART, "d"}, {TEXT, "e"});
}

static void a_continuation_of_nothing_is_refused(void **state)
{
    (void)state;
    HEARD(100, "|fail:1002", {LAST_PART, "x"});
    HEARD(100, "|fail:1002", {PART, "x"});
    HEARD(100, "|fail:1002", {PART, ""});
    HEARD(100, "text:a |fail:1002", {TEXT, "a"}, {LAST_PART, "x"});
    HEARD(100, "text:ab |fail:1002", {TEXT_PART, "a"}, {LAST_PART, "b"}, {LAST_PART, "x"});
    HEARD(100, "ping: |fail:1002", {PING, ""}, {LAST_PART, "x"});
}

static void a_message_within_a_message_is_refused(void **state)
{
    (void)state;
    HEARD(100, "text:a|fail:1002", {TEXT_PART, "a"}, {TEXT, "b"});
    HEARD(100, "text:a|fail:1002", {TEXT_PART, "a"}, {BINARY, "b"});
    HEARD(100, "binary:ab|fail:1002", {BINARY_PART, "a"}, {PART, "b"}, {BINARY_PART, "c"});
    HEARD(100, "text:a(ping:)|fail:1002", {TEXT_PART, "a"}, {PING, ""}, {TEXT, ""});
}

static void reserved_bits_and_opcodes_are_refused(void **state)
{
    (void)state;
    HEARD(100, "text:a |fail:1002", {TEXT, "a"}, {0xc1, "x"});
    HEARD(100, "|fail:1002", {0x91, "x"});
    HEARD(100, "|fail:1002", {0x83, "x"});
    HEARD(100, "|fail:1002", {0x8b, "x"});
    HEARD(100, "|fail:1002", {0x09, "x"}); /* a ping in fragments */
    HEARD(100, "text:a|fail:1002", {TEXT_PART, "a"}, {0x08, ""});
}

/* --- masks --- */

static void clients_mask_and_servers_do_not(void **state)
{
    static const uint8_t firsts[] = {TEXT, BINARY, TEXT_PART, CLOSE, PING, PONG};
    (void)state;
    for (size_t i = 0; i < sizeof firsts; i++) {
        struct wire w = {.role = WS_CLIENT};
        add(&w, firsts[i], "");
        w.role = WS_SERVER; /* unmasked, to a server */
        assert_heard(&w, 100, "|fail:1002");
        w.n = 0;
        add(&w, firsts[i], "");
        w.role = WS_CLIENT; /* masked, to a client */
        assert_heard(&w, 100, "|fail:1002");
    }
}

static void a_mask_of_zeros_is_a_mask(void **state)
{
    struct wire w = {.role = WS_SERVER};
    (void)state;
    add_head(&w, TEXT, 2, true, (const uint8_t[4]){0});
    memcpy(w.bytes + w.n, "hi", 2);
    w.n += 2;
    assert_heard(&w, 100, "text:hi ");
}

/* --- sizes --- */

static void a_message_over_the_limit_is_refused_by_its_head(void **state)
{
    (void)state;
    HEARD(5, "text:12345 ", {TEXT, "12345"});
    HEARD(5, "|fail:1009", {TEXT, "123456"});
    HEARD(5, "text:12345 binary:12345 ", {TEXT, "12345"}, {BINARY, "12345"}); /* counts anew */
    HEARD(5, "ping:123456789 text:12345 ", {PING, "123456789"}, {TEXT, "12345"});
    HEARD(0, "text: ", {TEXT, ""});
    HEARD(0, "|fail:1009", {TEXT, "1"});
    static const uint64_t lengths[] = {6, 125, 126, 65535, 65536, INT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct wire w = {.role = WS_SERVER};
        add_head(&w, BINARY, lengths[i], true, (const uint8_t[4]){1, 2, 3, 4}); /* and no payload */
        assert_heard(&w, 5, "|fail:1009");
    }
}

static void fragments_count_together(void **state)
{
    (void)state;
    HEARD(5, "text:12345 ", {TEXT_PART, "12"}, {PART, "34"}, {LAST_PART, "5"});
    HEARD(5, "text:1234|fail:1009", {TEXT_PART, "12"}, {PART, "34"}, {LAST_PART, "56"});
    HEARD(5, "text:12345|fail:1009", {TEXT_PART, "12345"}, {LAST_PART, "6"});
    HEARD(5, "text:12345 ", {TEXT_PART, "12345"}, {PART, ""}, {LAST_PART, ""});
    HEARD(5, "text:1234(ping:123456)5 text:1 ", {TEXT_PART, "1234"}, {PING, "123456"},
          {LAST_PART, "5"}, {TEXT, "1"});
    HEARD(5, "text:12345 text:12345 ", {TEXT_PART, "123"}, {LAST_PART, "45"}, {TEXT_PART, "123"},
          {LAST_PART, "45"});
    struct wire w = {.role = WS_SERVER}; /* the sum must not wrap around */
    add(&w, BINARY_PART, "12");
    add_head(&w, LAST_PART, INT64_MAX, true, (const uint8_t[4]){1, 2, 3, 4});
    assert_heard(&w, 5, "binary:12|fail:1009");
}

/* --- text --- */

static void text_is_checked_across_fragments(void **state)
{
    (void)state;
    HEARD(100, "text:\xce\xba ", {TEXT_PART, "\xce"}, {LAST_PART, "\xba"});
    HEARD(100, "text:\xf0\x9f\xa7\xa6 ", {TEXT_PART, "\xf0"}, {PART, "\x9f"}, {PART, ""},
          {PART, "\xa7"}, {LAST_PART, "\xa6"});
    HEARD(100, "text:\xce(ping:\xff)\xba ", {TEXT_PART, "\xce"}, {PING, "\xff"},
          {LAST_PART, "\xba"});
    HEARD(100, "text:\xce|fail:1007", {TEXT_PART, "\xce"}, {LAST_PART, "a"});
    HEARD(100, "text:\xce|fail:1007", {TEXT_PART, "\xce"}, {LAST_PART, ""});
    HEARD(100, "|fail:1007", {TEXT, "\xce"});
    HEARD(100, "|fail:1007", {TEXT, "abc\xed\xa0\x80"});
    HEARD(100, "text:abc|fail:1007", {TEXT_PART, "abc"}, {PART, "\xff"}, {LAST_PART, ""});
    HEARD(100, "text:\xce\xba text:\xce\xba ", {TEXT, "\xce\xba"}, {TEXT, "\xce\xba"});
}

static void binary_is_not_checked(void **state)
{
    (void)state;
    HEARD(100, "binary:\xff\xce ", {BINARY, "\xff\xce"});
    HEARD(100, "binary:\xce\xff text:a ", {BINARY_PART, "\xce"}, {LAST_PART, "\xff"}, {TEXT, "a"});
}

/* The payload is announced to be longer: nobody waits for the rest. */
static void a_bad_byte_fails_before_its_frame_is_there(void **state)
{
    struct wire w = {.role = WS_SERVER};
    (void)state;
    add_head(&w, TEXT, 90, true, (const uint8_t[4]){0});
    memcpy(w.bytes + w.n, "ab\xff", 3);
    w.n += 3;
    assert_heard(&w, 100, "|fail:1007");
}

/* --- closing --- */

static bool may_be_sent(int code)
{
    static const int good[] = {1000, 1001, 1002, 1003, 1007, 1008,
                               1009, 1010, 1011, 1012, 1013, 1014};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (code == good[i])
            return true;
    return code >= 3000 && code < 5000;
}

static void each_of_the_65536_close_codes_is_valid_or_not(void **state)
{
    (void)state;
    for (int code = 0; code < 65536; code++)
        if (ws_close_code_valid(code) != may_be_sent(code))
            fail_msg("close code %d", code);
    assert_false(ws_close_code_valid(-1));
    assert_false(ws_close_code_valid(65536 + 1000));
}

static void a_close_frame_with_a_bad_code_is_refused(void **state)
{
    static const int codes[] = {0, 1, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1014, 1015,
                                1016, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65535};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        for (enum ws_role role = WS_SERVER; role <= WS_CLIENT; role++) {
            struct wire w = {.role = role};
            uint8_t payload[5] = {(uint8_t)(codes[i] >> 8), (uint8_t)codes[i], 'b', 'y', 'e'};
            char expected[64];
            add_bytes(&w, CLOSE, payload, sizeof payload);
            snprintf(expected, sizeof expected, "close:%d:bye ", codes[i]);
            assert_heard(&w, 100, may_be_sent(codes[i]) ? expected : "|fail:1002");
        }
}

static void a_close_frame_says_nothing_or_a_code_and_maybe_why(void **state)
{
    char reason[124] = "\x03\xe8";
    (void)state;
    HEARD(100, "close:1005: ", {CLOSE, ""});
    HEARD(100, "close:1000: ", {CLOSE, "\x03\xe8"});
    HEARD(100, "close:1001:\xce\xba ", {CLOSE, "\x03\xe9\xce\xba"});
    HEARD(100, "|fail:1002", {CLOSE, "\x03"});
    HEARD(100, "|fail:1007", {CLOSE, "\x03\xe8\xff"});
    HEARD(100, "|fail:1007", {CLOSE, "\x03\xe8\xce"}); /* half a character */
    HEARD(100, "text:a(close:1000:)", {TEXT_PART, "a"}, {CLOSE, "\x03\xe8"});
    memset(reason + 2, 'r', 121);
    HEARD(0, "close:1000:"
             "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
             "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr ", {CLOSE, reason});
}

static void what_comes_behind_a_close_frame_is_ignored(void **state)
{
    (void)state;
    HEARD(100, "text:a close:1000: ", {TEXT, "a"}, {CLOSE, "\x03\xe8"}, {TEXT, "b"}, {PING, "p"});
    HEARD(100, "close:1000: ", {CLOSE, "\x03\xe8"}, {0xff, "not a frame"}, {CLOSE, "\x03"});
    HEARD(100, "close:1005: ", {CLOSE, ""}, {CLOSE, "\x03\xe8"}, {LAST_PART, "x"});
}

static void a_code_that_may_not_be_sent_is_not_sent(void **state)
{
    static const int never[] = {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65536 + 1000};
    uint8_t payload[WS_CONTROL_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_int_equal(ws_close_payload(payload, never[i], "never sent"), 0);
}

static void a_close_payload_is_read_as_it_was_written(void **state)
{
    uint8_t *payload = malloc(WS_CONTROL_MAX);
    char reason[200];
    (void)state;
    assert_int_equal(ws_close_payload(payload, WS_NORMAL, ""), 2);
    assert_memory_equal(payload, "\x03\xe8", 2);
    assert_int_equal(ws_close_payload(payload, WS_TOO_BIG, "big"), 5);
    assert_memory_equal(payload, "\x03\xf1""big", 5);
    memset(reason, 'r', sizeof reason);
    for (size_t n = 0; n < sizeof reason; n++) {
        reason[n] = '\0';
        size_t expected = n < WS_CONTROL_MAX - 2 ? n + 2 : WS_CONTROL_MAX;
        assert_int_equal(ws_close_payload(payload, WS_GOING_AWAY, reason), expected);
        assert_memory_equal(payload + 2, reason, expected - 2);
        reason[n] = 'r';
    }
    free(payload);
}

/* Otherwise the peer would have to answer our close with 1007. */
static void a_reason_that_is_cut_is_still_text(void **state)
{
    uint8_t payload[WS_CONTROL_MAX];
    char reason[200];
    (void)state;
    for (size_t before = 0; before < 4; before++) {
        memset(reason, 'r', before);
        reason[before] = '\0';
        for (int i = 0; i < 45; i++)
            strcat(reason, "\xec\x86\x8c");
        size_t n = ws_close_payload(payload, WS_NORMAL, reason);
        assert_true(n > 118 && n <= WS_CONTROL_MAX);
        assert_true(utf8_valid(payload + 2, n - 2));
    }
}

/* --- all of it together --- */

static void build_long_stream(struct wire *w, char *expected)
{
    static const char *const parts[] = {"one ", "", "\xec\x86\x8c", "four, rather longer; "};
    char big[300];
    memset(big, 'B', sizeof big);
    for (int i = 0; i < 6; i++) {
        add(w, TEXT, "hello");
        add(w, TEXT_PART, parts[i % 4]);
        add(w, PING, "12345");
        add(w, PART, parts[(i + 1) % 4]);
        add(w, LAST_PART, parts[(i + 2) % 4]);
        add_bytes(w, BINARY, big, 120 + (size_t)i * 3); /* heads of both lengths */
        add(w, PONG, "");
        expected += sprintf(expected, "text:hello text:%s(ping:12345)%s%s binary:%.*s pong: ",
                            parts[i % 4], parts[(i + 1) % 4], parts[(i + 2) % 4], 120 + i * 3, big);
    }
    add(w, CLOSE, "\x0f\xa0" "done");
    add(w, TEXT, "too late");
    strcpy(expected, "close:4000:done ");
}

static void a_long_conversation_is_heard_the_same_however_it_is_cut(void **state)
{
    static char expected[16384];
    (void)state;
    for (enum ws_role role = WS_SERVER; role <= WS_CLIENT; role++) {
        struct wire w = {.role = role};
        build_long_stream(&w, expected);
        assert_heard(&w, 200, expected);
        for (size_t step = 9; step < 200; step += 7)
            assert_heard_once(&w, 200, step * 3, step, expected);
    }
}

/* Frames of rubbish, and frames with a byte changed: any answer but one that depends on the cut. */
static void rubbish_gets_the_same_answer_however_it_is_cut(void **state)
{
    static struct heard whole, cut;
    unsigned random = 11;
    (void)state;
    for (int round = 0; round < 400; round++) {
        struct wire w = {.role = round & 1 ? WS_CLIENT : WS_SERVER};
        add(&w, TEXT_PART, "hello \xec\x86\x8c");
        add(&w, PING, "12345");
        add(&w, LAST_PART, "world");
        add(&w, CLOSE, "\x03\xe8");
        for (int i = 0; i < 1 + round % 3; i++) {
            random = random * 1103515245u + 12345u;
            w.bytes[(random >> 8) % w.n] = (uint8_t)(random >> 24);
        }
        hear_cut(&whole, &w, 50, w.n, 0);
        for (size_t at = 0; at < w.n; at++) {
            hear_cut(&cut, &w, 50, at, at % 5);
            assert_int_equal(cut.failed, whole.failed);
            if (!whole.failed)
                assert_string_equal(cut.words, whole.words);
            else
                assert_string_equal(strrchr(cut.words, '|'), strrchr(whole.words, '|'));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_in_one_frame_is_heard),
        cmocka_unit_test(fragments_make_one_message_and_control_frames_stand_between),
        cmocka_unit_test(a_continuation_of_nothing_is_refused),
        cmocka_unit_test(a_message_within_a_message_is_refused),
        cmocka_unit_test(reserved_bits_and_opcodes_are_refused),
        cmocka_unit_test(clients_mask_and_servers_do_not),
        cmocka_unit_test(a_mask_of_zeros_is_a_mask),
        cmocka_unit_test(a_message_over_the_limit_is_refused_by_its_head),
        cmocka_unit_test(fragments_count_together),
        cmocka_unit_test(text_is_checked_across_fragments),
        cmocka_unit_test(binary_is_not_checked),
        cmocka_unit_test(a_bad_byte_fails_before_its_frame_is_there),
        cmocka_unit_test(each_of_the_65536_close_codes_is_valid_or_not),
        cmocka_unit_test(a_close_frame_with_a_bad_code_is_refused),
        cmocka_unit_test(a_close_frame_says_nothing_or_a_code_and_maybe_why),
        cmocka_unit_test(what_comes_behind_a_close_frame_is_ignored),
        cmocka_unit_test(a_code_that_may_not_be_sent_is_not_sent),
        cmocka_unit_test(a_close_payload_is_read_as_it_was_written),
        cmocka_unit_test(a_reason_that_is_cut_is_still_text),
        cmocka_unit_test(a_long_conversation_is_heard_the_same_however_it_is_cut),
        cmocka_unit_test(rubbish_gets_the_same_answer_however_it_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
