/* tests/fuzz/sse.c: the reader hears the events that a slow reference finds in the whole stream,
 * however it is cut, and those that we write.  Input: where to cut, then the stream.
 * SPDX-License-Identifier: MIT */
#include "http_poll/sse.h"
#include "tcp_echo/push.h"
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>

static void say_event(struct bytes **said, struct span data, struct span name, struct span id)
{
    struct span parts[] = {data, name, id};
    for (size_t i = 0; i < 3; i++) {
        say(said, &parts[i].n, sizeof parts[i].n);
        say(said, parts[i].p, parts[i].n);
    }
}

static ssize_t take(void *reader, uint8_t *data, size_t n, struct bytes **said)
{
    struct sse_event event;
    ssize_t used = sse_next(reader, data, n, &event);
    if (used >= 0 && event.data.p)
        say_event(said, event.data, event.name, event.id);
    return used;
}

/* --- the reference, as the standard puts it: lines first, then fields --- */

struct slow {
    char data[2 * SSE_TEXT_MAX], name[SSE_NAME_MAX], next_id[SSE_NAME_MAX], id[SSE_NAME_MAX];
    size_t len;
    bool has_data;
};

static bool set(char *out, const char *value, size_t n)
{
    if (n >= SSE_NAME_MAX)
        return false;
    memset(out, 0, SSE_NAME_MAX);
    memcpy(out, value, n);
    return true;
}

static bool slow_field(struct slow *s, const char *line, size_t n)
{
    size_t colon = 0;
    while (colon < n && line[colon] != ':')
        colon++;
    size_t start = colon < n ? colon + 1 : n;
    start += start < n && line[start] == ' ';
    const char *value = line + start;
    size_t len = n - start;
    if (colon == 5 && memcmp(line, "event", 5) == 0)
        return set(s->name, value, len);
    if (colon == 2 && memcmp(line, "id", 2) == 0)
        return memchr(value, 0, len) || set(s->next_id, value, len);
    if (colon != 4 || memcmp(line, "data", 4) != 0)
        return true;
    memcpy(s->data + s->len, value, len);
    s->len += len;
    s->data[s->len++] = '\n';
    s->has_data = true;
    return s->len <= SSE_TEXT_MAX;
}

static void slow_end(struct slow *s, struct bytes **said)
{
    memcpy(s->id, s->next_id, sizeof s->id);
    if (s->has_data)
        say_event(said, (struct span){s->data, s->len - 1}, (struct span){s->name, strlen(s->name)},
                  (struct span){s->id, strlen(s->id)});
    s->len = 0;
    s->has_data = false;
    s->name[0] = '\0';
}

/* Returns false when something is too long. */
static bool slow_events(struct slow *s, const char *text, size_t n, struct bytes **said)
{
    bool bom = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    for (size_t at = 0, end; at < n; at = end + 1) {
        for (end = at; end < n && text[end] != '\n' && text[end] != '\r';)
            end++;
        if (end - at > SSE_TEXT_MAX - s->len)
            return false;
        if (end == n)
            break; /* what the end cuts off is nothing */
        size_t skip = bom && at == 0 ? 3 : 0;
        if (end - at == skip)
            slow_end(s, said);
        else if (!slow_field(s, text + at + skip, end - at - skip))
            return false;
        end += text[end] == '\r' && end + 1 < n && text[end + 1] == '\n';
    }
    return true;
}

static void check_stream(const uint8_t *text, size_t n, int cut)
{
    static struct sse whole, pieces;
    struct slow slow = {0};
    struct bytes *one = NULL, *other = NULL, *expected = NULL;
    memset(&whole, 0, sizeof whole);
    memset(&pieces, 0, sizeof pieces);
    bool fine = slow_events(&slow, (const char *)text, n, &expected);
    CHECK(feed(take, &whole, text, n, CUT_NOWHERE, &one) == (fine ? (ssize_t)n : -1));
    CHECK(feed(take, &pieces, text, n, cut, &other) == (fine ? (ssize_t)n : -1));
    CHECK(same_bytes(one, expected) && same_bytes(other, expected));
    CHECK(strcmp(whole.id, slow.id) == 0 && strcmp(pieces.id, slow.id) == 0);
    CHECK(whole.retry_ms == pieces.retry_ms);
    CHECK(whole.retry_ms == 0 || (whole.retry_ms >= 10 && whole.retry_ms <= 60000));
    bytes_free(&one);
    bytes_free(&other);
    bytes_free(&expected);
}

/* An event of ours, of the text up to its first line's end. */
static void check_written(const uint8_t *text, size_t n, int cut)
{
    static struct sse reader;
    uint8_t out[PUSH_FRAME_MAX];
    char line[PUSH_TEXT_MAX] = "", id[32];
    struct bytes *said = NULL, *expected = NULL;
    memcpy(line, text, n < sizeof line ? n : sizeof line - 1);
    size_t len = strcspn(line, "\r\n");
    uint64_t seq = (uint64_t)n * 0x9e3779b97f4a7c15u >> (cut & 63);
    snprintf(id, sizeof id, "%" PRIu64, seq);
    say_event(&expected, (struct span){line, len}, (struct span){"", 0},
              (struct span){id, strlen(id)});
    memset(&reader, 0, sizeof reader);
    size_t size = sse_encode(out, seq, line, len);
    CHECK(size < sizeof out && feed(take, &reader, out, size, cut, &said) == (ssize_t)size);
    CHECK(same_bytes(said, expected));
    bytes_free(&said);
    bytes_free(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1)
        return 0;
    uint8_t *text = exactly(data + 1, n - 1);
    check_stream(text, n - 1, data[0]);
    check_written(text, n - 1, data[0]);
    release(text, n - 1);
    return 0;
}
