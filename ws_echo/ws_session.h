/* ws_echo/ws_session.h: what one end of a WebSocket must remember between frames, and the rules it
 * must hold the other end to (RFC 6455 5 to 8).  Pure: both roles, no allocation, no descriptor.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_WS_SESSION_H
#define WS_ECHO_WS_SESSION_H

#include "ws_echo/utf8.h"
#include "ws_echo/ws_frame.h"

#include <sys/types.h>

enum ws_role { WS_SERVER, WS_CLIENT };

/* RFC 6455 7.4.1 */
enum ws_close_code {
    WS_NORMAL = 1000,
    WS_GOING_AWAY = 1001,
    WS_PROTOCOL_ERROR = 1002,
    WS_NO_CODE = 1005, /* never sent: the close frame was empty */
    WS_BAD_DATA = 1007,
    WS_POLICY = 1008,
    WS_TOO_BIG = 1009,
};

struct ws {
    uint8_t role;
    bool in_frame;       /* head has been read, payload is coming */
    bool in_message;     /* a fragment was not the last */
    uint8_t kind;        /* WS_TEXT or WS_BINARY, of the message under way */
    bool closed;         /* a close frame has come: nothing else counts */
    struct ws_head head; /* of the frame under way */
    uint64_t offset;     /* into its payload */
    uint64_t received;   /* bytes of the message so far */
    uint64_t max_message;
    struct utf8 utf8;
};

struct ws_event {
    enum { WS_EVENT_NONE, WS_EVENT_DATA, WS_EVENT_PING, WS_EVENT_PONG, WS_EVENT_CLOSE } type;
    enum ws_opcode opcode; /* of the message: WS_TEXT or WS_BINARY */
    bool last;             /* DATA: this piece ends the message */
    uint8_t *data;         /* unmasked, in the caller's buffer */
    size_t len;
    int code;              /* CLOSE: the peer's, or WS_NO_CODE; failure: what to close with */
};

void ws_init(struct ws *, enum ws_role, uint64_t max_message);

/* Takes the next step from buf: one control frame, or as much of a data frame as is there, unmasked
 * in place.  Returns the bytes consumed with *event filled, 0 when more bytes are needed (never
 * more than a head or a control frame is left unconsumed), or -1 when the connection must fail,
 * event->code saying why. */
ssize_t ws_next(struct ws *, uint8_t *buf, size_t n, struct ws_event *event);

/* The payload of a close frame: code and reason (cut to what fits).  Returns its size: 0 for a code
 * that may not be sent, WS_NO_CODE above all.  RFC 6455 5.5.1, 7.4.1 */
size_t ws_close_payload(uint8_t buf[WS_CONTROL_MAX], int code, const char *reason);

/* True for a code that a peer may put into a close frame. */
bool ws_close_code_valid(int code);

#endif
