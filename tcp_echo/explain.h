/* tcp_echo/explain.h: --explain: what crosses the wire, told step by step on stderr, in the same
 * columns for every protocol.  A protocol brings a describing function, which is pure; this file
 * taps the stream, holds back what is incomplete, and prints.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_EXPLAIN_H
#define TCP_ECHO_EXPLAIN_H

#include "tcp_echo/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STEP_PARTS_MAX 12

/* One step of a conversation: what it is, and what its bytes mean, run by run. */
struct step {
    const char *protocol; /* "tcp", "http", "ws" */
    char what[160];       /* in the protocol's own words; printable */
    size_t parts;
    struct step_part {
        size_t len; /* bytes of this run */
        char meaning[96];
    } part[STEP_PARTS_MAX];
};

struct describer;

/* Describes the next step in these bytes, which went in this direction.  Returns how many belong to
 * it, or 0 when more are needed to tell.  Never fails: what is not the protocol is described as
 * such.  Pure but for the describer's own state. */
typedef size_t describe_fn(struct describer *, enum direction, const uint8_t *, size_t,
                           struct step *);

struct describer {
    describe_fn *describe;
    bool server;                               /* RECEIVED is what the client says */
    int status;                                /* HTTP: of the response's head just described */
    _Alignas(8) unsigned char scratch[2][128]; /* the function's own, one a direction, zeroed */
};

/* True when this direction is the client's. */
bool from_client(const struct describer *, enum direction);

/* Adds a run of bytes and its meaning (printf) to a step; one too many is left out. */
void step_part(struct step *, size_t len, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes n bytes as a quoted string that is safe on a terminal, cut with "..." to fit out. */
char *quote(char *out, size_t cap, const uint8_t *data, size_t n);

/* A tap that prints; id is the connection's number at a server, 0 at a client.  The tap frees
 * itself when the stream closes.  Returns NULL when there is no memory: then nothing is told. */
struct tap *explain(describe_fn *, unsigned id);

/* The describing function of TLS records, as anybody between the two ends sees them: tls_explain.c.
 * RFC 8446 5.1. */
describe_fn tls_describe;

/* The describing function of a plain byte stream, and the tap that uses it. */
describe_fn tcp_describe;
struct tap *tcp_explain(unsigned id);

/* Prints a step; time in ns since the conversation's start.  Also for those without a stream. */
void explain_print(unsigned id, uint64_t ns, const char *arrow, const struct step *,
                   const uint8_t *bytes);

#endif
