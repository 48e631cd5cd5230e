/* udp_echo/service.h: what the server answers, and whom it tells of events unasked.  No I/O.
 *
 * The source address of a datagram can be forged, so a server that sends much to who asked little
 * is a weapon.  An answer here is never longer than the question, and events go only to who has
 * shown, by returning a token, that it receives at its address.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_SERVICE_H
#define UDP_ECHO_SERVICE_H

#include "tcp_echo/conn.h"

#include <netinet/in.h>

#define TOKEN_LEN 16
#define NO_TOKEN "0000000000000000"
#define SUBSCRIPTION "subscribe" NO_TOKEN /* asks for a token */
#define SUBSCRIPTION_LEN (sizeof SUBSCRIPTION - 1)
#define LEASE_MS 60000    /* how long events come without asking again */
#define TOKEN_MS 600000   /* a token holds for at least so long, at most twice */

struct peer {
    union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; } addr;
    socklen_t len;
};

struct lease { struct peer peer; uint64_t until; /* ms */ };

struct udp_service {
    const struct server_options *options;
    int port;              /* the server's own */
    uint8_t key[32];       /* random: only who knows it can make tokens */
    struct lease *leases;  /* NULL: nothing is pushed */
    size_t leased;
    uint64_t now;          /* ms, set by whoever runs the service */
};

int peer_port(const struct peer *);

/* True for `subscribe` and 16 digits. */
bool is_subscription(const uint8_t *data, size_t n);

/* Writes the TOKEN_LEN digits that this peer must return in this time slot. */
void token_write(uint8_t *out, const uint8_t key[32], const struct peer *, uint64_t slot);

/* Turns the datagram, in place, into its answer.  Returns false when there is none; the answer's
 * length is the datagram's. */
bool udp_answer(struct udp_service *, const struct peer *, uint8_t *data, size_t n);

/* Makes subscribing possible: a random key, and room for options->max_clients leases.
 * Returns 0, or -1 with errno set. */
int leases_open(struct udp_service *);
void leases_close(struct udp_service *);

/* Forgets those that have run out. */
void leases_expire(struct udp_service *);

#endif
