/* bench/follow.h: one conversation's packets among all that a wire recorded.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_FOLLOW_H
#define BENCH_FOLLOW_H

#include "bench/capture/conversation.h"
#include "bench/wire/wire.h"

/* Whose packets.  All addresses are the wire's, but many conversations may be under way at once,
 * and those of two protocols, or with two servers, may have the same port at the client. */
struct whose {
    int protocol;     /* PACKET_TCP or PACKET_UDP */
    uint16_t port[2]; /* [OUT] the client's, [IN] the server's */
};

/* As it stands at one place of the records. */
struct followed {
    size_t at;            /* that place */
    size_t n;             /* packets of the conversation before it */
    bool open;            /* the fate of one of them is not known yet */
    uint64_t moved;       /* when the last one left the wire, or, where it got lost, will have been
                             sent again; ns, UINT64_MAX = one is on its way */
    unsigned lost[2];     /* so many in a row, by sender */
    uint64_t datagram[2]; /* the latest one in fragments, by sender: its id + 1 */
};

struct follow {
    struct whose whose;
    struct packet *packet; /* now.n of them; for free() */
    size_t cap;
    struct followed now, sure; /* sure: before the first packet whose fate is not known yet */
};

/* Reads what has been recorded since; what was on its way then is looked at again.  Begins at
 * sure.at.  Returns 0, or -1 when there is no memory. */
int follow_wire(struct follow *, const struct wire *);

/* One step of that: the packet before place `at`, whosever it is. */
int follow_take(struct follow *, const struct packet *, size_t at);

/* The last of these conversations that began before that moment: a port may have been used before.
 * NULL = none. */
const struct conversation *whose_conversation(const struct whose *, const struct conversations *,
                                              uint64_t before_ns);

#endif
