/* ws_echo/ws_frame.c: the 2 to 14 bytes before every payload.
 *
 *    0               1               2 ...
 *   +-+-+-+-+-------+-+-------------+
 *   |F|R|R|R| opcode|M|  length     |  126: 2 bytes of length follow, 127: 8 bytes; then,
 *   |I|S|S|S|  (4)  |A|   (7)       |  when MASK is set, 4 bytes of masking key
 *   |N|V|V|V|       |S|             |
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_frame.h"

#include <string.h>

static uint64_t read_be(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | *p++;
    return value;
}

/* No extension is ever agreed on, so the reserved bits are always wrong (RFC 6455 5.2). */
static bool legal_start(uint8_t first)
{
    switch (first) {
    case 0x00: case 0x01: case 0x02: /* a fragment: continuation, text, binary */
    case 0x80: case 0x81: case 0x82: /* the last or only one */
    case 0x88: case 0x89: case 0x8A: /* close, ping, pong: never in fragments */
        return true;
    default:
        return false;
    }
}

int ws_head_decode(struct ws_head *head, const uint8_t *buf, size_t n)
{
    if (n > 0 && !legal_start(buf[0]))
        return -1;
    if (n < 2)
        return 0;
    size_t size = buf[1] & 0x7f;
    bool is_control = buf[0] & 0x08, masked = buf[1] & 0x80;
    if (is_control && size > WS_CONTROL_MAX)
        return -1;
    size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    size_t total = 2 + extra + (masked ? 4 : 0);
    if (n < 2 + extra)
        return 0;
    uint64_t length = extra ? read_be(buf + 2, extra) : size;
    if ((extra == 2 && length < 126) || (extra == 8 && length <= 0xffff) || length >> 63)
        return -1; /* not the shortest form; or the top bit, which must be 0 */
    if (n < total)
        return 0;
    head->fin = buf[0] & 0x80;
    head->opcode = buf[0] & 0x0f;
    head->masked = masked;
    head->length = length;
    if (masked)
        memcpy(head->mask, buf + total - 4, 4);
    return (int)total;
}

static void write_be(uint8_t *p, uint64_t value, size_t n)
{
    while (n-- > 0) {
        p[n] = (uint8_t)value;
        value >>= 8;
    }
}

size_t ws_head_encode(uint8_t buf[WS_HEAD_MAX], const struct ws_head *head)
{
    size_t extra = head->length < 126 ? 0 : head->length <= 0xffff ? 2 : 8;
    uint8_t size = extra == 0 ? (uint8_t)head->length : extra == 2 ? 126 : 127;
    buf[0] = (uint8_t)((head->fin ? 0x80 : 0) | head->opcode);
    buf[1] = (uint8_t)((head->masked ? 0x80 : 0) | size);
    write_be(buf + 2, head->length, extra);
    if (head->masked)
        memcpy(buf + 2 + extra, head->mask, 4);
    return 2 + extra + (head->masked ? 4 : 0);
}

/* Eight bytes at a time: the key repeats every four, so a word of it fits everywhere once it is
 * turned to begin where the payload does. */
void ws_mask_copy(uint8_t *to, const uint8_t *from, size_t n, const uint8_t mask[4],
                  uint64_t offset)
{
    uint8_t twice[8];
    uint32_t turned;
    memcpy(twice, mask, 4);
    memcpy(twice + 4, mask, 4);
    memcpy(&turned, twice + offset % 4, 4);
    uint64_t key = (uint64_t)turned << 32 | turned, word;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, from + i, 8);
        word ^= key;
        memcpy(to + i, &word, 8);
    }
    for (; i < n; i++)
        to[i] = from[i] ^ mask[(offset + i) % 4];
}

void ws_mask(uint8_t *data, size_t n, const uint8_t mask[4], uint64_t offset)
{
    ws_mask_copy(data, data, n, mask, offset);
}
