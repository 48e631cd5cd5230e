/* tcp_echo/tls_explain.c: TLS records in words: what anybody between the two ends can see.
 * Everything behind a TLS 1.3 ServerHello looks like application data, and is meant to.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/describe.h"

#include <ctype.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#define RECORD_HEAD 5
#define RECORD_MAX (16384 + 2048) /* of a record's content, TLS 1.2's: RFC 5246 6.2.3 */
#define MESSAGE_HEAD 4

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };

/* describer->scratch of one direction */
struct half {
    bool encrypted; /* its handshake messages can't be read any more */
    uint8_t type;   /* of the handshake message under way */
    size_t left;    /* bytes of it that follow in the next record */
};
_Static_assert(sizeof(struct half) <= sizeof ((struct describer *)0)->scratch[0], "scratch");

static const char *handshake_name(uint8_t type)
{
    switch (type) {
    case 0: return "HelloRequest";
    case 1: return "ClientHello";
    case 2: return "ServerHello";
    case 4: return "NewSessionTicket";
    case 11: return "Certificate";
    case 12: return "ServerKeyExchange";
    case 13: return "CertificateRequest";
    case 14: return "ServerHelloDone";
    case 15: return "CertificateVerify";
    case 16: return "ClientKeyExchange";
    case 20: return "Finished";
    case 22: return "CertificateStatus";
    default: return NULL;
    }
}

static void add_word(struct step *step, const char *word, const char *then)
{
    size_t at = strlen(step->what);
    snprintf(step->what + at, sizeof step->what - at, "%s%s%s", at ? ", " : "", word, then);
}

/* One handshake message, or what this record has of it.  Returns its bytes, 0 when it is none. */
static size_t describe_message(struct half *half, const uint8_t *body, size_t n, struct step *step)
{
    const char *then = half->left ? " goes on" : "";
    size_t head = half->left ? 0 : MESSAGE_HEAD;
    if (n < head)
        return 0;
    if (head) {
        half->type = body[0];
        half->left = (size_t)body[1] << 16 | (size_t)body[2] << 8 | body[3];
    }
    const char *name = handshake_name(half->type);
    if (!name)
        return half->left = 0;
    size_t here = n - head < half->left ? n - head : half->left;
    add_word(step, name, then);
    step_part(step, head + here, "%s%s, %zu bytes", name, then, half->left);
    half->left -= here;
    return head + here;
}

/* Several messages may share a record, and one may span several (RFC 8446 5.1). */
static void describe_handshake(struct half *half, const uint8_t *body, size_t n, struct step *step)
{
    size_t end = 0, took = 1;
    while (!half->encrypted && end < n && took > 0 && step->parts < STEP_PARTS_MAX - 1) {
        took = describe_message(half, body + end, n - end, step);
        end += took;
    }
    if (end == 0)
        snprintf(step->what, sizeof step->what, "handshake, encrypted");
    if (end < n)
        step_part(step, n - end, end == 0 ? "encrypted" : "the rest");
}

/* "close notify" is close_notify in RFC 8446 6. */
static void describe_alert(const uint8_t *body, size_t n, struct step *step)
{
    if (n != 2) {
        snprintf(step->what, sizeof step->what, "alert, encrypted");
        step_part(step, n, "encrypted");
        return;
    }
    snprintf(step->what, sizeof step->what, "alert: %s", SSL_alert_desc_string_long(body[1]));
    for (char *c = step->what + strlen("alert: "); *c; c++)
        *c = (char)(*c == ' ' ? '_' : tolower((unsigned char)*c));
    step_part(step, 2, "level %u%s, description %u", body[0],
              body[0] == 2 ? " (fatal)" : body[0] == 1 ? " (warning)" : "", body[1]);
}

static void describe_content(struct half *half, uint8_t type, const uint8_t *body, size_t n,
                             struct step *step)
{
    step_part(step, RECORD_HEAD, "record head: type %u, length %zu", type, n);
    switch (type) {
    case HANDSHAKE:
        describe_handshake(half, body, n, step);
        break;
    case ALERT:
        describe_alert(body, n, step);
        break;
    case CHANGE_CIPHER_SPEC:
        half->encrypted = true;
        snprintf(step->what, sizeof step->what, "change cipher spec");
        step_part(step, n, "encrypted from here on");
        break;
    default:
        snprintf(step->what, sizeof step->what, "application data %zu B", n);
        step_part(step, n, "encrypted");
    }
}

size_t tls_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    struct half *half = (struct half *)(void *)d->scratch[direction];
    step->protocol = "tls";
    if (n < RECORD_HEAD)
        return d->lost[direction] && n > 0 ? describe_unplaced(step, data, n) : 0;
    size_t len = (size_t)data[3] << 8 | data[4];
    bool known = data[0] >= CHANGE_CIPHER_SPEC && data[0] <= APPLICATION_DATA && data[1] == 3;
    if (!known || len > RECORD_MAX)
        return d->lost[direction] ? describe_unplaced(step, data, n)
                                  : step_whole(step, data, n, "not TLS: no record begins so");
    if (d->lost[direction])
        half->left = 0;
    d->lost[direction] = false;
    d->needed = RECORD_HEAD + len;
    if (n < RECORD_HEAD + len)
        return 0;
    describe_content(half, data[0], data + RECORD_HEAD, len, step);
    return RECORD_HEAD + len;
}
