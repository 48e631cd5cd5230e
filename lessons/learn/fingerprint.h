/* lessons/learn/fingerprint.h: whether something was made of the very same things.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_FINGERPRINT_H
#define LEARN_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

/* Start with FINGERPRINT and add (FNV-1a, 64 bits). */
#define FINGERPRINT UINT64_C(0xcbf29ce484222325)
uint64_t fingerprint_text(uint64_t so_far, const char *text);

/* Which file it is, its size and when it was written; that there is none is a fact, too. */
uint64_t fingerprint_file(uint64_t so_far, const char *path);

/* All files that a compiler's dependency file (-MD) names; *ok = false: it cannot be read. */
uint64_t fingerprint_made_of(uint64_t so_far, const char *dependencies, bool *ok);

/* A program as the shell would find it: fingerprint_file of it. */
uint64_t fingerprint_program(uint64_t so_far, const char *name);

#endif
