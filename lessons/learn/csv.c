/* lessons/learn/csv.c: cells and their quotes.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/csv.h"

#include <string.h>

static void put_cell(FILE *f, const char *cell)
{
    const char *apostrophe = *cell && strchr("=+-@\t\r", *cell) ? "'" : "";
    if (!strpbrk(cell, ",\"\r\n")) {
        fprintf(f, "%s%s", apostrophe, cell);
        return;
    }
    fprintf(f, "\"%s", apostrophe);
    for (; *cell; cell++) {
        if (*cell == '"')
            fputc('"', f);
        fputc(*cell, f);
    }
    fputc('"', f);
}

void csv_row(FILE *f, const char *const cells[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_cell(f, cells[i]);
        fputs(i + 1 < n ? "," : "\n", f);
    }
}
