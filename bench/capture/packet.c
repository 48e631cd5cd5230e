/* bench/capture/packet.c: IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293, 7323, 2018), UDP (RFC
 * 768).
 * SPDX-License-Identifier: MIT */
#include "bench/capture/packet.h"

#include <string.h>

enum { IP4_HEAD = 20, IP6_HEAD = 40, TCP_HEAD = 20, UDP_HEAD = 8 };
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60 };

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* The next n bytes are a header: what follows is the payload for now. */
static bool skip(struct segment *s, size_t n)
{
    if (n > s->payload_kept || n > s->payload_len)
        return false;
    s->payload += n;
    s->payload_kept -= n;
    s->payload_len -= n;
    return true;
}

/* The packet ends where it says: what a link layer pads it with is no payload. */
static void set_size(struct segment *s, size_t len)
{
    s->len = len;
    if (len == 0)
        return;
    s->payload_len = len;
    if (s->payload_kept > len)
        s->payload_kept = len;
}

static bool decode_ip4(struct segment *s)
{
    const uint8_t *p = s->payload;
    if (s->payload_kept < IP4_HEAD)
        return false;
    size_t head = 4 * (size_t)(p[0] & 15);
    uint16_t offset = get16(p + 6);
    set_size(s, get16(p + 2));
    s->protocol = p[9];
    memcpy(s->from, p + 12, 4);
    memcpy(s->to, p + 16, 4);
    s->id = get16(p + 4);
    s->fragment = offset & 0x3fff; /* an offset, or more to come */
    s->later = offset & 0x1fff;
    return head >= IP4_HEAD && skip(s, head);
}

static void decode_fragment(struct segment *s, const uint8_t *p)
{
    s->id = get32(p + 4);
    s->fragment = get16(p + 2) & 0xfff9;
    s->later = get16(p + 2) & 0xfff8;
}

/* Steps over the extension headers that may stand before TCP or UDP. */
static bool skip_extensions(struct segment *s)
{
    while (!s->later) {
        const uint8_t *p = s->payload;
        bool longer = s->protocol == HOP_BY_HOP || s->protocol == ROUTING ||
                      s->protocol == DESTINATION;
        if (!longer && s->protocol != FRAGMENT && s->protocol != AUTHENTICATION)
            return true;
        if (s->payload_kept < 8)
            return false;
        size_t n = longer ? 8 * ((size_t)p[1] + 1) : 8;
        if (s->protocol == AUTHENTICATION)
            n = 4 * ((size_t)p[1] + 2);
        if (s->protocol == FRAGMENT)
            decode_fragment(s, p);
        s->protocol = p[0];
        if (!skip(s, n))
            return false;
    }
    return true;
}

static bool decode_ip6(struct segment *s)
{
    const uint8_t *p = s->payload;
    if (s->payload_kept < IP6_HEAD)
        return false;
    size_t len = get16(p + 4);
    set_size(s, len ? IP6_HEAD + len : 0);
    s->protocol = p[6];
    memcpy(s->from, p + 8, 16);
    memcpy(s->to, p + 24, 16);
    return skip(s, IP6_HEAD) && skip_extensions(s);
}

static void decode_sacks(struct segment *s, const uint8_t *p, size_t n)
{
    for (; n >= 8 && s->sacks < SACKS_MAX; p += 8, n -= 8) {
        s->sack[s->sacks].from = get32(p);
        s->sack[s->sacks++].to = get32(p + 4);
    }
}

static void decode_option(struct segment *s, const uint8_t *p, size_t n)
{
    switch (p[0]) {
    case 2:
        s->mss = n == 4 ? get16(p + 2) : 0;
        break;
    case 3:
        s->scale = n == 3 ? p[2] : -1;
        break;
    case 4:
        s->sack_permitted = true;
        break;
    case 5:
        decode_sacks(s, p + 2, n - 2);
        break;
    case 8:
        s->has_times = n == 10;
        s->time = n == 10 ? get32(p + 2) : 0;
        s->echo = n == 10 ? get32(p + 6) : 0;
    }
}

static void decode_options(struct segment *s, const uint8_t *p, size_t n)
{
    for (size_t at = 0, len; at < n && p[at] != 0; at += len) {
        len = p[at] == 1 ? 1 : at + 1 < n ? p[at + 1] : 0;
        if (len == 0 || (len == 1 && p[at] != 1) || len > n - at)
            return; /* a malformed option hides those behind it */
        if (len > 1)
            decode_option(s, p + at, len);
    }
}

static bool decode_tcp(struct segment *s)
{
    const uint8_t *p = s->payload;
    if (s->payload_kept < TCP_HEAD)
        return false;
    size_t head = 4 * (size_t)(p[12] >> 4);
    s->from_port = get16(p);
    s->to_port = get16(p + 2);
    s->seq = get32(p + 4);
    s->ack = get32(p + 8);
    s->flags = p[13];
    s->window = get16(p + 14);
    if (head < TCP_HEAD || !skip(s, head))
        return false;
    decode_options(s, p + TCP_HEAD, head - TCP_HEAD);
    return true;
}

static bool decode_udp(struct segment *s)
{
    const uint8_t *p = s->payload;
    if (s->payload_kept < UDP_HEAD)
        return false;
    s->from_port = get16(p);
    s->to_port = get16(p + 2);
    return skip(s, UDP_HEAD);
}

bool packet_decode(struct segment *s, const uint8_t *ip, size_t kept)
{
    *s = (struct segment){.payload = ip, .payload_len = kept, .payload_kept = kept, .scale = -1};
    s->version = kept > 0 ? ip[0] >> 4 : 0;
    bool fine = s->version == 4   ? decode_ip4(s)
                : s->version == 6 ? decode_ip6(s)
                                  : false;
    if (!fine || s->later)
        return fine;
    return s->protocol == PACKET_TCP   ? decode_tcp(s)
           : s->protocol == PACKET_UDP ? decode_udp(s)
                                       : true;
}

uint32_t segment_span(const struct segment *s)
{
    return (uint32_t)s->payload_len + (s->flags & FLAG_SYN ? 1 : 0) + (s->flags & FLAG_FIN ? 1 : 0);
}
