/* tests/fuzz/ws.c: one end of a WebSocket hears what a slow reference finds in the whole stream of
 * frames, however it is cut.  Partner: frame.c.  Input: role (bit 0) and size limit (a power of 2,
 * less 1), where to cut, then the frames.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_session.h"
#include "tests/fuzz/fuzz.h"

/* --- what is heard: whole messages, control frames, and the code of a failure --- */

static void say_number(struct bytes **said, char what, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "\n%c%zu ", what, number);
    say_text(said, text);
}

static void say_message(struct bytes **said, int opcode, struct bytes **message, bool last)
{
    size_t n = *message ? (*message)->len : 0;
    say_number(said, last ? 'M' : 'm', (size_t)opcode);
    say_number(said, ' ', n);
    if (n > 0)
        say(said, (*message)->data + (*message)->head, n);
    bytes_free(message);
}

struct end {
    struct ws ws;
    struct bytes *message; /* the one under way */
};

static ssize_t take(void *reader, uint8_t *data, size_t n, struct bytes **said)
{
    struct end *end = reader;
    struct ws_event event;
    bool was_closed = end->ws.closed;
    ssize_t used = ws_next(&end->ws, data, n, &event);
    if (used < 0)
        say_number(said, 'F', (size_t)event.code);
    if (used <= 0 || event.type == WS_EVENT_NONE) {
        CHECK(used < 0 || used == 0 || was_closed);
        return used;
    }
    CHECK(event.data >= data && event.len <= (size_t)(data + used - event.data));
    if (event.type == WS_EVENT_DATA) {
        say(&end->message, event.data, event.len);
        if (event.last)
            say_message(said, (int)event.opcode, &end->message, true);
        return used;
    }
    say_number(said, "PpC"[event.type - WS_EVENT_PING], event.len);
    say(said, event.data, event.len);
    if (event.type == WS_EVENT_CLOSE)
        say_number(said, 'c', (size_t)event.code);
    return used;
}

static void hear(enum ws_role role, uint64_t max, const uint8_t *wire, size_t n, int cut,
                 struct bytes **said)
{
    struct end end = {0};
    ws_init(&end.ws, role, max);
    if (feed(take, &end, wire, n, cut, said) >= 0 && end.ws.in_message)
        say_message(said, end.ws.kind, &end.message, false);
    bytes_free(&end.message);
}

/* --- the reference: RFC 6455 5 by the letter, with masks byte by byte; heads are frame.c's --- */

static void unmask(struct bytes **out, const struct ws_head *head, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = head->masked ? p[i] ^ head->mask[i % 4] : p[i];
        say(out, &byte, 1);
    }
}

static bool slow_text(const struct bytes *b, size_t skip, bool whole)
{
    bool is_whole = true;
    size_t n = b ? b->len - skip : 0;
    return n == 0 || (slow_utf8(b->data + b->head + skip, n, &is_whole) && (is_whole || !whole));
}

/* Returns the code to fail with, or 0. */
static int slow_close(const struct bytes *payload, struct bytes **said)
{
    size_t n = payload ? payload->len : 0;
    int code = n == 0 ? 1005 : n == 1 ? 0 : payload->data[0] * 256 + payload->data[1];
    bool ours = code >= 1000 && code < 1015 && code != 1004 && code != 1005 && code != 1006;
    if (n > 0 && !ours && (code < 3000 || code >= 5000))
        return 1002;
    if (n > 2 && !slow_text(payload, 2, true))
        return 1007;
    say_number(said, 'C', n < 2 ? 0 : n - 2);
    if (n > 2)
        say(said, payload->data + payload->head + 2, n - 2);
    say_number(said, 'c', (size_t)code);
    return 0;
}

struct slow {
    enum ws_role role;
    uint64_t max, received;
    int kind; /* of the message under way, or 0 */
    struct bytes *message;
};

static int slow_rules(const struct slow *s, const struct ws_head *head)
{
    if (head->masked != (s->role == WS_SERVER))
        return 1002;
    if (head->opcode >= WS_CLOSE)
        return 0;
    if ((head->opcode == WS_CONTINUATION) == (s->kind == 0))
        return 1002;
    return head->length > s->max || s->received > s->max - head->length ? 1009 : 0;
}

/* Takes n bytes of a data frame's payload, all of it when whole. */
static int slow_data(struct slow *s, const struct ws_head *head, const uint8_t *p, size_t n,
                     bool whole, struct bytes **said)
{
    if (head->opcode != WS_CONTINUATION)
        s->kind = (int)head->opcode;
    bool last = whole && head->fin;
    s->received += n;
    unmask(&s->message, head, p, n);
    if (s->kind == WS_TEXT && (n > 0 || last) && !slow_text(s->message, 0, last))
        return 1007;
    if (!last)
        return 0;
    say_message(said, s->kind, &s->message, true);
    s->kind = 0;
    s->received = 0;
    return 0;
}

static int slow_control(const struct ws_head *head, const uint8_t *p, size_t n, struct bytes **said)
{
    struct bytes *payload = NULL;
    int code = 0;
    unmask(&payload, head, p, n);
    if (head->opcode == WS_CLOSE) {
        code = slow_close(payload, said);
    } else {
        say_number(said, head->opcode == WS_PING ? 'P' : 'p', n);
        if (n > 0)
            say(said, payload->data, n);
    }
    bytes_free(&payload);
    return code;
}

static void slow_hear(struct slow *s, const uint8_t *wire, size_t n, struct bytes **said)
{
    struct ws_head head = {.opcode = WS_TEXT};
    int code = 0;
    bool whole = true;
    for (size_t at = 0; at < n && whole && code == 0;) {
        int size = ws_head_decode(&head, wire + at, n - at);
        if (size == 0)
            break;
        code = size < 0 ? 1002 : slow_rules(s, &head);
        if (code)
            break;
        at += (size_t)size;
        whole = n - at >= head.length;
        size_t here = whole ? (size_t)head.length : n - at;
        if (head.opcode < WS_CLOSE)
            code = slow_data(s, &head, wire + at, here, whole, said);
        else if (whole)
            code = slow_control(&head, wire + at, here, said);
        at += here;
        if (whole && code == 0 && head.opcode == WS_CLOSE)
            break;
    }
    if (code)
        say_number(said, 'F', (size_t)code);
    else if (s->kind)
        say_message(said, s->kind, &s->message, false);
    bytes_free(&s->message);
}

/* --- one input --- */

static void check_close(const uint8_t *wire, size_t n, int code)
{
    uint8_t *payload = malloc(WS_CONTROL_MAX);
    char *reason = as_string(wire, n);
    bool whole;
    CHECK(payload != NULL);
    size_t size = ws_close_payload(payload, code, reason), len = strlen(reason);
    CHECK(size >= 2 && size <= WS_CONTROL_MAX && size - 2 <= len);
    CHECK(payload[0] == code / 256 && payload[1] == code % 256);
    CHECK(memcmp(payload + 2, reason, size - 2) == 0);
    CHECK(slow_utf8(payload + 2, size - 2, &whole) && whole);
    CHECK(len > WS_CONTROL_MAX - 2 || size == len + 2 || !slow_utf8(wire, len, &whole) || !whole);
    free(reason);
    free(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2 || n > 2048)
        return 0;
    struct slow slow = {.role = data[0] & 1 ? WS_CLIENT : WS_SERVER,
                        .max = ((uint64_t)1 << (data[0] / 2 % 64)) - 1};
    struct bytes *whole = NULL, *pieces = NULL, *expected = NULL;
    uint8_t *wire = exactly(data + 2, n - 2);
    hear(slow.role, slow.max, wire, n - 2, CUT_NOWHERE, &whole);
    hear(slow.role, slow.max, wire, n - 2, data[1], &pieces);
    slow_hear(&slow, wire, n - 2, &expected);
    CHECK(same_bytes(whole, expected) && same_bytes(pieces, expected));
    check_close(wire, n - 2, 3000 + data[0]);
    release(wire, n - 2);
    bytes_free(&whole);
    bytes_free(&pieces);
    bytes_free(&expected);
    return 0;
}
