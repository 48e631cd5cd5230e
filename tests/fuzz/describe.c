/* tests/fuzz/describe.c: --explain's describing functions give every byte its meaning, say nothing
 * unprintable, and tell of the same heads, frames and events however the stream is cut; of every
 * byte once, too, when others are missing.
 * Input: protocol (% 5) and side (bit 7), where to cut, then what the two say by turns, FF FE
 * between them.
 * SPDX-License-Identifier: MIT */
#include "http_poll/explain.h"
#include "tests/fuzz/fuzz.h"
#include "udp_echo/explain.h"
#include "ws_echo/explain.h"

static void check_text(const char *text, size_t room)
{
    size_t n = strnlen(text, room);
    CHECK(n > 0 && n < room);
    for (size_t i = 0; i < n; i++)
        CHECK(text[i] >= ' ' && text[i] <= '~');
}

static void check_step(const struct step *step, size_t took)
{
    size_t sum = 0;
    check_text(step->protocol, 8);
    check_text(step->what, sizeof step->what);
    CHECK(step->parts <= STEP_PARTS_MAX);
    for (size_t i = 0; i < step->parts; i++) {
        check_text(step->part[i].meaning, sizeof step->part[i].meaning);
        sum += step->part[i].len;
    }
    CHECK(sum == took);
}

struct listener {
    struct describer describer;
    enum direction direction;
    bool lost; /* what is not the protocol is told piece by piece, and where it ends is a guess */
};

/* What does not depend on the cuts: not the pieces of a payload, nor the rest of a bad stream. */
static void say_step(struct listener *l, const struct step *step, struct bytes **said)
{
    bool cut_anywhere = strncmp(step->what, "body", 4) == 0 || strstr(step->what, "goes on") ||
                        strncmp(step->what, "chunk data", 10) == 0 ||
                        strcmp(step->protocol, "tcp") == 0;
    l->lost = l->lost || strncmp(step->what, "not ", 4) == 0;
    if (!l->lost && !cut_anywhere)
        say(said, step->what, strlen(step->what) + 1);
}

static ssize_t take(void *reader, uint8_t *data, size_t n, struct bytes **said)
{
    struct listener *l = reader;
    struct step step = {.protocol = "tcp"};
    size_t took = l->describer.describe(&l->describer, l->direction, data, n, &step);
    CHECK(took <= n);
    if (took == 0)
        return 0;
    check_step(&step, took);
    say_step(l, &step, said);
    return (ssize_t)took;
}

/* Where the turn that begins at `at` ends. */
static size_t turn_end(const uint8_t *data, size_t at, size_t n)
{
    while (at < n && !(data[at] == 0xff && at + 1 < n && data[at + 1] == 0xfe))
        at++;
    return at;
}

/* What a turn leaves incomplete is put in front of the same side's next. */
static void follow(struct listener *l, const uint8_t *data, size_t n, int cut, struct bytes **said)
{
    struct bytes *held[2] = {NULL, NULL};
    for (size_t at = 0, end; at < n; at = end + 2) {
        struct bytes **mine = &held[l->direction];
        end = turn_end(data, at, n);
        say(mine, data + at, end - at);
        if (*mine) {
            ssize_t used = feed(take, l, (*mine)->data + (*mine)->head, (*mine)->len, cut, said);
            CHECK(used >= 0);
            bytes_consume(mine, (size_t)used);
        }
        l->direction = l->direction == SENT ? RECEIVED : SENT;
    }
    bytes_free(&held[0]);
    bytes_free(&held[1]);
}

/* --- with bytes missing between the turns --- */

struct count { size_t said, told, sum; };

static void hear(void *arg, enum direction direction, const struct step *step, const uint8_t *bytes)
{
    struct count *count = arg;
    (void)direction;
    check_step(step, step->bytes);
    count->told += step->bytes;
    for (size_t i = 0; i < step->bytes; i++)
        count->sum += bytes[i]; /* they can be read */
}

/* Every byte is told of in the end, whatever is missing before it; a datagram has no gaps. */
static void follow_with_gaps(describe_fn *describe, bool server, const uint8_t *data, size_t n,
                             int cut)
{
    struct narration x;
    struct count count = {0, 0, 0};
    enum direction direction = server ? RECEIVED : SENT;
    narration_begin(&x, describe, server);
    for (size_t at = 0, end; at < n; at = end + 2) {
        end = turn_end(data, at, n);
        if ((at ^ (size_t)cut) & 1)
            narration_gap(&x, direction, hear, &count);
        for (size_t piece; at < end; at = piece) {
            piece = next_cut(at, end, cut, (int)at);
            uint8_t *block = exactly(data + at, piece - at);
            narrate(&x, direction, block, piece - at, hear, &count);
            release(block, piece - at);
            count.said += piece - at;
        }
        direction = direction == SENT ? RECEIVED : SENT;
    }
    narration_gap(&x, SENT, hear, &count);
    narration_gap(&x, RECEIVED, hear, &count);
    CHECK(count.said == count.told);
    narration_end(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static describe_fn *const functions[] = {http_describe, ws_describe, udp_describe, tcp_describe,
                                             tls_describe};
    struct bytes *whole = NULL, *pieces = NULL;
    if (n < 2)
        return 0;
    describe_fn *describe = functions[(data[0] & 0x7f) % 5];
    struct listener one = {.describer = {.describe = describe, .server = data[0] & 0x80}};
    one.direction = one.describer.server ? RECEIVED : SENT;
    struct listener other = one;
    int cut = describe == udp_describe ? CUT_NOWHERE : data[1];
    follow(&one, data + 2, n - 2, CUT_NOWHERE, &whole);
    follow(&other, data + 2, n - 2, cut, &pieces);
    CHECK(one.lost == other.lost && same_bytes(whole, pieces));
    follow_with_gaps(describe, data[0] & 0x80, data + 2, n - 2, cut);
    bytes_free(&whole);
    bytes_free(&pieces);
    return 0;
}
