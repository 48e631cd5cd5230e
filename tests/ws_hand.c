/* tests/ws_hand.c: a WebSocket by hand.
 * SPDX-License-Identifier: MIT */
#include "ws_hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* --- heads --- */

char head[4096];

int hear_head(int fd)
{
    char line[1024];
    size_t n = 0;
    int status = 0;
    do {
        if (!hear_line(fd, line, sizeof line))
            fail_msg("the connection ended within a head:\n%.*s%s", (int)n, head, line);
        n += (size_t)snprintf(head + n, sizeof head - n, "%s\n", line);
        assert_true(n < sizeof head);
    } while (line[0]);
    if (sscanf(head, "HTTP/1.1 %d", &status) != 1)
        fail_msg("not a status line: %s", head);
    return status;
}

bool head_has(const char *line)
{
    size_t n = strlen(line);
    for (const char *p = head; *p; p = strchr(p, '\n') + 1)
        if (strncasecmp(p, line, n) == 0 && p[n] == '\n')
            return true;
    return false;
}

const char *head_field(const char *name)
{
    static char value[1024];
    size_t n = strlen(name);
    for (const char *p = head; *p; p = strchr(p, '\n') + 1)
        if (strncasecmp(p, name, n) == 0 && strncmp(p + n, ": ", 2) == 0) {
            snprintf(value, sizeof value, "%.*s", (int)strcspn(p + n + 2, "\n"), p + n + 2);
            return value;
        }
    return NULL;
}

int open_with(const struct server *s, const char *request)
{
    int fd = dial(s->port);
    say_text(fd, request);
    int status = hear_head(fd);
    if (status != 101)
        fail_msg("%d instead of 101 for:\n%s", status, request);
    return fd;
}

/* --- frames --- */

static uint8_t *frame_data;

size_t make_frame(uint8_t *out, int first, const void *payload, size_t n)
{
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    size_t at = 2;
    out[0] = (uint8_t)first;
    out[1] = (uint8_t)(0x80 | (n < 126 ? n : n <= 0xffff ? 126 : 127));
    for (size_t k = n < 126 ? 0 : n <= 0xffff ? 2 : 8; k > 0; k--)
        out[at++] = (uint8_t)(n >> 8 * (k - 1));
    memcpy(out + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < n; i++)
        out[at + i] = ((const uint8_t *)payload)[i] ^ mask[i % 4];
    return at + n;
}

void say_frame(int fd, int first, const void *payload, size_t n)
{
    uint8_t *out = malloc(n + 14);
    say(fd, out, make_frame(out, first, payload, n));
    free(out);
}

void say_message(int fd, const char *text)
{
    say_frame(fd, FIN | TEXT, text, strlen(text));
}

struct frame hear_frame(int fd)
{
    uint8_t start[2], more[8];
    uint64_t n;
    hear(fd, start, 2);
    if (start[1] & 0x80)
        fail_msg("a server must not mask");
    n = start[1];
    size_t extra = n == 126 ? 2 : n == 127 ? 8 : 0;
    hear(fd, more, extra);
    for (size_t i = n = extra ? 0 : n; i < extra; i++)
        n = n << 8 | more[i];
    if (extra)
        assert_true(n >= (extra == 2 ? 126 : 65536)); /* the shortest form */
    free(frame_data);
    frame_data = malloc(n + 1);
    assert_non_null(frame_data);
    hear(fd, frame_data, n);
    frame_data[n] = '\0';
    return (struct frame){start[0], (int)n, frame_data};
}

void expect_frame(int fd, int first, const void *payload, size_t n)
{
    struct frame f = hear_frame(fd);
    if (f.first != first)
        fail_msg("a frame 0x%02x instead of 0x%02x, %d bytes: %s", (unsigned)f.first,
                 (unsigned)first, f.len, (char *)f.data);
    assert_int_equal(f.len, n);
    assert_memory_equal(f.data, payload, n);
}

void expect_message(int fd, const char *text)
{
    expect_frame(fd, FIN | TEXT, text, strlen(text));
}

void expect_close(int fd, int code)
{
    struct frame f = hear_frame(fd);
    if (f.first != (FIN | CLOSE))
        fail_msg("a frame 0x%02x instead of a close with %d", (unsigned)f.first, code);
    int got = f.len >= 2 ? f.data[0] << 8 | f.data[1] : 0;
    if (got != code)
        fail_msg("closed with %d instead of %d", got, code);
    hear_end(fd);
    close(fd);
}

void check_ws_echo(int fd, const char *text)
{
    say_message(fd, text);
    expect_message(fd, text);
}
