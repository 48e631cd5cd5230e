/* lessons/learn/compiler.h: compiles with the compiler that is here, in the sandbox: even a
 * compiler can be made to run for ever.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_COMPILER_H
#define LEARN_COMPILER_H

#include "lessons/learn/sandbox.h"
#include "lessons/learn/work.h"

struct compiler {
    const char *cc;          /* a command with options */
    const char *top, *build; /* absolute paths */
    const char *includes;    /* one more folder for -I */
    bool sanitize, korean;
    double seconds;          /* for one call */
    char *said;              /* what it said in the last call; "" before the first */
};

/* The n-th command to try: CC alone if that is set, else cc, gcc, clang; NULL after the last. */
const char *compiler_candidate(size_t n);

/* Each returns whether it worked; *said tells why not, and warnings. */

/* No check is needed for it: an empty main(), also with CMocka. */
bool compiler_works(struct compiler *);
bool compiler_has_cmocka(struct compiler *);

/* A student's file. */
bool compiler_compile(struct compiler *, const char *source, const char *object);

/* One of ours: compiled again only when the command, the compiler, or a file that it was made of
 * differs from the last time.  object is filled in: NAME-....o in build. */
bool compiler_compile_ours(struct compiler *, const char *source, const char *name,
                           struct string *object);

/* objects ends with NULL. */
bool compiler_link(struct compiler *, const char *const objects[], const char *program);

#endif
