/* tests/fault_calls.h: makes one call of our programs fail: an allocation, or a system call on a
 * socket.  The linker puts fault_calls.c between our code and libc (--wrap).
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_FAULT_CALLS_H
#define TESTS_FAULT_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum call {
    MEMORY = 1, /* malloc, calloc, realloc; OpenSSL's, too */
    RECV = 2,
    SEND = 4, /* and sendmsg */
    WAIT = 8, /* poll, epoll_wait */
    ACCEPT = 16,
    CONNECT = 32,
    WATCH = 64, /* epoll_ctl, when something is added */
};

struct fault {
    const char *name;
    unsigned calls; /* which of them are counted, and fail */
    int error;      /* with this errno; 0: they do one byte of the work, and no more */
};

/* The nth such call from now on fails, in this thread; n from 1. */
void fault_arm(const struct fault *, size_t nth);

/* No more.  Returns true when a call has failed. */
bool fault_disarm(void);

/* Has OpenSSL's allocations counted as well, and fail.  Before OpenSSL is used for anything. */
void fault_openssl(void);

/* How many pieces of memory our code holds, without OpenSSL. */
long pieces_held(void);

#endif
