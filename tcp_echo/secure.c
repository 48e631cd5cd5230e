/* tcp_echo/secure.c: one connection under TLS.  OpenSSL makes the records; it reads and writes
 * through tcp.c, as everybody does, so that signals, short writes and taps are dealt with there.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/secure.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/stop.h"
#include "tcp_echo/stream.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- under OpenSSL: TCP --- */

static int bio_outcome(BIO *bio, ssize_t n, int retry)
{
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    return (int)n;
}

static void tap_wire(struct secure *s, enum direction direction, const void *data, ssize_t n)
{
    if (n > 0 && s->tap && s->tap->wire)
        s->tap->wire(s->tap, direction, data, (size_t)n);
}

/* A record that comes byte by byte must not take a descriptor's patience for each of them. */
static bool is_late(struct secure *s)
{
    int ms = s->waited ? io_timeout(s->fd) : 0;
    s->waited = true;
    return ms > 0 && clock_ms() - s->began >= ms;
}

/* A key is good for millions of records (RFC 8446 5.5); whoever changes it all the time keeps us
 * from everybody else. */
#define KEY_UPDATES_MAX 100

static void count_key_updates(int sent, int version, int type, const void *message, size_t n,
                              SSL *ssl, void *arg)
{
    struct secure *s = arg;
    (void)version;
    (void)ssl;
    if (!sent && type == SSL3_RT_HANDSHAKE && n > 0 &&
        *(const uint8_t *)message == SSL3_MT_KEY_UPDATE)
        s->key_updates++;
}

static ssize_t read_tcp(struct secure *s, void *buf, size_t n)
{
    if (s->key_updates > KEY_UPDATES_MAX) {
        errno = EPROTO;
        return -1;
    }
    if (s->read_now)
        return tcp_read_now(s->fd, buf, n);
    if (!is_late(s))
        return tcp_read(s->fd, buf, n);
    errno = EAGAIN;
    return -1;
}

static int bio_read(BIO *bio, char *buf, int n)
{
    struct secure *s = BIO_get_data(bio);
    ssize_t got = read_tcp(s, buf, (size_t)n);
    s->fin = got == 0;
    tap_wire(s, RECEIVED, buf, got);
    return bio_outcome(bio, got, BIO_FLAGS_READ);
}

/* OpenSSL asks for the rest of a record at once.  When the process has been told to stop, somebody
 * who does not read must not keep it. */
static ssize_t write_tcp(struct secure *s, const void *buf, size_t n)
{
    if (s->cut_short && told_to_stop()) {
        errno = EINTR;
        return -1;
    }
    ssize_t sent = tcp_write(s->fd, buf, n);
    s->cut_short = sent >= 0 && (size_t)sent < n;
    return sent;
}

static int bio_write(BIO *bio, const char *buf, int n)
{
    struct secure *s = BIO_get_data(bio);
    ssize_t sent = write_tcp(s, buf, (size_t)n);
    tap_wire(s, SENT, buf, sent);
    return bio_outcome(bio, sent, BIO_FLAGS_WRITE);
}

static long bio_ctrl(BIO *bio, int command, long number, void *arg)
{
    const struct secure *s = BIO_get_data(bio);
    (void)number;
    (void)arg;
    if (command == BIO_CTRL_EOF)
        return s->fin;
    return command == BIO_CTRL_FLUSH; /* nothing is held back here */
}

BIO_METHOD *secure_bio(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "tcp");
    if (!method)
        return NULL;
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_ctrl);
    return method;
}

/* --- a connection's life --- */

/* Whom the certificate must name.  A name is also told to the server (SNI), an address is not: RFC
 * 6066 3. */
static bool expect_host(SSL *ssl, const char *host)
{
    if (is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT); /* RFC 9525 6.3 */
    return SSL_set1_host(ssl, host) && SSL_set_tlsext_host_name(ssl, host);
}

static bool be_client(struct secure *s, struct tls *tls, const struct url *url)
{
    SSL_SESSION *session = tls_session(tls, url);
    s->peer_number = tls->peer_number;
    SSL_set_connect_state(s->ssl);
    if (session)
        SSL_set_session(s->ssl, session); /* should it not do, a full handshake will */
    return expect_host(s->ssl, url->host);
}

static bool be_server(struct secure *s)
{
    s->read_now = true;
    SSL_set_accept_state(s->ssl);
    return true;
}

struct secure *secure_new(struct tls *tls, int fd, const struct url *url)
{
    struct secure *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->fd = fd;
    s->ssl = SSL_new(tls->ctx);
    BIO *bio = s->ssl ? BIO_new(tls->bio) : NULL;
    if (bio) {
        BIO_set_data(bio, s);
        BIO_set_init(bio, 1);
        SSL_set_bio(s->ssl, bio, bio);
        SSL_set_msg_callback(s->ssl, count_key_updates);
        SSL_set_msg_callback_arg(s->ssl, s);
    }
    if (bio && SSL_set_app_data(s->ssl, s) && (url ? be_client(s, tls, url) : be_server(s)))
        return s;
    secure_free(s);
    return NULL;
}

void secure_free(struct secure *s)
{
    SSL_free(s->ssl);
    free(s);
}

void secure_tap(struct secure *s, struct tap *tap)
{
    s->tap = tap;
}

/* --- reading and writing --- */

static ssize_t fail(struct secure *s, const char **error, int number, const char *format,
                    const char *what)
{
    static _Thread_local char words[160];
    snprintf(words, sizeof words, format, what);
    *error = words;
    s->broken = true;
    errno = number;
    return -1;
}

#define CUT_OFF "closed by the peer without a good-bye (close_notify)"

static ssize_t protocol_failure(struct secure *s, const char **error)
{
    unsigned long code = ERR_peek_error();
    const char *text = ERR_reason_error_string(code);
    switch (ERR_GET_REASON(code)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        text = X509_verify_cert_error_string(SSL_get_verify_result(s->ssl));
        return fail(s, error, EPROTO, "the server's certificate is refused: %s", text);
    case ERR_R_MALLOC_FAILURE:
        return fail(s, error, ENOMEM, "%s", "no memory for TLS");
    case SSL_R_WRONG_VERSION_NUMBER:
        return fail(s, error, EPROTO, "%s", "the peer does not speak TLS");
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return fail(s, error, ECONNRESET, "%s", CUT_OFF);
#endif
    }
    return fail(s, error, EPROTO, "TLS: %s", text ? text : "failed without a reason");
}

/* What a call came to that returned rc <= 0.  Returns 0 at the peer's end, or -1. */
static ssize_t outcome(struct secure *s, int rc, const char **error)
{
    int number = errno;
    switch (SSL_get_error(s->ssl, rc)) {
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        *error = "timed out"; /* should the descriptor be one that blocks */
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_SYSCALL:
        if (number == 0)
            return fail(s, error, ECONNRESET, "%s", CUT_OFF);
        return fail(s, error, number, "%s", address_error(number));
    default:
        return protocol_failure(s, error);
    }
}

/* Before each call of OpenSSL's. */
static void begin(struct secure *s)
{
    ERR_clear_error();
    errno = 0;
    s->began = s->read_now ? 0 : clock_ms();
    s->waited = false;
}

int secure_handshake(struct secure *s, const char **error)
{
    begin(s);
    int rc = SSL_do_handshake(s->ssl);
    s->read_crossed = rc <= 0 && SSL_want_write(s->ssl);
    s->starved = rc <= 0;
    if (rc == 1)
        return 1;
    if (outcome(s, rc, error) == 0)
        fail(s, error, ECONNRESET, "%s", "closed by the peer");
    return -1;
}

bool secure_is_ready(const struct secure *s)
{
    return SSL_is_init_finished(s->ssl);
}

static int read_once(struct secure *s, char *buf, size_t n)
{
    begin(s);
    int rc = SSL_read(s->ssl, buf, n < INT_MAX ? (int)n : INT_MAX);
    s->starved = rc <= 0;
    s->read_crossed = rc <= 0 && SSL_want_write(s->ssl);
    return rc;
}

/* All that has arrived, however many records it came in; but only the first is waited for. */
ssize_t secure_read(struct secure *s, void *buf, size_t n, const char **error)
{
    bool was_now = s->read_now;
    size_t got = 0;
    s->at_end = false;
    int rc = read_once(s, buf, n);
    s->read_now = true;
    while (rc > 0) {
        got += (size_t)rc;
        if (got == n || !SSL_has_pending(s->ssl))
            break;
        rc = read_once(s, (char *)buf + got, n - got);
    }
    s->read_now = was_now;
    if (got == 0)
        return outcome(s, rc, error);
    s->at_end = rc <= 0 && SSL_get_error(s->ssl, rc) != SSL_ERROR_WANT_READ;
    return (ssize_t)got;
}

ssize_t secure_write(struct secure *s, const void *buf, size_t n, const char **error)
{
    if (n == 0)
        return 0;
    begin(s);
    int rc = SSL_write(s->ssl, buf, n < INT_MAX ? (int)n : INT_MAX);
    s->write_crossed = rc <= 0 && SSL_want_read(s->ssl);
    if (rc > 0)
        return rc;
    ssize_t failed = outcome(s, rc, error); /* 0: the peer had said good-bye before it went */
    return failed < 0 ? failed : fail(s, error, EPIPE, "%s", "closed by the peer");
}

bool secure_pending(const struct secure *s)
{
    return s->at_end || (!s->starved && SSL_has_pending(s->ssl));
}

bool secure_ready(struct secure *s)
{
    bool was_now = s->read_now;
    char byte;
    begin(s);
    s->read_now = true;
    int rc = s->at_end ? 1 : SSL_peek(s->ssl, &byte, 1);
    s->read_now = was_now;
    s->starved = rc <= 0 && SSL_get_error(s->ssl, rc) == SSL_ERROR_WANT_READ;
    return !s->starved;
}

bool secure_needs(const struct secure *s, bool *reading, bool *writing)
{
    bool read = *reading, write = *writing;
    *reading = (read && !s->read_crossed) || (write && s->write_crossed);
    *writing = (write && !s->write_crossed) || (read && s->read_crossed);
    return s->read_crossed || s->write_crossed;
}

void secure_finish(struct secure *s)
{
    if (s->broken || !SSL_is_init_finished(s->ssl))
        return;
    ERR_clear_error();
    SSL_shutdown(s->ssl);
}
