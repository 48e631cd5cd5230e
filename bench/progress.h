/* bench/progress.h: one line on stderr, while it is a terminal, that says how far we are.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stddef.h>

void progress_show(const char *measure, const char *transport, size_t done, size_t all);
void progress_clear(void);

#endif
