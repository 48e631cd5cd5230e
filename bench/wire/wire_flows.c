/* bench/wire/wire_flows.c: a table of fixed size, eight places to a row: the row's longest silent
 * one gives way, so a wire needs no more memory however long it lives.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_flows.h"
#include "bench/capture/packet.h"
#include "bench/stats.h"

#include <stdlib.h>
#include <string.h>

#define ROWS 16384u
#define PLACES 8

/* [0] the client's, [1] the server's; no gaps, for memcmp(). */
struct key {
    uint8_t address[2][4];
    uint16_t port[2];
    uint32_t protocol;
};

struct flow {
    struct key key;
    uint32_t isn;           /* of the client's SYN */
    uint32_t number[2];     /* packets so far */
    uint64_t turn, ordinal;
    uint64_t last; /* last: the table's time when it spoke last, 0 = a free place */
};

struct wire_flows {
    struct flow row[ROWS][PLACES];
    struct { uint32_t id; struct key key; } fragmented[2]; /* each side's latest such datagram */
    uint64_t turn, flows, time; /* flows: of this turn, so far */
};

struct wire_flows *wire_flows_new(void)
{
    return calloc(1, sizeof(struct wire_flows)); /* pages that are never touched cost nothing */
}

void wire_flows_free(struct wire_flows *flows)
{
    free(flows);
}

static struct key key_of(struct wire_flows *flows, const struct segment *s, int from)
{
    struct key key = {.protocol = (uint32_t)s->protocol};
    if (s->later && flows->fragmented[from].id == s->id)
        return flows->fragmented[from].key;
    memcpy(key.address[from], s->from, 4);
    memcpy(key.address[!from], s->to, 4);
    key.port[from] = s->from_port;
    key.port[!from] = s->to_port;
    if (s->fragment) {
        flows->fragmented[from].id = s->id;
        flows->fragmented[from].key = key;
    }
    return key;
}

static struct flow *row_of(struct wire_flows *flows, const struct key *key)
{
    uint64_t words[2];
    _Static_assert(sizeof words == sizeof *key, "no gaps");
    memcpy(words, key, sizeof words);
    struct random hash = {words[0]};
    hash.state = random_next(&hash) ^ words[1];
    return flows->row[random_next(&hash) % ROWS];
}

/* The flow's place, or, emptied, the one that it may take. */
static struct flow *find(struct wire_flows *flows, const struct key *key)
{
    struct flow *row = row_of(flows, key), *oldest = row;
    for (struct flow *f = row; f < row + PLACES; f++) {
        if (f->last && memcmp(&f->key, key, sizeof *key) == 0)
            return f;
        if (f->last < oldest->last)
            oldest = f;
    }
    oldest->last = 0;
    return oldest;
}

static bool is_syn(const struct segment *s, int from)
{
    return from == 0 && s->protocol == PACKET_TCP &&
           (s->flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN;
}

void wire_flows_turn(struct wire_flows *flows, uint64_t number)
{
    if (number == flows->turn)
        return;
    flows->turn = number;
    flows->flows = 0;
}

struct flow_place wire_flows_count(struct wire_flows *flows, const uint8_t *ip, size_t len,
                                   int from)
{
    struct segment s;
    packet_decode(&s, ip, len); /* what it can't read counts by what it could */
    struct key key = key_of(flows, &s, from);
    struct flow *f = find(flows, &key);
    bool anew = is_syn(&s, from) && f->number[0] > 0 && f->isn != s.seq;
    if (!f->last || anew)
        *f = (struct flow){.key = key, .turn = flows->turn, .ordinal = flows->flows++};
    if (is_syn(&s, from))
        f->isn = s.seq;
    f->last = ++flows->time;
    return (struct flow_place){f->turn, f->ordinal, ++f->number[from]};
}
