/* tcp_echo/tls.c: the settings: whom a client trusts, what a server proves, how both speak.
 * One connection is in secure.c.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/secure.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As ALPN writes it, the best first; clients offer what comes first only. */
static const uint8_t http[] = "\x08http/1.1\x08http/1.0";
#define HTTP_1_1_SIZE 9

/* Why the last OpenSSL call failed; with the errno when it was a system call. */
static const char *reason(void)
{
    unsigned long error = ERR_peek_error();
    if (ERR_GET_LIB(error) == ERR_LIB_SYS)
        return strerror(ERR_GET_REASON(error));
    if (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE)
        return "there is nothing of the kind in it, in PEM";
    const char *text = ERR_reason_error_string(error);
    return text ? text : "OpenSSL does not say why";
}

static struct tls *refuse(struct tls *tls, char *why, const char *what, const char *file)
{
    snprintf(why, TLS_WHY_MAX, "%s%s%s: %s", what, file ? " " : "", file ? file : "", reason());
    tls_free(tls);
    return NULL;
}

/* A key that needs a pass phrase is refused: nobody sits at a server to be asked. */
static int no_pass_phrase(char *buf, int size, int writing, void *arg)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static struct tls *tls_new(const SSL_METHOD *method)
{
    struct tls *tls = calloc(1, sizeof *tls);
    ERR_clear_error();
    if (!tls)
        return NULL;
    tls->ctx = SSL_CTX_new(method);
    tls->bio = secure_bio();
    if (!tls->ctx || !tls->bio || !SSL_CTX_set_app_data(tls->ctx, tls) ||
        !SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION)) {
        tls_free(tls);
        return NULL;
    }
    SSL_CTX_set_default_passwd_cb(tls->ctx, no_pass_phrase);
    /* What is refused goes into a queue, where its address changes; one that is idle holds no
     * buffers; and one recv() takes all that is there instead of a head, then a body. */
    SSL_CTX_set_mode(tls->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(tls->ctx, 1);
    SSL_CTX_set_options(tls->ctx, SSL_OP_NO_RENEGOTIATION);
    return tls;
}

/* --- clients --- */

/* TLS 1.3 sends its tickets when it likes: the newest is kept, for the peer it came from. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const struct secure *s = SSL_get_app_data(ssl);
    if (s->peer_number != tls->peer_number)
        return 0;
    SSL_SESSION_free(tls->session);
    tls->session = session;
    return 1; /* it is ours now */
}

struct tls *tls_client(const char *cacert, bool insecure, char *why)
{
    struct tls *tls = tls_new(TLS_client_method());
    if (!tls)
        return refuse(tls, why, "TLS", NULL);
    SSL_CTX_set_verify(tls->ctx, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(tls->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(tls->ctx, keep_session);
    if (cacert && SSL_CTX_load_verify_locations(tls->ctx, cacert, NULL) != 1)
        return refuse(tls, why, "--cacert", cacert);
    if (!cacert && SSL_CTX_set_default_verify_paths(tls->ctx) != 1)
        return refuse(tls, why, "the system's certificates", NULL);
    return tls;
}

void tls_forget(struct tls *tls)
{
    SSL_SESSION_free(tls->session);
    tls->session = NULL;
    tls->peer_number++;
}

SSL_SESSION *tls_session(struct tls *tls, const struct url *url)
{
    bool same = tls->peer_port == url->port && strcmp(tls->peer, url->host) == 0;
    if (same)
        return tls->session;
    tls_forget(tls);
    tls->peer_port = url->port;
    snprintf(tls->peer, sizeof tls->peer, "%s", url->host);
    return NULL;
}

/* --- servers --- */

/* A ticket is all a server needs to resume (RFC 8446 4.6.1, RFC 5077): it remembers nothing, and
 * the processes of a pool take each other's. */
static bool set_up_server(SSL_CTX *ctx)
{
    static const uint8_t name[] = "socklab";
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
#ifdef SSL_OP_IGNORE_UNEXPECTED_EOF /* who forgets its good-bye gets what it is owed all the same */
    SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif
    return SSL_CTX_set_num_tickets(ctx, 1) &&
           SSL_CTX_set_session_id_context(ctx, name, sizeof name);
}

struct tls *tls_server(const char *cert, const char *key, const char *host, char *why)
{
    struct tls *tls = tls_new(TLS_server_method());
    if (!tls || !set_up_server(tls->ctx))
        return refuse(tls, why, "TLS", NULL);
    if (!cert)
        return tls_make_cert(tls->ctx, host) == 0 ? tls : refuse(tls, why, "certificate", NULL);
    if (SSL_CTX_use_certificate_chain_file(tls->ctx, cert) != 1)
        return refuse(tls, why, "--cert", cert);
    if (SSL_CTX_use_PrivateKey_file(tls->ctx, key ? key : cert, SSL_FILETYPE_PEM) == 1)
        return tls;
    if (key)
        return refuse(tls, why, "--key", key);
    refuse(tls, why, "--cert", cert);
    snprintf(why, TLS_WHY_MAX, "--cert %s: its key is not in it: name the key's file by --key",
             cert);
    return NULL;
}

int tls_write_cert(const struct tls *tls, const char *file)
{
    FILE *f = fopen(file, "w");
    if (!f)
        return -1;
    bool written = PEM_write_X509(f, SSL_CTX_get0_certificate(tls->ctx));
    return fclose(f) == 0 && written ? 0 : -1;
}

/* --- both --- */

static int choose_http(SSL *ssl, const uint8_t **out, uint8_t *out_len, const uint8_t *in,
                       unsigned in_len, void *arg)
{
    uint8_t *chosen;
    (void)ssl;
    (void)arg;
    int rc = SSL_select_next_proto(&chosen, out_len, http, sizeof http - 1, in, in_len);
    *out = chosen;
    return rc == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void tls_speaks_http(struct tls *tls)
{
    SSL_CTX_set_alpn_protos(tls->ctx, http, HTTP_1_1_SIZE);
    SSL_CTX_set_alpn_select_cb(tls->ctx, choose_http, NULL);
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_SESSION_free(tls->session);
    SSL_CTX_free(tls->ctx);
    BIO_meth_free(tls->bio);
    free(tls);
}
