/* tcp_echo/messages.c: a client's messages and their replies.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/messages.h"
#include "tcp_echo/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Letters, so that a capture can be read. */
static void make_up(struct messages *in, size_t len)
{
    if (bytes_reserve(&in->input, len + 1) < 0)
        die("a message of %zu bytes: %s", len, strerror(ENOMEM));
    for (size_t i = 0; i < len; i++)
        in->input->data[i] = (uint8_t)('a' + i % 26);
    in->input->data[len] = '\n';
    in->data = (char *)in->input->data;
    in->len = len;
}

void messages_open_stdin(struct messages *in)
{
    *in = (struct messages){.left = -1};
}

void messages_open(struct messages *in, const struct client_options *opt, size_t reserved)
{
    messages_open_stdin(in);
    if (opt->count < 0)
        return;
    if ((size_t)opt->size < reserved)
        usage_error("--size: %ld is too small: at least %zu here", opt->size, reserved);
    in->made_up = true;
    in->left = opt->count;
    in->round_trip = malloc((size_t)opt->count * sizeof *in->round_trip);
    if (!in->round_trip)
        die("--count %ld: %s", opt->count, strerror(ENOMEM));
    make_up(in, (size_t)opt->size - reserved);
    in->started = clock_ns();
}

/* One read from stdin.  A NUL is as good a byte as any. */
static void fill(struct messages *in)
{
    char buf[16384];
    ssize_t n;
    do
        n = read(STDIN_FILENO, buf, sizeof buf);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        in->eof = true;
    else if (bytes_append(&in->input, buf, (size_t)n) < 0)
        die("a line of more than %zu bytes: %s", in->input->len, strerror(ENOMEM));
}

bool messages_take(struct messages *in)
{
    bytes_consume(&in->input, in->taken);
    in->taken = 0;
    if (!in->input)
        return false;
    char *start = (char *)in->input->data + in->input->head;
    char *end = memchr(start + in->searched, '\n', in->input->len - in->searched);
    in->searched = end ? 0 : in->input->len;
    if (!end && in->eof && bytes_append(&in->input, "\n", 1) == 0) /* the last line lacks its own */
        return messages_take(in);
    if (!end)
        return false;
    in->data = start;
    in->len = (size_t)(end - start);
    in->taken = in->len + 1;
    in->replied = 0;
    in->unanswered++;
    return true;
}

bool messages_is_event(struct messages *in, const void *data, size_t n)
{
    bool is_tick = n > 5 && memcmp(data, "tick ", 5) == 0;
    if (is_tick || in->unanswered == 0)
        return true;
    in->unanswered--;
    return false;
}

bool messages_next(struct messages *in)
{
    in->replied = 0;
    if (in->made_up) {
        in->sent_at = clock_ns();
        return in->left-- > 0;
    }
    while (!messages_take(in)) {
        if (in->eof)
            return false;
        fill(in);
    }
    return true;
}

bool messages_wait(struct messages *in, int fd, int ms)
{
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN},
                          {.fd = in->eof ? -1 : STDIN_FILENO, .events = POLLIN}};
    if (poll(p, 2, ms) <= 0)
        return false;
    if (p[1].revents)
        fill(in);
    return p[0].revents != 0;
}

bool messages_hear(struct messages *in, struct stream *from, int ms)
{
    if (from && stream_pending(from))
        return true;
    return messages_wait(in, from ? from->fd : -1, ms) && stream_ready(from);
}

void print_event(const void *data, size_t n)
{
    fwrite(data, 1, n, stdout);
    if (n == 0 || ((const char *)data)[n - 1] != '\n')
        putchar('\n');
    if (fflush(stdout) != 0)
        die("write stdout: %s", strerror(errno));
}

static void print_reply(const void *data, size_t n, bool last)
{
    if (last)
        print_event(data, n);
    else
        fwrite(data, 1, n, stdout);
}

static void check_reply(struct messages *in, const void *data, size_t n, bool last)
{
    /* TCP's reply has the newline that the others' have not. */
    if (in->replied + n > in->len + 1 || memcmp(in->data + in->replied, data, n) != 0)
        die("reply %zu is not what was sent", in->answered + 1);
    if (last && in->replied + n < in->len)
        die("reply %zu has %zu of %zu bytes", in->answered + 1, in->replied + n, in->len);
}

void messages_reply(struct messages *in, const void *data, size_t n, bool last)
{
    if (in->made_up)
        check_reply(in, data, n, last);
    else
        print_reply(data, n, last);
    in->replied += n;
    if (last && in->made_up)
        in->round_trip[in->answered] = clock_ns() - in->sent_at;
    in->answered += last;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print_summary(struct messages *in)
{
    double seconds = (double)(clock_ns() - in->started) / 1e9;
    size_t n = in->answered;
    qsort(in->round_trip, n, sizeof *in->round_trip, compare);
    printf("%zu replies in %.3f s", n, seconds);
    if (n > 0)
        printf(": round trip min %.1f, median %.1f, max %.1f us", (double)in->round_trip[0] / 1e3,
               (double)in->round_trip[n / 2] / 1e3, (double)in->round_trip[n - 1] / 1e3);
    putchar('\n');
}

void messages_close(struct messages *in)
{
    if (in->made_up)
        print_summary(in);
    free(in->round_trip);
    bytes_free(&in->input);
}
