/* lessons/learn/csv.h: a table for spreadsheets (RFC 4180).
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_CSV_H
#define LEARN_CSV_H

#include <stdio.h>

/* One row of n cells.  A cell that a spreadsheet would run as a formula (it begins with = + - @, a
 * tab or a carriage return) gets an apostrophe before it: names of folders are strangers' text. */
void csv_row(FILE *, const char *const cells[], size_t n);

#endif
