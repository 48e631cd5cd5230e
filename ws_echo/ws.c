/* ws_echo/ws.c: a WebSocket, the client's side, blocking.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/tcp.h"
#include "ws_echo/ws_handshake.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE (64u * 1024)
#define INTERIM_MAX 16  /* 1xx responses before the real one */
#define GOODBYE_MS 1000 /* for the peer to answer our close; and to end the connection */
#define PARTING_MS 100  /* for a close frame that nobody may be there to read */
#define QUIET_MS 20000  /* of silence, and the peer is asked whether it is there */

static int __attribute__((format(printf, 2, 3))) fail(struct websocket *ws, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(ws->error, sizeof ws->error, format, args);
    va_end(args);
    return -1;
}

/* A mask must be unpredictable (RFC 6455 5.3), but asking for four random bytes at a time would
 * cost more than the rest of a small frame. */
static int new_mask(uint8_t mask[4])
{
    static _Thread_local uint8_t pool[4096];
    static _Thread_local size_t left;
    if (left == 0) {
        if (RAND_bytes(pool, sizeof pool) != 1)
            return -1;
        left = sizeof pool;
    }
    left -= 4;
    memcpy(mask, pool + left, 4);
    return 0;
}

/* --- opening --- */

/* Bounds the reads to come, and the writes; ms <= 0: not at all. */
static void wait_at_most(struct websocket *ws, int ms)
{
    if (ms != ws->waits_ms)
        set_io_timeout(ws->stream.fd, ms);
    ws->waits_ms = ms;
}

/* Sees to it that the next read ends in time, give or take a little: a message of many reads shall
 * not cost a system call more for each.  Returns false when it is over already. */
static bool in_time(struct websocket *ws)
{
    int left = (int)(ws->deadline - clock_ms());
    if (left <= 0)
        ws->stream.error = "timed out";
    else if (ws->waits_ms <= 0 || left < ws->waits_ms - 100)
        wait_at_most(ws, left);
    return left > 0;
}

/* Reads more behind what is unread.  Returns the bytes read, 0 at the end, -1 with stream.error. */
static ssize_t read_more(struct websocket *ws)
{
    ws->late = ws->deadline && !in_time(ws);
    if (ws->late)
        return -1;
    ssize_t got = stream_read(&ws->stream, ws->in + ws->end, BUFFER_SIZE - ws->end);
    ws->late = got < 0 && errno == EAGAIN;
    ws->heard = ws->heard || got > 0;
    ws->end += got > 0 ? (size_t)got : 0;
    return got;
}

static ssize_t fill(struct websocket *ws)
{
    if (ws->start > 0) {
        memmove(ws->in, ws->in + ws->start, ws->end - ws->start);
        ws->end -= ws->start;
        ws->start = 0;
    }
    if (ws->end == BUFFER_SIZE)
        return fail(ws, "a response head of more than %u bytes", BUFFER_SIZE);
    ssize_t got = read_more(ws);
    return got > 0 ? got : fail(ws, "%s", ws->stream.error);
}

/* From now on, everything together takes ms at most. */
static void begin_limit(struct websocket *ws, int ms)
{
    ws->deadline = ms > 0 ? clock_ms() + ms : 0;
}

static void end_limit(struct websocket *ws)
{
    if (ws->deadline)
        wait_at_most(ws, ws->timeout_ms);
    ws->deadline = 0;
}

/* The first reply that is not interim.  Returns 0, or -1. */
static int read_head(struct websocket *ws, struct http_head *head)
{
    for (int interim = 0; interim < INTERIM_MAX;) {
        int len = http_response_parse(head, (char *)ws->in + ws->start, ws->end - ws->start);
        if (len < 0)
            return fail(ws, "%s", len == -431 ? "the response's head is too long"
                                              : "the response is not HTTP/1.x");
        ws->start += (size_t)len;
        if (len > 0 && (head->status >= 200 || head->status == 101))
            return 0;
        interim += len > 0;
        if (len == 0 && fill(ws) < 0)
            return -1;
    }
    return fail(ws, "more than %d interim responses", INTERIM_MAX);
}

static int read_response(struct websocket *ws, const char *key)
{
    struct http_head head;
    if (read_head(ws, &head) < 0)
        return -1;
    if (head.status != 101)
        return fail(ws, "%d%s instead of 101", head.status, http_then_reason(head.status));
    const char *why = ws_check_response(&head, key, ws->protocol);
    return why ? fail(ws, "%s", why) : 0;
}

int ws_upgrade(struct websocket *ws, const struct url *url)
{
    char request[WS_REQUEST_MAX], key[WS_KEY_LEN + 1];
    uint8_t random[WS_KEY_BYTES];
    ws_init(&ws->session, WS_CLIENT, ws->max_message ? ws->max_message : 64u << 20);
    ws->in = malloc(BUFFER_SIZE);
    if (!ws->in || RAND_bytes(random, sizeof random) != 1)
        return fail(ws, "no memory, or no random bytes");
    ws_write_key(key, random);
    size_t n = ws_write_request(request, url, key, ws->protocol);
    if (n == 0)
        return fail(ws, "the request's head is too long");
    if (stream_write_all(&ws->stream, request, n) < 0)
        return fail(ws, "%s", ws->stream.error);
    begin_limit(ws, ws->timeout_ms);
    int rc = read_response(ws, key);
    end_limit(ws);
    return rc;
}

int ws_connect(struct websocket *ws, const struct url *url, struct tls *tls, int ms)
{
    if (stream_connect(&ws->stream, url, tls, ms) < 0)
        return fail(ws, "%s", ws->stream.error);
    ws->timeout_ms = ws->waits_ms = ms;
    return ws_upgrade(ws, url);
}

/* --- sending --- */

enum ws_opcode ws_kind(const void *data, size_t n)
{
    return utf8_valid(data, n) ? WS_TEXT : WS_BINARY;
}

static uint8_t *frame_buffer(struct websocket *ws, size_t n)
{
    if (n > ws->out_cap) {
        uint8_t *bigger = realloc(ws->out, n);
        if (!bigger)
            return NULL;
        ws->out = bigger;
        ws->out_cap = n;
    }
    return ws->out;
}

/* Each write has its time, but a peer that reads drop by drop would give it time anew with each.
 * Returns 0, or -1: what is cut off within a frame can't be followed by another. */
static int write_in_time(struct websocket *ws, const uint8_t *data, size_t n)
{
    bool own = !ws->deadline;
    ssize_t sent = 0;
    if (own)
        begin_limit(ws, ws->timeout_ms);
    for (size_t done = 0; done < n && sent >= 0; done += sent > 0 ? (size_t)sent : 0)
        sent = ws->deadline && !in_time(ws) ? -1 : stream_write(&ws->stream, data + done, n - done);
    if (own)
        end_limit(ws);
    ws->parted = ws->parted || sent < 0;
    return sent < 0 ? -1 : 0;
}

int ws_send(struct websocket *ws, enum ws_opcode opcode, const void *data, size_t n)
{
    struct ws_head head = {.fin = true, .masked = true, .opcode = opcode, .length = n};
    uint8_t *frame = frame_buffer(ws, WS_HEAD_MAX + n);
    if (!frame || new_mask(head.mask) < 0)
        return fail(ws, "no memory, or no random bytes");
    size_t len = ws_head_encode(frame, &head);
    ws_mask_copy(frame + len, data, n, head.mask, 0);
    if (write_in_time(ws, frame, len + n) < 0)
        return fail(ws, "%s", ws->stream.error);
    return 0;
}

static int send_close(struct websocket *ws, int code)
{
    uint8_t payload[WS_CONTROL_MAX];
    if (ws->close_sent)
        return 0; /* once: RFC 6455 5.5.1 */
    ws->close_sent = true;
    return ws_send(ws, WS_CLOSE, payload, ws_close_payload(payload, code, ""));
}

/* --- receiving --- */

/* Puts a piece to the message.  Returns 1 when it is whole, 0 when more will come, -1. */
static int take_piece(struct websocket *ws, const struct ws_event *event,
                      struct ws_message *message)
{
    message->opcode = event->opcode;
    if (event->last && !ws->message) {
        message->data = event->data;
        message->len = event->len;
        return 1;
    }
    if (bytes_append(&ws->message, event->data, event->len) < 0)
        return fail(ws, "no memory for the message");
    if (!event->last)
        return 0;
    message->data = ws->message ? ws->message->data + ws->message->head : event->data;
    message->len = ws->message ? ws->message->len : 0;
    return 1;
}

static int take_close(struct websocket *ws, int code)
{
    ws->close_code = code;
    send_close(ws, code);
    return fail(ws, "closed by the peer with code %d", code);
}

static int take_event(struct websocket *ws, const struct ws_event *event,
                      struct ws_message *message)
{
    switch (event->type) {
    case WS_EVENT_DATA: return take_piece(ws, event, message);
    case WS_EVENT_PING: return ws->close_sent ? 0 : ws_send(ws, WS_PONG, event->data, event->len);
    case WS_EVENT_CLOSE: return take_close(ws, event->code);
    default: return 0;
    }
}

/* Takes what has been read.  Returns 1 for a message, 0 when more is needed, -1. */
static int take_buffered(struct websocket *ws, struct ws_message *message)
{
    while (ws->start < ws->end) {
        struct ws_event event = {0};
        ssize_t used = ws_next(&ws->session, ws->in + ws->start, ws->end - ws->start, &event);
        if (used < 0) {
            send_close(ws, event.code);
            return fail(ws, "the peer broke the protocol (close code %d)", event.code);
        }
        if (used == 0)
            return 0;
        ws->start += (size_t)used;
        int rc = take_event(ws, &event, message);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* The server ends the TCP connection first (RFC 6455 7.1.1), so that TIME_WAIT stays with it; and had
 * we left what it still sends unread, our end would be a reset, and our close frame lost in it. */
static void await_end(struct websocket *ws)
{
    ws->parted = true;
    begin_limit(ws, GOODBYE_MS);
    do
        ws->start = ws->end = 0;
    while (read_more(ws) > 0);
    end_limit(ws);
}

/* The peer keeps us waiting: it is told that we leave, but its answer is not waited for. */
static int leave(struct websocket *ws, const char *why)
{
    begin_limit(ws, PARTING_MS);
    send_close(ws, WS_GOING_AWAY);
    end_limit(ws);
    ws->parted = true;
    return fail(ws, "%s", why);
}

static int step(struct websocket *ws, struct ws_message *message)
{
    if (!ws->session.in_message) /* the message before has been used */
        bytes_free(&ws->message);
    int rc = take_buffered(ws, message);
    if (rc != 0)
        return rc;
    return fill(ws) < 0 ? -1 : take_buffered(ws, message);
}

int ws_step(struct websocket *ws, struct ws_message *message)
{
    if (ws->parted)
        return -1;
    int rc = step(ws, message);
    if (rc < 0 && ws->close_sent)
        await_end(ws);
    else if (rc < 0 && ws->late)
        leave(ws, ws->stream.error);
    return rc;
}

int ws_recv(struct websocket *ws, struct ws_message *message)
{
    int rc = ws_step(ws, message);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    begin_limit(ws, ws->timeout_ms); /* it has begun, or the server does nothing but ping */
    while (rc == 0)
        rc = ws_step(ws, message);
    end_limit(ws);
    return rc < 0 ? -1 : 0;
}

bool ws_pending(const struct websocket *ws)
{
    return ws->start < ws->end || stream_pending(&ws->stream);
}

int ws_keep_alive(struct websocket *ws)
{
    int64_t now = clock_ms(), quiet = ws->quiet_ms ? ws->quiet_ms : QUIET_MS;
    if (ws->heard || ws->quiet_since == 0) {
        ws->heard = ws->asked = false;
        ws->quiet_since = now;
    }
    if (now - ws->quiet_since < quiet)
        return (int)(quiet - (now - ws->quiet_since));
    if (ws->asked)
        return leave(ws, "silent for too long");
    ws->asked = true;
    ws->quiet_since = now;
    return ws_send(ws, WS_PING, "", 0) < 0 ? -1 : (int)quiet;
}

void ws_close(struct websocket *ws, int code)
{
    struct ws_message ignored;
    if (ws->stream.fd >= 0 && ws->in && !ws->parted && send_close(ws, code) == 0) {
        begin_limit(ws, GOODBYE_MS);
        while (step(ws, &ignored) >= 0)
            continue;
        await_end(ws);
    }
    stream_close(&ws->stream);
    free(ws->in);
    free(ws->out);
    bytes_free(&ws->message);
    ws->in = ws->out = NULL;
    ws->out_cap = ws->start = ws->end = 0;
}
