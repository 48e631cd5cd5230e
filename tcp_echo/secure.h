/* tcp_echo/secure.h: what tls.c and secure.c know of each other, and of OpenSSL.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_SECURE_H
#define TCP_ECHO_SECURE_H

#include "tcp_echo/tls.h"

#include <openssl/ssl.h>
#include <stdint.h>

struct tls {
    SSL_CTX *ctx;
    BIO_METHOD *bio;
    /* at a client */
    SSL_SESSION *session; /* to resume with this peer, or NULL */
    char peer[256];
    int peer_port;
    unsigned peer_number; /* counts the peers there were before */
};

struct secure {
    SSL *ssl;
    struct tap *tap;
    int fd;
    unsigned peer_number;
    int64_t began;  /* ms: the call that is under way */
    bool waited;    /* it has, for a part of a record */
    unsigned key_updates; /* the peer's, so far */
    bool fin;       /* has come, perhaps without a good-bye before it */
    bool cut_short; /* the last send() took only a part */
    bool read_now;  /* recv() is not to wait */
    bool starved;   /* the last read had to wait: what is buffered is not whole */
    bool at_end;    /* the peer has said good-bye, and our reader does not know yet */
    bool broken;    /* beyond even a good-bye */
    bool read_crossed, write_crossed; /* waits for room to write; for something to read */
};

/* How OpenSSL reads and writes: through tcp.c.  Returns NULL when there is no memory. */
BIO_METHOD *secure_bio(void);

/* The session to offer to this peer, or NULL. */
SSL_SESSION *tls_session(struct tls *, const struct url *);

#endif
