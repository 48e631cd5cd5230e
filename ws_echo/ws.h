/* ws_echo/ws.h: a WebSocket as a client sees it, blocking (RFC 6455).
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_WS_H
#define WS_ECHO_WS_H

#include "tcp_echo/bytes.h"
#include "tcp_echo/stream.h"
#include "ws_echo/ws_session.h"

struct websocket {
    struct stream stream;
    struct ws session;  /* the protocol's state, client's side */
    const char *protocol; /* a subprotocol to offer, or NULL */
    size_t max_message; /* bytes of a message that are accepted */
    uint8_t *in;        /* received: [start, end) is unread */
    size_t start, end;
    uint8_t *out;       /* out_cap bytes for a masked frame on its way */
    size_t out_cap;
    struct bytes *message; /* a message that came in pieces */
    bool close_sent, parted; /* parted: both sides have closed, or given up on each other */
    int close_code;     /* why the peer closed: its code, 1005 without one, 0 not closed */
    bool late;          /* the last read did not come in time */
    int timeout_ms;     /* for the answer to the upgrade, the rest of a message, and all of a send */
    int waits_ms;       /* bounds each read and write */
    int64_t deadline;   /* ms, CLOCK_MONOTONIC: nothing is waited for any longer; 0 = none */
    int quiet_ms;       /* of silence until ws_keep_alive() asks, and gives up; 0 = 20 s */
    int64_t quiet_since; /* ms, CLOCK_MONOTONIC */
    bool heard, asked;  /* something came, or a ping was sent, since ws_keep_alive() looked */
    char error[192];    /* what went wrong in the call that failed */
};

struct ws_message {
    enum ws_opcode opcode; /* WS_TEXT or WS_BINARY */
    const uint8_t *data;   /* valid until the next call */
    size_t len;
};

/* stream.tap, protocol, quiet_ms and max_message (0 = 64 MiB) are set before, the rest zero.  Connects (tls is
 * for wss) and asks for the upgrade.  ms (negative = for ever) bounds the connecting, the answer to
 * the upgrade, and in ws_recv() the wait for a message to begin and then for its end.  Returns 0, or
 * -1 with ws->error set. */
int ws_connect(struct websocket *, const struct url *url, struct tls *, int ms);

/* The second half of ws_connect(), for those who measure it: stream is connected, timeout_ms set. */
int ws_upgrade(struct websocket *, const struct url *url);

/* WS_TEXT when the bytes are UTF-8, else WS_BINARY. */
enum ws_opcode ws_kind(const void *data, size_t n);

/* Sends one message in one masked frame, within timeout_ms: WS_TEXT must be UTF-8.  Returns 0, or
 * -1 with ws->error set; then nothing more can be said. */
int ws_send(struct websocket *, enum ws_opcode, const void *data, size_t n);

/* Waits for one message, answering pings meanwhile.  Returns 0, or -1 when there will be none: see
 * ws->error and close_code.  Who breaks a rule is told by a close frame with 1002, 1007 or 1009; then
 * as after the peer's own close frame, it is up to the server to end the TCP connection: that is
 * waited for, a second at most.  Who keeps us waiting is told 1001, and not waited for. */
int ws_recv(struct websocket *, struct ws_message *);

/* ws_recv() for who waits elsewhere: reads at most once.  Returns 1 for a message, 0 when none is
 * whole yet (a ping was answered, perhaps), -1 as ws_recv() does. */
int ws_step(struct websocket *, struct ws_message *);

/* True when ws_step() would find something without reading from the connection. */
bool ws_pending(const struct websocket *);

/* For who waits for a peer that may be silent for long: to be called before each wait.  Sends a ping
 * when nothing has come for quiet_ms.  Returns the ms to wait at most until the next call, or -1 with
 * ws->error set when the ping has not been answered in that time by anything (then the peer was told
 * 1001, should it be there). */
int ws_keep_alive(struct websocket *);

/* The closing handshake, then the end of the TCP connection; code 1000 is a normal good-bye.
 * Frees everything. */
void ws_close(struct websocket *, int code);

#endif
