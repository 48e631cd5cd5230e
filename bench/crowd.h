/* bench/crowd.h: many clients in one process, held by the same event loop that holds the server's
 * side (tcp_echo/loop.h) and fed to the same codecs.  On 127.0.0.1 only.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "bench/transport.h"
#include "tcp_echo/conn.h"

struct loop;
struct member;

struct crowd {
    /* set before crowd_open(), the rest zero */
    const struct transport *transport;
    const struct url *url;
    struct tls *tls;    /* NULL = plain */
    size_t most;        /* members */
    bool echoes;        /* but for HTTP: each says a message as soon as it can, hears echoes */
    size_t size;        /* bytes of that message, >= 1 */
    long poll_every_ms;
    struct random random;
    /* Member who (0, 1, ... in the order of joining, which takes TLS its time) has heard an event;
     * NULL: a whole echo. */
    void (*heard)(void *arg, size_t who, const struct event *);
    void *arg;
    /* what is known */
    size_t joined, lost; /* members so far; those whose connection failed or was ended */
    unsigned long requests, empty; /* polls sent; answered with nothing */
    char error[256];     /* what went wrong in the call that failed, or lost the last one */
    /* the crowd's own */
    struct server_options options;
    struct loop *loop;
    struct tap handshakes;    /* told of who leaves before TLS has been agreed on */
    size_t dialled;           /* connections begun */
    struct member **members; /* by number; NULL = lost */
    uint64_t *due, look;      /* ns: each one's next poll; the next look at them */
    void *message;            /* as the transport sends it */
    size_t message_len;
    bool closing;
};

/* Returns 0, or -1 with c->error set. */
int crowd_open(struct crowd *);

/* Everybody connects, and subscribes or says its message; what comes of it is heard in
 * crowd_turn(), some of it in here.  Returns 0, or -1 with c->error set. */
int crowd_join_all(struct crowd *);

/* Member who says the message once more. */
void crowd_say(struct crowd *, size_t who);

/* Waits for something to happen, until_ns at the longest (0 = not at all), and deals with it.
 * Returns 0, or -1 with c->error set. */
int crowd_turn(struct crowd *, uint64_t until_ns);

/* All leave, by a reset: a farewell would keep each one's port, and a piece of the kernel's memory,
 * for a minute (TIME_WAIT). */
void crowd_close(struct crowd *);

#endif
