/* bench/json.h: JSON, written piece by piece (RFC 8259).
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stdio.h>

/* A string in quotes, whatever is in it: bytes that are not UTF-8 become U+FFFD. */
void json_string(FILE *, const char *);

/* A number with nine digits; NAN and infinities, which JSON lacks, become null. */
void json_number(FILE *, double);

#endif
