/* lessons/learn/report.h: what a check tells `learn`, in memory that both of them map.  A student's
 * program may crash, exit, or close every descriptor: what was said until then is there all the same.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_REPORT_H
#define LEARN_REPORT_H

#include <stdint.h>

enum verdict {
    NOT_STARTED, /* the program ended before the check began, or has no such check */
    UNDECIDED,   /* it ended in the middle of the check: crash, exit(), time limit */
    PASSED,
    WRONG,   /* expected, got and remark say what */
    FORKED,  /* a second process came out of the student's code and went on with the check */
    FAULTY,  /* the grader itself could not do its work; remark says why */
};

/* All texts end with a zero byte; whoever reads them makes sure of it, for the student's code may
 * have written here. */
struct report {
    volatile uint32_t verdict;
    char steps[2048]; /* what led there: one line each, as step() was told */
    char expected[1024];
    char got[1024];
    char remark[1024]; /* may be empty */
};

#endif
