/* udp_echo/udp.h: datagrams as a client sends and hears them, blocking.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_UDP_H
#define UDP_ECHO_UDP_H

#include "tcp_echo/stream.h"
#include "tcp_echo/url.h"

#define UDP_PAYLOAD_MAX 65507 /* 65535 less 20 bytes of IPv4 and 8 of UDP header */

struct udp {
    int fd;
    int error;       /* of the last call that failed, for udp_error() */
    struct tap *tap; /* NULL, or who listens */
};

/* Makes a connected socket: no packet is sent, but the kernel now delivers this peer's datagrams
 * only, and its "port unreachable" as ECONNREFUSED.  ms bounds each receive (negative = none).
 * Returns 0, or -1: see udp_error(). */
int udp_connect(struct udp *, const struct url *url, int ms);

/* One datagram.  Return 0 or the bytes received; -1: see udp_error().  A datagram that was longer
 * than cap is an error (EMSGSIZE), its start being in buf; only Linux tells. */
int udp_send(struct udp *, const void *data, size_t n);
ssize_t udp_recv(struct udp *, void *buf, size_t cap);

void udp_close(struct udp *);

const char *udp_error(const struct udp *);

/* A server's socket: bound to host and port (0 = any free one), not connected to anybody.
 * Returns the descriptor, or a negative error for address_error(). */
int udp_bind(const char *host, int port);

#endif
