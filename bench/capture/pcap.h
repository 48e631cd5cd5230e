/* bench/capture/pcap.h: captures of packets in files: the classic format, which everybody reads and
 * we write, and pcapng, which Wireshark saves. Formats: draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng, tcpdump.org/linktypes.html.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PCAP_H
#define BENCH_PCAP_H

#include "bench/capture/packet.h"

#include <stdio.h>

struct bytes;

/* Writes the head of a file of IP packets without a link layer, times in ns (tcpdump and Wireshark
 * show it as "raw IP").  Whoever writes asks ferror() when all is written. */
void pcap_begin(FILE *);

/* Appends a packet; epoch: what makes its time one since 1970, in ns. */
void pcap_add(FILE *, const struct packet *, uint64_t epoch);

struct capture {
    size_t n;
    struct packet *packet; /* as captured: time sent in ns since 1970, fate unknown */
    size_t others;         /* packets that hold no IP */
    char why[160];         /* where and why reading ended early */
    struct bytes *bytes;   /* of the file, where the packets lie; NULL after capture_parse() */
};

#define CAPTURE_MAX (256u << 20) /* bytes of a file */

/* Reads a capture of n bytes, which must outlive it.  Returns 0, or -1 with why; what was read
 * until then is there, too. */
int capture_parse(struct capture *, const uint8_t *file, size_t n);

/* The same from a file, up to its end. */
int capture_read(struct capture *, FILE *);

void capture_free(struct capture *);

#endif
