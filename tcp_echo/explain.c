/* tcp_echo/explain.c: tells what crosses the wire.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/explain.h"
#include "tcp_echo/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define HEX_SHOWN 4 /* bytes of a run that are printed: with its meaning, 80 columns */

struct explain {
    struct tap tap;
    unsigned id;
    const char *transport; /* "tcp" or "udp" */
    uint64_t start;        /* ns */
    struct narration protocol, tls; /* what is said; the records it is said in */
};

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

static void print_step(void *arg, enum direction direction, const struct step *step,
                       const uint8_t *bytes)
{
    const struct explain *x = arg;
    explain_print(x->id, clock_ns() - x->start, direction == SENT ? "->" : "<-", step, bytes);
}

static void explain_bytes(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    narrate(&x->protocol, direction, data, n, print_step, x);
}

static void explain_wire(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    narrate(&x->tls, direction, data, n, print_step, x);
}

static void explain_closed(struct tap *tap)
{
    struct explain *x = (struct explain *)tap;
    struct step step = {.protocol = x->transport, .what = "closed"};
    narration_gap(&x->protocol, SENT, print_step, x);
    narration_gap(&x->protocol, RECEIVED, print_step, x);
    narration_end(&x->protocol);
    narration_end(&x->tls);
    explain_print(x->id, clock_ns() - x->start, "--", &step, NULL);
    free(x);
}

struct tap *explain(describe_fn *describe, unsigned id)
{
    struct explain *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->tap = (struct tap){explain_opened, explain_bytes, explain_wire, explain_closed};
    narration_begin(&x->protocol, describe, id > 0);
    narration_begin(&x->tls, tls_describe, id > 0);
    x->id = id;
    x->transport = "tcp";
    x->start = clock_ns();
    return &x->tap;
}

struct tap *tcp_explain(unsigned id)
{
    return explain(tcp_describe, id);
}
