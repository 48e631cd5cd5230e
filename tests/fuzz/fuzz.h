/* tests/fuzz/fuzz.h: what the fuzz targets share.  A target is LLVMFuzzerTestOneInput() for one
 * codec: libFuzzer feeds it (SOCKLAB_FUZZ), or main.c replays files.  A target aborts when what it
 * knows of the codec does not hold; sanitizers see to the rest.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "tcp_echo/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Returns 0; the data is the caller's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As assert(), but in every build. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

static inline void check(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* A copy in a heap block that ends where the data ends, so that AddressSanitizer sees one byte too
 * far; given back with release(). */
static inline uint8_t *exactly(const void *data, size_t n)
{
    uint8_t *block = malloc(n > 0 ? n : 1);
    CHECK(block != NULL);
    memcpy(block, data, n);
    return n > 0 ? block : block + 1;
}

static inline void release(uint8_t *data, size_t n)
{
    free(n > 0 ? data : data - 1);
}

/* The same as a string, for free(). */
static inline char *as_string(const void *data, size_t n)
{
    char *text = malloc(n + 1);
    CHECK(text != NULL);
    memcpy(text, data, n);
    text[n] = '\0';
    return text;
}

/* Where a stream is cut: pieces of 1 + the low and 1 + the high four bits, in turns. */
#define CUT_NOWHERE 0x100

static inline size_t next_cut(size_t at, size_t n, int cut, int turn)
{
    size_t piece = 1 + (size_t)(turn % 2 ? cut >> 4 : cut & 15);
    return cut == CUT_NOWHERE || piece > n - at ? n : at + piece;
}

/* What a reader tells of its input; that of two must be the same. */
static inline void say(struct bytes **said, const void *data, size_t n)
{
    CHECK(bytes_append(said, data, n) == 0);
}

static inline void say_text(struct bytes **said, const char *text)
{
    say(said, text, strlen(text));
}

static inline bool same_bytes(const struct bytes *a, const struct bytes *b)
{
    if (!a || !b)
        return !a && !b;
    return a->len == b->len && memcmp(a->data + a->head, b->data + b->head, a->len) == 0;
}

/* Takes one step of the n > 0 bytes at hand.  Returns the bytes consumed, 0 when more are needed,
 * -1 when they are malformed; says what it has read. */
typedef ssize_t read_fn(void *reader, uint8_t *data, size_t n, struct bytes **said);

/* Feeds a stream in pieces, what is left of each in front of the next.  Returns the bytes consumed
 * in all, or -1 as soon as the reader fails. */
static inline ssize_t feed(read_fn *take, void *reader, const uint8_t *wire, size_t n, int cut,
                           struct bytes **said)
{
    size_t done = 0, end = 0;
    for (int turn = 0; end < n; turn++) {
        end = next_cut(end, n, cut, turn);
        for (ssize_t used = 1; used > 0 && done < end; done += (size_t)used) {
            size_t here = end - done;
            uint8_t *block = exactly(wire + done, here);
            used = take(reader, block, here, said);
            release(block, here);
            CHECK(used >= -1 && used <= (ssize_t)here);
            if (used < 0)
                return -1;
        }
    }
    return (ssize_t)done;
}

/* The slow, obvious reference for UTF-8: each character's bytes give a lowest and a highest code
 * point, the same when it is whole; text may go on while one of that range is allowed.  *whole is
 * false when the last one is not.  Returns false when the bytes can't begin any text. */
static inline bool slow_utf8(const uint8_t *p, size_t n, bool *whole)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    *whole = true;
    for (size_t at = 0; at < n;) {
        uint8_t first = p[at++];
        int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        if ((first >= 0x80 && first < 0xC0) || first >= 0xF8)
            return false;
        uint32_t low = more == 0 ? first : first & (0x3Fu >> more), high = low;
        for (int i = 0; i < more; i++) {
            *whole = at < n;
            if (*whole && (p[at] & 0xC0) != 0x80)
                return false;
            low = low << 6 | (*whole ? p[at] & 0x3F : 0);
            high = high << 6 | (*whole ? p[at] & 0x3F : 0x3F);
            at += *whole;
        }
        if (high < least[more] || low > 0x10FFFF || (low >= 0xD800 && high <= 0xDFFF))
            return false;
    }
    return true;
}

#endif
