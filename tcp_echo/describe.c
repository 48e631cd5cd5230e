/* tcp_echo/describe.c: from bytes to steps: see describe.h.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/describe.h"

#include <stdarg.h>
#include <stdio.h>

#define HELD_MAX (256u * 1024) /* bytes kept of a step that does not end; more than one read */

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

size_t step_whole(struct step *step, const uint8_t *data, size_t n, const char *format, ...)
{
    char text[sizeof step->part->meaning];
    va_list args;
    va_start(args, format);
    vsnprintf(step->what, sizeof step->what, format, args);
    va_end(args);
    step_part(step, n, "%s", quote(text, sizeof text, data, n));
    return n;
}

size_t describe_unplaced(struct step *step, const uint8_t *data, size_t n)
{
    return step_whole(step, data, n, "part of what began earlier");
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

/* A byte stream has no steps of its own. */
size_t tcp_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    char text[64];
    step->protocol = "tcp";
    d->lost[direction] = false;
    return n == 0 ? 0 : step_whole(step, data, n, "%s", quote(text, sizeof text, data, n));
}

/* --- a conversation, fed as it comes --- */

void narration_begin(struct narration *x, describe_fn *describe, bool server)
{
    *x = (struct narration){.describer = {.describe = describe, .server = server}, .protocol = ""};
}

/* Describes as many steps as the bytes hold.  Returns the bytes described. */
static size_t describe_all(struct narration *x, enum direction direction, const uint8_t *data,
                           size_t n, step_fn *told, void *arg)
{
    struct describer *d = &x->describer;
    size_t done = 0;
    do { /* once for an empty datagram, too */
        struct step step = {.protocol = x->protocol};
        d->needed = 0;
        size_t took = d->describe(d, direction, data + done, n - done, &step);
        x->needed[direction] = took == 0 ? d->needed : 0;
        x->protocol = step.protocol;
        if (took == 0 && (n > 0 || !step.what[0]))
            break;
        step.bytes = took;
        told(arg, direction, &step, data + done);
        done += took;
    } while (done < n);
    return done;
}

void narrate(struct narration *x, enum direction direction, const uint8_t *data, size_t n,
             step_fn *told, void *arg)
{
    struct bytes **held = &x->held[direction];
    if (*held && ((*held)->len + n > HELD_MAX || bytes_append(held, data, n) < 0))
        narration_gap(x, direction, told, arg);
    else if (*held) {
        const uint8_t *all = (*held)->data + (*held)->head;
        bytes_consume(held, describe_all(x, direction, all, (*held)->len, told, arg));
        return;
    }
    size_t done = describe_all(x, direction, data, n, told, arg);
    if (done < n && bytes_append(held, data + done, n - done) < 0)
        x->describer.lost[direction] = true;
}

size_t narration_held(const struct narration *x, enum direction direction, size_t *whole)
{
    if (whole)
        *whole = x->needed[direction];
    return x->held[direction] ? x->held[direction]->len : 0;
}

void narration_gap(struct narration *x, enum direction direction, step_fn *told, void *arg)
{
    struct bytes **held = &x->held[direction];
    struct step step = {.protocol = x->protocol};
    if (*held) {
        const uint8_t *data = (*held)->data + (*held)->head;
        step.bytes = step_whole(&step, data, (*held)->len, "the beginning of something incomplete");
        told(arg, direction, &step, data);
    }
    bytes_free(held);
    x->needed[direction] = 0;
    x->describer.lost[direction] = true;
}

void narration_end(struct narration *x)
{
    bytes_free(&x->held[0]);
    bytes_free(&x->held[1]);
}
