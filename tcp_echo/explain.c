/* tcp_echo/explain.c: tells what crosses the wire.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/explain.h"
#include "tcp_echo/bytes.h"
#include "tcp_echo/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HELD_MAX (256u * 1024) /* bytes kept of a step that does not end; more than one read */
#define HEX_SHOWN 4           /* bytes of a run that are printed: with its meaning, 80 columns */

/* One layer's words, and what it can't be put into words yet. */
struct layer {
    struct describer describer;
    struct bytes *held[2];
};

struct explain {
    struct tap tap;
    unsigned id;
    const char *transport; /* "tcp" or "udp" */
    uint64_t start;        /* ns */
    struct layer protocol, tls; /* what is said; the records it is said in */
};

bool from_client(const struct describer *d, enum direction direction)
{
    return (direction == SENT) != d->server;
}

void step_part(struct step *step, size_t len, const char *format, ...)
{
    if (step->parts == STEP_PARTS_MAX)
        return;
    struct step_part *part = &step->part[step->parts++];
    va_list args;
    va_start(args, format);
    vsnprintf(part->meaning, sizeof part->meaning, format, args);
    va_end(args);
    part->len = len;
}

/* Bytes of a peer never reach the terminal as they are. */
static size_t quote_byte(char *out, uint8_t byte)
{
    if (byte == '\n' || byte == '\r' || byte == '\t' || byte == '"' || byte == '\\') {
        out[0] = '\\';
        out[1] = byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : (char)byte;
        return 2;
    }
    if (byte >= ' ' && byte < 0x7f) {
        out[0] = (char)byte;
        return 1;
    }
    return (size_t)snprintf(out, 5, "\\x%02x", byte);
}

char *quote(char *out, size_t cap, const uint8_t *data, size_t n)
{
    size_t at = 0, i = 0;
    out[at++] = '"';
    while (i < n && at + 10 < cap) /* room for one byte's form and for "...\"" */
        at += quote_byte(out + at, data[i++]);
    snprintf(out + at, cap - at, i < n ? "...\"" : "\"");
    return out;
}

static void print_part(const struct step_part *part, const uint8_t *bytes)
{
    char hex[3 * HEX_SHOWN + 4] = "";
    for (size_t i = 0; i < part->len && i < HEX_SHOWN; i++)
        snprintf(hex + 3 * i, 4, "%02x ", bytes[i]);
    if (part->len > HEX_SHOWN)
        snprintf(hex + 3 * HEX_SHOWN, 3, "..");
    fprintf(stderr, "%13s%-14s %s\n", "", hex, part->meaning);
}

void explain_print(unsigned id, uint64_t ns, const char *arrow, const struct step *step,
                   const uint8_t *bytes)
{
    char who[16] = "";
    if (id > 0)
        snprintf(who, sizeof who, "#%u ", id);
    fprintf(stderr, "%s%10.3f ms %s %-5s %s\n", who, (double)ns / 1e6, arrow, step->protocol,
            step->what);
    for (size_t i = 0; i < step->parts; i++) {
        print_part(&step->part[i], bytes);
        bytes += step->part[i].len;
    }
}

static void explain_opened(struct tap *tap, int fd)
{
    struct explain *x = (struct explain *)tap;
    struct sockaddr_storage local, peer;
    socklen_t local_len = sizeof local, peer_len = sizeof peer;
    char from[64] = "?", to[64] = "?";
    int type = SOCK_STREAM;
    socklen_t type_len = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
    x->transport = type == SOCK_DGRAM ? "udp" : "tcp";
    if (getsockname(fd, (struct sockaddr *)&local, &local_len) == 0)
        address_format((struct sockaddr *)&local, local_len, from);
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0)
        address_format((struct sockaddr *)&peer, peer_len, to);
    struct step step = {.protocol = x->transport};
    snprintf(step.what, sizeof step.what, "%s, here %s, there %s",
             x->protocol.describer.server ? "accepted" : "connected", from, to);
    explain_print(x->id, clock_ns() - x->start, "--", &step, NULL);
}

/* Describes as many steps as the bytes hold.  Returns the bytes described. */
static size_t describe_all(struct explain *x, struct layer *layer, enum direction direction,
                           const uint8_t *data, size_t n)
{
    struct describer *d = &layer->describer;
    size_t done = 0;
    uint64_t ns = clock_ns() - x->start;
    do { /* once for an empty datagram, too */
        struct step step = {.protocol = x->transport};
        size_t took = d->describe(d, direction, data + done, n - done, &step);
        if (took == 0 && n > 0)
            break;
        explain_print(x->id, ns, direction == SENT ? "->" : "<-", &step, data + done);
        done += took;
    } while (done < n);
    return done;
}

static void tell(struct explain *x, struct layer *layer, enum direction direction,
                 const uint8_t *data, size_t n)
{
    struct bytes **held = &layer->held[direction];
    if (!*held) {
        size_t done = describe_all(x, layer, direction, data, n);
        bytes_append(held, data + done, n - done);
        return;
    }
    if ((*held)->len + n > HELD_MAX || bytes_append(held, data, n) < 0) {
        bytes_free(held);
        return;
    }
    const uint8_t *all = (*held)->data + (*held)->head;
    bytes_consume(held, describe_all(x, layer, direction, all, (*held)->len));
}

static void explain_bytes(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    tell(x, &x->protocol, direction, data, n);
}

static void explain_wire(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    tell(x, &x->tls, direction, data, n);
}

static void explain_closed(struct tap *tap)
{
    struct explain *x = (struct explain *)tap;
    struct step step = {.protocol = x->transport, .what = "closed"};
    for (int i = 0; i < 2; i++) {
        if (x->protocol.held[i])
            snprintf(step.what, sizeof step.what, "closed with %zu bytes of something incomplete",
                     x->protocol.held[i]->len);
        bytes_free(&x->protocol.held[i]);
        bytes_free(&x->tls.held[i]);
    }
    explain_print(x->id, clock_ns() - x->start, "--", &step, NULL);
    free(x);
}

struct tap *explain(describe_fn *describe, unsigned id)
{
    struct explain *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->tap = (struct tap){explain_opened, explain_bytes, explain_wire, explain_closed};
    x->protocol.describer = (struct describer){.describe = describe, .server = id > 0};
    x->tls.describer = (struct describer){.describe = tls_describe, .server = id > 0};
    x->id = id;
    x->transport = "tcp";
    x->start = clock_ns();
    return &x->tap;
}

/* A byte stream has no steps of its own: what one call sent or received is shown. */
size_t tcp_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    char text[64];
    (void)d;
    step->protocol = "tcp";
    snprintf(step->what, sizeof step->what, "%s %zu bytes of the stream",
             direction == SENT ? "sent" : "received", n);
    step_part(step, n, "%s", quote(text, sizeof text, data, n));
    return n;
}

struct tap *tcp_explain(unsigned id)
{
    return explain(tcp_describe, id);
}
