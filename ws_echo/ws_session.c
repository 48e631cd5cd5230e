/* ws_echo/ws_session.c: what one end must remember, and holds the other end to.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_session.h"

#include <string.h>

void ws_init(struct ws *ws, enum ws_role role, uint64_t max_message)
{
    *ws = (struct ws){.role = (uint8_t)role, .max_message = max_message};
}

static ssize_t fail(struct ws_event *event, int code)
{
    event->code = code;
    return -1;
}

/* What a head by itself can't tell.  Returns 0, or the code to fail with. */
static int check_head(const struct ws *ws)
{
    const struct ws_head *head = &ws->head;
    if (head->masked != (ws->role == WS_SERVER))
        return WS_PROTOCOL_ERROR; /* clients mask, servers do not: RFC 6455 5.1 */
    if (head->opcode & 0x08)
        return 0;
    if ((head->opcode == WS_CONTINUATION) != ws->in_message)
        return WS_PROTOCOL_ERROR; /* nothing to continue, or the message before is not over */
    uint64_t before = ws->in_message ? ws->received : 0;
    return head->length > ws->max_message - before ? WS_TOO_BIG : 0;
}

bool ws_close_code_valid(int code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

static ssize_t take_close(struct ws *ws, ssize_t used, struct ws_event *event)
{
    ws->closed = true;
    event->code = WS_NO_CODE;
    if (event->len == 0)
        return used;
    event->code = event->len > 1 ? event->data[0] << 8 | event->data[1] : 0;
    if (!ws_close_code_valid(event->code))
        return fail(event, WS_PROTOCOL_ERROR);
    event->data += 2;
    event->len -= 2;
    return utf8_valid(event->data, event->len) ? used : fail(event, WS_BAD_DATA);
}

static ssize_t take_control(struct ws *ws, uint8_t *buf, size_t head_len, struct ws_event *event)
{
    const struct ws_head *head = &ws->head;
    event->data = buf + head_len;
    event->len = (size_t)head->length;
    if (head->masked)
        ws_mask(event->data, event->len, head->mask, 0);
    ssize_t used = (ssize_t)(head_len + event->len);
    event->type = head->opcode == WS_PING   ? WS_EVENT_PING
                  : head->opcode == WS_PONG ? WS_EVENT_PONG
                                            : WS_EVENT_CLOSE;
    return event->type == WS_EVENT_CLOSE ? take_close(ws, used, event) : used;
}

static void begin_frame(struct ws *ws)
{
    if (ws->head.opcode != WS_CONTINUATION) {
        ws->kind = (uint8_t)ws->head.opcode;
        ws->received = 0;
        ws->utf8 = (struct utf8){0};
    }
    ws->offset = 0;
    ws->in_frame = ws->in_message = true;
}

/* As much of the payload as is there: nothing waits for the end of a frame. */
static ssize_t take_data(struct ws *ws, uint8_t *buf, size_t n, size_t head_len,
                         struct ws_event *event)
{
    uint64_t left = ws->head.length - ws->offset;
    size_t here = n - head_len < left ? n - head_len : (size_t)left;
    event->type = WS_EVENT_DATA;
    event->opcode = ws->kind;
    event->data = buf + head_len;
    event->len = here;
    if (ws->head.masked)
        ws_mask(event->data, here, ws->head.mask, ws->offset);
    if (ws->kind == WS_TEXT && !utf8_feed(&ws->utf8, event->data, here))
        return fail(event, WS_BAD_DATA);
    ws->offset += here;
    ws->received += here;
    ws->in_frame = here < left;
    event->last = !ws->in_frame && ws->head.fin;
    if (event->last) {
        ws->in_message = false;
        if (ws->kind == WS_TEXT && !utf8_complete(&ws->utf8))
            return fail(event, WS_BAD_DATA);
    }
    return (ssize_t)(head_len + here);
}

ssize_t ws_next(struct ws *ws, uint8_t *buf, size_t n, struct ws_event *event)
{
    event->type = WS_EVENT_NONE;
    if (ws->closed)
        return (ssize_t)n;
    if (ws->in_frame)
        return take_data(ws, buf, n, 0, event);
    int len = ws_head_decode(&ws->head, buf, n);
    if (len < 0)
        return fail(event, WS_PROTOCOL_ERROR);
    if (len == 0)
        return 0;
    int code = check_head(ws);
    if (code)
        return fail(event, code);
    size_t head_len = (size_t)len;
    if (ws->head.opcode & 0x08)
        return n - head_len < ws->head.length ? 0 : take_control(ws, buf, head_len, event);
    begin_frame(ws);
    return take_data(ws, buf, n, head_len, event);
}

size_t ws_close_payload(uint8_t buf[WS_CONTROL_MAX], int code, const char *reason)
{
    if (!ws_close_code_valid(code))
        return 0;
    size_t n = strlen(reason);
    if (n > WS_CONTROL_MAX - 2)
        n = WS_CONTROL_MAX - 2;
    while (n > 0 && !utf8_valid(reason, n))
        n--; /* not within a character */
    buf[0] = (uint8_t)(code >> 8);
    buf[1] = (uint8_t)code;
    memcpy(buf + 2, reason, n);
    return n + 2;
}
