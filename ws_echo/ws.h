/* ws_echo/ws.h: a WebSocket as a client sees it, blocking (RFC 6455).
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_WS_H
#define WS_ECHO_WS_H

#include "tcp_echo/stream.h"
#include "ws_echo/ws_session.h"

struct websocket {
    struct stream stream;
    struct ws session;  /* the protocol's state, client's side */
    size_t max_message; /* bytes of a message that are accepted */
    uint8_t *in;        /* received: [start, end) is unread */
    size_t start, end, cap;
    uint8_t *out;       /* a masked frame on its way */
    size_t out_cap;
    uint8_t *message;   /* fragments of one message */
    size_t message_len, message_cap;
    int close_code;     /* why the peer closed: its code, 1005 without one, 0 not closed */
    char error[192];
};

struct ws_message {
    enum ws_opcode opcode; /* WS_TEXT or WS_BINARY */
    const uint8_t *data;   /* valid until the next call */
    size_t len;
};

/* Connects and asks for the upgrade; protocol is a subprotocol to offer, or NULL.  ms bounds each
 * wait (negative = none).  Returns 0, or -1: see ws_error(). */
int ws_connect(struct websocket *, const struct url *url, const char *protocol, int ms);

/* ws_connect() in its two halves, for those who measure them: the TCP connection, the upgrade. */
int ws_upgrade(struct websocket *, const struct url *url, const char *protocol);

/* Sends one message in one masked frame: WS_TEXT must be UTF-8.  Returns 0, or -1: see ws_error(). */
int ws_send(struct websocket *, enum ws_opcode, const void *data, size_t n);

/* Waits for one message, answering pings meanwhile.  Returns 0, or -1 when there will be none: see
 * ws_error(), close_code. */
int ws_recv(struct websocket *, struct ws_message *);

/* True when ws_recv() would find something without reading from the connection. */
bool ws_pending(const struct websocket *);

/* The closing handshake, then the end of the TCP connection; code 1000 is a normal good-bye.
 * Frees everything. */
void ws_close(struct websocket *, int code);

/* What went wrong in the call that failed. */
const char *ws_error(const struct websocket *);

#endif
