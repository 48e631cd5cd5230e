/* lessons/02-byte-streams/length_frames/check.c: a stream's bytes in a buffer, cut anywhere.  What
 * stands behind the n bytes that have come is old: whoever looks at it goes wrong.
 * SPDX-License-Identifier: MIT */
#include "length_frames.h"

#include "lessons/learn/check.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT = 17 * 1024 * 1024, ROOM = FRAME_HEAD + LIMIT };

static uint8_t buf[ROOM];

static void put_head(uint8_t *at, uint32_t length)
{
    for (int i = 0; i < FRAME_HEAD; i++)
        at[i] = (uint8_t)(length >> (24 - 8 * i));
}

/* Writes a frame.  Returns its size. */
static size_t put_frame(uint8_t *at, size_t length)
{
    put_head(at, (uint32_t)length);
    for (size_t i = 0; i < length; i++)
        at[FRAME_HEAD + i] = (uint8_t)(i == 1 ? 0 : 'a' + check_random(26)); /* no string */
    return FRAME_HEAD + length;
}

/* --- Texts --- */

static const char *bytes_text(const uint8_t *bytes, size_t n)
{
    enum { SHOWN = 12 };
    char hex[3 * SHOWN + 1] = "";
    for (size_t i = 0; i < n && i < SHOWN; i++)
        snprintf(hex + 3 * i, 4, " %02x", bytes[i]);
    return text("%s%s", n > 0 ? hex + 1 : "", n > SHOWN ? " ..." : "");
}

static void tell(const uint8_t *at, size_t n, size_t max)
{
    step(SAY("frame_decode(&frame, buf, %zu, %zu) is called; what has come: %s",
             "frame_decode(&frame, buf, %zu, %zu)를 호출합니다. 지금까지 온 것: %s"),
         n, max, n > 0 ? bytes_text(at, n) : SAY("nothing", "없음"));
}

static const char *result_text(ssize_t result)
{
    if (result == 0)
        return SAY("it returns 0 (not whole yet)", "반환값 0 (아직 다 오지 않음)");
    if (result < 0)
        return text(SAY("it returns %zd (too long)", "반환값 %zd (너무 긺)"), result);
    return text(SAY("it returns %zd (bytes of head and payload)",
                    "반환값 %zd (헤더와 페이로드의 바이트 수)"),
                result);
}

static const char *place_text(const uint8_t *payload, const uint8_t *at)
{
    uintptr_t offset = (uintptr_t)payload - (uintptr_t)at;
    if (offset >= ROOM)
        return SAY("frame.payload is not in buf", "frame.payload가 buf 안에 없음");
    return text(SAY("frame.payload is buf + %zu", "frame.payload는 buf + %zu"), (size_t)offset);
}

/* --- Calling the student's function --- */

/* One call that is not worth a step unless it goes wrong. */
static void expect_decode(struct frame *frame, const uint8_t *at, size_t n, size_t max,
                          ssize_t expected, const char *remark)
{
    *frame = (struct frame){NULL, SIZE_MAX};
    ssize_t got = frame_decode(frame, at, n, max);
    if (got != expected)
        tell(at, n, max);
    expect(got == expected, result_text(expected), result_text(got), remark);
}

static void expect_no_frame(const uint8_t *at, size_t n, size_t max, ssize_t expected,
                            const char *remark)
{
    struct frame frame;
    expect_decode(&frame, at, n, max, expected, remark);
}

/* Expects a frame of this length at the start of n bytes. */
static void expect_frame(const uint8_t *at, size_t n, size_t max, size_t length, const char *remark)
{
    struct frame frame;
    expect_decode(&frame, at, n, max, (ssize_t)(FRAME_HEAD + length), remark);
    if (frame.length != length || (length > 0 && frame.payload != at + FRAME_HEAD))
        tell(at, n, max);
    expect(frame.length == length, text("frame.length = %zu", length),
           frame.length == SIZE_MAX ? SAY("frame.length was not set", "frame.length를 쓰지 않음")
                                    : text("frame.length = %zu", frame.length),
           remark);
    expect(length == 0 || frame.payload == at + FRAME_HEAD, place_text(at + FRAME_HEAD, at),
           place_text(frame.payload, at),
           SAY("the payload begins behind the head of four bytes",
               "페이로드는 4바이트 헤더 바로 뒤에서 시작합니다"));
}

/* --- The checks --- */

static void decodes_a_frame(void **state)
{
    (void)state;
    size_t length = 5 + check_random(200), n = put_frame(buf, length);
    expect_frame(buf, n, LIMIT, length,
                 text(SAY("%s is %zu, most significant byte first; the head itself takes 4 bytes",
                          "%s: 최상위 바이트가 먼저이므로 %zu입니다. 헤더도 4바이트를 차지합니다"),
                      bytes_text(buf, FRAME_HEAD), length));
}

static void reads_all_four_bytes_of_the_length(void **state)
{
    (void)state;
    const unsigned low = 128 + check_random(128); /* in a signed char, negative */
    const size_t lengths[] = {low,         256 + low,      65536 + low,     16777216 + low,
                              0x8000 + low, 0x800000 + low, 0x10203 + low};
    for (int i = 0; i < 7; i++) {
        put_head(buf, (uint32_t)lengths[i]);
        expect_frame(buf, FRAME_HEAD + lengths[i], LIMIT, lengths[i],
                     text(SAY("all four bytes of the head make up the length: %zu",
                              "헤더의 네 바이트를 모두 합친 길이: %zu"), lengths[i]));
    }
}

static void waits_for_the_whole_payload(void **state)
{
    (void)state;
    size_t length = 5 + check_random(50), whole = put_frame(buf, length);
    for (size_t n = FRAME_HEAD; n < whole; n++)
        expect_no_frame(buf, n, LIMIT, 0,
                        text(SAY("%zu of the frame's %zu bytes have come: wait for the others",
                                 "%zu바이트만 왔습니다. 프레임은 %zu바이트입니다. 나머지를 기다리세요"),
                             n, whole));
    expect_frame(buf, whole, LIMIT, length,
                 SAY("now the last byte has come", "이제 마지막 바이트가 왔습니다"));
}

static void waits_for_the_whole_head(void **state)
{
    (void)state;
    put_frame(buf, 5 + check_random(50));
    const char *remark = SAY("look at n first: in less than four bytes there is no length yet",
                             "n부터 보세요. 4바이트가 안 되면 길이를 아직 모릅니다");
    for (size_t n = 0; n < FRAME_HEAD; n++)
        expect_no_frame(buf, n, LIMIT, 0, remark);
    memset(buf, 0xff, 2 * FRAME_HEAD); /* with what is old it would be over the limit */
    for (size_t n = 0; n < FRAME_HEAD; n++)
        expect_no_frame(buf, n, LIMIT, 0, remark);
}

static void takes_one_frame_of_several(void **state)
{
    (void)state;
    size_t lengths[3], n = 0, at = 0;
    for (int i = 0; i < 3; i++) {
        lengths[i] = 2 + check_random(20);
        n += put_frame(buf + n, lengths[i]);
    }
    for (int i = 0; i < 3; i++) {
        expect_frame(buf + at, n - at, LIMIT, lengths[i],
                     text(SAY("%d frames are here: the head says where the first one ends, not n",
                              "프레임이 %d개 있습니다. 첫 프레임의 끝을 알려 주는 것은 n이 아니라 헤더입니다"),
                          3 - i));
        at += FRAME_HEAD + lengths[i];
    }
}

static void an_empty_frame_is_a_frame(void **state)
{
    (void)state;
    const char *remark = SAY("a length of 0 is a message, too: four bytes, and it is whole",
                             "길이가 0이어도 메시지입니다. 4바이트면 다 온 것입니다");
    put_frame(buf, 0);
    expect_frame(buf, FRAME_HEAD, LIMIT, 0, remark);
    size_t n = FRAME_HEAD + put_frame(buf + FRAME_HEAD, 1 + check_random(20));
    expect_frame(buf, n, LIMIT, 0, remark);
}

static void refuses_a_length_over_the_limit(void **state)
{
    (void)state;
    size_t max = 10 + check_random(100);
    expect_frame(buf, put_frame(buf, max), max, max,
                 SAY("a payload of just max bytes is allowed", "페이로드가 꼭 max바이트라면 됩니다"));
    expect_no_frame(buf, put_frame(buf, max + 1), max, -1,
                    SAY("the peer chooses the length: one more than max is refused",
                        "길이는 상대가 정합니다. max보다 하나라도 크면 거절하세요"));
    expect_frame(buf, put_frame(buf, max), SIZE_MAX, max,
                 SAY("SIZE_MAX is a limit that nothing reaches: add nothing to max",
                     "SIZE_MAX는 무엇도 넘지 못하는 제한입니다. max에 아무것도 더하지 마세요"));
    size_t n = put_frame(buf, max);
    n += put_frame(buf + n, max);
    expect_frame(buf, n, max, max,
                 SAY("max is for one payload, not for all that has come",
                     "max는 페이로드 하나의 제한이지, 온 것 전체의 제한이 아닙니다"));
}

static void refuses_it_before_the_payload_comes(void **state)
{
    (void)state;
    size_t max = 10 + check_random(100);
    put_frame(buf, max + 1 + check_random(1000));
    for (size_t n = FRAME_HEAD; n < FRAME_HEAD + 3; n++)
        expect_no_frame(buf, n, max, -1,
                        SAY("who waits for it keeps what comes, and the peer decides how much",
                            "기다리는 동안 오는 것을 쌓아 두게 되고, 그 양은 상대가 정합니다"));
}

static void a_length_near_4_gib_is_only_a_number(void **state)
{
    (void)state;
    uint32_t length = UINT32_MAX - check_random(4);
    put_head(buf, length);
    expect_no_frame(buf, 3 * FRAME_HEAD, LIMIT, -1,
                    SAY("in an int it is negative, and less than any limit: use size_t",
                        "int에 담으면 음수가 되어 어떤 제한보다도 작습니다. size_t를 쓰세요"));
    expect_no_frame(buf, 3 * FRAME_HEAD, UINT32_MAX, 0,
                    SAY("4 + the length is beyond 32 bits: compare n - 4 with the length",
                        "4 + 길이는 32비트를 넘습니다. n - 4와 길이를 비교하세요"));
}

static void keeps_nothing_between_calls(void **state)
{
    (void)state;
    uint8_t *other = buf + 1000;
    size_t a = 20 + check_random(20), b = 5 + check_random(10), part = 5 + check_random(10);
    const char *remark = SAY("two connections take turns: no static or global variables",
                             "두 연결을 번갈아 봅니다. static 변수나 전역 변수는 쓰지 마세요");
    put_frame(buf, a);
    put_frame(other, b);
    tell(buf, part, LIMIT);
    expect_no_frame(buf, part, LIMIT, 0, remark);
    step(SAY("next, the bytes of another connection", "다음은 다른 연결의 바이트입니다"));
    expect_frame(other, FRAME_HEAD + b, LIMIT, b, remark);
    step(SAY("then the first one again, now whole", "다시 첫 연결입니다. 이제 다 왔습니다"));
    expect_frame(buf, FRAME_HEAD + a, LIMIT, a, remark);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {
        cmocka_unit_test(decodes_a_frame),
        cmocka_unit_test(reads_all_four_bytes_of_the_length),
        cmocka_unit_test(waits_for_the_whole_payload),
        cmocka_unit_test(waits_for_the_whole_head),
        cmocka_unit_test(takes_one_frame_of_several),
        cmocka_unit_test(an_empty_frame_is_a_frame),
        cmocka_unit_test(refuses_a_length_over_the_limit),
        cmocka_unit_test(refuses_it_before_the_payload_comes),
        cmocka_unit_test(a_length_near_4_gib_is_only_a_number),
        cmocka_unit_test(keeps_nothing_between_calls),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
