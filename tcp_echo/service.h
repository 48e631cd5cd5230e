/* tcp_echo/service.h: the echo server's side of TCP.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_SERVICE_H
#define TCP_ECHO_SERVICE_H

#include "tcp_echo/conn.h"

/* Sends back every byte.  With --push-every, a connection that has not sent one yet is sent every
 * event, a line each. */
extern const struct service tcp_echo_service;

/* Sends every line to everybody, its sender included: --broadcast.  Needs the event loop. */
extern const struct service tcp_broadcast_service;

#endif
