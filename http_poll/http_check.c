/* http_poll/http_check.c: what is refused as soon as a request's head is there.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_check.h"

#include <string.h>

/* --- hosts --- */

static bool has_only(const char *p, size_t n, const char *allowed)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] == '\0' || !strchr(allowed, p[i]))
            return false;
    return true;
}

#define DIGITS "0123456789"

/* RFC 3986 3.2.2, a bit for each character.  A comma could stand in a name, but more likely somebody
 * has joined two Host fields. */
static bool is_name(const char *p, size_t n)
{
    static const uint32_t name[8] = {0, 0x2bff6ff2, 0x87fffffe, 0x47fffffe};
    for (size_t i = 0; i < n; i++)
        if (!(name[(uint8_t)p[i] >> 5] >> (p[i] & 31) & 1))
            return false;
    return true;
}

bool http_is_authority(struct span s)
{
    size_t host = 0, behind;
    if (s.n > 0 && s.p[0] == '[') {
        while (host < s.n && s.p[host] != ']')
            host++;
        if (host == s.n || host < 3 || !has_only(s.p + 1, host - 1, DIGITS "abcdefABCDEF:."))
            return false;
        behind = host + 1;
    } else {
        while (host < s.n && s.p[host] != ':')
            host++;
        if (!is_name(s.p, host))
            return false;
        behind = host;
    }
    return behind == s.n || (s.p[behind] == ':' && s.n - behind <= 6 &&
                             has_only(s.p + behind + 1, s.n - behind - 1, DIGITS));
}

/* --- a request --- */

/* Exactly one Host; HTTP/1.0 knew none.  It may be empty (RFC 9112 3.2). */
static bool has_host(const struct http_head *head)
{
    size_t hosts = http_field_count(head, "Host");
    return hosts <= 1 && (hosts == 1 || head->minor == 0) &&
           http_is_authority(http_field(head, "Host"));
}

/* The forms of RFC 9112 3.2, but for CONNECT's; userinfo has no place in a request, and a fragment
 * is never sent. */
static bool is_target(const struct http_head *head)
{
    struct span target = head->target, authority = http_authority(target);
    if (memchr(target.p, '#', target.n))
        return false;
    if (authority.p)
        return authority.n > 0 && authority.p[0] != ':' && http_is_authority(authority);
    if (span_equals(target, "*"))
        return span_equals(head->method, "OPTIONS");
    return target.p[0] == '/';
}

static bool wants_body(struct span method)
{
    return span_equals(method, "POST") || span_equals(method, "PUT") ||
           span_equals(method, "PATCH");
}

/* RFC 9110 10.1.1.  HTTP/1.0 knows no 100, and what it expects is ignored. */
static bool expects_a_miracle(const struct http_head *head)
{
    for (size_t i = 0; i < head->fields && head->minor >= 1; i++)
        if (span_is(head->field[i].name, "Expect") &&
            !span_is(head->field[i].value, "100-continue"))
            return true;
    return false;
}

int http_check_request(const struct http_head *head, uint64_t max_body, struct http_body *body)
{
    int rc = http_request_body(body, head);
    if (!has_host(head) || rc == -400)
        return 400;
    if (rc < 0)
        return -rc;
    if (span_equals(head->method, "CONNECT")) /* what follows might be a tunnel's */
        return 501;
    if (!is_target(head))
        return 400;
    if (body->framing == BODY_NONE && wants_body(head->method))
        return 411;
    if (body->framing == BODY_LENGTH && body->left > max_body)
        return 413;
    return expects_a_miracle(head) ? 417 : 0;
}
