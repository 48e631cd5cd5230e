/* http_poll/origin.c: a browser lets every page talk to every server, and says whose page it is.
 * SPDX-License-Identifier: MIT */
#include "http_poll/origin.h"
#include "tcp_echo/url.h"

#include <stdio.h>
#include <string.h>

/* Of an origin; "" when there is no "://". */
static const char *authority_of(const char *origin)
{
    const char *colon = strstr(origin, "://");
    return colon ? colon + 3 : "";
}

bool origin_is_written_so(const char *text)
{
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char usual[URL_TEXT_MAX];
    struct url url;
    const char *authority = authority_of(text);
    if (strcmp(text, "null") == 0)
        return true;
    if (authority - text < 4 || !*authority)
        return false;
    if (text[strcspn(text, upper)] || authority[strcspn(authority, " /?#@\\")])
        return false;
    if (url_parse(&url, text) || url.path[0]) /* a browser's extension, say */
        return strncmp(text, "http", 4) != 0;
    return strcmp(url_authority(&url, usual), authority) == 0;
}

static struct span without_port(struct span authority)
{
    size_t n = authority.n;
    while (n > 0 && authority.p[n - 1] >= '0' && authority.p[n - 1] <= '9')
        n--;
    bool has_port = n > 0 && authority.p[n - 1] == ':';
    return (struct span){authority.p, has_port ? n - 1 : authority.n};
}

static bool is_literal(struct span host)
{
    char text[64];
    bool six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    int n = (int)host.n - (six ? 2 : 0);
    return host.n < sizeof text && snprintf(text, sizeof text, "%.*s", n, host.p + six) == n &&
           is_address(text);
}

static bool is_host_of_listed(struct span host, const struct texts *listed)
{
    for (size_t i = 0; i < listed->n; i++) {
        const char *authority = authority_of(listed->text[i]);
        struct span other = without_port((struct span){authority, strlen(authority)});
        if (host.n > 0 && host.n == other.n && memcmp(host.p, other.p, host.n) == 0)
            return true;
    }
    return false;
}

static bool is_own(struct span origin, struct span authority, bool secure)
{
    const char *scheme = secure ? "https://" : "http://";
    size_t n = strlen(scheme);
    return origin.n == n + authority.n && memcmp(origin.p, scheme, n) == 0 &&
           memcmp(origin.p + n, authority.p, authority.n) == 0;
}

bool origin_may(const struct http_head *request, bool secure, const struct texts *listed)
{
    struct span origin = http_field(request, "Origin"), authority = http_host(request);
    size_t origins = http_field_count(request, "Origin");
    if (origins != 1)
        return origins == 0;
    for (size_t i = 0; i < listed->n; i++)
        if (span_equals(origin, listed->text[i]))
            return true;
    struct span host = without_port(authority);
    return authority.p && is_own(origin, authority, secure) &&
           (is_literal(host) || span_is(host, "localhost") || is_host_of_listed(host, listed));
}
