/* bench/wire/wire_flows.h: the conversations on a wire, and the number of each of their packets: as
 * in conversation.h, but while they happen.  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_FLOWS_H
#define BENCH_WIRE_FLOWS_H

#include <stddef.h>
#include <stdint.h>

struct wire_flows;

/* One packet's place: the turn, the conversation's number in it, from 0 on, and the packet's number
 * in its direction of that, from 1 on. */
struct flow_place {
    uint64_t turn, flow;
    uint32_t number;
};

/* Returns NULL without memory; wire_flows_free() takes it back. */
struct wire_flows *wire_flows_new(void);
void wire_flows_free(struct wire_flows *);

/* New conversations belong to that turn from now on; the first one is 0. */
void wire_flows_turn(struct wire_flows *, uint64_t number);

/* Counts an IPv4 packet in; from is 0 for the client's, 1 for the server's.  A conversation is a
 * protocol with two addresses and ports; a SYN of the client with another sequence number begins a
 * new one on the same ports.  Fragments belong to whom their datagram's first one does.  When there
 * have been 100,000, long silent ones are forgotten: were they to speak again, they would be new.
 */
struct flow_place wire_flows_count(struct wire_flows *, const uint8_t *ip, size_t len, int from);

#endif
