/* tests/traffic.c: see traffic.h.
 * SPDX-License-Identifier: MIT */
#include "tests/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH 1000000 /* ns: the first packet's time is not 0 */

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

static uint32_t sum(const uint8_t *p, size_t n)
{
    uint32_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += i % 2 ? p[i] : (uint32_t)p[i] << 8;
    return total;
}

static unsigned folded(uint32_t total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return ~total & 0xffff;
}

void traffic_begin(struct traffic *t, int version, int protocol, double half_ms)
{
    memset(t, 0, sizeof *t);
    t->version = version;
    t->protocol = protocol;
    t->half_ms = half_ms;
    t->port[0] = 40000;
    t->port[1] = 7004;
    t->isn[0] = 0xfffffff0; /* wraps around soon */
    t->isn[1] = 5000;
    t->next[0] = t->isn[0];
    t->next[1] = t->isn[1];
}

static uint64_t ns_of(double ms)
{
    return EPOCH + (uint64_t)(ms * 1e6 + 0.5);
}

/* Did the peer's packet arrive by that time? */
static bool has_arrived(const struct traffic *t, size_t i, int side, uint64_t now,
                        struct segment *s)
{
    const struct packet *p = &t->packet[i];
    packet_decode(s, p->data, p->kept);
    return p->from_server == !side && p->fate != DROPPED && p->arrived <= now;
}

/* What of the peer's stream is there by that time, without a gap. */
static uint32_t arrived(const struct traffic *t, int side, uint64_t now)
{
    uint32_t ack = t->isn[!side];
    struct segment s;
    for (size_t i = 0; i < t->n; i++)
        if (has_arrived(t, i, side, now, &s) && (int32_t)(s.seq - ack) <= 0 &&
            (int32_t)(s.seq + segment_span(&s) - ack) > 0) {
            ack = s.seq + segment_span(&s);
            i = (size_t)-1; /* from the start: something may have waited for it */
        }
    return ack;
}

/* The time to echo: of what arrived last, unless there is a gap before it (RFC 7323 4.3).  Linux
 * takes that of the first SYN only. */
static uint32_t echo(const struct traffic *t, int side, uint64_t now)
{
    uint64_t latest = 0;
    uint32_t time = 0;
    struct segment s;
    for (size_t i = 0; i < t->n; i++)
        if (has_arrived(t, i, side, now, &s) && t->packet[i].arrived >= latest &&
            (int32_t)(s.seq - arrived(t, side, t->packet[i].arrived - 1)) <= 0 &&
            !(s.flags & FLAG_SYN && latest > 0)) {
            latest = t->packet[i].arrived;
            time = s.time;
        }
    return time;
}

static size_t put_options(const struct traffic *t, uint8_t *p, unsigned flags, int side,
                          uint64_t now)
{
    size_t n = 0;
    if (flags & FLAG_SYN) {
        memcpy(p, "\2\4\5\xb4\4\2", n = 6); /* MSS 1460, SACK permitted */
        memcpy(p + 16, "\1\3\3\7", 4);      /* window scale */
    } else {
        memcpy(p, "\1\1", n = 2);
    }
    memcpy(p + n, "\10\12", 2);
    put32(p + n + 2, (uint32_t)(now / 1000000) + 100);
    put32(p + n + 6, echo(t, side, now));
    n += flags & FLAG_SYN ? 14 : 10;
    if (t->sack[0] != t->sack[1]) {
        memcpy(p + n, "\1\1\5\12", 4);
        put32(p + n + 4, t->isn[!side] + t->sack[0]);
        put32(p + n + 8, t->isn[!side] + t->sack[1]);
        n += 12;
    }
    return n;
}

static size_t put_ip(const struct traffic *t, uint8_t *p, int side, size_t len)
{
    if (t->version == 4) {
        memcpy(p, "\x45\0\0\0\0\0\x40\0\x40\0\0\0\xc6\x12\0\1\xc6\x12\0\2", 20);
        p[9] = (uint8_t)t->protocol;
        p[15] = side ? 2 : 1;
        p[19] = side ? 1 : 2;
        put16(p + 2, (unsigned)len + 20);
        put16(p + 4, (unsigned)t->n + 1);
        put16(p + 10, folded(sum(p, 20)));
        return 20;
    }
    memset(p, 0, 40);
    p[0] = 0x60;
    put16(p + 4, (unsigned)len);
    p[6] = (uint8_t)t->protocol;
    p[7] = 64;
    memcpy(p + 8, "\x20\x01\x0d\xb8", 4);
    memcpy(p + 24, "\x20\x01\x0d\xb8", 4);
    p[23] = side ? 2 : 1;
    p[39] = side ? 1 : 2;
    return 40;
}

static void put_checksum(const struct traffic *t, uint8_t *ip, size_t head, size_t len)
{
    size_t at = head + (t->protocol == PACKET_TCP ? 16 : 6);
    size_t addresses = t->version == 4 ? 8 : 32;
    uint32_t total = sum(ip + head - addresses, addresses) + (uint32_t)t->protocol + (uint32_t)len;
    put16(ip + at, 0);
    put16(ip + at, folded(total + sum(ip + head, len)));
}

static size_t put_tcp(const struct traffic *t, uint8_t *p, int side, uint64_t now, unsigned flags)
{
    size_t options = put_options(t, p + 20, flags, side, now);
    put32(p + 4, t->next[side]);
    put32(p + 8, flags & FLAG_ACK ? arrived(t, side, now) : 0);
    p[12] = (uint8_t)((20 + options) / 4 << 4);
    p[13] = (uint8_t)flags;
    put16(p + 14, 502);
    return 20 + options;
}

size_t traffic_send(struct traffic *t, double ms, char who, unsigned flags, const void *data,
                    size_t n)
{
    uint8_t *ip = t->data[t->n], head[80] = {0};
    int side = who == 's';
    uint64_t now = ns_of(ms);
    bool tcp = t->protocol == PACKET_TCP;
    size_t inner = tcp ? put_tcp(t, head, side, now, flags) : 8;
    size_t outer = put_ip(t, ip, side, inner + n), len = outer + inner + n;
    if (t->n == TRAFFIC_MAX || len > TRAFFIC_DATA)
        abort();
    put16(head, t->port[side]);
    put16(head + 2, t->port[!side]);
    if (!tcp)
        put16(head + 4, (unsigned)(8 + n));
    memcpy(ip + outer, head, inner);
    if (n > 0)
        memcpy(ip + outer + inner, data, n);
    put_checksum(t, ip, outer, inner + n);
    t->next[side] += (uint32_t)n + (flags & FLAG_SYN ? 1 : 0) + (flags & FLAG_FIN ? 1 : 0);
    t->sack[0] = t->sack[1] = 0;
    t->packet[t->n] = (struct packet){now, ns_of(ms + t->half_ms), ip, (uint32_t)len,
                                      (uint32_t)len, side, ARRIVED};
    return t->n++;
}

size_t traffic_say(struct traffic *t, double ms, char who, const char *text)
{
    return traffic_send(t, ms, who, FLAG_PSH | FLAG_ACK, text, strlen(text));
}

size_t traffic_again(struct traffic *t, double ms, size_t index)
{
    const struct packet *old = &t->packet[index];
    struct segment s;
    packet_decode(&s, old->data, old->kept);
    uint32_t next = t->next[old->from_server];
    t->next[old->from_server] = s.seq;
    size_t i = traffic_send(t, ms, old->from_server ? 's' : 'c', s.flags, s.payload, s.payload_len);
    t->next[old->from_server] = next;
    return i;
}

void traffic_lose(struct traffic *t, size_t index)
{
    t->packet[index].fate = DROPPED;
    t->packet[index].arrived = 0;
}

void traffic_connect(struct traffic *t, double ms)
{
    traffic_send(t, ms, 'c', FLAG_SYN, NULL, 0);
    traffic_send(t, ms + t->half_ms, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    traffic_send(t, ms + 2 * t->half_ms, 'c', FLAG_ACK, NULL, 0);
}

void traffic_forget(struct traffic *t)
{
    for (size_t i = 0; i < t->n; i++) {
        t->packet[i].fate = FATE_UNKNOWN;
        t->packet[i].arrived = 0;
        t->packet[i].from_server = false;
    }
}
