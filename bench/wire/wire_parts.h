/* bench/wire/wire_parts.h: what wire.c, wire_end.c, wire_forward.c and wire_tell.c share.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_PARTS_H
#define BENCH_WIRE_PARTS_H

#include "bench/capture/packet.h"
#include "bench/stats.h"
#include "bench/wire/wire.h"

#include <stdatomic.h>

#define WIRE_MTU 1500
#define RECORDS_MAX ((size_t)256 << 20) /* bytes */
#define NO_RECORD SIZE_MAX

/* One packet: this, then its bytes, then up to a multiple of 8.  Written by the forwarder before
 * `recorded` passes it; afterwards only arrived and fate change, in this order. */
struct wire_record {
    uint64_t sent;
    _Atomic uint64_t arrived;
    uint32_t len, from;
    _Atomic int fate; /* enum fate */
    uint32_t unused;
};

/* What the forwarder tells the others.  It alone writes, but for wire_record() and wire_turn(). */
struct wire_shared {
    _Atomic bool recording;
    _Atomic uint64_t turn;
    _Atomic uint64_t packets[2], bytes[2], dropped[2], overflowed[2], refused[2], reordered[2];
    _Atomic uint64_t unrecorded, late_max, late[BUCKETS];
    _Atomic size_t recorded; /* bytes of records[] in use */
    char why[WIRE_WHY_MAX], congestion_control[2][32];
    bool metrics_forgotten[2], real_time;
    _Alignas(8) unsigned char records[RECORDS_MAX];
};

/* Of the namespaces, and rtnetlink sockets in the first two; USER may be missing. */
enum { NET_CLIENT, NET_SERVER, RT_CLIENT, RT_SERVER, USER, DESCRIPTORS };

struct wire {
    struct wire_spec spec;
    struct wire_shared *shared;
    pid_t process;
    int fd[DESCRIPTORS];
};

/* --- wire_end.c --- */

/* What went wrong: the step, as wire_why() knows it, and errno. */
struct trouble {
    const char *step;
    int error;
    bool root; /* it went wrong although we are */
};

#define STEP_NET "make a network namespace"
#define STEP_USER "make a user namespace"
#define STEP_UID_MAP "write /proc/self/uid_map"
#define STEP_ENTER "enter a network namespace"
#define STEP_OPEN "open /dev/net/tun"
#define STEP_DEVICE "make a TUN device"

/* One end, made in a network namespace of its own, where the calling process then is. */
struct wire_here {
    int tun, net, rtnetlink; /* descriptors; rtnetlink speaks of this namespace from anywhere */
};

/* *user: -1 at first; the descriptor of a user namespace of our own, where we need one to be
 * allowed to do this.  Returns 0, or -1 with trouble. */
int wire_make_end(struct wire_here *, enum wire_end, int *user, struct wire_shared *,
                  struct trouble *);

/* Packets that the device of that namespace could not queue; NAN when that can't be known. */
double wire_tx_dropped(int rtnetlink);

/* One line: step: reason, and what helps. */
void wire_why(char why[WIRE_WHY_MAX], const struct trouble *);

/* --- wire_forward.c --- */

/* Forwards between two devices until the process is ended. */
_Noreturn void wire_forward(const struct wire_spec *, const int tun[2], struct wire_shared *);

#endif
