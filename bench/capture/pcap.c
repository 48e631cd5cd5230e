/* bench/capture/pcap.c: the classic format, and what both have in common.  pcapng.c reads the other
 * one.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/pcap.h"
#include "bench/capture/pcap_reader.h"
#include "tcp_echo/bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINKTYPE_RAW = 101, SNAPLEN = 65535, FILE_HEAD = 24, RECORD_HEAD = 16 };
#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du

/* --- writing, in the byte order of this machine: the magic number tells --- */

void pcap_begin(FILE *f)
{
    struct { uint32_t magic; uint16_t version[2]; uint32_t zone[2], snaplen, link; } head = {
        MAGIC_NS, {2, 4}, {0, 0}, SNAPLEN, LINKTYPE_RAW};
    fwrite(&head, sizeof head, 1, f);
}

void pcap_add(FILE *f, const struct packet *packet, uint64_t epoch)
{
    uint64_t ns = packet->sent + epoch;
    uint32_t head[4] = {(uint32_t)(ns / 1000000000), (uint32_t)(ns % 1000000000), packet->kept,
                        packet->len};
    fwrite(head, sizeof head, 1, f);
    fwrite(packet->data, packet->kept, 1, f);
}

/* --- reading --- */

uint16_t reader_16(const struct reader *r, size_t at)
{
    const uint8_t *p = r->file + at;
    return (uint16_t)(r->big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

uint32_t reader_32(const struct reader *r, size_t at)
{
    uint32_t first = reader_16(r, at), second = reader_16(r, at + 2);
    return r->big ? first << 16 | second : second << 16 | first;
}

int reader_fail(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->capture->why, sizeof r->capture->why, format, args);
    va_end(args);
    return -1;
}

static uint16_t big_16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* Returns where the IP packet begins behind a head of the link layer that names its content, or 0
 * when it holds no IP. */
static size_t skip_link(const uint8_t *p, size_t n, size_t head, size_t type_at)
{
    if (n < head)
        return 0;
    uint16_t type = big_16(p + type_at);
    for (; head == type_at + 2 && n >= head + 4 && (type == 0x8100 || type == 0x88a8); head += 4) {
        type_at += 4; /* VLAN tags: IEEE 802.1Q */
        type = big_16(p + type_at);
    }
    return type == 0x0800 || type == 0x86dd ? head : 0;
}

bool link_known(uint32_t link)
{
    static const uint16_t known[] = {0, 1, 12, 14, 101, 108, 113, 228, 229, 276};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (link == known[i])
            return true;
    return false;
}

static bool skip_any_link(uint32_t link, const uint8_t *p, size_t n, size_t *head)
{
    switch (link) {
    case 0: case 108: /* NULL, LOOP: a family whose number depends on the system */
        *head = 4;
        return n > 4;
    case 1: /* EN10MB */
        return (*head = skip_link(p, n, 14, 12)) > 0;
    case 113: /* LINUX_SLL */
        return (*head = skip_link(p, n, 16, 14)) > 0;
    case 276: /* LINUX_SLL2 */
        return (*head = skip_link(p, n, 20, 0)) > 0;
    default: /* RAW, IPV4, IPV6 */
        *head = 0;
        return n > 0;
    }
}

static int add(struct capture *c, size_t *cap, const struct packet *packet)
{
    if (c->n == *cap) {
        size_t more = *cap ? 2 * *cap : 64;
        struct packet *moved = realloc(c->packet, more * sizeof *moved);
        if (!moved)
            return -1;
        c->packet = moved;
        *cap = more;
    }
    c->packet[c->n++] = *packet;
    return 0;
}

int reader_add(struct reader *r, uint32_t link, uint64_t ns, size_t at, uint32_t kept, uint32_t len)
{
    const uint8_t *p = r->file + at;
    struct segment s;
    size_t head;
    r->count++;
    if (len < kept)
        len = kept;
    if (!skip_any_link(link, p, kept, &head) || (p[head] >> 4 != 4 && p[head] >> 4 != 6)) {
        r->capture->others++;
        return 0;
    }
    struct packet packet = {.sent = ns, .data = p + head};
    packet.kept = kept - (uint32_t)head;
    packet.len = len - (uint32_t)head;
    /* Ethernet fills up short frames: that is not the packet. */
    if (packet_decode(&s, packet.data, packet.kept) && s.len > 0 && s.len < packet.len)
        packet.len = (uint32_t)s.len;
    if (packet.kept > packet.len)
        packet.kept = packet.len;
    return add(r->capture, &r->cap, &packet) < 0 ? reader_fail(r, "no memory") : 0;
}

int reader_room(struct reader *r, uint32_t kept, size_t room)
{
    if (kept > PACKET_MAX)
        return reader_fail(r, "packet %zu: claims %lu bytes", r->count + 1, (unsigned long)kept);
    if (kept > room)
        return reader_fail(r, "packet %zu: cut short after %zu of %lu bytes", r->count + 1, room,
                           (unsigned long)kept);
    return 0;
}

static int parse_classic(struct reader *r, uint32_t to_ns)
{
    if (r->n < FILE_HEAD)
        return reader_fail(r, "the file's head is cut short");
    uint32_t link = reader_32(r, 20) & 0xffff;
    if (!link_known(link))
        return reader_fail(r, "packets of link type %lu can't be read", (unsigned long)link);
    for (size_t at = FILE_HEAD; at < r->n;) {
        if (r->n - at < RECORD_HEAD)
            return reader_fail(r, "packet %zu: cut short within its head", r->count + 1);
        uint64_t ns = reader_32(r, at) * UINT64_C(1000000000) +
                      reader_32(r, at + 4) * (uint64_t)to_ns;
        uint32_t kept = reader_32(r, at + 8), len = reader_32(r, at + 12);
        at += RECORD_HEAD;
        if (reader_room(r, kept, r->n - at) < 0 || reader_add(r, link, ns, at, kept, len) < 0)
            return -1;
        at += kept;
    }
    return 0;
}

static bool is_classic(struct reader *r, uint32_t *to_ns)
{
    for (int big = 0; big < 2; big++) {
        r->big = big;
        uint32_t magic = reader_32(r, 0);
        *to_ns = magic == MAGIC_NS ? 1 : 1000;
        if (magic == MAGIC_NS || magic == MAGIC_US)
            return true;
    }
    return false;
}

int capture_parse(struct capture *c, const uint8_t *file, size_t n)
{
    struct reader r = {.file = file, .n = n, .capture = c};
    uint32_t to_ns;
    *c = (struct capture){0};
    if (n == 0)
        return reader_fail(&r, "the file is empty");
    if (n >= 4 && is_classic(&r, &to_ns))
        return parse_classic(&r, to_ns);
    if (n >= 4 && reader_32(&r, 0) == PCAPNG_SECTION)
        return parse_pcapng(&r);
    return reader_fail(&r, "neither a pcap nor a pcapng file");
}

int capture_read(struct capture *c, FILE *f)
{
    struct bytes *all = NULL;
    uint8_t block[16384];
    struct reader r = {.capture = c};
    *c = (struct capture){0};
    for (size_t got; (got = fread(block, 1, sizeof block, f)) > 0;)
        if ((all ? all->len : 0) + got > CAPTURE_MAX || bytes_append(&all, block, got) < 0) {
            bytes_free(&all);
            return reader_fail(&r, "more than %u MiB, or than there is memory for: editcap -c N "
                               "splits it", CAPTURE_MAX >> 20);
        }
    if (ferror(f)) {
        bytes_free(&all);
        return reader_fail(&r, "%s", strerror(errno));
    }
    int rc = capture_parse(c, all ? all->data + all->head : NULL, all ? all->len : 0);
    c->bytes = all;
    return rc;
}

void capture_free(struct capture *c)
{
    free(c->packet);
    bytes_free(&c->bytes);
    *c = (struct capture){0};
}
