/* lessons/learn/grader.h: compiles a student's file with an exercise's check.c and runs each check
 * in a process of its own, with limits (sandbox.h).
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_GRADER_H
#define LEARN_GRADER_H

#include "lessons/learn/exercise.h"
#include "lessons/learn/report.h"

enum stage {        /* how far it came; all but the last end there, saying in `said` why */
    NO_COMPILER,    /* none works; said: what was tried */
    NO_CMOCKA,      /* cmocka.h or the library is missing */
    NO_SOURCE,      /* the student's file cannot be read; said: why */
    GRADER_FAULT,   /* check.c does not compile, a file is missing, no memory ... */
    DOES_NOT_COMPILE, /* said: the compiler's words */
    DOES_NOT_LINK,    /* said: the linker's words */
    CHECKED,          /* said: the compiler's warnings, "" = none */
};

enum result {
    CHECK_PASSED,
    CHECK_WRONG,    /* report: steps, expected, got, remark */
    CHECK_CRASHED,  /* number: the signal; report: steps */
    CHECK_EXITED,   /* number: the exit status; in the middle of the check */
    CHECK_TOO_SLOW, /* number: the seconds it was given; it computed, waited or slept */
    CHECK_TOO_LOUD, /* number: the bytes it was allowed to print */
    CHECK_FORKED,   /* a second process came out of the student's code, or stayed */
    CHECK_NOT_RUN,  /* the exercise's time was used up before it, or sandbox_stop is set */
    CHECK_FAULTY,   /* report.remark: the grader's own trouble */
};

struct check_result {
    const char *name;
    enum result result;
    int number;
    struct report report; /* every text ends with a zero byte */
    char *output;         /* what the student's code printed, at most 4 KiB; "" = nothing */
};

struct grading {
    enum stage stage;
    char *said;
    struct check_result *checks; /* n of them, in the order of hints.txt; only when CHECKED */
    size_t n, passed;
    struct hints hints; /* where the checks have their names from */
};

struct grade_options {
    const char *top, *lang; /* lang: en or ko */
    const char *build;      /* a directory for what is compiled; to keep it saves time */
    double seconds;         /* for each check */
    bool sanitize;          /* AddressSanitizer and UndefinedBehaviorSanitizer */
    void (*done)(const struct grading *, size_t i); /* called after each check; NULL = not */
};

/* CC (a command with options; else cc, gcc or clang, as bench/setup.sh looks) compiles, with CFLAGS
 * and LDFLAGS.  Always fills *grading; whoever calls frees it.  A handler that sets sandbox_stop
 * (sandbox.h) makes it return early: whatever *grading says then is not a verdict.
 * The student's code shares a process with the check: accidents do not pass, but who sets out to
 * forge a report can.  A human reads the submissions that matter. */
void grade(struct grading *, const struct exercise *, const char *source,
           const struct grade_options *);
void grading_free(struct grading *);

#endif
