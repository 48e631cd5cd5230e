/* tcp_echo/tls_cert.c: a certificate for the classroom.  Nobody vouches for it but itself, so
 * clients must be handed it (--cert-out, --cacert), and its key is never written down.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/tls.h"

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define DAY (24L * 60 * 60)
#define VALID_DAYS 365 /* browsers take no more than 398 */

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    bool made = ctx && EVP_PKEY_keygen_init(ctx) > 0 &&
                EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) > 0 &&
                EVP_PKEY_keygen(ctx, &key) > 0;
    EVP_PKEY_CTX_free(ctx);
    return made ? key : NULL;
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool added = extension && X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

/* Names and addresses are different things to those who compare them (RFC 9525 6). */
static bool add_names(X509 *cert, const char *host)
{
    static const char always[] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    char names[sizeof always + 300];
    static const char name_chars[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    bool is_name = strspn(host, name_chars) == strlen(host);
    bool is_new = *host && strcmp(host, "localhost") != 0 && (is_address(host) || is_name);
    snprintf(names, sizeof names, "%s%s%s", always,
             !is_new ? "" : is_address(host) ? ",IP:" : ",DNS:", is_new ? host : "");
    return add_extension(cert, NID_subject_alt_name, names);
}

static bool set_times_and_number(X509 *cert)
{
    uint64_t number;
    if (RAND_bytes((uint8_t *)&number, sizeof number) != 1)
        return false;
    return X509_set_version(cert, 2) &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), number) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) && /* clocks differ */
           X509_gmtime_adj(X509_getm_notAfter(cert), VALID_DAYS * DAY);
}

static bool set_name(X509 *cert)
{
    static const uint8_t text[] = "socklab";
    X509_NAME *name = X509_get_subject_name(cert);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) &&
           X509_set_issuer_name(cert, name);
}

/* All are called the same: by the key's identifier the right one is found in a file of several. */
static X509 *make_cert(EVP_PKEY *key, const char *host)
{
    X509 *cert = X509_new();
    bool made = cert && set_times_and_number(cert) && set_name(cert) &&
                X509_set_pubkey(cert, key) &&
                add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
                add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
                add_extension(cert, NID_ext_key_usage, "serverAuth") &&
                add_extension(cert, NID_subject_key_identifier, "hash") &&
                add_extension(cert, NID_authority_key_identifier, "keyid:always") &&
                add_names(cert, host) && X509_sign(cert, key, EVP_sha256()) > 0;
    if (made)
        return cert;
    X509_free(cert);
    return NULL;
}

int tls_make_cert(SSL_CTX *ctx, const char *host)
{
    EVP_PKEY *key = make_key();
    X509 *cert = key ? make_cert(key, host) : NULL;
    bool used = cert && SSL_CTX_use_certificate(ctx, cert) == 1 &&
                SSL_CTX_use_PrivateKey(ctx, key) == 1;
    X509_free(cert);
    EVP_PKEY_free(key);
    return used ? 0 : -1;
}
