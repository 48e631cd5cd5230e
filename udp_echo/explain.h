/* udp_echo/explain.h: --explain for datagrams.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_EXPLAIN_H
#define UDP_ECHO_EXPLAIN_H

#include "tcp_echo/explain.h"

/* Describes one datagram: all of the bytes, which may be none; and the tap that uses it. */
describe_fn udp_describe;
struct tap *udp_explain(unsigned id);

#endif
