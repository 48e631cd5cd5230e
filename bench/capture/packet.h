/* bench/capture/packet.h: IP packets and the headers in them, as the wire and captures hold them.
 * Pure: nothing is read beyond the bytes that were kept.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fate { FATE_UNKNOWN, ARRIVED, DROPPED };

/* One IP packet. */
struct packet {
    uint64_t sent, arrived; /* ns: into the wire, out of it; arrived 0 = never, or not known */
    const uint8_t *data;    /* the IP header and on */
    uint32_t kept, len;     /* bytes in data; bytes on the wire */
    bool from_server;       /* as the wire knows; of captures made elsewhere: conversation.h */
    enum fate fate;
};

enum { PACKET_TCP = 6, PACKET_UDP = 17 }; /* struct segment's protocol */

/* The flags of a TCP segment: RFC 9293 3.1, RFC 3168. */
enum {
    FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8,
    FLAG_ACK = 16, FLAG_URG = 32, FLAG_ECE = 64, FLAG_CWR = 128
};

#define SACKS_MAX 4 /* what 40 bytes of options have room for */

/* What the headers say, numbers in the host's order. */
struct segment {
    int version, protocol;        /* 4 or 6; PACKET_TCP, PACKET_UDP or another of IANA's */
    uint8_t from[16], to[16];     /* the first 4 bytes of each for IPv4, the rest is zero */
    uint16_t from_port, to_port;  /* 0 in what is neither TCP nor UDP and in later fragments */
    bool fragment, later;         /* a part of a datagram; not its first: only that has ports */
    uint32_t id;                  /* of the datagram, the same in all its fragments */
    size_t len;                   /* of the IP packet by its own word; 0 = it leaves that open, as
                                     captures of what the network card shall cut do */
    const uint8_t *payload;       /* behind the last header; never NULL */
    size_t payload_len;           /* by the IP header, or what was kept where that is open */
    size_t payload_kept;

    /* TCP only */
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window;              /* not scaled */
    uint16_t mss;                 /* 0 = not told */
    int scale;                    /* of windows; -1 = not told */
    bool sack_permitted, has_times;
    uint32_t time, echo;          /* RFC 7323: of this segment; of one of the peer's */
    size_t sacks;
    struct { uint32_t from, to; } sack[SACKS_MAX];
};

/* Reads the headers of the IP packet of which so many bytes are at hand.  Returns false when these
 * are no IPv4 or IPv6 packet, or are cut within a header. */
bool packet_decode(struct segment *, const uint8_t *ip, size_t kept);

/* The sequence numbers that a TCP segment takes: its payload, SYN and FIN.  0 for a pure ACK. */
uint32_t segment_span(const struct segment *);

#endif
