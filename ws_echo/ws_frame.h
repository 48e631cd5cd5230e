/* ws_echo/ws_frame.h: the head of a WebSocket frame, and masking (RFC 6455 5.2, 5.3).  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_WS_FRAME_H
#define WS_ECHO_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ws_opcode {
    WS_CONTINUATION = 0x0,
    WS_TEXT = 0x1,
    WS_BINARY = 0x2,
    WS_CLOSE = 0x8,
    WS_PING = 0x9,
    WS_PONG = 0xA,
};

struct ws_head {
    bool fin, masked;
    enum ws_opcode opcode;
    uint8_t mask[4]; /* when masked */
    uint64_t length; /* of the payload, bytes */
};

#define WS_HEAD_MAX 14
#define WS_CONTROL_MAX 125

/* Returns the header's size (2..14), 0 when more bytes are needed, or -1 when no legal frame starts
 * so (reserved bits and opcodes, a length not in its shortest form, a long or fragmented control
 * frame); *head is written only on success.  RFC 6455 5.2, 5.5. */
int ws_head_decode(struct ws_head *head, const uint8_t *buf, size_t n);

/* Writes a header in the shortest form.  Returns its size (2..14). */
size_t ws_head_encode(uint8_t buf[WS_HEAD_MAX], const struct ws_head *head);

/* Masks or unmasks n bytes in place (the two are the same); offset is where they stand in the
 * payload.  RFC 6455 5.3. */
void ws_mask(uint8_t *data, size_t n, const uint8_t mask[4], uint64_t offset);

/* The same from one buffer to another; to == from is allowed, other overlaps are not. */
void ws_mask_copy(uint8_t *to, const uint8_t *from, size_t n, const uint8_t mask[4],
                  uint64_t offset);

#endif
