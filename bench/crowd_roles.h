/* bench/crowd_roles.h: what crowd.c and crowd_roles.c know of a member, and nobody else.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CROWD_ROLES_H
#define BENCH_CROWD_ROLES_H

#include "bench/crowd.h"
#include "http_poll/sse.h"
#include "tcp_echo/conn.h"

/* The state of a connection; UDP, which has none, holds it itself. */
struct member {
    struct crowd *crowd;
    size_t who;
    struct conn *conn;
    bool begun;       /* HTTP: a head has been read, its body is under way; ws, sse: for good */
    bool waits;       /* for a reply */
    uint64_t last;    /* HTTP: the event to ask after, 0 = from now */
    uint64_t left;    /* bytes of the body, or of the echo, still to come */
    struct ws ws;
    struct watch watch; /* UDP's, from here on */
    struct udp udp;
    uint64_t due;       /* renewal of its lease */
    char token[32];
    struct sse sse[]; /* SSE's: one */
};

/* The client's side of the crowd's transport. */
const struct service *crowd_role(const struct crowd *);

/* Makes the message.  Returns 0, or -1 when there is no memory. */
int crowd_words(struct crowd *);

/* The connection is there (crowd.c).  Returns 0. */
int member_joins(struct conn *);

void member_greets(struct member *);
void member_says(struct member *);
void member_asks(struct member *);

/* The watch of a UDP member. */
void datagram_ready(struct watch *, unsigned events);

#endif
