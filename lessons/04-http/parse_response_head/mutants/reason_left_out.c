/* caught by refuses_broken_status_lines: a status line may end with its digits. */
/* SPDX-License-Identifier: MIT */
#include "parse_response_head.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

struct piece { /* of the head */
    const char *p;
    size_t n;
};

static bool is(struct piece a, const char *word)
{
    return a.n == strlen(word) && strncasecmp(a.p, word, a.n) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct piece trimmed(struct piece a)
{
    for (; a.n > 0 && is_blank(a.p[0]); a.n--)
        a.p++;
    while (a.n > 0 && is_blank(a.p[a.n - 1]))
        a.n--;
    return a;
}

/* Cuts what comes before the mark off *rest; all of it when there is no mark. */
static struct piece cut(struct piece *rest, const char *mark)
{
    const char *at = memmem(rest->p, rest->n, mark, strlen(mark));
    struct piece first = {rest->p, at ? (size_t)(at - rest->p) : rest->n};
    size_t gone = at ? first.n + strlen(mark) : first.n;
    *rest = (struct piece){rest->p + gone, rest->n - gone};
    return first;
}

/* A CR or LF that ends no line. */
static bool has_stray(struct piece line)
{
    return memchr(line.p, '\r', line.n) || memchr(line.p, '\n', line.n);
}

static bool read_status_line(struct response_head *head, struct piece line)
{
    if (has_stray(line) || line.n < 12 || memcmp(line.p, "HTTP/1.", 7) != 0 || !is_digit(line.p[7]))
        return false;
    const char *d = line.p + 9;
    if (d[-1] != ' ' || !is_digit(d[0]) || !is_digit(d[1]) || !is_digit(d[2]) ||
        (line.n > 12 && d[3] != ' '))
        return false;
    head->status = (d[0] - '0') * 100 + (d[1] - '0') * 10 + (d[2] - '0');
    head->keeps_alive = line.p[7] != '0';
    head->content_length = -1;
    return true;
}

static bool read_length(long long *length, struct piece value)
{
    if (*length >= 0 || value.n == 0)
        return false;
    *length = 0;
    for (size_t i = 0; i < value.n; i++) {
        int digit = value.p[i] - '0';
        if (!is_digit(value.p[i]) || *length > (LLONG_MAX - digit) / 10)
            return false;
        *length = *length * 10 + digit;
    }
    return true;
}

static bool read_connection(bool keeps, struct piece value)
{
    while (value.n > 0) {
        struct piece option = trimmed(cut(&value, ","));
        if (is(option, "close"))
            return false;
        keeps = keeps || is(option, "keep-alive");
    }
    return keeps;
}

static bool read_field(struct response_head *head, struct piece line)
{
    struct piece name = {line.p, 0};
    while (name.n < line.n && line.p[name.n] != ':' && !is_blank(line.p[name.n]))
        name.n++;
    if (has_stray(line) || name.n == 0 || name.n == line.n || line.p[name.n] != ':')
        return false;
    struct piece value = trimmed((struct piece){line.p + name.n + 1, line.n - name.n - 1});
    if (is(name, "connection"))
        head->keeps_alive = read_connection(head->keeps_alive, value);
    return !is(name, "content-length") || read_length(&head->content_length, value);
}

int parse_response_head(struct response_head *head, const char *buf, size_t n)
{
    struct piece rest = {buf, n}, lines = cut(&rest, "\r\n\r\n");
    size_t size = lines.n + 4;
    if (lines.n == n)
        return n > HEAD_MAX ? -1 : 0;
    bool good = size <= HEAD_MAX && read_status_line(head, cut(&lines, "\r\n"));
    while (good && lines.n > 0)
        good = read_field(head, cut(&lines, "\r\n"));
    return good ? (int)size : -1;
}
