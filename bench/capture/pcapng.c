/* bench/capture/pcapng.c: sections, interfaces and packets of a pcapng file; all other blocks are
 * skipped.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/pcap_reader.h"

enum { INTERFACE = 1, SIMPLE_PACKET = 3, ENHANCED_PACKET = 6, INTERFACES_MAX = 64 };
enum { BLOCK_MIN = 12, IF_TSRESOL = 9, IF_TSOFFSET = 14 };

struct interface {
    uint32_t link, snaplen;
    uint8_t resolution; /* of time: 10^-n s, or 2^-n s with the high bit */
    uint64_t offset;    /* seconds */
};

struct section {
    struct interface interface[INTERFACES_MAX];
    size_t interfaces;
    uint64_t ns; /* of the latest packet: simple ones have no time */
};

/* A block's body in the file. */
struct body {
    size_t at, n;
};

static uint64_t power(uint64_t base, unsigned n)
{
    uint64_t value = 1;
    while (n-- > 0)
        value *= base;
    return value;
}

/* What is finer than 1 ns is cut off. */
static uint64_t to_ns(const struct interface *i, uint64_t ticks)
{
    unsigned n = i->resolution & 0x7f;
    if (!(i->resolution & 0x80))
        return n <= 9 ? ticks * power(10, 9 - n) : n < 28 ? ticks / power(10, n - 9) : 0;
    uint64_t seconds = n < 64 ? ticks >> n : 0;
    uint64_t part = n < 64 ? ticks & ((UINT64_C(1) << n) - 1) : ticks;
    if (n > 34) { /* 2^34 x 10^9 is what 64 bits hold */
        part = n - 34 < 64 ? part >> (n - 34) : 0;
        n = 34;
    }
    return seconds * 1000000000 + (part * 1000000000 >> n);
}

static void read_options(const struct reader *r, struct body options, struct interface *i)
{
    while (options.n >= 4) {
        uint16_t code = reader_16(r, options.at), len = reader_16(r, options.at + 2);
        size_t whole = 4 + (((size_t)len + 3) & ~(size_t)3);
        if (code == 0 || whole > options.n)
            return;
        if (code == IF_TSRESOL && len == 1)
            i->resolution = r->file[options.at + 4];
        if (code == IF_TSOFFSET && len == 8)
            i->offset = (uint64_t)reader_32(r, options.at + (r->big ? 4 : 8)) << 32 |
                        reader_32(r, options.at + (r->big ? 8 : 4));
        options.at += whole;
        options.n -= whole;
    }
}

static int read_interface(struct reader *r, struct section *s, struct body body)
{
    if (body.n < 8)
        return reader_fail(r, "an interface before packet %zu: cut short", r->count + 1);
    if (s->interfaces == INTERFACES_MAX)
        return reader_fail(r, "more than %d interfaces", INTERFACES_MAX);
    struct interface *i = &s->interface[s->interfaces++];
    *i = (struct interface){.link = reader_16(r, body.at), .snaplen = reader_32(r, body.at + 4),
                            .resolution = 6};
    read_options(r, (struct body){body.at + 8, body.n - 8}, i);
    return 0;
}

static const struct interface *find_interface(struct reader *r, const struct section *s, uint32_t n)
{
    if (n >= s->interfaces)
        reader_fail(r, "packet %zu: of interface %lu, which the file does not describe",
                    r->count + 1, (unsigned long)n);
    else if (!link_known(s->interface[n].link))
        reader_fail(r, "packet %zu: packets of link type %lu can't be read", r->count + 1,
                    (unsigned long)s->interface[n].link);
    else
        return &s->interface[n];
    return NULL;
}

static int read_enhanced(struct reader *r, struct section *s, struct body body)
{
    if (body.n < 20)
        return reader_fail(r, "packet %zu: cut short within its head", r->count + 1);
    const struct interface *i = find_interface(r, s, reader_32(r, body.at));
    uint32_t kept = reader_32(r, body.at + 12), len = reader_32(r, body.at + 16);
    if (!i || reader_room(r, kept, body.n - 20) < 0)
        return -1;
    uint64_t ticks = (uint64_t)reader_32(r, body.at + 4) << 32 | reader_32(r, body.at + 8);
    s->ns = to_ns(i, ticks) + i->offset * 1000000000;
    return reader_add(r, i->link, s->ns, body.at + 20, kept, len);
}

static int read_simple(struct reader *r, struct section *s, struct body body)
{
    if (body.n < 4)
        return reader_fail(r, "packet %zu: cut short within its head", r->count + 1);
    const struct interface *i = find_interface(r, s, 0);
    uint32_t len = reader_32(r, body.at), kept = len;
    if (!i)
        return -1;
    if (i->snaplen > 0 && kept > i->snaplen)
        kept = i->snaplen;
    if (reader_room(r, kept, body.n - 4) < 0)
        return -1;
    return reader_add(r, i->link, s->ns, body.at + 4, kept, len);
}

static int read_block(struct reader *r, struct section *s, uint32_t type, struct body body)
{
    switch (type) {
    case PCAPNG_SECTION:
        s->interfaces = 0;
        return 0;
    case INTERFACE:
        return read_interface(r, s, body);
    case ENHANCED_PACKET:
        return read_enhanced(r, s, body);
    case SIMPLE_PACKET:
        return read_simple(r, s, body);
    default:
        return 0;
    }
}

static bool is_packet(uint32_t type)
{
    return type == ENHANCED_PACKET || type == SIMPLE_PACKET;
}

/* A section may have been written on another machine than the one before. */
static bool read_byte_order(struct reader *r, size_t at)
{
    if (r->n - at < BLOCK_MIN)
        return true; /* the block will be found too short */
    r->big = false;
    if (reader_32(r, at + 8) == 0x1a2b3c4d)
        return true;
    r->big = true;
    return reader_32(r, at + 8) == 0x1a2b3c4d;
}

int parse_pcapng(struct reader *r)
{
    struct section section = {.interfaces = 0};
    for (size_t at = 0; at < r->n;) {
        if (r->n - at < BLOCK_MIN)
            return reader_fail(r, "after packet %zu: cut short within a block's head", r->count);
        uint32_t type = reader_32(r, at);
        if (type == PCAPNG_SECTION && !read_byte_order(r, at))
            return reader_fail(r, "after packet %zu: a section of no byte order", r->count);
        uint32_t len = reader_32(r, at + 4);
        if (len < BLOCK_MIN || len % 4)
            return reader_fail(r, "after packet %zu: a block of %lu bytes", r->count,
                               (unsigned long)len);
        if (len > r->n - at)
            return reader_fail(r, "%s %zu: a block cut short after %zu of %lu bytes",
                               is_packet(type) ? "packet" : "after packet",
                               r->count + is_packet(type), r->n - at, (unsigned long)len);
        if (read_block(r, &section, type, (struct body){at + 8, len - BLOCK_MIN}) < 0)
            return -1;
        at += len;
    }
    return 0;
}
