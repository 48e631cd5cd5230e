/* http_poll/client.h: the client's other half: hearing of what happens, though over HTTP a server
 * can't speak first.  Three ways round that: ask now and then (poll), ask and be kept waiting
 * (long-poll), ask once for a reply that never ends (server-sent events).
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_CLIENT_H
#define HTTP_POLL_CLIENT_H

#include "http_poll/http.h"
#include "http_poll/sse.h"
#include "tcp_echo/program.h"

struct hearing {
    enum way { BY_SSE, BY_LONG_POLL, BY_POLL } way;
    long poll_ms;
    struct http *conn;
    const struct client_options *opt;
    long left;        /* events still to print, a gap counted as one; negative = no end */
    int64_t after;    /* polls: the newest event so far; -1 = from now on */
    struct sse sse;   /* the stream's reader, which keeps the newest id for the next stream */
    bool asked;       /* and the reply has not ended */
    bool in_stream;   /* the reply's head has come */
    int64_t due;      /* clock_ms() when to ask, or when to give up waiting */
    bool heard;       /* once at least: what fails now is worth another try */
    int backoff_ms;   /* of the last such try; 0 = all is well since */
};

/* The command line, with this client's own options: those of conn, and how to hear. */
struct client_options hearing_options(const struct program *, int argc, char **argv,
                                      struct http *conn, struct hearing *how);

/* Sends the request; a poll's reply is waited for and printed, too.
 * Returns 0, or -1 when the connection is lost, with how->conn->error set.  A reply that no other
 * try could better ends the program. */
int hear_ask(struct hearing *how);

/* Reads what there is of a reply that was waited for, and prints its events.  Returns as above. */
int hear_reply(struct hearing *how);

/* Prints events while posting stdin's lines to /echo; ends after opt->count events.  A connection
 * that is lost is opened again. */
void subscribe(struct http *, struct hearing *how, const struct client_options *opt);

#endif
