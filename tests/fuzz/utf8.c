/* tests/fuzz/utf8.c: utf8_feed() fails at the very byte where the reference does, however the text
 * is cut.  Input: where to cut, then the text.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/utf8.h"
#include "tests/fuzz/fuzz.h"

/* Returns how many bytes may begin a text. */
static size_t good_bytes(const uint8_t *text, size_t n)
{
    bool whole;
    size_t good = 0;
    while (good < n && slow_utf8(text, good + 1, &whole))
        good++;
    return good;
}

static void check_cut(const uint8_t *text, size_t n, int cut, size_t good)
{
    struct utf8 u = {0};
    size_t at = 0;
    bool fine = true, whole;
    for (int turn = 0; at < n && fine; turn++) {
        size_t end = next_cut(at, n, cut, turn);
        uint8_t *piece = exactly(text + at, end - at);
        fine = utf8_feed(&u, piece, end - at);
        release(piece, end - at);
        at = end;
        CHECK(fine == (at <= good));
    }
    if (fine) {
        CHECK(slow_utf8(text, n, &whole));
        CHECK(utf8_complete(&u) == whole);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    bool whole;
    if (n < 1 || n > 300) /* the reference is quadratic */
        return 0;
    uint8_t *text = exactly(data + 1, n - 1);
    size_t good = good_bytes(text, n - 1);
    check_cut(text, n - 1, data[0], good);
    check_cut(text, n - 1, CUT_NOWHERE, good);
    check_cut(text, n - 1, 0, good);
    CHECK(utf8_valid(text, n - 1) == (slow_utf8(text, n - 1, &whole) && whole));
    release(text, n - 1);
    return 0;
}
