/* tests/traffic.h: made-up packets as a wire would record them; their checksums hold.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_TRAFFIC_H
#define TESTS_TRAFFIC_H

#include "bench/capture/packet.h"

#define TRAFFIC_MAX 600
#define TRAFFIC_DATA 1600 /* bytes of a packet */

/* One conversation between 198.18.0.1 and 198.18.0.2, or 2001:db8::1 and ::2. */
struct traffic {
    int version, protocol;
    uint16_t port[2];
    double half_ms;      /* of a round trip */
    uint32_t isn[2], next[2];
    uint32_t sack[2];    /* a block for the next packet, when they differ; relative to the ISN */
    size_t n;
    struct packet packet[TRAFFIC_MAX];
    uint8_t data[TRAFFIC_MAX][TRAFFIC_DATA];
};

void traffic_begin(struct traffic *, int version, int protocol, double half_ms);

/* A packet sent at this time by 'c' or 's': the next bytes of its stream, acknowledging what has
 * arrived there by then.  Returns its index. */
size_t traffic_send(struct traffic *, double ms, char who, unsigned flags, const void *data,
                    size_t n);
size_t traffic_say(struct traffic *, double ms, char who, const char *text); /* PSH, ACK */

/* The same bytes once more. */
size_t traffic_again(struct traffic *, double ms, size_t index);

/* That packet never arrives: to be said before what would acknowledge it. */
void traffic_lose(struct traffic *, size_t index);

/* SYN, SYN-ACK, ACK from that time on. */
void traffic_connect(struct traffic *, double ms);

/* As a capture has it: no fates, no arrivals, no knowledge of the sides. */
void traffic_forget(struct traffic *);

#endif
