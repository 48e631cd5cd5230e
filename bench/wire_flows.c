/* bench/wire_flows.c: a table of fixed size, eight places to a row: the row's longest silent one
 * gives way, so a wire needs no more memory however long it lives.
 * SPDX-License-Identifier: MIT */
#include "bench/wire_flows.h"
#include "bench/stats.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 16384u
#define PLACES 8
#define TCP_SYN 0x02
#define TCP_ACK 0x10

/* The client's address and port, then the server's. */
struct key {
    uint32_t address[2];
    uint16_t port[2];
    uint32_t protocol;
};

struct flow {
    struct key key;
    uint32_t isn;       /* of the client's SYN */
    uint32_t number[2]; /* packets so far: client's, server's */
    uint64_t ordinal, last; /* last: the table's time when it spoke last, 0 = a free place */
};

struct wire_flows {
    struct flow row[ROWS][PLACES];
    uint64_t flows, time;
};

struct wire_flows *wire_flows_new(void)
{
    return calloc(1, sizeof(struct wire_flows)); /* pages that are never touched cost nothing */
}

void wire_flows_free(struct wire_flows *flows)
{
    free(flows);
}

static bool has_ports(const uint8_t *ip, size_t header, size_t len)
{
    bool first = (ip[6] & 0x1f) == 0 && ip[7] == 0; /* the fragment's offset */
    return first && len >= header + 4 && (ip[9] == IPPROTO_TCP || ip[9] == IPPROTO_UDP);
}

static struct key key_of(const uint8_t *ip, size_t header, size_t len, int from_server)
{
    struct key key = {.protocol = ip[9]};
    for (int i = 0; i < 2; i++) {
        int side = i ^ from_server; /* i: 0 is who sent it */
        memcpy(&key.address[side], ip + 12 + 4 * i, 4);
        if (has_ports(ip, header, len))
            memcpy(&key.port[side], ip + header + 2 * i, 2);
    }
    return key;
}

static struct flow *row_of(struct wire_flows *flows, const struct key *key)
{
    uint64_t words[2];
    memcpy(words, key, sizeof words);
    struct random hash = {words[0]};
    hash.state = random_next(&hash) ^ words[1];
    return flows->row[random_next(&hash) % ROWS];
}

/* The flow's place, or the one that it may take. */
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

struct flow_place wire_flows_count(struct wire_flows *flows, const uint8_t *ip, size_t len,
                                   int from_server)
{
    size_t header = (size_t)(ip[0] & 0x0f) * 4;
    struct key key = key_of(ip, header, len, from_server);
    struct flow *f = find(flows, &key);
    uint32_t isn = f->isn;
    bool syn = !from_server && key.protocol == IPPROTO_TCP && key.port[0] && len >= header + 14 &&
               (ip[header + 13] & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    if (syn)
        memcpy(&isn, ip + header + 4, 4);
    if (!f->last || isn != f->isn)
        *f = (struct flow){.key = key, .isn = isn, .ordinal = flows->flows++};
    f->last = ++flows->time;
    return (struct flow_place){f->ordinal, ++f->number[from_server]};
}
