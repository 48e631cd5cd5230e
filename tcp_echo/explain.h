/* tcp_echo/explain.h: --explain: what crosses the wire, told step by step on stderr, in the same
 * columns for every protocol.  What is said comes from describe.h; here a stream is tapped, and the
 * lines are printed.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_EXPLAIN_H
#define TCP_ECHO_EXPLAIN_H

#include "tcp_echo/describe.h"

/* A tap that prints; id is the connection's number at a server, 0 at a client.  Time counts from
 * here: call it right before connecting, or when a connection has been accepted.  The tap frees
 * itself when the stream closes.  Returns NULL when there is no memory: then nothing is told. */
struct tap *explain(describe_fn *, unsigned id);

/* Prints a step that no stream carried: who it is about ("" = nobody else could be meant), when
 * (ns), "->", "<-" or "--" (no bytes: NULL), and the step. */
void explain_print(const char *who, uint64_t ns, const char *arrow, const struct step *,
                   const uint8_t *bytes);

#endif
