/* http_poll/http_field.c: looking things up in a parsed head.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_head.h"

#include <string.h>
#include <strings.h>

struct span span_trim(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    while (p < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct span){p, (size_t)(end - p)};
}

bool span_is(struct span s, const char *text)
{
    return strlen(text) == s.n && strncasecmp(s.p, text, s.n) == 0;
}

bool span_equals(struct span s, const char *text)
{
    return strlen(text) == s.n && memcmp(s.p, text, s.n) == 0;
}

struct span http_field(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->fields; i++)
        if (span_is(head->field[i].name, name))
            return head->field[i].value;
    return (struct span){NULL, 0};
}

size_t http_field_count(const struct http_head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->fields; i++)
        count += span_is(head->field[i].name, name);
    return count;
}

static bool list_has(struct span list, const char *token, bool (*same)(struct span, const char *))
{
    const char *p = list.p, *end = list.p + list.n;
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma ? comma : end;
        if (same(span_trim(p, stop), token))
            return true;
        p = stop + 1;
    }
    return false;
}

static bool any_line_has(const struct http_head *head, const char *name, const char *token,
                         bool (*same)(struct span, const char *))
{
    for (size_t i = 0; i < head->fields; i++)
        if (span_is(head->field[i].name, name) && list_has(head->field[i].value, token, same))
            return true;
    return false;
}

bool http_field_has_token(const struct http_head *head, const char *name, const char *token)
{
    return any_line_has(head, name, token, span_is);
}

bool http_field_lists(const struct http_head *head, const char *name, const char *value)
{
    return any_line_has(head, name, value, span_equals);
}

/* A proxy asks for a whole URL (absolute-form, RFC 9112 3.2.2): what is behind its host counts. */
static struct span origin_form(struct span target)
{
    static const char scheme[] = "http://";
    size_t n = sizeof scheme - 1;
    if (target.n < n || strncasecmp(target.p, scheme, n) != 0)
        return target;
    const char *path = memchr(target.p + n, '/', target.n - n);
    return path ? (struct span){path, target.n - (size_t)(path - target.p)} : (struct span){"/", 1};
}

struct span http_path(struct span target)
{
    target = origin_form(target);
    const char *query = memchr(target.p, '?', target.n);
    return (struct span){target.p, query ? (size_t)(query - target.p) : target.n};
}

struct span http_query(struct span target, const char *name)
{
    size_t len = strlen(name), at = http_path(target).n;
    target = origin_form(target);
    while (at < target.n) {
        const char *p = target.p + at + 1; /* behind the ? or & */
        size_t left = target.n - at - 1;
        const char *amp = memchr(p, '&', left);
        size_t n = amp ? (size_t)(amp - p) : left;
        if (n > len && p[len] == '=' && memcmp(p, name, len) == 0)
            return (struct span){p + len + 1, n - len - 1};
        at += 1 + n;
    }
    return (struct span){NULL, 0};
}

bool http_keeps_alive(const struct http_head *head)
{
    if (http_field_has_token(head, "Connection", "close"))
        return false;
    return head->minor >= 1 || http_field_has_token(head, "Connection", "keep-alive");
}
