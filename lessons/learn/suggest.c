/* lessons/learn/suggest.c: distances between words.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/suggest.h"

#include <string.h>

enum { LONGEST = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t distance(const char *a, const char *b)
{
    size_t d[LONGEST + 1][LONGEST + 1], n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
                            d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

const char *nearest(const char *word, const char *const names[], size_t n)
{
    const char *best = NULL;
    size_t limit = strlen(word) / 3 + 1;
    for (size_t i = 0; i < n; i++) {
        size_t far = distance(word, names[i]);
        bool begins = strlen(word) >= 3 && strstr(names[i], word);
        if (begins)
            far = 1;
        if (far <= limit) {
            best = names[i];
            limit = far ? far - 1 : 0;
        }
    }
    return best;
}

struct string suggestion(enum text problem, const char *word, const char *const names[], size_t n,
                       enum text otherwise)
{
    const char *meant = nearest(word, names, n);
    struct string first = string_of(text(problem), word);
    struct string second = string_of(text(meant ? T_DID_YOU_MEAN : otherwise), meant);
    return string_of("%.2000s%.2000s", first.s, second.s);
}
