/* ws_echo/service.h: the server's side of a WebSocket, after the 101.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_SERVICE_H
#define WS_ECHO_SERVICE_H

#include "http_poll/service.h"
#include "tcp_echo/program.h"
#include "ws_echo/ws_session.h"

/* What happens on one path.  Each function may be NULL. */
struct ws_service {
    struct service service; /* first: WS_SERVICE */
    size_t max_message;     /* bytes; no more than --max-message */
    enum { ANY, ROOM, EVENTS } needs; /* of the server: nothing, --model loop, --push-every */
    void (*opened)(struct conn *);
    /* A whole message; data may be written to, and is gone after the call. */
    void (*message)(struct conn *, enum ws_opcode, uint8_t *data, size_t n);
};

/* conn->state of a connection that speaks WebSocket. */
struct ws_conn {
    struct ws session;
    struct bytes *message; /* one that did not come at once */
};

/* What a server agrees to: its subprotocol, or NULL, and the origins of pages that may use it besides
 * its own. */
struct ws_terms {
    const char *protocol;
    struct texts origins;
};

/* Answers a request with 101 and hands its connection to the service, or refuses it. */
void ws_accept(struct conn *, const struct http_request *, const struct ws_service *,
               const struct ws_terms *);

/* Sends one message, or one control frame, unmasked and whole. */
int ws_reply(struct conn *, enum ws_opcode, const void *data, size_t n);

/* /echo: every message goes back.  /push: every event is sent as well.  /chat: every message goes
 * to everybody there.  The last two need the event loop. */
extern const struct ws_service ws_echo_service, ws_push_service, ws_chat_service;

#endif
