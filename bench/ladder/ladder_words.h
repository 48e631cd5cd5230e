/* bench/ladder/ladder_words.h: what makes up the words of a ladder: ladder_words.c,
 * ladder_remarks.c.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_LADDER_WORDS_H
#define BENCH_LADDER_WORDS_H

#include "bench/ladder/ladder.h"
#include "tcp_echo/describe.h"

/* What a conversation is described by: TLS, HTTP (with WebSocket in it), plain TCP, UDP. */
describe_fn *ladder_protocol(const struct conversation *);

/* Appends to a packet's words (printf), behind "; ".  Without memory they stay as they are. */
void words_add(char **words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds what TCP itself says to what payloads say, the words of repetitions, and what was lost. */
void ladder_remarks(char **words, const struct conversation *);

#endif
