/* udp_echo/service.c: the echo server's side of UDP.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/service.h"
#include "tcp_echo/url.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int peer_port(const struct peer *peer)
{
    return ntohs(peer->addr.any.sa_family == AF_INET6 ? peer->addr.v6.sin6_port
                                                      : peer->addr.v4.sin_port);
}

static bool refuse(const struct udp_service *s, const struct peer *peer, size_t n, const char *why)
{
    char from[64];
    if (s->options->verbose)
        fprintf(stderr, "udp: %zu bytes from %s: %s\n", n,
                address_format(&peer->addr.any, peer->len, from), why);
    return false;
}

/* --- subscriptions --- */

bool is_subscription(const uint8_t *data, size_t n)
{
    if (n != SUBSCRIPTION_LEN || memcmp(data, SUBSCRIPTION, n - TOKEN_LEN) != 0)
        return false;
    for (size_t i = n - TOKEN_LEN; i < n; i++)
        if (!isdigit(data[i]))
            return false;
    return true;
}

/* The server need not remember whom it gave which token: it can work it out again.  So who asks and
 * never answers costs it no memory (the idea of TCP's SYN cookies, RFC 4987 3.6). */
void token_write(uint8_t *out, const uint8_t key[32], const struct peer *peer, uint64_t slot)
{
    uint8_t text[sizeof slot + sizeof peer->addr], mac[EVP_MAX_MD_SIZE] = {0};
    char digits[TOKEN_LEN + 1];
    uint64_t number;
    memcpy(text, &slot, sizeof slot);
    memcpy(text + sizeof slot, &peer->addr, peer->len);
    HMAC(EVP_sha256(), key, 32, text, sizeof slot + peer->len, mac, NULL);
    memcpy(&number, mac, sizeof number);
    snprintf(digits, sizeof digits, "%016" PRIu64, number % UINT64_C(10000000000000000));
    memcpy(out, digits, TOKEN_LEN);
}

static bool token_holds(const struct udp_service *s, const struct peer *peer, const uint8_t *token)
{
    uint8_t good[2][TOKEN_LEN];
    uint64_t slot = s->now / TOKEN_MS;
    token_write(good[0], s->key, peer, slot);
    token_write(good[1], s->key, peer, slot - 1);
    return memcmp(token, good[0], TOKEN_LEN) == 0 || memcmp(token, good[1], TOKEN_LEN) == 0;
}

static bool same_peer(const struct peer *a, const struct peer *b)
{
    return a->len == b->len && memcmp(&a->addr, &b->addr, a->len) == 0;
}

/* Returns false: who has shown its address is answered with events. */
static bool lease(struct udp_service *s, const struct peer *peer, size_t n)
{
    size_t i = 0;
    while (i < s->leased && !same_peer(&s->leases[i].peer, peer))
        i++;
    if (i == (size_t)s->options->max_clients)
        return refuse(s, peer, n, "no lease: --max-clients are being told already");
    s->leases[i] = (struct lease){*peer, s->now + LEASE_MS};
    s->leased += i == s->leased;
    return false;
}

int leases_open(struct udp_service *s)
{
    s->leases = calloc((size_t)s->options->max_clients, sizeof *s->leases);
    errno = s->leases ? EIO : ENOMEM;
    return s->leases && RAND_bytes(s->key, sizeof s->key) == 1 ? 0 : -1;
}

void leases_close(struct udp_service *s)
{
    free(s->leases);
}

void leases_expire(struct udp_service *s)
{
    for (size_t i = 0; i < s->leased;)
        if (s->leases[i].until <= s->now)
            s->leases[i] = s->leases[--s->leased];
        else
            i++;
}

/* A wrong token is not answered with a right one: two servers would challenge each other for
 * ever. */
static bool answer_subscription(struct udp_service *s, const struct peer *peer, uint8_t *data,
                                size_t n)
{
    uint8_t *token = data + n - TOKEN_LEN;
    if (memcmp(token, NO_TOKEN, TOKEN_LEN) == 0) {
        token_write(token, s->key, peer, s->now / TOKEN_MS);
        return true;
    }
    if (!token_holds(s, peer, token))
        return refuse(s, peer, n, "not a token of ours, or too old");
    return lease(s, peer, n);
}

/* --- the echo --- */

bool udp_answer(struct udp_service *s, const struct peer *peer, uint8_t *data, size_t n)
{
    int port = peer_port(peer);
    if (port < 1024 || port == s->port) /* an echo or DNS server there would answer for ever */
        return refuse(s, peer, n, "not answered: a server's port, so the source may be forged");
    if (n > (size_t)s->options->max_message)
        return refuse(s, peer, n, "more than --max-message");
    if (s->leases && is_subscription(data, n))
        return answer_subscription(s, peer, data, n);
    return true;
}
