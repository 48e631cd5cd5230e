/* tcp_echo/url.h: the address of a server as people write it, and as the kernel needs it.
 * Every program takes a URL, so that "what do I talk to, and in which protocol" is one word.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_URL_H
#define TCP_ECHO_URL_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define URL_TEXT_MAX 2048 /* bytes of a formatted URL, its NUL included */

struct url {
    char scheme[8];  /* tcp tls udp http https ws wss, in lower case */
    char host[256];  /* a name or an address; IPv6 without its brackets */
    int port;        /* 0..65535 */
    char path[1024]; /* path and query as written, "" when there is none; no fragment */
};

/* Parses SCHEME://HOST[:PORT][/PATH] (RFC 3986, and RFC 6455 3 for ws).  IPv6 literals stand in
 * brackets.  http, https, ws and wss have default ports; the others need one.
 * Returns NULL, or what is wrong in a few static words, *url then being undefined. */
const char *url_parse(struct url *url, const char *text);

/* True when the scheme means TLS from the first byte: tls, https, wss. */
bool url_is_secure(const struct url *url);

/* The scheme that means the same under TLS: tls for tcp, https for http, wss for ws; else NULL. */
const char *url_secure_scheme(const char *scheme);

/* The port a URL of this scheme means when it names none, or 0. */
int url_default_port(const char *scheme);

/* Writes HOST[:PORT] as a Host header wants it: brackets around IPv6, no default port.
 * out holds at least URL_TEXT_MAX bytes.  Returns out. */
char *url_authority(const struct url *url, char *out);

/* Writes the whole URL, the port always said.  out holds at least URL_TEXT_MAX bytes.
 * Returns out. */
char *url_format(const struct url *url, char *out);

/* Where a message or a subscription goes when the user named no path. */
void url_set_default_path(struct url *url, const char *path);

/* The kernel's form of host and port: a list to try in order, freed with freeaddrinfo().
 * socktype is SOCK_STREAM or SOCK_DGRAM; passive asks for an address to bind.
 * Returns 0, or a negative error for address_error(). */
int address_resolve(struct addrinfo **list, const char *host, int port, int socktype, bool passive);

/* True when a host is an IPv4 or IPv6 address and not a name. */
bool is_address(const char *host);

/* Names an error: errno (positive) or what address_resolve() returned (negative). */
const char *address_error(int error);

/* Writes ADDRESS:PORT of a socket address, or [ADDRESS]:PORT; out holds 64 bytes.  Returns out. */
char *address_format(const struct sockaddr *addr, socklen_t len, char *out);

#endif
