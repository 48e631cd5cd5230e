/* ws_echo/service.c: a WebSocket, the server's side: frames in, frames out.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/service.h"
#include "http_poll/origin.h"
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
    return conn_send2(c, buf, len, data, n);
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

/* The peer's good-bye: the same code goes back, and we end the TCP connection first.  What it says
 * all the same, now or in a moment, must not be answered by a reset. */
static void answer_close(struct conn *c, const struct ws_event *event)
{
    send_close(c, event->code, "");
    conn_close(c, FLUSH_THEN_FIN);
}

/* Silence: is anybody there?  Whatever comes from the peer is an answer; who is kept waiting by us
 * can't give one that we would hear. */
static bool ws_expired(struct conn *c)
{
    if (c->paused)
        return true;
    if (c->patience == ASKED)
        return false;
    ws_reply(c, WS_PING, "", 0);
    conn_set_patience(c, ASKED);
    return true;
}

static void ws_ending(struct conn *c, enum ending why)
{
    static const char *const reason[] = {[TIMED_OUT] = "silent for too long",
                                         [SHUTTING_DOWN] = "server stops",
                                         [TOO_SLOW] = "too slow",
                                         [TOO_MANY] = "too many clients"};
    if (why == PEER_ENDED) /* without a close frame: 1006 to whoever asks */
        return;
    send_close(c, why == TOO_SLOW ? WS_POLICY : WS_GOING_AWAY, reason[why]);
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
    const struct ws_service *service = (const struct ws_service *)c->service;
    struct ws_conn *w = c->state;
    struct ws_event event;
    if (service->needs == ROOM && push_is_full(c))
        return 0;
    ssize_t used = ws_next(&w->session, buf, n, &event);
    if (used < 0)
        return fail(c, event.code);
    if (used == 0)
        return 0;
    switch (event.type) {
    case WS_EVENT_DATA: return take_piece(c, &event) < 0 ? -1 : used;
    case WS_EVENT_PING: ws_reply(c, WS_PONG, event.data, event.len); break;
    case WS_EVENT_CLOSE: answer_close(c, &event); break;
    default: break; /* a pong nobody asked for is fine */
    }
    return used;
}

/* --- the service --- */

static int ws_open(struct conn *c)
{
    struct ws_conn *w = c->state;
    const struct ws_service *service = (const struct ws_service *)c->service;
    size_t limit = (size_t)c->worker->options->max_message;
    ws_init(&w->session, WS_SERVER, limit < service->max_message ? limit : service->max_message);
    conn_set_patience(c, LISTENING);
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

/* Returns what keeps the service from working here, or NULL. */
static const char *missing(const struct conn *c, const struct ws_service *service)
{
    if (service->needs != ANY && !c->worker->push)
        return "Nobody is heard here: start the server with --model loop.\n";
    if (service->needs == EVENTS && c->worker->options->push_every_ms == 0)
        return "Nothing happens here: start the server with --push-every.\n";
    return NULL;
}

static void refuse(struct conn *c, int status)
{
    switch (status) {
    case 403:
        http_reply_text(c, 403, "", "No page of that origin may come in here: see --origin.\n");
        break;
    case 405:
        http_reply_text(c, 405, "Allow: GET\r\n", "A WebSocket begins with GET.\n");
        break;
    case 426:
        http_reply_text(c, 426,
                        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
                        "This is a WebSocket, version 13, over HTTP/1.1.\n");
        break;
    default: http_reply_text(c, status, "", "No WebSocket can be opened so.\n");
    }
}

/* Returns 101, or the status to refuse a request with. */
static int check(const struct conn *c, const struct http_head *request, const struct ws_terms *terms)
{
    int status = ws_check_request(request);
    bool secure = c->worker->options->tls != NULL;
    if (status != 101 || origin_may(request, secure, &terms->origins))
        return status;
    conn_log(c, "refused: a page of another origin");
    return 403;
}

void ws_accept(struct conn *c, const struct http_request *request,
               const struct ws_service *service, const struct ws_terms *terms)
{
    char head[WS_RESPONSE_MAX];
    const char *lacks = missing(c, service), *protocol = terms->protocol;
    if (lacks) {
        http_reply_text(c, 503, "", lacks);
        return;
    }
    int status = check(c, &request->head, terms);
    if (!protocol || !http_field_lists(&request->head, "Sec-WebSocket-Protocol", protocol))
        protocol = NULL;
    size_t n = status == 101 ? ws_write_response(head, &request->head, protocol) : 0;
    if (n == 0) {
        refuse(c, status == 101 ? 500 : status);
        return;
    }
    conn_send(c, head, n);
    if (conn_become(c, &service->service) < 0)
        conn_close(c, FLUSH_THEN_CLOSE);
}

/* --- paths --- */

static void echo(struct conn *c, enum ws_opcode opcode, uint8_t *data, size_t n)
{
    ws_reply(c, opcode, data, n);
}

static size_t encode_text(uint8_t *out, uint64_t seq, const char *text, size_t n)
{
    struct ws_head head = {.fin = true, .opcode = WS_TEXT, .length = n};
    size_t len = ws_head_encode(out, &head);
    (void)seq;
    memcpy(out + len, text, n);
    return len + n;
}

static void subscribe(struct conn *c)
{
    push_subscribe(c, encode_text);
}

static void join(struct conn *c)
{
    push_join(c);
}

/* The frame that all will be sent is made once. */
static void say(struct conn *c, enum ws_opcode opcode, uint8_t *data, size_t n)
{
    struct ws_head head = {.fin = true, .opcode = opcode, .length = n};
    uint8_t buf[WS_HEAD_MAX];
    push_say(c, buf, ws_head_encode(buf, &head), data, n);
}

#define WS_SERVICE                                                                          \
    {                                                                                       \
        .name = "ws", .state_size = sizeof(struct ws_conn), .open = ws_open,                \
        .data = ws_data, .expired = ws_expired, .ending = ws_ending, .closed = ws_closed,   \
    }

const struct ws_service ws_echo_service = {WS_SERVICE, SIZE_MAX, ANY, NULL, echo};
const struct ws_service ws_push_service = {WS_SERVICE, SIZE_MAX, EVENTS, subscribe, echo};
const struct ws_service ws_chat_service = {WS_SERVICE, PUSH_SAY_MAX, ROOM, join, say};
