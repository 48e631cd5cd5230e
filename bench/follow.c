/* bench/follow.c: records are read once, but for those whose packets were on their way.
 * SPDX-License-Identifier: MIT */
#include "bench/follow.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_NS 1500000000u /* longer than it takes TCP to send again what got lost once */
#define DOUBLINGS_MAX 4u      /* of that: TCP waits twice as long each time */

static bool has_ports(const struct whose *w, const struct segment *s, bool from_server)
{
    return s->from_port == w->port[from_server ? IN : OUT] &&
           s->to_port == w->port[from_server ? OUT : IN];
}

/* A datagram's fragments follow each other; only the first one has ports. */
static bool is_own(struct follow *f, const struct packet *p)
{
    struct segment s;
    uint64_t *datagram = &f->now.datagram[p->from_server];
    if (!packet_decode(&s, p->data, p->kept) || s.protocol != f->whose.protocol)
        return false;
    if (s.later)
        return *datagram == (uint64_t)s.id + 1;
    if (!has_ports(&f->whose, &s, p->from_server))
        return false;
    if (s.fragment)
        *datagram = (uint64_t)s.id + 1;
    return true;
}

/* So many have got lost in a row. */
static uint64_t repeated_after(unsigned lost)
{
    unsigned doublings = lost - 1 < DOUBLINGS_MAX ? lost - 1 : DOUBLINGS_MAX;
    return (uint64_t)REPEAT_NS << doublings;
}

static void note_move(struct followed *now, const struct packet *p)
{
    unsigned *lost = &now->lost[p->from_server];
    uint64_t moved = p->arrived;
    *lost = p->fate == DROPPED ? *lost + 1 : 0;
    if (p->fate == DROPPED)
        moved = p->sent + repeated_after(*lost);
    if (p->fate == FATE_UNKNOWN)
        moved = UINT64_MAX;
    now->open |= p->fate == FATE_UNKNOWN;
    now->moved = moved > now->moved ? moved : now->moved;
}

static int keep(struct follow *f, const struct packet *p)
{
    if (f->now.n == f->cap) {
        size_t cap = 2 * f->cap + 64;
        struct packet *more = realloc(f->packet, cap * sizeof *more);
        if (!more)
            return -1;
        f->packet = more;
        f->cap = cap;
    }
    f->packet[f->now.n++] = *p;
    note_move(&f->now, p);
    return 0;
}

int follow_take(struct follow *f, const struct packet *p, size_t at)
{
    if (is_own(f, p) && keep(f, p) < 0)
        return -1;
    f->now.at = at;
    if (!f->now.open)
        f->sure = f->now;
    return 0;
}

int follow_wire(struct follow *f, const struct wire *wire)
{
    struct packet next;
    size_t at = f->sure.at;
    f->now = f->sure;
    while (wire_packet(wire, &at, &next))
        if (follow_take(f, &next, at) < 0)
            return -1;
    return 0;
}

const struct conversation *whose_conversation(const struct whose *w,
                                              const struct conversations *all, uint64_t before_ns)
{
    const struct conversation *found = NULL;
    for (const struct conversation *c = all->of; c < all->of + all->n; c++)
        if (c->protocol == w->protocol && memcmp(c->port, w->port, sizeof c->port) == 0 &&
            c->crossing[0].packet->sent < before_ns)
            found = c;
    return found;
}
