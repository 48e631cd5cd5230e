/* tests/fault_proxy.h: stands between a client and a server and does to their bytes what a network
 * may do.  It knows no protocol, so that TLS, too, can go through it.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_FAULT_PROXY_H
#define TESTS_FAULT_PROXY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum mishap {
    NOTHING,
    BYTE_BY_BYTE, /* all that one side says, */
    GATHERED,     /* or in as few pieces as possible */
    A_PAUSE,      /* before byte `at`; so it comes in a piece of its own */
    A_RESET,      /* in its place, for both */
    A_HALF_CLOSE, /* in its place: the end of that direction; what else it says is lost */
};

struct proxy {
    int port; /* for the client to connect to */
    int server_port;
    enum mishap mishap; /* of the first connection; a client that comes again has better luck */
    bool answers;       /* which bytes are meant: the server's, or the client's */
    size_t at;
    size_t passed[2];   /* by the client, by the server */
    bool stuck;         /* one of them did not close its connection for PROXY_PATIENCE */
    int listener, done[2];
    pthread_t thread;
};
#define PROXY_PATIENCE 20000 /* ms */

/* Return 0, or -1. */
int proxy_open(struct proxy *, int server_port);
void proxy_close(struct proxy *);

/* In between, it works.  The client has closed its connections before the end, which waits for the
 * server to do the same. */
int proxy_begin(struct proxy *, enum mishap, bool answers, size_t at);
void proxy_end(struct proxy *);

#endif
