/* tests/fault_exchange.h: one short exchange in every protocol, the client's side done with our own
 * libraries: what the fault tests interrupt, everywhere.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_FAULT_EXCHANGE_H
#define TESTS_FAULT_EXCHANGE_H

#include "tcp_echo/tls.h"
#include "tcp_echo/url.h"

/* WRONG: something came that nobody has sent.  That must never be, whatever happens. */
enum outcome { WHOLE, FAILED, WRONG };

struct exchange {
    const char *name;
    const char *url;     /* of which the port is missing, and perhaps TLS */
    const char *server;  /* the program that answers it, */
    const char *options; /* and what makes it do so */
    bool pushed;         /* the server speaks unasked: only under the loop */
    /* Connects, asks, reads the answer, leaves.  ms bounds each wait.  error, of ERROR_MAX bytes,
     * says why it has FAILED. */
    enum outcome (*run)(const struct url *, struct tls *, int ms, char *error);
};
#define ERROR_MAX 256

extern const struct exchange exchanges[];
extern const int exchange_count;

/* secure: over TLS. */
struct url exchange_url(const struct exchange *, int port, bool secure);

/* True for what a user should be told: one line, printable, not empty. */
bool is_a_reason(const char *error);

#endif
