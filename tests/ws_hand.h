/* tests/ws_hand.h: a WebSocket by hand, the client's side: requests as text, frames as bytes.
 * Nothing of ws_echo's own code is used.  Everything fails the running CMocka test by itself.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_WS_HAND_H
#define TESTS_WS_HAND_H

#include "e2e.h"

/* RFC 6455 1.3: this key has this answer. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define UPGRADE(path, more)                                                                     \
    "GET " path " HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"     \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n" more "\r\n"
#define HANDSHAKE UPGRADE("/echo", "")

enum { FIN = 0x80, CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

/* --- heads --- */

/* The last response head: its lines, each with LF. */
extern char head[4096];

/* Reads a response head into head; returns its status. */
int hear_head(int fd);

/* True when head has this line; case does not matter. */
bool head_has(const char *line);

/* The value of a field in head, or NULL; valid until the next head. */
const char *head_field(const char *name);

/* Opens a connection with this request, which must be answered with 101. */
int open_with(const struct server *, const char *request);

/* --- frames --- */

struct frame {
    int first, len; /* first byte; payload's length */
    uint8_t *data;  /* a NUL is added; valid until the next frame */
};

/* Writes a masked frame; returns its size: n and 14 at most. */
size_t make_frame(uint8_t *out, int first, const void *payload, size_t n);

void say_frame(int fd, int first, const void *payload, size_t n);
void say_message(int fd, const char *text);

struct frame hear_frame(int fd);
void expect_frame(int fd, int first, const void *payload, size_t n);
void expect_message(int fd, const char *text);

/* A close frame with this code (0 = empty), and then the end, not a reset; closes fd. */
void expect_close(int fd, int code);

void check_ws_echo(int fd, const char *text);

#endif
