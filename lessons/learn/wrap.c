/* lessons/learn/wrap.c: UTF-8, and where a line may end.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/wrap.h"

#include <stdbool.h>
#include <string.h>

#define BAD 0xfffd

size_t character(const char *s, uint32_t *c)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
    *c = u[0];
    if (u[0] < 0x80)
        return u[0] != '\0';
    *c = BAD;
    if (u[0] < 0xc2 || u[0] > 0xf4)
        return 1;
    uint32_t value = u[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xc0) != 0x80) /* the zero at the end is none either */
            return 1;
        value = value << 6 | (u[i] & 0x3f);
    }
    *c = value;
    return n;
}

int columns_of(uint32_t c)
{
    /* Combining marks, the vowels and finals of Hangul in pieces (macOS), and what has no width. */
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x1160 && c <= 0x11ff) ||
        (c >= 0x200b && c <= 0x200f) || (c >= 0x20d0 && c <= 0x20ff) ||
        (c >= 0x302a && c <= 0x302f) || (c >= 0xd7b0 && c <= 0xd7ff) ||
        (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff)
        return 0;
    bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || c >= 0x1f300;
    return wide ? 2 : 1;
}

int columns(const char *s)
{
    int sum = 0;
    size_t n;
    for (uint32_t c; (n = character(s, &c)) > 0; s += n)
        sum += columns_of(c);
    return sum;
}

size_t wrap_line(const char *s, int room, size_t *next)
{
    size_t at = 0, end = 0, joint = 0, n;
    int used = 0;
    bool in_word = false; /* leading blanks are indentation: no place to break */
    for (uint32_t c; (n = character(s + at, &c)) > 0; at += n) {
        if (c == ' ' && in_word)
            end = at;
        in_word = c != ' ';
        used += columns_of(c);
        if (used > room && at > 0)
            break;
        if (c == '_' || c == '/') /* long names and paths */
            joint = at + 1;
    }
    if (n == 0)
        end = at;
    else if (end == 0) /* a word that is longer than a line */
        end = joint ? joint : at;
    *next = end + strspn(s + end, " ");
    return end;
}
