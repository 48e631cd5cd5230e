/* tests/ws_frame_test.c: heads of WebSocket frames against tables anybody can check, and masking
 * against a loop that does what RFC 6455 5.3 says.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_frame.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Decodes a copy that ends where its block ends. */
static int decode(struct ws_head *head, const uint8_t *bytes, size_t n)
{
    uint8_t *heap = malloc(n ? n : 1);
    memcpy(heap, bytes, n);
    int rc = ws_head_decode(head, heap, n);
    free(heap);
    return rc;
}

static int decode_only(const uint8_t *bytes, size_t n)
{
    struct ws_head head, before;
    memset(&head, 0xa5, sizeof head);
    memcpy(&before, &head, sizeof head);
    int rc = decode(&head, bytes, n);
    if (rc <= 0)
        assert_memory_equal(&head, &before, sizeof head); /* written only on success */
    return rc;
}

/* --- first and second byte --- */

static bool is_legal_start(int byte)
{
    bool fin = byte >= 0x80;
    int reserved = (byte >> 4) & 7, opcode = byte & 15;
    if (reserved != 0)
        return false;
    if (opcode == 0 || opcode == 1 || opcode == 2)
        return true;
    return (opcode == 8 || opcode == 9 || opcode == 10) && fin;
}

static void each_of_the_256_first_bytes_is_legal_or_refused_at_once(void **state)
{
    (void)state;
    for (int first = 0; first < 256; first++) {
        uint8_t bytes[2] = {(uint8_t)first, 0};
        assert_int_equal(decode_only(bytes, 0), 0);
        assert_int_equal(decode_only(bytes, 1), is_legal_start(first) ? 0 : -1);
        assert_int_equal(decode_only(bytes, 2), is_legal_start(first) ? 2 : -1);
    }
}

static void a_first_byte_says_fin_and_opcode(void **state)
{
    (void)state;
    for (int first = 0; first < 256; first++) {
        uint8_t bytes[2] = {(uint8_t)first, 5};
        struct ws_head head;
        if (!is_legal_start(first))
            continue;
        assert_int_equal(decode(&head, bytes, 2), 2);
        assert_int_equal(head.fin, first >= 0x80);
        assert_int_equal(head.opcode, first & 15);
        assert_int_equal(head.length, 5);
        assert_false(head.masked);
    }
}

/* The lengths that follow are 0x7f7f... here: in shortest form, and the top bit is 0. */
static void each_of_the_256_second_bytes_says_how_much_follows(void **state)
{
    static const uint8_t firsts[] = {0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a};
    uint8_t bytes[20];
    (void)state;
    memset(bytes, 0x7f, sizeof bytes);
    for (size_t i = 0; i < sizeof firsts; i++)
        for (int second = 0; second < 256; second++) {
            int size = second & 127, total = 2;
            total += size == 126 ? 2 : size == 127 ? 8 : 0;
            total += second >= 128 ? 4 : 0;
            bytes[0] = firsts[i];
            bytes[1] = (uint8_t)second;
            if ((firsts[i] & 8) && size > 125) {
                assert_int_equal(decode_only(bytes, 2), -1); /* a control frame is short */
                assert_int_equal(decode_only(bytes, sizeof bytes), -1);
                continue;
            }
            for (int n = 0; n < total; n++)
                assert_int_equal(decode_only(bytes, (size_t)n), 0);
            assert_int_equal(decode_only(bytes, (size_t)total), total);
            assert_int_equal(decode_only(bytes, sizeof bytes), total);
        }
}

/* --- lengths --- */

static const struct row {
    uint64_t length;
    uint8_t extra, bytes[9]; /* from the second byte on */
} rows[] = {
    {0, 0, {0}},
    {1, 0, {1}},
    {125, 0, {125}},
    {126, 2, {126, 0x00, 0x7e}},
    {127, 2, {126, 0x00, 0x7f}},
    {128, 2, {126, 0x00, 0x80}},
    {255, 2, {126, 0x00, 0xff}},
    {256, 2, {126, 0x01, 0x00}},
    {65535, 2, {126, 0xff, 0xff}},
    {65536, 8, {127, 0, 0, 0, 0, 0, 0x01, 0x00, 0x00}},
    {0x01020304, 8, {127, 0, 0, 0, 0, 0x01, 0x02, 0x03, 0x04}},
    {UINT64_C(0x100000000), 8, {127, 0, 0, 0, 0x01, 0, 0, 0, 0}},
    {UINT64_C(0x0102030405060708), 8, {127, 1, 2, 3, 4, 5, 6, 7, 8}},
    {UINT64_C(0x7fffffffffffffff), 8, {127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
};
#define ROWS (sizeof rows / sizeof rows[0])

static size_t head_bytes(uint8_t *out, const struct row *row, bool masked)
{
    size_t n = 2 + row->extra;
    out[0] = 0x82;
    memcpy(out + 1, row->bytes, n - 1);
    if (masked) {
        out[1] |= 0x80;
        memcpy(out + n, "\x12\x34\x56\x78", 4);
        n += 4;
    }
    return n;
}

static void every_head_survives_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        for (int masked = 0; masked < 2; masked++) {
            uint8_t bytes[WS_HEAD_MAX + 6] = {0};
            struct ws_head head;
            size_t n = head_bytes(bytes, &rows[i], masked);
            for (size_t cut = 0; cut < n; cut++)
                assert_int_equal(decode_only(bytes, cut), 0);
            for (size_t more = 0; more < 6; more++) {
                assert_int_equal(decode(&head, bytes, n + more), n);
                assert_true(head.length == rows[i].length);
                assert_int_equal(head.masked, masked);
                assert_true(head.fin);
                assert_int_equal(head.opcode, WS_BINARY);
                if (masked)
                    assert_memory_equal(head.mask, "\x12\x34\x56\x78", 4);
            }
        }
}

static void a_head_is_encoded_in_the_shortest_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        for (int masked = 0; masked < 2; masked++) {
            struct ws_head head = {true, masked, WS_BINARY, {0x12, 0x34, 0x56, 0x78},
                                   rows[i].length};
            uint8_t expected[WS_HEAD_MAX], *out = malloc(WS_HEAD_MAX);
            size_t n = head_bytes(expected, &rows[i], masked);
            assert_int_equal(ws_head_encode(out, &head), n);
            assert_memory_equal(out, expected, n);
            free(out);
        }
}

static void what_is_encoded_is_decoded(void **state)
{
    static const uint8_t firsts[] = {0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a};
    (void)state;
    for (size_t i = 0; i < sizeof firsts; i++)
        for (uint64_t length = 0; length < 70000; length += length < 300 ? 1 : 97) {
            struct ws_head head = {firsts[i] & 0x80, length & 1, firsts[i] & 15,
                                   {9, 8, 7, 6}, length};
            struct ws_head back = {.mask = {9, 8, 7, 6}};
            uint8_t bytes[WS_HEAD_MAX];
            size_t n = ws_head_encode(bytes, &head);
            assert_int_equal(bytes[0], firsts[i]);
            if ((firsts[i] & 8) && length > WS_CONTROL_MAX) {
                assert_int_equal(decode_only(bytes, n), -1);
                break;
            }
            assert_int_equal(decode(&back, bytes, n), n);
            assert_int_equal(back.fin, head.fin);
            assert_int_equal(back.masked, head.masked);
            assert_int_equal(back.opcode, head.opcode);
            assert_memory_equal(back.mask, head.mask, 4);
            assert_true(back.length == head.length);
        }
}

static void a_length_that_is_not_in_its_shortest_form_is_refused(void **state)
{
    (void)state;
    for (unsigned length = 0; length < 65536; length++)
        for (unsigned masked = 0; masked < 256; masked += 128) {
            uint8_t two[8] = {0x82, (uint8_t)(masked | 126), (uint8_t)(length >> 8),
                              (uint8_t)length};
            uint8_t eight[14] = {0x82, (uint8_t)(masked | 127), 0, 0, 0, 0, 0, 0,
                                 (uint8_t)(length >> 8), (uint8_t)length};
            size_t mask_len = masked ? 4 : 0;
            int rc = ws_head_decode(&(struct ws_head){0}, two, 4 + mask_len);
            assert_int_equal(rc, length < 126 ? -1 : 4 + (int)mask_len);
            rc = ws_head_decode(&(struct ws_head){0}, eight, 10 + mask_len);
            assert_int_equal(rc, -1);
        }
}

static void a_length_with_its_top_bit_set_is_refused(void **state)
{
    (void)state;
    for (unsigned top = 0; top < 256; top++) {
        uint8_t bytes[10] = {0x82, 127, (uint8_t)top, 1, 2, 3, 4, 5, 6, 7};
        assert_int_equal(decode_only(bytes, 10), top < 128 ? 10 : -1);
    }
}

/* RFC 6455 5.7 */
static void the_examples_of_the_rfc_are_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool fin, masked;
        int opcode;
        uint64_t length;
    } examples[] = {
        {"\x81\x05Hello", 2, true, false, WS_TEXT, 5},
        {"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 6, true, true, WS_TEXT, 5},
        {"\x01\x03Hel", 2, false, false, WS_TEXT, 3},
        {"\x80\x02lo", 2, true, false, WS_CONTINUATION, 2},
        {"\x89\x05Hello", 2, true, false, WS_PING, 5},
        {"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 6, true, true, WS_PONG, 5},
        {"\x82\x7e\x01\x00", 4, true, false, WS_BINARY, 256},
        {"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10, true, false, WS_BINARY, 65536},
    };
    struct ws_head head;
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_int_equal(decode(&head, (const uint8_t *)examples[i].bytes, examples[i].n),
                         examples[i].n);
        assert_int_equal(head.fin, examples[i].fin);
        assert_int_equal(head.masked, examples[i].masked);
        assert_int_equal(head.opcode, examples[i].opcode);
        assert_true(head.length == examples[i].length);
    }
    uint8_t hello[] = {0x7f, 0x9f, 0x4d, 0x51, 0x58};
    ws_mask(hello, 5, (const uint8_t *)"\x37\xfa\x21\x3d", 0);
    assert_memory_equal(hello, "Hello", 5);
}

/* --- masking --- */

/* transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4) */
static void mask_slowly(uint8_t *to, const uint8_t *from, size_t n, const uint8_t mask[4],
                        uint64_t offset)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] ^ mask[(offset + i) % 4];
}

static const uint8_t a_mask[4] = {0x37, 0xfa, 0x21, 0x3d};

static void fill(uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(i * 29 + 3);
}

/* A block of n bytes, shifted, that ends where its bytes end. */
static void masking_is_what_the_rfc_says_at_every_length_offset_and_address(void **state)
{
    uint8_t plain[70], expected[70];
    (void)state;
    fill(plain, sizeof plain);
    for (size_t n = 0; n <= 70; n++)
        for (uint64_t offset = 0; offset < 8; offset++) {
            mask_slowly(expected, plain, n, a_mask, offset);
            for (size_t shift = 0; shift < 8; shift++) {
                uint8_t *block = malloc(shift + n + !(shift + n)), *data = block + shift;
                memset(block, 0xee, shift);
                memcpy(data, plain, n);
                ws_mask(data, n, a_mask, offset);
                assert_memory_equal(data, expected, n);
                for (size_t i = 0; i < shift; i++)
                    assert_int_equal(block[i], 0xee);
                ws_mask(data, n, a_mask, offset);
                assert_memory_equal(data, plain, n);
                free(block);
            }
        }
}

static void masking_from_one_buffer_to_another_leaves_the_first_alone(void **state)
{
    uint8_t plain[40], expected[40];
    (void)state;
    fill(plain, sizeof plain);
    for (size_t n = 0; n <= 40; n++)
        for (size_t from_shift = 0; from_shift < 8; from_shift++)
            for (size_t to_shift = 0; to_shift < 8; to_shift++) {
                uint8_t *from = malloc(from_shift + n + 1), *to = malloc(to_shift + n + 1);
                memcpy(from + from_shift, plain, n);
                memset(to, 0xee, to_shift + n + 1);
                ws_mask_copy(to + to_shift, from + from_shift, n, a_mask, n + to_shift);
                mask_slowly(expected, plain, n, a_mask, n + to_shift);
                assert_memory_equal(to + to_shift, expected, n);
                assert_memory_equal(from + from_shift, plain, n);
                assert_int_equal(to[to_shift + n], 0xee);
                free(from);
                free(to);
            }
}

static void offsets_beyond_32_bits_count(void **state)
{
    uint8_t plain[20], data[20], expected[20];
    static const uint64_t offsets[] = {0xffffffff, UINT64_C(0x100000000), UINT64_C(0x100000001),
                                       UINT64_C(0x7ffffffffffffffe), 65535, 65538};
    (void)state;
    fill(plain, sizeof plain);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        memcpy(data, plain, sizeof data);
        ws_mask(data, sizeof data, a_mask, offsets[i]);
        mask_slowly(expected, plain, sizeof plain, a_mask, offsets[i]);
        assert_memory_equal(data, expected, sizeof data);
    }
}

static void a_payload_unmasked_in_pieces_is_the_payload(void **state)
{
    uint8_t plain[50], data[50];
    (void)state;
    fill(plain, sizeof plain);
    for (size_t a = 0; a <= 50; a++)
        for (size_t b = a; b <= 50; b++) {
            mask_slowly(data, plain, sizeof plain, a_mask, 0);
            ws_mask(data, a, a_mask, 0);
            ws_mask(data + a, b - a, a_mask, a);
            ws_mask(data + b, 50 - b, a_mask, b);
            assert_memory_equal(data, plain, sizeof plain);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_the_256_first_bytes_is_legal_or_refused_at_once),
        cmocka_unit_test(a_first_byte_says_fin_and_opcode),
        cmocka_unit_test(each_of_the_256_second_bytes_says_how_much_follows),
        cmocka_unit_test(every_head_survives_every_split),
        cmocka_unit_test(a_head_is_encoded_in_the_shortest_form),
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(a_length_that_is_not_in_its_shortest_form_is_refused),
        cmocka_unit_test(a_length_with_its_top_bit_set_is_refused),
        cmocka_unit_test(the_examples_of_the_rfc_are_read),
        cmocka_unit_test(masking_is_what_the_rfc_says_at_every_length_offset_and_address),
        cmocka_unit_test(masking_from_one_buffer_to_another_leaves_the_first_alone),
        cmocka_unit_test(offsets_beyond_32_bits_count),
        cmocka_unit_test(a_payload_unmasked_in_pieces_is_the_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
