/* lessons/learn/report.h: what a check tells `learn`, in memory that both of them map.  A student's
 * program may crash, exit, or close every descriptor: what was said until then is there.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_REPORT_H
#define LEARN_REPORT_H

#include <stdint.h>

/* Values that no stray write makes up. */
enum verdict {
    NOT_STARTED = 0, /* the program ended before the check began */
    NO_SUCH_CHECK = 0x3f3a11e1,
    UNDECIDED = 0x0dd5be9c, /* it ended in the middle of the check: crash, exit(), time limit */
    PASSED = 0x600d7e57,
    WRONG = 0x0badc0de,  /* expected, got and remark say what */
    FAULTY = 0x7e57bad0, /* the grader itself could not do its work; remark says why */
};

/* So often may the student's code fork in one check; the next one ends it. */
enum { FORKS_MAX = 16 };

/* All texts end with a zero byte; whoever reads them makes sure of it, for the student's code may
 * have written here. */
struct report {
    _Atomic uint32_t verdict;
    _Atomic uint32_t forks;  /* by fork() in the student's file */
    _Atomic uint32_t forked; /* not 0: a second process came out of the student's code */
    char steps[2048];        /* what led there: one line each, as step() was told */
    char expected[1024];
    char got[1024];
    char remark[1024]; /* may be empty */
};

#endif
