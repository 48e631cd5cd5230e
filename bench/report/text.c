/* bench/report/text.c: the list of text.h as a table.
 * SPDX-License-Identifier: MIT */
#include "bench/report/text.h"

#include <stdio.h>

#define NO_WIRE_MAX 320

#define X(id, en) [id] = en,
static const char *const english[TEXT_COUNT] = {TEXTS(X)};
#undef X

static char no_wire[NO_WIRE_MAX];

void text_set_no_wire(const char *why)
{
    snprintf(no_wire, sizeof no_wire, english[T_NA_WIRE], why);
}

const char *text(enum text id)
{
    return id == T_NA_WIRE && *no_wire ? no_wire : english[id];
}
