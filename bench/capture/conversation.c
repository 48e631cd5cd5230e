/* bench/capture/conversation.c: which packets belong together, and who is the client.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/conversation.h"
#include "bench/capture/fate.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define FRAGMENTED 16 /* datagrams whose fragments may be under way at the same time */

/* A conversation while its packets are being collected.  Side 0 is who sent the first. */
struct draft {
    struct segment first;
    const struct packet *packet; /* the first */
    size_t next;                 /* the one before it in the same bucket */
    size_t n;
    bool spoke[2], has_isn[2];
    uint32_t isn[2];
};

struct place {
    size_t draft; /* or NONE */
    int side;
};

struct sorting {
    struct draft *draft;
    size_t n, cap;
    size_t *bucket, buckets; /* the newest conversation of each, or NONE */
    struct place *place;     /* of each packet */
    struct { struct segment segment; struct place place; } fragmented[FRAGMENTED];
    size_t fragments;
};

/* The same for both directions: 5-tuples are few and differ in a port. */
static size_t hash(const struct segment *s)
{
    uint32_t h[2] = {s->from_port, s->to_port};
    for (size_t i = 0; i < 16; i++) {
        h[0] = h[0] * 31 + s->from[i];
        h[1] = h[1] * 31 + s->to[i];
    }
    uint32_t both = (h[0] + h[1] + (uint32_t)s->protocol) * 0x9e3779b1u;
    return both >> 7;
}

static bool same_end(const uint8_t a[16], uint16_t a_port, const uint8_t b[16], uint16_t b_port)
{
    return a_port == b_port && memcmp(a, b, 16) == 0;
}

/* Returns which side of the draft sent this, or -1 when it is none of its packets. */
static int side_of(const struct draft *d, const struct segment *s)
{
    const struct segment *f = &d->first;
    if (s->version != f->version || s->protocol != f->protocol)
        return -1;
    if (same_end(s->from, s->from_port, f->from, f->from_port) &&
        same_end(s->to, s->to_port, f->to, f->to_port))
        return 0;
    return same_end(s->from, s->from_port, f->to, f->to_port) &&
                   same_end(s->to, s->to_port, f->from, f->from_port)
               ? 1
               : -1;
}

/* The same addresses and ports, but another connection. */
static bool begins_anew(const struct draft *d, const struct segment *s, int side)
{
    if (s->protocol != PACKET_TCP || (s->flags & (FLAG_SYN | FLAG_ACK)) != FLAG_SYN)
        return false;
    return d->spoke[side] && !(d->has_isn[side] && d->isn[side] == s->seq);
}

static struct place find(const struct sorting *sort, const struct segment *s)
{
    for (size_t i = sort->bucket[hash(s) % sort->buckets]; i != NONE; i = sort->draft[i].next) {
        int side = side_of(&sort->draft[i], s);
        if (side >= 0)
            return (struct place){begins_anew(&sort->draft[i], s, side) ? NONE : i, side};
    }
    return (struct place){NONE, 0};
}

static struct place begin(struct sorting *sort, const struct packet *packet,
                          const struct segment *s)
{
    if (sort->n == sort->cap) {
        size_t cap = sort->cap ? 2 * sort->cap : 16;
        struct draft *more = realloc(sort->draft, cap * sizeof *more);
        if (!more)
            return (struct place){NONE, -1};
        sort->draft = more;
        sort->cap = cap;
    }
    size_t *bucket = &sort->bucket[hash(s) % sort->buckets];
    sort->draft[sort->n] = (struct draft){.first = *s, .packet = packet, .next = *bucket};
    *bucket = sort->n++;
    return (struct place){*bucket, 0};
}

/* Later fragments have no ports: they go where the first of their datagram went. */
static struct place find_fragment(const struct sorting *sort, const struct segment *s)
{
    for (size_t i = 0; i < FRAGMENTED && i < sort->fragments; i++) {
        const struct segment *first = &sort->fragmented[i].segment;
        if (first->id == s->id && first->protocol == s->protocol &&
            memcmp(first->from, s->from, 16) == 0 && memcmp(first->to, s->to, 16) == 0)
            return sort->fragmented[i].place;
    }
    return (struct place){NONE, 0};
}

static void remember(struct sorting *sort, const struct segment *s, struct place place)
{
    struct draft *d = &sort->draft[place.draft];
    d->n++;
    d->spoke[place.side] = true;
    if (s->flags & FLAG_SYN) {
        d->has_isn[place.side] = true;
        d->isn[place.side] = s->seq;
    }
    if (s->fragment && !s->later) {
        sort->fragmented[sort->fragments % FRAGMENTED].segment = *s;
        sort->fragmented[sort->fragments++ % FRAGMENTED].place = place;
    }
}

static int place_packet(struct sorting *sort, const struct packet *packet, struct place *place)
{
    struct segment s;
    *place = (struct place){NONE, 0};
    if (!packet_decode(&s, packet->data, packet->kept) ||
        (s.protocol != PACKET_TCP && s.protocol != PACKET_UDP))
        return 0;
    *place = s.later ? find_fragment(sort, &s) : find(sort, &s);
    if (place->draft == NONE && !s.later)
        *place = begin(sort, packet, &s);
    if (place->side < 0)
        return -1;
    if (place->draft != NONE)
        remember(sort, &s, *place);
    return 0;
}

static bool first_is_client(const struct draft *d)
{
    if (d->packet->fate != FATE_UNKNOWN)
        return !d->packet->from_server;
    return (d->first.flags & (FLAG_SYN | FLAG_ACK)) != (FLAG_SYN | FLAG_ACK);
}

static int make(struct conversation *c, const struct draft *d)
{
    const struct segment *f = &d->first;
    int first = first_is_client(d) ? 0 : 1;
    *c = (struct conversation){.version = f->version, .protocol = f->protocol};
    memcpy(c->address[first], f->from, 16);
    memcpy(c->address[!first], f->to, 16);
    c->port[first] = f->from_port;
    c->port[!first] = f->to_port;
    c->crossing = malloc(d->n * sizeof *c->crossing);
    return c->crossing ? 0 : -1;
}

static void add(struct conversation *c, const struct packet *packet, bool from_server)
{
    struct crossing *x = &c->crossing[c->n++];
    *x = (struct crossing){.packet = packet, .from_server = from_server, .fate = packet->fate};
    packet_decode(&x->segment, packet->data, packet->kept);
    if (x->segment.len == 0 && packet->len > packet->kept) /* its length is the capture's */
        x->segment.payload_len += packet->len - packet->kept;
}

static int make_all(struct conversations *all, const struct sorting *sort,
                    const struct packet *packet, size_t n)
{
    all->of = calloc(sort->n ? sort->n : 1, sizeof *all->of);
    if (!all->of)
        return -1;
    for (; all->n < sort->n; all->n++)
        if (make(&all->of[all->n], &sort->draft[all->n]) < 0)
            return -1;
    for (size_t i = 0; i < n; i++) {
        struct place at = sort->place[i];
        if (at.draft == NONE)
            all->others++;
        else
            add(&all->of[at.draft], &packet[i],
                (at.side == 0) != first_is_client(&sort->draft[at.draft]));
    }
    for (size_t i = 0; i < all->n; i++)
        follow_packets(&all->of[i]);
    return 0;
}

static int sort_packets(struct sorting *sort, const struct packet *packet, size_t n)
{
    sort->buckets = n / 2 + 1;
    sort->bucket = malloc(sort->buckets * sizeof *sort->bucket);
    sort->place = malloc((n ? n : 1) * sizeof *sort->place);
    if (!sort->bucket || !sort->place)
        return -1;
    for (size_t i = 0; i < sort->buckets; i++)
        sort->bucket[i] = NONE;
    for (size_t i = 0; i < n; i++)
        if (place_packet(sort, &packet[i], &sort->place[i]) < 0)
            return -1;
    return 0;
}

int conversations_find(struct conversations *all, const struct packet *packet, size_t n)
{
    struct sorting sort = {0};
    *all = (struct conversations){0};
    int rc = sort_packets(&sort, packet, n);
    if (rc == 0)
        rc = make_all(all, &sort, packet, n);
    if (rc < 0)
        conversations_free(all);
    free(sort.draft);
    free(sort.bucket);
    free(sort.place);
    return rc;
}

void conversations_free(struct conversations *all)
{
    for (size_t i = 0; i < all->n; i++)
        free(all->of[i].crossing);
    free(all->of);
    *all = (struct conversations){0};
}

struct wire_counts conversation_count(const struct conversation *c, uint64_t from, uint64_t to)
{
    struct wire_counts sum = {0};
    for (const struct crossing *x = c->crossing; x < c->crossing + c->n; x++) {
        int way = x->from_server ? IN : OUT;
        if (x->packet->sent < from || x->packet->sent >= to)
            continue;
        sum.packets[way]++;
        sum.bytes[way] += x->packet->len;
        sum.retransmissions[way] += x->again;
        sum.dropped[way] += x->fate == DROPPED;
    }
    return sum;
}
