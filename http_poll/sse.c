/* http_poll/sse.c: lines into events.
 * SPDX-License-Identifier: MIT */
#include "http_poll/sse.h"
#include "tcp_echo/push.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RETRY_MIN 10    /* ms: who says 0 must not be hammered, */
#define RETRY_MAX 60000 /* and who says a year is not meant to be lost */

static void begin_event(struct sse *s)
{
    s->ended = s->has_data = false;
    s->data_len = s->len = 0;
    s->name[0] = '\0';
}

void sse_restart(struct sse *s)
{
    begin_event(s);
    s->begun = s->behind_cr = false;
    memcpy(s->next_id, s->id, sizeof s->id);
}

static size_t before_line_end(const uint8_t *buf, size_t n)
{
    size_t i = 0;
    while (i < n && buf[i] != '\n' && buf[i] != '\r')
        i++;
    return i;
}

static int append(struct sse *s, const void *text, size_t n)
{
    if (n > sizeof s->text - s->len)
        return -1;
    memcpy(s->text + s->len, text, n);
    s->len += n;
    return 0;
}

/* The value joins the data in front of its line: there is always room, but for the LF. */
static int add_data(struct sse *s, struct span value)
{
    memmove(s->text + s->data_len, value.p, value.n);
    s->len = s->data_len + value.n;
    if (append(s, "\n", 1) < 0)
        return -1;
    s->data_len = s->len;
    s->has_data = true;
    return 0;
}

static int set_text(char out[SSE_NAME_MAX], struct span value)
{
    if (value.n >= SSE_NAME_MAX)
        return -1;
    memcpy(out, value.p, value.n);
    out[value.n] = '\0';
    return 0;
}

static void set_retry(struct sse *s, struct span value)
{
    int ms = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return;
        ms = ms > RETRY_MAX ? ms : ms * 10 + (value.p[i] - '0');
    }
    if (value.n > 0)
        s->retry_ms = ms < RETRY_MIN ? RETRY_MIN : ms > RETRY_MAX ? RETRY_MAX : ms;
}

/* "name: value", "name:value" and "name" alone; a comment is a field without a name. */
static int take_field(struct sse *s, struct span line)
{
    const char *colon = memchr(line.p, ':', line.n);
    struct span name = {line.p, colon ? (size_t)(colon - line.p) : line.n};
    struct span value = {line.p + line.n, 0};
    if (colon) {
        const char *start = colon + 1 + (name.n + 1 < line.n && colon[1] == ' ');
        value = (struct span){start, (size_t)(line.p + line.n - start)};
    }
    if (span_equals(name, "data"))
        return add_data(s, value);
    if (span_equals(name, "event"))
        return set_text(s->name, value);
    if (span_equals(name, "id") && !memchr(value.p, '\0', value.n))
        return set_text(s->next_id, value);
    if (span_equals(name, "retry"))
        set_retry(s, value);
    return 0;
}

/* An empty line ends the event, and only now does its id count.  One that has no data is nothing
 * to tell of, but its id is kept: so a server says where a stream begins. */
static void end_event(struct sse *s, struct sse_event *event)
{
    s->ended = true;
    memcpy(s->id, s->next_id, sizeof s->id);
    if (s->has_data)
        *event = (struct sse_event){.data = {s->text, s->data_len - 1},
                                    .name = {s->name, strlen(s->name)},
                                    .id = {s->id, strlen(s->id)}};
}

static int end_line(struct sse *s, struct sse_event *event)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct span line = {s->text + s->data_len, s->len - s->data_len};
    if (!s->begun && line.n >= 3 && memcmp(line.p, bom, 3) == 0)
        line = (struct span){line.p + 3, line.n - 3};
    s->begun = true;
    int rc = line.n > 0 ? take_field(s, line) : 0;
    s->len = s->data_len;
    if (line.n == 0)
        end_event(s, event);
    return rc;
}

ssize_t sse_next(struct sse *s, const uint8_t *buf, size_t n, struct sse_event *event)
{
    size_t at = 0;
    *event = (struct sse_event){0};
    while (at < n && !event->data.p) {
        if (s->ended) /* not before: the last event's spans have been valid until now */
            begin_event(s);
        bool inside_crlf = s->behind_cr && buf[at] == '\n';
        s->behind_cr = false;
        at += inside_crlf;
        size_t len = before_line_end(buf + at, n - at);
        if (append(s, buf + at, len) < 0)
            return -1;
        at += len;
        if (at == n)
            break;
        s->behind_cr = buf[at++] == '\r';
        if (end_line(s, event) < 0)
            return -1;
    }
    return (ssize_t)at;
}

size_t sse_encode(uint8_t *out, uint64_t id, const char *text, size_t n)
{
    _Static_assert(sizeof "id: 18446744073709551615\ndata: \n\n" + PUSH_TEXT_MAX <= PUSH_FRAME_MAX,
                   "an event fits");
    return (size_t)snprintf((char *)out, PUSH_FRAME_MAX, "id: %" PRIu64 "\ndata: %.*s\n\n", id,
                            (int)n, text);
}
