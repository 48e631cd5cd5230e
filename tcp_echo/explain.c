/* tcp_echo/explain.c: tells what crosses the wire.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/explain.h"
#include "tcp_echo/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WIDTH 80    /* of a terminal that nobody has made wider */
#define HEX_SHOWN 4 /* bytes of a run that are printed */
#define INDENT 13   /* of a run's line */
#define LINES_MAX ((STEP_PARTS_MAX + 1) * (WIDTH + 1))

struct explain {
    struct tap tap;
    char who[12];          /* the connection's number at a server */
    const char *transport; /* "tcp" or "udp", when opened */
    uint64_t start, now;   /* ns: now is when the bytes being told of left or came */
    bool secure;           /* what is said is said inside records */
    struct narration protocol, tls;
};

/* Lines are printed as a whole, since other threads and processes print on the same terminal. */
struct lines {
    char text[LINES_MAX + 160];
    size_t len;
};

static void __attribute__((format(printf, 2, 3))) add(struct lines *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(l->text + l->len, sizeof l->text - l->len, format, args);
    va_end(args);
    l->len += (size_t)n;
}

/* Ends a line with a text that may be too long for it; a quoted one stays quoted. */
static void add_rest(struct lines *l, const char *text, size_t room)
{
    size_t n = strlen(text);
    if (n <= room) {
        add(l, "%s\n", text);
        return;
    }
    const char *dots = text[n - 1] == '"' ? "...\"" : "...";
    size_t kept = room - strlen(dots);
    for (size_t i = 1; i < sizeof "\\x00"; i++) /* no half of an escaped byte is left */
        if (text[kept - i] == '\\')
            kept -= i;
    add(l, "%.*s%s\n", (int)kept, text, dots);
}

static void add_part(struct lines *l, const struct step_part *part, const uint8_t *bytes)
{
    char hex[3 * HEX_SHOWN + 4] = "";
    for (size_t i = 0; i < part->len && i < HEX_SHOWN; i++)
        snprintf(hex + 3 * i, 4, "%02x ", bytes[i]);
    if (part->len > HEX_SHOWN)
        snprintf(hex + 3 * HEX_SHOWN, 3, "..");
    add(l, "%*s%-14s ", INDENT, "", hex);
    add_rest(l, part->meaning, WIDTH - INDENT - 15);
}

static void print_lines(const char *who, uint64_t ns, const char *arrow, const char *indent,
                        const struct step *step, const uint8_t *bytes)
{
    struct lines l = {.len = 0};
    add(&l, *who ? "%-6s " : "%s", who);
    add(&l, "%10.3f ms %s %-4s ", (double)ns / 1e6, arrow, step->protocol);
    if (bytes)
        add(&l, "%8zu B  %s", step->bytes, indent);
    else
        add(&l, "%12s", "");
    add_rest(&l, step->what, bytes ? WIDTH - l.len : sizeof step->what);
    for (size_t i = 0; i < step->parts; i++) {
        add_part(&l, &step->part[i], bytes);
        bytes += step->part[i].len;
    }
    fwrite(l.text, 1, l.len, stderr);
}

void explain_print(const char *who, uint64_t ns, const char *arrow, const struct step *step,
                   const uint8_t *bytes)
{
    print_lines(who, ns, arrow, "", step, bytes);
}

/* Says what no bytes say. */
static void __attribute__((format(printf, 3, 4)))
remark(const struct explain *x, uint64_t ns, const char *format, ...)
{
    struct step step = {.protocol = x->transport};
    va_list args;
    va_start(args, format);
    vsnprintf(step.what, sizeof step.what, format, args);
    va_end(args);
    print_lines(x->who, ns, "--", "", &step, NULL);
}

static void format_name(int call(int, struct sockaddr *, socklen_t *), int fd, char out[64])
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    snprintf(out, 64, "?");
    if (call(fd, (struct sockaddr *)&name, &len) == 0)
        address_format((struct sockaddr *)&name, len, out);
}

/* Time began in explain(): before connecting, or when the server had accepted. */
static void explain_opened(struct tap *tap, int fd)
{
    struct explain *x = (struct explain *)tap;
    uint64_t now = clock_ns() - x->start;
    char local[64], peer[64];
    int type = SOCK_STREAM;
    socklen_t type_len = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
    x->transport = type == SOCK_DGRAM ? "udp" : "tcp";
    format_name(getsockname, fd, local);
    format_name(getpeername, fd, peer);
    if (x->protocol.describer.server) {
        remark(x, 0, "accepted from %s", peer);
    } else if (type == SOCK_DGRAM) {
        remark(x, 0, "connect to %s: sends nothing", peer);
        remark(x, now, "bound to %s, the peer is noted", local);
    } else {
        remark(x, 0, "connecting to %s", peer);
        remark(x, now, "connected from %s", local);
    }
}

static void tell(void *arg, enum direction direction, const struct step *step,
                 const uint8_t *bytes)
{
    const struct explain *x = arg;
    print_lines(x->who, x->now - x->start, direction == SENT ? "->" : "<-",
                x->secure ? "  " : "", step, bytes);
}

/* A record is told before what it carries, in both directions. */
static void tell_record(void *arg, enum direction direction, const struct step *step,
                        const uint8_t *bytes)
{
    const struct explain *x = arg;
    explain_print(x->who, x->now - x->start, direction == SENT ? "->" : "<-", step, bytes);
}

static void explain_bytes(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    x->now = clock_ns();
    narrate(&x->protocol, direction, data, n, tell, x);
}

static void explain_wire(struct tap *tap, enum direction direction, const void *data, size_t n)
{
    struct explain *x = (struct explain *)tap;
    x->secure = true;
    x->now = clock_ns();
    narrate(&x->tls, direction, data, n, tell_record, x);
}

static void explain_closed(struct tap *tap)
{
    struct explain *x = (struct explain *)tap;
    x->now = clock_ns();
    for (int i = 0; i < 2; i++) {
        narration_gap(&x->tls, i ? RECEIVED : SENT, tell_record, x);
        narration_gap(&x->protocol, i ? RECEIVED : SENT, tell, x);
    }
    if (x->transport) /* NULL: nothing was opened */
        remark(x, x->now - x->start, "closed%s",
               strcmp(x->transport, "udp") == 0 ? ": sends nothing, either" : "");
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
    if (id > 0)
        snprintf(x->who, sizeof x->who, "#%u", id);
    x->start = clock_ns();
    return &x->tap;
}
