/* bench/wire/wire.h: a link with distance: two network namespaces, and between them a process that
 * holds each IP packet for half the round-trip time.  The kernel's own TCP and UDP run at both
 * ends. Linux only; elsewhere wire_open() says so.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include "bench/capture/packet.h"
#include "bench/wire/wire_spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct wire;
enum wire_end { CLIENT_END, SERVER_END };

/* What each end is called at the other, "198.18.0.1" and "198.18.0.2" (RFC 2544's addresses for
 * benchmarks).  They exist in the wire's namespaces only. */
extern const char *const wire_address[2];

/* Opens a wire; the process that forwards runs on that CPU, -1 = any.  The caller has called
 * children_init(), stays in its own namespaces, and is the parent of whoever enters the wire.
 * Returns NULL where it can't be had, with one line in why: step, reason, remedy.  Like any
 * child_fork() it ends the program when there can be no process. */
struct wire *wire_open(const struct wire_spec *, int cpu, char why[WIRE_WHY_MAX]);

/* Ends the forwarder.  The namespaces and devices go with the last process that entered. */
void wire_close(struct wire *);

/* In a forked child of one thread, before it opens a socket: moves it to one end, and what it runs
 * by exec, too.  It still dies with its parent if it did so before.  Returns 0, or -1 with errno.
 */
int wire_enter(const struct wire *, enum wire_end);

/* Begins a turn, when nothing is on its way: conversations are numbered within it, so that what
 * chance does to them hangs on the spec, the turn's number and their own alone. */
void wire_turn(struct wire *, uint64_t number);

/* The forwarder, for children_check() and its CPU clock. */
pid_t wire_process(const struct wire *);

/* --- records: in every process that was forked since wire_open() --- */

/* From now on what enters the wire is recorded, or not.  Off at first. */
void wire_record(struct wire *, bool on);

/* A place to read from: what enters from now on. */
size_t wire_recorded(const struct wire *);

/* The next packet in the order in which they entered the wire, from place *at on, 0 = the first;
 * false = no more now.  data is valid until wire_close().  A packet still on its way has the fate
 * UNKNOWN; reading it again later tells more.  `sent` is when the forwarder got it from the
 * sender's side, `arrived` when it handed it to the other, both of clock_ns(). */
bool wire_packet(const struct wire *, size_t *at, struct packet *);

/* True when something was not recorded since there was no room: from then on nothing is. */
bool wire_is_full(const struct wire *);

/* --- totals since wire_open(); [0] sent by the client, [1] by the server --- */

struct wire_totals {
    uint64_t packets[2], bytes[2]; /* that entered, lost ones too; bytes of the IP packets */
    uint64_t dropped[2];    /* of these, for whatever reason: chance, drop list, or the next two */
    uint64_t overflowed[2]; /* the queue before the link's rate was full, or 65,536 under way */
    uint64_t refused[2];    /* the other side's kernel did not take it */
    uint64_t reordered[2];  /* held back, so that others overtake */
    double tx_dropped[2];   /* lost before they could enter: the device's queue was full; NAN = not
                               known */
    uint64_t unrecorded;    /* not recorded though that was asked for: 256 MiB are full */
    size_t late_n;          /* the forwarder's own lateness, in us: handed over - due */
    double late_p50, late_p99, late_max; /* within an eighth; NAN where n is too small */
    bool late;                           /* p99 is above 5 % of the one-way delay, if any */
    const char *congestion_control;      /* of both ends; "" = not known */
    bool real_time;         /* the forwarder goes before other processes: as root */
    bool metrics_forgotten; /* what one connection learnt of the path is not told the next one */
};

/* In the process that opened the wire. */
void wire_totals(const struct wire *, struct wire_totals *);

#endif
