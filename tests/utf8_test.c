/* tests/utf8_test.c: the UTF-8 check against a decoder that is slow and easy to believe.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- the reference: RFC 3629 by arithmetic on code points, not by ranges of bytes --- */

static int sequence_length(uint8_t first)
{
    return first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
}

/* The code point when `got` bytes are there and the rest are all `fill`. */
static uint32_t code_point(const uint8_t *p, int got, int len, uint8_t fill)
{
    uint32_t code = len == 1 ? p[0] : p[0] & (0x7fu >> len);
    for (int i = 1; i < len; i++)
        code = code << 6 | ((i < got ? p[i] : fill) & 0x3fu);
    return code;
}

/* Could the first `got` bytes of this sequence be completed to a character? */
static bool is_viable(const uint8_t *p, int got)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint32_t most[] = {0, 0x7f, 0x7ff, 0xffff, 0x10ffff};
    int len = sequence_length(p[0]);
    if (len == 0)
        return false;
    for (int i = 1; i < got; i++)
        if (p[i] >> 6 != 2)
            return false;
    uint32_t low = code_point(p, got, len, 0x80), high = code_point(p, got, len, 0xbf);
    bool only_surrogates = low >= 0xd800 && high <= 0xdfff;
    return high >= least[len] && low <= most[len] && !only_surrogates;
}

/* The index of the first byte that no text can have there, or n; *complete: may it end at n? */
static size_t first_bad(const uint8_t *p, size_t n, bool *complete)
{
    size_t start = 0;
    while (start < n) {
        int len = sequence_length(p[start]);
        for (int got = 1; got <= (len ? len : 1); got++) {
            if (start + (size_t)got > n) {
                *complete = false;
                return n;
            }
            if (!is_viable(p + start, got)) {
                *complete = false;
                return start + (size_t)got - 1;
            }
        }
        start += (size_t)len;
    }
    *complete = true;
    return n;
}

/* --- the check, in every way of feeding --- */

static void complain(const uint8_t *p, size_t n, const char *what)
{
    char hex[64] = "";
    for (size_t i = 0; i < n && i < 20; i++)
        snprintf(hex + 3 * i, 4, "%02x ", p[i]);
    fail_msg("%s: %s", what, hex);
}

/* bytes may be in a block that ends at n. */
static void check(const uint8_t *p, size_t n)
{
    bool complete;
    size_t bad = first_bad(p, n, &complete);
    struct utf8 u = {0};
    size_t i = 0;
    while (i < n && utf8_feed(&u, p + i, 1))
        i++;
    if (i != bad)
        complain(p, n, "byte by byte, another byte is bad");
    if (bad == n && utf8_complete(&u) != complete)
        complain(p, n, "byte by byte, complete is wrong");
    if (utf8_valid(p, n) != (bad == n && complete))
        complain(p, n, "valid is wrong");
    for (size_t cut = 0; cut <= n; cut++) {
        struct utf8 v = {0};
        bool first = utf8_feed(&v, p, cut);
        if (first != (bad >= cut))
            complain(p, n, "in two pieces, the first is wrong");
        if (first && utf8_feed(&v, p + cut, n - cut) != (bad == n))
            complain(p, n, "in two pieces, the second is wrong");
        if (bad == n && utf8_complete(&v) != complete)
            complain(p, n, "in two pieces, complete is wrong");
    }
}

static void check_text(const char *text)
{
    size_t n = strlen(text);
    uint8_t *heap = malloc(n ? n : 1);
    memcpy(heap, text, n);
    check(heap, n);
    free(heap);
}

/* --- all short sequences --- */

static void all_one_and_two_byte_sequences_are_judged_right(void **state)
{
    uint8_t *p = malloc(2);
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        p[1] = (uint8_t)a;
        check(p + 1, 1);
        for (unsigned b = 0; b < 256; b++) {
            p[0] = (uint8_t)a;
            p[1] = (uint8_t)b;
            check(p, 2);
        }
    }
    free(p);
}

static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
#define EDGES (sizeof edges / sizeof edges[0])

static void three_byte_sequences_are_judged_right(void **state)
{
    uint8_t *p = malloc(3);
    (void)state;
    for (unsigned ab = 0; ab < 65536; ab++)
        for (size_t c = 0; c < EDGES; c++) {
            p[0] = (uint8_t)(ab >> 8);
            p[1] = (uint8_t)ab;
            p[2] = edges[c];
            check(p, 3);
        }
    free(p);
}

static void four_byte_sequences_are_judged_right(void **state)
{
    uint8_t *p = malloc(4);
    (void)state;
    for (unsigned a = 0xe0; a < 256; a++)
        for (unsigned b = 0x78; b < 0xc8; b++)
            for (size_t cd = 0; cd < EDGES * EDGES; cd++) {
                p[0] = (uint8_t)a;
                p[1] = (uint8_t)b;
                p[2] = edges[cd / EDGES];
                p[3] = edges[cd % EDGES];
                check(p, 4);
            }
    free(p);
}

static size_t encode(uint8_t *out, uint32_t code, int len)
{
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (int i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(marks[len] | code);
    return (size_t)len;
}

/* Every code point in its shortest form, and in each longer one. */
static void every_code_point_is_valid_in_its_shortest_form_only(void **state)
{
    uint8_t p[4];
    (void)state;
    for (uint32_t code = 0; code < 0x1fffff; code += code < 0x11000 ? 1 : 7) {
        int shortest = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        bool exists = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
        for (int len = shortest; len <= 4; len++) {
            size_t n = encode(p, code, len);
            bool valid = utf8_valid(p, n);
            if (valid != (exists && len == shortest))
                complain(p, n, valid ? "taken" : "refused");
            if (valid && n > 1 && utf8_valid(p, n - 1))
                complain(p, n - 1, "half a character taken");
        }
    }
}

/* --- longer texts: the check runs over ASCII by words --- */

static void a_bad_byte_is_found_wherever_it_stands(void **state)
{
    static const uint8_t bad[] = {0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff};
    (void)state;
    for (size_t n = 1; n < 80; n++)
        for (size_t at = 0; at < n; at++) {
            uint8_t *p = malloc(n);
            struct utf8 u = {0};
            memset(p, 'a', n);
            assert_true(utf8_valid(p, n));
            p[at] = bad[(n + at) % sizeof bad];
            assert_false(utf8_feed(&u, p, n));
            u = (struct utf8){0};
            assert_true(utf8_feed(&u, p, at));
            assert_false(utf8_feed(&u, p + at, 1));
            free(p);
        }
}

static void a_character_is_taken_wherever_it_stands_and_is_cut(void **state)
{
    static const char *const characters[] = {"\xc2\x80", "\xec\x86\x8c", "\xf0\x9f\xa7\xa6"};
    uint8_t p[100];
    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (size_t at = 0; at + 4 <= sizeof p; at++) {
            memset(p, 'a', sizeof p);
            memcpy(p + at, characters[k], strlen(characters[k]));
            check(p, sizeof p);
            check(p, at + 1); /* incomplete at the end */
            p[at + 1] = 'a';  /* interrupted */
            check(p, sizeof p);
        }
}

static void random_texts_are_judged_right(void **state)
{
    static const uint8_t pieces[][4] = {"a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                        {0xf0, 0x90, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf},
                                        "\xec\x95\x88", "\xed\x95\x98", "\xee\x80\x80"};
    static const uint8_t lengths[] = {1, 2, 2, 3, 3, 4, 4, 3, 3, 3};
    unsigned random = 5;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint8_t p[48];
        size_t n = 0;
        while (n + 4 <= sizeof p) {
            random = random * 1103515245u + 12345u;
            size_t k = (random >> 16) % sizeof lengths;
            memcpy(p + n, pieces[k], lengths[k]);
            n += lengths[k];
        }
        check(p, n);
        p[(random >> 8) % n] = (uint8_t)(random >> 24);
        check(p, n);
    }
}

/* --- what others have got wrong: Markus Kuhn's list, as Autobahn asks it --- */

static void what_is_valid_is_taken(void **state)
{
    static const char *const texts[] = {
        "", "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!",
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbd", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "\xef\xbb\xbf", "\xec\x95\x88\xeb\x85\x95", "\xdf\xbf", "\xe0\xa0\x80", "\xf0\x9f\xa7\xa6"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(utf8_valid(texts[i], strlen(texts[i])));
        check_text(texts[i]);
    }
    assert_true(utf8_valid("\0", 1)); /* U+0000 is a character like others */
}

static void what_is_invalid_is_refused(void **state)
{
    static const char *const texts[] = {
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80""edited",
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80""edited",
        "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf4\x90\x80\x80",
        "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf", "\xf5\x80\x80\x80",
        "\x80", "\xbf", "\x80\xbf\x80", "\xc0 ", "\xe0 ", "\xf0 ", "\xfe", "\xff",
        "\xfe\xfe\xff\xff",
        /* "/" in disguise */
        "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf",
        "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xc0\x80", "\xe0\x80\x80",
        "\xf0\x80\x80\x80",
        "\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80",
        "\xed\xbe\x80", "\xed\xbf\xbf", "\xed\xa0\x80\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf",
        "\xc2", "\xe1\xbd", "\xf0\x90\x80", "abc\xce", "\xce\xba\xe1\xbd\xb9\xcf"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(utf8_valid(texts[i], strlen(texts[i])));
        check_text(texts[i]);
    }
}

/* Autobahn 6.4: not at the end of the message, not at the end of the character. */
static void the_first_byte_that_can_not_be_is_the_one_that_fails(void **state)
{
    static const struct { const char *text; size_t bad; } rows[] = {
        {"abc\xf4\x90\x80\x80", 4}, {"abc\xed\xa0\x80", 4}, {"abc\xe0\x80\x80", 4},
        {"abc\xf0\x80\x80\x80", 4}, {"abc\xc0\x80", 3}, {"abc\xf5\x80\x80\x80", 3},
        {"abc\xe1\xbd\x41", 5}, {"abc\xf0\x90\x80\x41", 6}, {"abc\xf4\x8f\xbf\xc0", 6}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct utf8 u = {0};
        const uint8_t *p = (const uint8_t *)rows[i].text;
        assert_true(utf8_feed(&u, p, rows[i].bad));
        assert_false(utf8_feed(&u, p + rows[i].bad, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_one_and_two_byte_sequences_are_judged_right),
        cmocka_unit_test(three_byte_sequences_are_judged_right),
        cmocka_unit_test(four_byte_sequences_are_judged_right),
        cmocka_unit_test(every_code_point_is_valid_in_its_shortest_form_only),
        cmocka_unit_test(a_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(a_character_is_taken_wherever_it_stands_and_is_cut),
        cmocka_unit_test(random_texts_are_judged_right),
        cmocka_unit_test(what_is_valid_is_taken),
        cmocka_unit_test(what_is_invalid_is_refused),
        cmocka_unit_test(the_first_byte_that_can_not_be_is_the_one_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
