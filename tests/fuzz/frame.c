/* tests/fuzz/frame.c: the head of a frame, and masks, are what a slow reference makes of them.
 * Partner: ws.c.  Input: where to cut what is masked, then a frame.
 * SPDX-License-Identifier: MIT */
#include "ws_echo/ws_frame.h"
#include "tests/fuzz/fuzz.h"

/* RFC 6455 5.2, word by word. */
static int slow_head(struct ws_head *head, const uint8_t *p, size_t n)
{
    if (n < 1)
        return 0;
    int opcode = p[0] % 16;
    bool control = opcode == 8 || opcode == 9 || opcode == 10, fin = p[0] >= 128;
    if ((p[0] & 0x70) != 0 || (opcode > 2 && !control) || (control && !fin))
        return -1;
    if (n < 2)
        return 0;
    bool masked = p[1] >= 128;
    uint64_t length = p[1] % 128, least = length < 126 ? 0 : length == 126 ? 126 : 65536;
    size_t size = 2;
    if (control && length > 125)
        return -1;
    for (size_t more = length < 126 ? 0 : length == 126 ? 2 : 8; more > 0; more--, size++)
        length = size == 2 ? (n > 2 ? p[2] : 0) : length * 256 + (size < n ? p[size] : 0);
    if (n < size)
        return 0;
    if (length < least || length > INT64_MAX)
        return -1;
    if (n < size + (masked ? 4 : 0))
        return 0;
    *head = (struct ws_head){.fin = fin, .masked = masked, .opcode = (enum ws_opcode)opcode,
                             .length = length};
    for (size_t i = 0; masked && i < 4; i++)
        head->mask[i] = p[size + i];
    return (int)(size + (masked ? 4 : 0));
}

static void check_head(const uint8_t *wire, size_t n)
{
    struct ws_head head, expected;
    uint8_t again[WS_HEAD_MAX];
    for (size_t i = 0; i <= n && i <= WS_HEAD_MAX; i++) {
        uint8_t *prefix = exactly(wire, i);
        int size = ws_head_decode(&head, prefix, i);
        CHECK(size == slow_head(&expected, prefix, i));
        release(prefix, i);
        if (size <= 0)
            continue;
        CHECK(head.fin == expected.fin && head.masked == expected.masked);
        CHECK(head.opcode == expected.opcode && head.length == expected.length);
        CHECK(!head.masked || memcmp(head.mask, expected.mask, 4) == 0);
        CHECK(ws_head_encode(again, &head) == (size_t)size);
        CHECK(memcmp(again, wire, (size_t)size) == 0); /* there is one form only */
    }
}

static void check_mask(const uint8_t *wire, size_t n, int cut)
{
    uint8_t *from = exactly(wire, n), *to = exactly(wire, n), mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    for (size_t at = 0, end = 0, turn = 0; at < n; at = end, turn++) {
        end = next_cut(at, n, cut, (int)turn);
        /* a multiple of 4 changes nothing */
        uint64_t offset = (turn % 2 ? (uint64_t)1 << 40 : 0) + at;
        ws_mask_copy(to + at, from + at, end - at, mask, offset);
        ws_mask(from + at, end - at, mask, offset);
    }
    for (size_t i = 0; i < n; i++)
        CHECK(to[i] == (wire[i] ^ mask[i % 4]) && from[i] == to[i]);
    release(from, n);
    release(to, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1)
        return 0;
    check_head(data + 1, n - 1);
    check_mask(data + 1, n - 1, data[0]);
    return 0;
}
