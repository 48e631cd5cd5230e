/* bench/text.c: the list of text.h as a table.
 * SPDX-License-Identifier: MIT */
#include "bench/text.h"

#define X(id, en) [id] = en,
static const char *const english[TEXT_COUNT] = {TEXTS(X)};
#undef X

const char *text(enum text id)
{
    return english[id];
}
