/* lessons/learn/check.h: what an exercise's check.c is made of.  Partner: check.c beside it, which
 * every check program is linked with; `learn` (grader.c) runs one check per process:
 *     PROGRAM CHECK REPORT_FD LANG     one check, for learn; LANG is en or ko
 *     PROGRAM --list                   the names of all checks
 *     PROGRAM [CHECK]                  by hand: all, or one; failures are told on stderr
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_CHECK_H
#define LEARN_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#include <cmocka.h>

/* Learners read these texts in their language; both are format strings with the same directives. */
#define SAY(english, korean) (check_in_korean() ? (korean) : (english))
bool check_in_korean(void);

/* printf into one of 16 static buffers of 1,024 bytes, used in turn: for the texts below. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* n bytes as C would write them in quotes, in one of text()'s buffers; a long one is cut in its
 * middle, saying how many bytes were left out. */
const char *quoted(const void *bytes, size_t n);

/* One step of what the check has done so far.  A failure shows all of them: they must let the
 * reader do the same by hand.  The list ends where its 2,048 bytes are full. */
void step(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each of these ends the check when what came is not what was expected.  The remark says what such
 * a result usually comes from, in one sentence with its RFC section or man page; "" = none. */
void expect(bool right, const char *expected, const char *got, const char *remark);
void expect_number(const char *what, long long got, long long expected, const char *remark);
void expect_bytes(const char *what, const void *got, size_t n, const void *expected, size_t m,
                  const char *remark);

/* What the grader itself needs (a socket pair, a thread, memory): when right is false, the check is
 * faulty, not wrong; errno is told.  Blame nobody's code for it - except where errno says that the
 * check's own descriptors or memory are gone: that only the code in this process can have done. */
void need(bool right, const char *what);

/* A number that differs from run to run, 0 <= n < limit, so that no constant passes. */
unsigned check_random(unsigned limit);

/* In the place of fork() in a student's file: counts, and ends what forks without end. */
pid_t check_fork(void);

/* Runs what the command line asks for; main() of every check.c returns it.  The names of the checks
 * are those of hints.txt, in the same order. */
int run_checks(int argc, char *argv[], const struct CMUnitTest checks[], size_t n);

#endif
