/* ws_echo/service.c: a WebSocket, the server's side: frames in, frames out.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/service.h"
#include "tcp_echo/push.h"
#include "ws_echo/ws_handshake.h"

#include <string.h>

int ws_reply(struct conn *c, enum ws_opcode opcode, const void *data, size_t n)
{
    struct ws_head head = {.fin = true, .opcode = opcode, .length = n};
    uint8_t buf[WS_HEAD_MAX], *room = conn_room(c, WS_HEAD_MAX + n);
    size_t len = ws_head_encode(room ? room : buf, &head);
    if (room) {
        memcpy(room + len, data, n);
        conn_wrote(c, len + n);
        return 0;
    }
    if (conn_send(c, buf, len) < 0)
        return -1;
    return conn_send(c, data, n);
}

/* --- closing --- */

static void send_close(struct conn *c, int code, const char *reason)
{
    uint8_t payload[WS_CONTROL_MAX];
    ws_reply(c, WS_CLOSE, payload, ws_close_payload(payload, code, reason));
}

/* The peer broke a rule: it is told which (RFC 6455 7.1.7), and what it still sends is not read. */
static ssize_t fail(struct conn *c, int code)
{
    conn_log(c, "broke the protocol: closed with %d", code);
    send_close(c, code, "");
    conn_close(c, FLUSH_THEN_FIN);
    return 0;
}

/* The peer's good-bye: the same code goes back, and we end the TCP connection first. */
static void answer_close(struct conn *c, const struct ws_event *event, bool all)
{
    send_close(c, event->code, "");
    conn_close(c, all ? FLUSH_THEN_CLOSE : FLUSH_THEN_FIN);
}

static void ws_ending(struct conn *c, enum ending why)
{
    if (why == PEER_ENDED) /* without a close frame: 1006 to whoever asks */
        return;
    send_close(c, WS_GOING_AWAY, why == TIMED_OUT ? "silent for too long" : "server stops");
    conn_close(c, FLUSH_THEN_FIN);
}

/* --- messages --- */

static void deliver(struct conn *c, enum ws_opcode opcode, uint8_t *data, size_t n)
{
    const struct ws_service *service = (const struct ws_service *)c->service;
    if (service->message)
        service->message(c, opcode, data, n);
}

/* Usually a message is one frame and stands whole in the buffer: then nothing is copied. */
static int take_piece(struct conn *c, const struct ws_event *event)
{
    struct ws_conn *w = c->state;
    if (event->last && !w->message) {
        deliver(c, event->opcode, event->data, event->len);
        return 0;
    }
    if (bytes_append(&w->message, event->data, event->len) < 0)
        return -1;
    if (!event->last)
        return 0;
    struct bytes *message = w->message;
    w->message = NULL;
    deliver(c, event->opcode, message->data + message->head, message->len);
    bytes_free(&message);
    return 0;
}

static ssize_t ws_data(struct conn *c, uint8_t *buf, size_t n)
{
    struct ws_conn *w = c->state;
    struct ws_event event;
    ssize_t used = ws_next(&w->session, buf, n, &event);
    if (used < 0)
        return fail(c, event.code);
    if (used == 0)
        return 0;
    switch (event.type) {
    case WS_EVENT_DATA: return take_piece(c, &event) < 0 ? -1 : used;
    case WS_EVENT_PING: ws_reply(c, WS_PONG, event.data, event.len); break;
    case WS_EVENT_CLOSE: answer_close(c, &event, (size_t)used == n); break;
    default: break; /* a pong nobody asked for is fine */
    }
    return used;
}

/* --- the service --- */

static int ws_open(struct conn *c)
{
    struct ws_conn *w = c->state;
    const struct ws_service *service = (const struct ws_service *)c->service;
    ws_init(&w->session, WS_SERVER, (uint64_t)c->worker->options->max_message);
    conn_set_patience(c, IDLE);
    if (service->opened)
        service->opened(c);
    return 0;
}

static void ws_closed(struct conn *c)
{
    struct ws_conn *w = c->state;
    push_unsubscribe(c);
    bytes_free(&w->message);
}

void ws_accept(struct conn *c, const struct http_request *request,
               const struct ws_service *service, const char *protocol)
{
    char head[WS_RESPONSE_MAX];
    int status = ws_check_request(&request->head);
    if (!protocol || !http_field_lists(&request->head, "Sec-WebSocket-Protocol", protocol))
        protocol = NULL;
    size_t n = status == 101 ? ws_write_response(head, &request->head, protocol) : 0;
    if (n > 0) {
        conn_send(c, head, n);
        if (conn_become(c, &service->service) < 0)
            conn_close(c, FLUSH_THEN_CLOSE);
    } else if (status == 426) {
        http_reply_text(c, 426,
                        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
                        "This is a WebSocket, version 13, over HTTP/1.1.\n");
    } else {
        http_reply_text(c, status == 101 ? 500 : status, "", "No WebSocket can be opened so.\n");
    }
}

/* --- paths --- */

static void echo(struct conn *c, enum ws_opcode opcode, uint8_t *data, size_t n)
{
    ws_reply(c, opcode, data, n);
}

static size_t encode_text(uint8_t *out, const char *text, size_t n)
{
    struct ws_head head = {.fin = true, .opcode = WS_TEXT, .length = n};
    size_t len = ws_head_encode(out, &head);
    memcpy(out + len, text, n);
    return len + n;
}

static void subscribe(struct conn *c)
{
    push_subscribe(c, encode_text);
}

#define WS_SERVICE                                                                          \
    {                                                                                       \
        .name = "ws", .state_size = sizeof(struct ws_conn), .open = ws_open,                \
        .data = ws_data, .ending = ws_ending, .closed = ws_closed,                          \
    }

const struct ws_service ws_echo_service = {WS_SERVICE, NULL, echo};
const struct ws_service ws_push_service = {WS_SERVICE, subscribe, echo};
