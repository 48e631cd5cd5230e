/* ws_echo/explain.c: frames in words.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/explain.h"
#include "http_poll/explain.h"
#include "ws_echo/ws_frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* describer->upper of one direction, once it speaks WebSocket */
struct half {
    uint64_t left; /* bytes of a frame's payload still to come */
    uint64_t offset;
    struct ws_head head;
};
_Static_assert(sizeof(struct half) <= sizeof ((struct describer *)0)->upper[0], "upper");

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
    char text[44]; /* with what follows it, as much as a line of --explain holds */
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

/* "text 5 B masked", "close 1000", "ping" */
static void name_frame(const struct ws_head *head, const uint8_t *payload, size_t n,
                       struct step *step)
{
    char size[32] = "";
    if (head->opcode == WS_CLOSE && n >= 2) {
        uint8_t code[2] = {payload[0], payload[1]};
        if (head->masked)
            ws_mask(code, 2, head->mask, 0);
        snprintf(size, sizeof size, " %d", code[0] << 8 | code[1]);
    } else if (head->opcode < WS_CLOSE || head->length > 0) {
        snprintf(size, sizeof size, " %" PRIu64 " B", head->length);
    }
    snprintf(step->what, sizeof step->what, "%s%s%s%s", opcode_name(head->opcode), size,
             head->masked ? " masked" : "", head->fin ? "" : " (more to come)");
}

/* A new frame.  Returns the size of its head, 0 when more is needed, or -1.  A close frame is
 * described as a whole, since its code is part of its name. */
static int begin_frame(struct describer *d, struct half *half, const uint8_t *data, size_t n,
                       struct step *step)
{
    struct ws_head head;
    int len = ws_head_decode(&head, data, n);
    if (len <= 0)
        return len;
    d->needed = (size_t)len + (size_t)head.length;
    if (head.opcode == WS_CLOSE && n < d->needed)
        return 0;
    *half = (struct half){.left = head.length, .head = head};
    name_frame(&head, data + len, n - (size_t)len, step);
    describe_head_bytes(&head, data, (size_t)len, step);
    return len;
}

static size_t describe_frame(struct describer *d, struct half *half, const uint8_t *data,
                             size_t n, struct step *step)
{
    bool begins = half->left == 0;
    int rc = begins ? begin_frame(d, half, data, n, step) : 0;
    if (rc < 0)
        return step_whole(step, data, n, "not WebSocket: no frame begins so");
    size_t len = (size_t)rc;
    if (begins && len == 0)
        return 0;
    size_t here = n - len < half->left ? n - len : (size_t)half->left;
    if (here > 0)
        describe_payload(half, data + len, here, step);
    half->left -= here;
    half->offset += here;
    if (!begins)
        snprintf(step->what, sizeof step->what, "%s goes on, %" PRIu64 " of %" PRIu64 " B",
                 opcode_name(half->head.opcode), half->offset, half->head.length);
    return len + here;
}

/* Where bytes are missing, a whole frame that is masked as it must be is a footing. */
static bool is_frame(bool masked, const uint8_t *data, size_t n)
{
    struct ws_head head;
    int len = ws_head_decode(&head, data, n);
    return len > 0 && head.masked == masked && head.length <= n - (size_t)len;
}

/* A client need not wait for the 101 with its frames; no request begins with such a byte. */
static bool speaks_early(const struct describer *d, enum direction direction,
                         const uint8_t *data, size_t n)
{
    const struct half *half = (const struct half *)(const void *)d->upper[direction];
    return d->upgrade == UPGRADE_ASKED && from_client(d, direction) &&
           (half->left > 0 || (n > 0 && (data[0] < '\n' || data[0] > '~')));
}

/* HTTP until the server's 101, which ends it for both directions at once. */
size_t ws_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                   struct step *step)
{
    struct half *half = (struct half *)(void *)d->upper[direction];
    bool lost = d->lost[direction];
    if (lost && is_frame(from_client(d, direction), data, n)) {
        d->lost[direction] = false;
        d->upgrade = UPGRADED;
        half->left = 0;
    }
    step->protocol = "ws";
    if (d->upgrade == UPGRADED && d->lost[direction])
        return n > 0 ? describe_unplaced(step, data, n) : 0;
    if (d->upgrade == UPGRADED || speaks_early(d, direction, data, n))
        return describe_frame(d, half, data, n, step);
    half->left = 0; /* of frames sent too early to who then refused */
    return http_describe(d, direction, data, n, step);
}
