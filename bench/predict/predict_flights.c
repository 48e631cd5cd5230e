/* bench/predict/predict_flights.c: how long TLS's messages are depends on the certificate, and on
 * what the library offers.  So a client and a server of ours shake hands in memory, and their bytes
 * are counted: each flight is what one says before it waits for the other (RFC 8446 2).
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "tcp_echo/secure.h"

#include <math.h>
#include <string.h>

#define PAIRS 4 /* over loopback and over a wire, with HTTP inside and without */

static const struct flights none = {.bytes = {NAN, NAN, NAN, NAN}, .record = NAN};

static SSL *new_end(SSL_CTX *ctx, struct secure *owner)
{
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (ssl && in && out) {
        SSL_set_bio(ssl, in, out);
        SSL_set_app_data(ssl, owner); /* who is told of a session */
        return ssl;
    }
    SSL_free(ssl);
    BIO_free(in);
    BIO_free(out);
    return NULL;
}

/* Hands over what one has said.  Returns how many bytes. */
static double carry(SSL *from, SSL *to)
{
    char buf[4096];
    double sum = 0;
    for (int n; (n = BIO_read(SSL_get_wbio(from), buf, sizeof buf)) > 0; sum += n)
        BIO_write(SSL_get_rbio(to), buf, n);
    return sum;
}

/* What one byte becomes. */
static double record_of(SSL *client, SSL *server)
{
    return SSL_write(client, "", 1) == 1 ? carry(client, server) - 1 : NAN;
}

static void shake_hands(struct flights *f, SSL *client, SSL *server)
{
    char byte;
    for (int i = 0; i < FLIGHTS; i += 2) {
        SSL_do_handshake(client);
        f->bytes[i] = carry(client, server);
        SSL_do_handshake(server);
        f->bytes[i + 1] = carry(server, client);
    }
    SSL_read(client, &byte, 1); /* the ticket: there is nothing else */
    f->record = record_of(client, server);
    SSL_shutdown(client); /* or else the session would be given up: RFC 5246 7.2.1 */
}

static struct flights meet(struct tls *client, struct tls *server)
{
    struct secure owner = {0};
    struct flights f = none;
    SSL *asks = new_end(client->ctx, &owner), *answers = new_end(server->ctx, &owner);
    if (asks && answers) {
        SSL_set_connect_state(asks);
        SSL_set_accept_state(answers);
        if (client->session)
            SSL_set_session(asks, client->session);
        shake_hands(&f, asks, answers);
        f.both = SSL_version(asks) < TLS1_3_VERSION && !SSL_session_reused(asks);
    }
    SSL_free(asks);
    SSL_free(answers);
    return f;
}

/* f[0] of a full handshake, f[1] of a resumed one. */
static void find_flights(struct flights f[2], const char *host, bool http)
{
    char why[TLS_WHY_MAX];
    struct tls *client = tls_client(NULL, true, why), *server = tls_server(NULL, NULL, host, why);
    f[0] = f[1] = none;
    if (client && server) {
        if (http)
            tls_speaks_http(client);
        tls_speaks_http(server); /* answers who asks */
        f[0] = meet(client, server);
        f[1] = meet(client, server);
    }
    tls_free(client);
    tls_free(server);
}

struct flights flights_of(const char *host, bool http, bool resumed)
{
    static struct {
        char host[64];
        bool http;
        struct flights f[2];
    } known[PAIRS];
    static size_t n;
    size_t i = 0;
    while (i < n && (known[i].http != http || strcmp(known[i].host, host) != 0))
        i++;
    if (i == n) {
        i = n < PAIRS ? n++ : 0;
        snprintf(known[i].host, sizeof known[i].host, "%s", host);
        known[i].http = http;
        find_flights(known[i].f, host, http);
    }
    return known[i].f[resumed];
}
