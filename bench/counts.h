/* bench/counts.h: what the kernel and a tap counted: packets, bytes, round trips.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_COUNTS_H
#define BENCH_COUNTS_H

#include "bench/transport.h"

#include <stdbool.h>

/* Of one TCP connection since its start.  Bytes are those of IP packets: headers and all. */
struct packets {
    double sent, received, bytes_sent, bytes_received, payload;
    double again; /* of those sent: what had been sent before */
};

/* Reads TCP_INFO, which must happen before close().  Returns false where there is none. */
bool packets_of(int fd, struct packets *);

/* A datagram's IP packet: 20 bytes of IPv4 and 8 of UDP around it. */
#define UDP_HEADERS 28

/* Starts counting what goes over a link. */
void traffic_init(struct traffic *);

#endif
