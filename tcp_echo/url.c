/* tcp_echo/url.c: URLs and addresses for all the schemes of this project.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct { const char *name; int port; bool secure; } schemes[] = {
    {"tcp", 0, false},  {"tls", 0, true},   {"udp", 0, false}, {"http", 80, false},
    {"https", 443, true}, {"ws", 80, false}, {"wss", 443, true},
};
#define SCHEMES (sizeof schemes / sizeof schemes[0])

static size_t scheme_index(const char *name, size_t n)
{
    for (size_t i = 0; i < SCHEMES; i++)
        if (strlen(schemes[i].name) == n && strncasecmp(schemes[i].name, name, n) == 0)
            return i;
    return SCHEMES;
}

/* Splits "HOST:PORT" or "[V6]:PORT"; *port is left pointing behind the colon, or NULL. */
static const char *split_authority(const char *text, size_t n, struct url *url,
                                   const char **port, size_t *port_len)
{
    const char *host = text, *end = text + n, *host_end, *rest;
    if (n > 0 && *host == '[') {
        host_end = memchr(++host, ']', n - 1);
        if (!host_end)
            return "no ] behind the IPv6 address";
        if (!memchr(host, ':', (size_t)(host_end - host)))
            return host_end == host ? "no host" : "only an IPv6 address stands in brackets";
        rest = host_end + 1;
    } else {
        host_end = memchr(host, ':', n);
        rest = host_end = host_end ? host_end : end;
        if (rest < end && memchr(rest + 1, ':', (size_t)(end - rest - 1)))
            return "an IPv6 address needs brackets, as in [::1]";
    }
    if (rest < end && *rest != ':')
        return "only :PORT may follow the address";
    size_t len = (size_t)(host_end - host);
    if (len == 0)
        return "no host";
    if (len >= sizeof url->host)
        return "the host name is too long";
    memcpy(url->host, host, len);
    url->host[len] = '\0';
    *port = rest < end ? rest + 1 : NULL;
    *port_len = *port ? (size_t)(end - *port) : 0;
    return NULL;
}

static const char *parse_port(struct url *url, const char *text, size_t n)
{
    int port = 0;
    if (!text) {
        url->port = url_default_port(url->scheme);
        return url->port ? NULL : "no port, and this scheme has no default";
    }
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]))
            return "the port is not a number";
        port = port * 10 + (text[i] - '0');
        if (port > 65535)
            return "the port is not in 0..65535";
    }
    if (n == 0)
        return "no port behind the colon";
    url->port = port;
    return NULL;
}

/* What is not printable ASCII would end up raw in a request line. */
static const char *parse_path(struct url *url, const char *text)
{
    size_t n = strcspn(text, "#");
    for (size_t i = 0; i < n; i++)
        if (!isgraph((unsigned char)text[i]))
            return "the path holds a byte that must be percent-encoded";
    size_t slash = n > 0 && text[0] == '?'; /* http://host?query means /?query */
    if (n + slash >= sizeof url->path)
        return "the path is too long";
    url->path[0] = '/';
    memcpy(url->path + slash, text, n);
    url->path[n + slash] = '\0';
    return NULL;
}

const char *url_parse(struct url *url, const char *text)
{
    const char *sep = strstr(text, "://");
    if (!sep)
        return "not SCHEME://HOST:PORT";
    size_t i = scheme_index(text, (size_t)(sep - text));
    if (i == SCHEMES)
        return "the scheme is none of tcp tls udp http https ws wss";
    snprintf(url->scheme, sizeof url->scheme, "%s", schemes[i].name);

    const char *authority = sep + 3, *port;
    size_t n = strcspn(authority, "/?#"), port_len;
    for (size_t k = 0; k < n; k++)
        if (!isgraph((unsigned char)authority[k]) || authority[k] == '@')
            return "the host holds a character that no host name has";
    const char *why = split_authority(authority, n, url, &port, &port_len);
    if (!why)
        why = parse_port(url, port, port_len);
    if (!why)
        why = parse_path(url, authority + n);
    if (!why && url->scheme[0] == 'w' && strchr(authority + n, '#'))
        why = "a WebSocket's URL has no #fragment"; /* RFC 6455 3 */
    return why;
}

bool url_is_secure(const struct url *url)
{
    size_t i = scheme_index(url->scheme, strlen(url->scheme));
    return i < SCHEMES && schemes[i].secure;
}

const char *url_secure_scheme(const char *scheme)
{
    static const char *const twins[][2] = {{"tcp", "tls"}, {"http", "https"}, {"ws", "wss"}};
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        if (strcmp(twins[i][0], scheme) == 0)
            return twins[i][1];
    return NULL;
}

int url_default_port(const char *scheme)
{
    size_t i = scheme_index(scheme, strlen(scheme));
    return i < SCHEMES ? schemes[i].port : 0;
}

char *url_authority(const struct url *url, char *out)
{
    const char *form = strchr(url->host, ':') ? "[%s]" : "%s";
    int n = snprintf(out, URL_TEXT_MAX, form, url->host);
    if (url->port == 0 || url->port != url_default_port(url->scheme))
        snprintf(out + n, URL_TEXT_MAX - (size_t)n, ":%d", url->port);
    return out;
}

char *url_format(const struct url *url, char *out)
{
    bool v6 = strchr(url->host, ':');
    snprintf(out, URL_TEXT_MAX, v6 ? "%s://[%s]:%d%s" : "%s://%s:%d%s", url->scheme, url->host,
             url->port, url->path);
    return out;
}

void url_set_default_path(struct url *url, const char *path)
{
    if (url->path[0] == '\0')
        snprintf(url->path, sizeof url->path, "%s", path);
}

/* getaddrinfo() has errors of its own, negative on some systems and positive on others;
 * below -1000 they cannot be mistaken for an errno. */
#define RESOLVER_ERRORS (-1000)

int address_resolve(struct addrinfo **list, const char *host, int port, int socktype, bool passive)
{
    struct addrinfo hints = {.ai_socktype = socktype, .ai_flags = passive ? AI_PASSIVE : 0};
    char service[8];
    snprintf(service, sizeof service, "%d", port);
    int rc = getaddrinfo(host, service, &hints, list);
    return rc == 0 ? 0 : RESOLVER_ERRORS - abs(rc);
}

bool is_address(const char *host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

const char *address_error(int error)
{
    if (error > RESOLVER_ERRORS)
        return strerror(abs(error));
    int rc = RESOLVER_ERRORS - error;
    return gai_strerror(EAI_NONAME < 0 ? -rc : rc);
}

char *address_format(const struct sockaddr *addr, socklen_t len, char *out)
{
    char host[48], port[8];
    int rc = getnameinfo(addr, len, host, sizeof host, port, sizeof port,
                         NI_NUMERICHOST | NI_NUMERICSERV);
    if (rc != 0)
        snprintf(out, 64, "(no address)");
    else
        snprintf(out, 64, addr->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    return out;
}
