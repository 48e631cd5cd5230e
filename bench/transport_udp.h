/* bench/transport_udp.h: the verbs of UDP.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_TRANSPORT_UDP_H
#define BENCH_TRANSPORT_UDP_H

#include "bench/transport.h"

int udp_dial(struct link *);
int udp_send_message(struct link *);
int udp_receive(struct link *);
int udp_ask(struct link *);
void udp_renew(struct udp *, const char *token, uint64_t *due_ns); /* when it is due */
int udp_hear(struct link *, struct event *);
void udp_leave(struct link *);

#endif
