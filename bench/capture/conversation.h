/* bench/capture/conversation.h: packets grouped into conversations.  Pure.
 *
 * A conversation is what one pair of addresses and ports says by one protocol; over TCP, a new SYN
 * with another initial sequence number begins a new one.  Who is the client: for a wire of ours
 * (packets whose fate is known) the wire says it; else it is who sent a SYN without ACK, or did not
 * send a SYN with ACK, or simply who sent first.
 *
 * A packet is sent *again* when it has SYN, FIN or payload and begins below the highest sequence
 * number that its side has sent.  In a capture that the senders made, as on a wire of ours, these
 * are what Wireshark calls retransmissions of all kinds, and those it takes for out of order as
 * they follow within a round trip: tcp.analysis.retransmission || tcp.analysis.out_of_order.
 *
 * A capture holds no fates; they are inferred where that is sure enough.  Of TCP segments that take
 * sequence numbers, one has ARRIVED that the peer acknowledges (by number or SACK) before a
 * repetition of it could have arrived, or whose repetition the peer calls a duplicate (DSACK, RFC
 * 2883).  It was DROPPED when it was sent again and nothing like that came: no acknowledgement at
 * all, or the first one so late that the repetition can have caused it, and with a timestamp echo
 * (RFC 7323) that is not older than the repetition.  How soon an answer can come is taken from the
 * quickest one in the same conversation.  All else stays FATE_UNKNOWN: a pure ACK, a datagram, what
 * a one-sided capture can't show.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CONVERSATION_H
#define BENCH_CONVERSATION_H

#include "bench/capture/packet.h"

/* One packet on its way from one end to the other. */
struct crossing {
    const struct packet *packet; /* the caller's */
    struct segment segment;
    bool from_server, again;
    unsigned number; /* c1, c2, ... or s1, s2, ... */
    enum fate fate;
};

enum { OUT, IN }; /* client to server, server to client: index of what is counted by direction */

struct conversation {
    int version, protocol;  /* as in struct segment */
    uint8_t address[2][16]; /* of the client, of the server */
    uint16_t port[2];
    uint64_t answer_ns[2]; /* from a segment of that direction to what acknowledges it, at best; 0 =
                              never seen.  Both together are the round trip, wherever the capture
                              was made */
    size_t n;
    struct crossing *crossing; /* n of them, as they were captured */
};

struct conversations {
    size_t n;
    struct conversation *of; /* by their first packets */
    size_t others;           /* packets that belong to none: no TCP, no UDP, or cut too short */
};

/* Groups packets, which must outlive the result.  Returns 0, or -1 when there is no memory (*all is
 * empty then). */
int conversations_find(struct conversations *all, const struct packet *, size_t n);

void conversations_free(struct conversations *);

/* The round trip as the conversation's own packets show it, in ns; 0 = they don't. */
uint64_t conversation_rtt(const struct conversation *);

/* Bytes are those of IP packets.  [OUT], [IN]; dropped as far as fates are known. */
struct wire_counts {
    uint64_t packets[2], bytes[2], retransmissions[2], dropped[2];
};

/* What was sent at from <= time < to, in the clock of the packets (ns). */
struct wire_counts conversation_count(const struct conversation *, uint64_t from, uint64_t to);

#endif
