/* bench/floor.h: the server side of the floor; its client side is in transport.h.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stddef.h>

/* A listening socket on an IPv4 address; *port is filled.  Returns it, or -1 with errno set. */
int floor_listen(const char *address, int *port);

/* Never return: echo whatever comes, one connection at a time; or wait for so many receivers and
 * send each an event every period. */
_Noreturn void floor_echo(int listener);
_Noreturn void floor_push(int listener, long every_ms, size_t receivers);

#endif
