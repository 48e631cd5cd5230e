/* ws_echo/explain.c: frames in words.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/explain.h"
#include "http_poll/explain.h"
#include "ws_echo/ws_frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* describer->scratch of one direction, once it speaks WebSocket */
struct half {
    uint64_t left; /* bytes of a frame's payload still to come */
    uint64_t offset;
    struct ws_head head;
};
_Static_assert(sizeof(struct half) <= sizeof ((struct describer *)0)->scratch[0], "scratch");

static const char *opcode_name(enum ws_opcode opcode)
{
    switch (opcode) {
    case WS_CONTINUATION: return "continuation";
    case WS_TEXT: return "text";
    case WS_BINARY: return "binary";
    case WS_CLOSE: return "close";
    case WS_PING: return "ping";
    case WS_PONG: return "pong";
    }
    return "?";
}

static void describe_head_bytes(const struct ws_head *head, const uint8_t *data, size_t len,
                                struct step *step)
{
    size_t extra = len - 2 - (head->masked ? 4 : 0);
    step_part(step, 1, "%sopcode %x: %s", head->fin ? "FIN, " : "", (unsigned)head->opcode,
              opcode_name(head->opcode));
    step_part(step, 1, "%slength %u%s", head->masked ? "MASK, " : "", data[1] & 0x7fu,
              extra ? ": the real one follows" : "");
    if (extra)
        step_part(step, extra, "length %" PRIu64, head->length);
    if (head->masked)
        step_part(step, 4, "masking key");
}

static void describe_payload(const struct half *half, const uint8_t *data, size_t n,
                             struct step *step)
{
    uint8_t clear[64];
    char text[72];
    size_t shown = n < sizeof clear ? n : sizeof clear;
    memcpy(clear, data, shown);
    if (half->head.masked)
        ws_mask(clear, shown, half->head.mask, half->offset);
    const char *how = half->head.masked ? " unmasked" : "";
    if (half->head.opcode == WS_CLOSE && n >= 2 && half->offset == 0)
        step_part(step, n, "code %d%s", clear[0] << 8 | clear[1], how);
    else
        step_part(step, n, "%s%s", quote(text, sizeof text, clear, shown), how);
}

static size_t describe_frame(struct half *half, const uint8_t *data, size_t n, struct step *step)
{
    size_t len = 0;
    if (half->left == 0) {
        int rc = ws_head_decode(&half->head, data, n);
        if (rc < 0) {
            snprintf(step->what, sizeof step->what, "%zu bytes that begin no legal frame", n);
            step_part(step, n, "not a frame");
            return n;
        }
        if (rc == 0)
            return 0;
        len = (size_t)rc;
        half->left = half->head.length;
        half->offset = 0;
        snprintf(step->what, sizeof step->what, "%s frame%s, payload %" PRIu64 " B, head %zu B%s",
                 opcode_name(half->head.opcode), half->head.fin ? "" : " (more to come)",
                 half->head.length, len, half->head.masked ? ", masked" : "");
        describe_head_bytes(&half->head, data, len, step);
    } else {
        snprintf(step->what, sizeof step->what, "payload goes on, %" PRIu64 " B left", half->left);
    }
    size_t here = n - len < half->left ? n - len : (size_t)half->left;
    if (here > 0)
        describe_payload(half, data + len, here, step);
    half->left -= here;
    half->offset += here;
    return len + here;
}

static size_t ws_describe_frames(struct describer *d, enum direction direction,
                                 const uint8_t *data, size_t n, struct step *step)
{
    step->protocol = "ws";
    return describe_frame((struct half *)(void *)d->scratch[direction], data, n, step);
}

/* The server's 101 ends HTTP, for both directions at once. */
size_t ws_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                   struct step *step)
{
    size_t len = http_describe(d, direction, data, n, step);
    if (len > 0 && d->status == 101) {
        memset(d->scratch, 0, sizeof d->scratch);
        d->describe = ws_describe_frames;
    }
    return len;
}

struct tap *ws_explain(unsigned id)
{
    return explain(ws_describe, id);
}
