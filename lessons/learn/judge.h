/* lessons/learn/judge.h: runs one check of a compiled check program and judges how it ended.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_JUDGE_H
#define LEARN_JUDGE_H

#include "lessons/learn/grader.h"

/* Fills *result, whose name is set.  program and build are absolute paths. */
void judge_check(struct check_result *result, const char *program, const char *build,
                 const struct grade_options *options);

#endif
