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

/* A proxy asks for a whole URL (absolute-form, RFC 9112 3.2.2). */
struct span http_authority(struct span target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t skip = strlen(schemes[i]), n = skip;
        if (target.n < skip || strncasecmp(target.p, schemes[i], skip) != 0)
            continue;
        while (n < target.n && target.p[n] != '/' && target.p[n] != '?')
            n++;
        return (struct span){target.p + skip, n - skip};
    }
    return (struct span){NULL, 0};
}

struct span http_host(const struct http_head *head)
{
    struct span authority = http_authority(head->target);
    return authority.p ? authority : http_field(head, "Host");
}

/* Path and query; an absolute-form may have neither. */
static struct span behind_authority(struct span target)
{
    struct span authority = http_authority(target);
    const char *p = authority.p ? authority.p + authority.n : target.p;
    return (struct span){p, target.n - (size_t)(p - target.p)};
}

struct span http_path(struct span target)
{
    struct span path = behind_authority(target);
    const char *query = memchr(path.p, '?', path.n);
    if (query)
        path.n = (size_t)(query - path.p);
    return path.n > 0 || path.p == target.p ? path : (struct span){"/", 1};
}

struct span http_query(struct span target, const char *name)
{
    target = behind_authority(target);
    const char *mark = memchr(target.p, '?', target.n);
    size_t len = strlen(name), at = mark ? (size_t)(mark - target.p) : target.n;
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
