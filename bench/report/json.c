/* bench/report/json.c: the two things in JSON that can go wrong.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "ws_echo/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of the valid character at p, or 0. */
static size_t character(const char *p)
{
    struct utf8 utf8 = {0};
    for (size_t n = 1; n <= 4 && p[n - 1]; n++) {
        if (!utf8_feed(&utf8, (const uint8_t *)p + n - 1, 1))
            return 0;
        if (utf8_complete(&utf8))
            return n;
    }
    return 0;
}

size_t control_bytes(const char *p)
{
    if (*p == '\xC2' && (unsigned char)p[1] < 0xA0)
        return 2;
    return (unsigned char)*p < 0x20 || *p == 0x7F;
}

void json_string(FILE *f, const char *s)
{
    fputc('"', f);
    while (*s) {
        size_t n = character(s);
        if (n == 0)
            fputs("\xEF\xBF\xBD", f);
        else if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            fprintf(f, "\\u%04x", (unsigned)*s);
        else
            fwrite(s, 1, n, f);
        s += n ? n : 1;
    }
    fputc('"', f);
}

char *number_text(char out[NUMBER_MAX], double v)
{
    int digits = 9; /* enough for most: microseconds with their thousandths, up to a second */
    do
        snprintf(out, NUMBER_MAX, "%.*g", digits, v);
    while (strtod(out, NULL) != v && digits++ < 17);
    return out;
}

void json_number(FILE *f, double v)
{
    char text[NUMBER_MAX];
    fputs(isfinite(v) ? number_text(text, v) : "null", f);
}
