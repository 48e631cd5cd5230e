/* bench/capture/pcap_reader.h: what the readers of both formats share: pcap.c, pcapng.c.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PCAP_READER_H
#define BENCH_PCAP_READER_H

#include "bench/capture/pcap.h"

#define PACKET_MAX 262144u /* bytes: what libpcap takes for sane, too */
#define PCAPNG_SECTION 0x0a0d0d0au /* the same in both byte orders */

struct reader {
    const uint8_t *file;
    size_t n;
    bool big;     /* the most significant byte first */
    size_t count; /* packets so far, those without IP, too */
    struct capture *capture;
    size_t cap;   /* of its packets */
};

/* Numbers at a place that the caller knows to be inside the file. */
uint16_t reader_16(const struct reader *, size_t at);
uint32_t reader_32(const struct reader *, size_t at);

/* Notes why reading ends (printf).  Returns -1. */
int reader_fail(struct reader *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Can packets below this link layer's head be found? */
bool link_known(uint32_t link);

/* Whether the next packet's bytes fit into what is left and into reason.  Returns 0 or -1. */
int reader_room(struct reader *, uint32_t kept, size_t room);

/* The next packet, at a place in the file.  Returns 0 or -1. */
int reader_add(struct reader *, uint32_t link, uint64_t ns, size_t at, uint32_t kept, uint32_t len);

/* Reads all sections of a file that begins with one. */
int parse_pcapng(struct reader *);

#endif
