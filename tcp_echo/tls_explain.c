/* tcp_echo/tls_explain.c: TLS records in words: what anybody between the two ends can see.
 * Everything behind a TLS 1.3 ServerHello looks like application data, and is meant to.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/describe.h"

#include <stdio.h>

#define RECORD_HEAD 5
#define RECORD_MAX (16384 + 2048) /* of a record's content, TLS 1.2's: RFC 5246 6.2.3 */

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };

/* describer->scratch of one direction */
struct half {
    bool encrypted; /* its handshake messages can't be read any more */
};

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
    default: return "a handshake message";
    }
}

static void describe_handshake(const struct half *half, const uint8_t *body, size_t n,
                               struct step *step)
{
    size_t end = 0;
    if (half->encrypted || n < 4) {
        snprintf(step->what, sizeof step->what, "handshake, encrypted, %zu bytes", n);
        step_part(step, n, "encrypted");
        return;
    }
    snprintf(step->what, sizeof step->what, "handshake: %s", handshake_name(body[0]));
    while (n - end >= 4 && step->parts < STEP_PARTS_MAX - 1) { /* several may share a record */
        size_t len = (size_t)body[end + 1] << 16 | (size_t)body[end + 2] << 8 | body[end + 3];
        size_t here = len < n - end - 4 ? len + 4 : n - end;
        step_part(step, here, "%s, %zu bytes", handshake_name(body[end]), len);
        end += here;
    }
    if (n > end)
        step_part(step, n - end, "the rest");
}

static void describe_alert(const uint8_t *body, size_t n, struct step *step)
{
    if (n != 2) {
        snprintf(step->what, sizeof step->what, "alert, encrypted");
        step_part(step, n, "encrypted");
        return;
    }
    snprintf(step->what, sizeof step->what, "alert %u%s", body[1],
             body[1] == 0 ? ": close_notify" : body[0] == 2 ? ", fatal" : "");
    step_part(step, 2, "level %u, description %u", body[0], body[1]);
}

size_t tls_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    struct half *half = (struct half *)d->scratch[direction];
    step->protocol = "tls";
    if (n < RECORD_HEAD)
        return 0;
    size_t len = (size_t)data[3] << 8 | data[4];
    bool known = data[0] >= CHANGE_CIPHER_SPEC && data[0] <= APPLICATION_DATA && data[1] == 3;
    if (!known || len > RECORD_MAX) {
        snprintf(step->what, sizeof step->what, "not TLS, %zu bytes", n);
        step_part(step, n, "no record begins so");
        return n;
    }
    if (n < RECORD_HEAD + len)
        return 0;
    step_part(step, RECORD_HEAD, "record head: type %u, length %zu", data[0], len);
    switch (data[0]) {
    case HANDSHAKE:
        describe_handshake(half, data + RECORD_HEAD, len, step);
        break;
    case ALERT:
        describe_alert(data + RECORD_HEAD, len, step);
        break;
    case CHANGE_CIPHER_SPEC:
        half->encrypted = true;
        snprintf(step->what, sizeof step->what, "change cipher spec");
        step_part(step, len, "encrypted from here on");
        break;
    default:
        snprintf(step->what, sizeof step->what, "application data, %zu bytes encrypted", len);
        step_part(step, len, "%zu bytes of content and what seals it", len);
    }
    return RECORD_HEAD + len;
}
