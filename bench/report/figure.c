/* bench/report/figure.c: numbers with as many digits as mean something.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char *grouped(char *out, double v)
{
    char digits[FIGURE_MAX];
    size_t n = (size_t)snprintf(digits, sizeof digits, "%.0f", v), k = 0;
    for (size_t i = 0; i < n && k < FIGURE_MAX - 2; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = '\0';
    return out;
}

char *figure(char out[FIGURE_MAX], double v)
{
    if (isnan(v)) { /* too few samples, where there is no room for a reason */
        strcpy(out, "n/a");
        return out;
    }
    if (v < 0) { /* memory that went back, for one */
        char rest[FIGURE_MAX];
        snprintf(out, FIGURE_MAX, "-%.30s", figure(rest, -v));
        return out;
    }
    if (v >= 99.95 || v == 0)
        return grouped(out, v);
    int decimals = v < 0.9995 ? 3 : v < 9.995 ? 2 : 1;
    snprintf(out, FIGURE_MAX, "%.*f", decimals, v);
    return out;
}

char *figure_count(char out[FIGURE_MAX], double v)
{
    if (fabs(v - nearbyint(v)) < 0.05 || v >= 1000)
        return grouped(out, v);
    snprintf(out, FIGURE_MAX, "%.1f", v);
    return out;
}

char *figure_ratio(char out[FIGURE_MAX], double v)
{
    if (v >= 99.95)
        return grouped(out, v);
    snprintf(out, FIGURE_MAX, "%.*f", v < 9.995 ? 2 : 1, v);
    return out;
}
