/* ws_echo/utf8.c: UTF-8 as RFC 3629 has it: no surrogates, nothing above U+10FFFF, shortest form.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/utf8.h"

#include <string.h>

/* Bytes at the front that are ASCII, by words while there are whole ones. */
static size_t ascii_run(const uint8_t *data, size_t n)
{
    size_t i = 0;
    for (uint64_t w[4]; n - i >= sizeof w; i += sizeof w) {
        memcpy(w, data + i, sizeof w);
        if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u)
            break;
    }
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, data + i, sizeof w);
        if (w & 0x8080808080808080u)
            break;
    }
    while (i < n && data[i] < 0x80)
        i++;
    return i;
}

/* Whole characters of three bytes at the front: Hangul, kana, Chinese.  Those that begin with E0 are
 * others, and left to begin(). */
static size_t wide_run(const uint8_t *data, size_t n)
{
    const uint8_t *p = data;
    for (; n - (size_t)(p - data) >= 3; p += 3) {
        bool is_wide = p[0] > 0xE0 && p[0] < 0xF0 && p[1] >> 6 == 2 && p[2] >> 6 == 2;
        if (!is_wide || (p[0] == 0xED && p[1] > 0x9F)) /* surrogates */
            break;
    }
    return (size_t)(p - data);
}

/* RFC 3629 4: what may follow depends on the first byte; only the second has a narrower range. */
static bool begin(struct utf8 *u, uint8_t first)
{
    u->low = 0x80;
    u->high = 0xBF;
    if (first < 0xC2 || first > 0xF4)
        return false;
    u->left = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (first == 0xE0)
        u->low = 0xA0; /* below: not the shortest form */
    if (first == 0xED)
        u->high = 0x9F; /* above: surrogates */
    if (first == 0xF0)
        u->low = 0x90;
    if (first == 0xF4)
        u->high = 0x8F; /* above: beyond U+10FFFF */
    return true;
}

bool utf8_feed(struct utf8 *u, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (u->left == 0) {
            i += ascii_run(data + i, n - i);
            i += wide_run(data + i, n - i);
            if (i < n && data[i] >= 0x80 && !begin(u, data[i++]))
                return false;
            continue;
        }
        uint8_t byte = data[i++];
        if (byte < u->low || byte > u->high)
            return false;
        u->left--;
        u->low = 0x80;
        u->high = 0xBF;
    }
    return true;
}

bool utf8_complete(const struct utf8 *u)
{
    return u->left == 0;
}

bool utf8_valid(const void *data, size_t n)
{
    struct utf8 u = {0};
    return utf8_feed(&u, data, n) && utf8_complete(&u);
}
