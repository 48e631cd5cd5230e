/* lessons/learn/sandbox.h: runs one program that may do anything, and leaves nothing of it behind.
 * Between us and it stands a keeper, a process of ours: it reads what the program prints, watches
 * the clock, ends all that descends from the program, and does so too when we die.  What it cannot
 * do is stop a program from harming its own user: whoever runs strangers' code does so in a
 * container.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_SANDBOX_H
#define LEARN_SANDBOX_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct sandbox_job {
    char *const *argv;   /* argv[0] is looked for in PATH */
    const char *build;   /* where its scratch directory is made, TMPDIR to it; removed afterwards */
    bool in_scratch;     /* the scratch directory is its working directory; else ours is */
    int report_fd;       /* its descriptor 3; -1: none */
    double seconds;      /* on the clock, and little more of computing */
    size_t output_max;   /* bytes; one more ends it */
    size_t file_max;     /* bytes of any file that it writes */
    size_t memory_max;   /* bytes of address space; 0: no limit, as AddressSanitizer needs it */
};

enum sandbox_ending {
    SANDBOX_EXIT,        /* number: the status */
    SANDBOX_SIGNAL,      /* number: the signal */
    SANDBOX_TOO_SLOW,
    SANDBOX_TOO_LOUD,
    SANDBOX_NOT_STARTED, /* number: errno */
    SANDBOX_STOPPED,     /* sandbox_stop was set */
};

struct sandbox_result {
    enum sandbox_ending ending;
    int number;
    bool left_others; /* processes of it lived on for a second after it, or until the time was up */
    char *output;     /* stdout and stderr, output_max bytes at most, and a zero; to be freed */
};

/* Returns when nothing of the program is left.  With no keeper (no process, no memory) it is
 * SANDBOX_NOT_STARTED; a keeper that the program managed to kill counts as SANDBOX_SIGNAL. */
void sandbox_run(struct sandbox_result *, const struct sandbox_job *);

/* A signal handler may set it: sandbox_run ends the program and returns. */
extern volatile sig_atomic_t sandbox_stop;

/* The keeper's life, in its own process; boss is the socket to whoever runs sandbox_run. */
struct sandbox_told { /* what it sends, and then the output */
    enum sandbox_ending ending;
    int number;
    bool left_others;
};
_Noreturn void sandbox_keep(const struct sandbox_job *, const char *scratch, int boss);

/* Removes a directory with all that is in it. */
void sandbox_remove(const char *directory);

/* In the program's process, before it: where it reads and writes, its limits, then exec.  Returns,
 * with errno, only when there is no such program. */
void sandbox_become(const struct sandbox_job *, const char *scratch, int output);

/* Seconds on a clock that nobody sets. */
double sandbox_now(void);

#endif
