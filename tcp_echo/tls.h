/* tcp_echo/tls.h: TLS for a byte stream (RFC 8446; 1.2 and 1.3), done by OpenSSL.  A program makes
 * one struct tls: whom it trusts, or what it proves.  stream.c puts it between itself and TCP, and
 * nobody above notices.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_TLS_H
#define TCP_ECHO_TLS_H

#include "tcp_echo/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tap;

/* Settings for all connections of one side, and at a client the session it may resume. */
struct tls;

#define TLS_WHY_MAX 256

/* A client's: certificates must lead to one in the PEM file cacert, or, when that is NULL, to one
 * the system trusts, and name the host of the URL; insecure leaves all that out.
 * Returns NULL with why (TLS_WHY_MAX bytes) filled in. */
struct tls *tls_client(const char *cacert, bool insecure, char *why);

/* A server's: the PEM files with its certificate (and its chain) and key, which may be in the same
 * file (key NULL).  With cert NULL, a certificate for localhost, 127.0.0.1, ::1 and host is made
 * up and lives in memory only.  Returns NULL with why filled in. */
struct tls *tls_server(const char *cert, const char *key, const char *host, char *why);

/* From now on what is spoken inside is HTTP/1.1, and the other side is told so (ALPN, RFC 7301): a
 * client that wants something else is refused, but for one of HTTP/1.0. */
void tls_speaks_http(struct tls *);

/* Writes a server's own certificate in PEM.  Returns 0, or -1 with errno set. */
int tls_write_cert(const struct tls *, const char *file);

/* A client's next handshake is a full one: no session is resumed. */
void tls_forget(struct tls *);

void tls_free(struct tls *);

/* --- for stream.c: one connection --- */

struct secure;

/* Puts TLS on a connected socket: a client's to this URL, or, when that is NULL, a server's, whose
 * reads then never wait.  Returns NULL when there is no memory. */
struct secure *secure_new(struct tls *, int fd, const struct url *url);

/* Who sees the records; may be NULL. */
void secure_tap(struct secure *, struct tap *);

/* These return as read() and write() do, and errno EAGAIN means to try again when there is
 * something to read or room to write: secure_needs() says when it is the other one.  *error is
 * set with errno, in words that stay until the thread's next failure.  What was once refused must
 * be offered again, with as much or more behind it. */
ssize_t secure_read(struct secure *, void *buf, size_t n, const char **error);
ssize_t secure_write(struct secure *, const void *buf, size_t n, const char **error);

/* Returns 1 when the handshake is over, or -1 as above. */
int secure_handshake(struct secure *, const char **error);
bool secure_is_ready(const struct secure *);

/* True when secure_read() has something that no poll() will tell of. */
bool secure_pending(const struct secure *);

/* For who has polled the descriptor and does not want to wait: true when what came is, or ends in,
 * something that secure_read() has to return; part of a record, or TLS's own business, is not. */
bool secure_ready(struct secure *);

/* What to wait for, who wants to read or write or both: TLS may have to write before it can read
 * on, and the other way round.  Returns true when it is not the same. */
bool secure_needs(const struct secure *, bool *reading, bool *writing);

/* Says that nothing more will be sent (close_notify), without waiting. */
void secure_finish(struct secure *);

void secure_free(struct secure *);

/* --- tls_cert.c --- */

struct ssl_ctx_st; /* SSL_CTX */

/* Gives a context a new P-256 key, and a certificate for it that is its own issuer.  Returns 0, or
 * -1. */
int tls_make_cert(struct ssl_ctx_st *, const char *host);

#endif
