/* udp_echo/explain.h: --explain for datagrams.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_EXPLAIN_H
#define UDP_ECHO_EXPLAIN_H

#include "tcp_echo/describe.h"

/* Describes one datagram: all of the bytes, which may be none. */
describe_fn udp_describe;

/* At a server nobody is connected, so there is no connection to number and to tap: each datagram is
 * told by itself, under its client's port; ns since the server has been bound to its own, which is
 * told first. */
void udp_tell_start(int port);
void udp_tell(int port, uint64_t ns, enum direction, const uint8_t *data, size_t n);

#endif
