/* bench/transport.h: one small table of verbs per transport: connect, upgrade, send, receive,
 * subscribe, hear, close.  All of them block, bounded by the link's time-out.  TLS comes between
 * the first two, and needs no verbs of its own.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_TRANSPORT_H
#define BENCH_TRANSPORT_H

#include "bench/stats.h"
#include "http_poll/http.h"
#include "http_poll/sse.h"
#include "tcp_echo/stream.h"
#include "tcp_echo/url.h"
#include "udp_echo/udp.h"
#include "ws_echo/ws.h"

/* Bytes that may be under way in both directions together before an honest echo and a client that
 * only writes would block each other. */
#define IN_FLIGHT_MAX (128u * 1024)
#define LINES_MAX (64u * 1024)

/* An event as its subscriber heard it; times of clock_ns(). */
struct event {
    uint64_t number, created, arrived;
};

/* What went over a link, seen by a tap: the protocol's bytes without TCP/IP, what TLS made of them
 * (0 = there is none), and how often the client had to wait for an answer. */
struct traffic {
    struct tap tap;
    uint64_t sent, received, wire, waits;
    uint64_t calls[2]; /* by direction: of UDP, its datagrams */
    enum direction last;
};

struct link {
    const struct transport *transport;
    struct url url;
    struct tls *tls;         /* NULL = plain */
    int timeout_ms;          /* of each wait */
    int lost_after_ms;       /* a datagram that has no answer by then */
    size_t size;             /* of each message */
    char *message;           /* size bytes */
    char *reply;             /* reply_cap bytes */
    const void *got;         /* the last reply's payload, size bytes of it */
    size_t reply_cap, have;  /* bytes in reply */
    size_t unsent;           /* of a message too big to be written in one go */
    bool pipelined;          /* more than one message is under way */
    uint64_t number;         /* of the last datagram sent; of the last event heard */
    int fd;                  /* the socket, while connected */
    union {
        struct stream stream; /* also the first member of http and ws */
        struct udp udp;
        struct http http;
        struct websocket ws;
    };
    struct traffic *traffic; /* NULL unless counting */
    char *lines;             /* events received: [line, lines_end) is unread */
    size_t line, lines_end;
    uint64_t arrived;        /* when the last of them did */
    struct sse sse;
    long poll_every_ms;
    struct random random;    /* jitter of polls */
    uint64_t due;            /* next poll, or next renewal of a lease */
    char token[32];          /* what renews it */
    unsigned long requests, empty;
    char error[256];
};

#define LOST 1 /* what receive and hear return when nothing came in time, and that may happen */

struct transport {
    const char *name;
    const char *server;      /* program, NULL: the floor's own */
    const char *echo_path, *push_path;
    unsigned measures;       /* bit i: can be measured by measure i */
    bool secure;             /* TLS over TCP */
    bool closes;             /* a new connection for each message */
    bool pipelines;          /* send and receive are apart */
    /* Each returns 0, or -1 with link->error set. */
    int (*connect)(struct link *);
    int (*upgrade)(struct link *);              /* NULL: nothing to do */
    int (*send)(struct link *);                 /* NULL: receive asks and waits */
    int (*receive)(struct link *);
    int (*subscribe)(struct link *);            /* NULL: nothing to do */
    int (*hear)(struct link *, struct event *); /* the next event */
    void (*close)(struct link *);
};

enum {
    FLOOR, TCP, TLS, UDP, HTTP_CLOSE, HTTP_KEEP_ALIVE, HTTPS_CLOSE, HTTPS_KEEP_ALIVE, POLL,
    LONG_POLL, SSE, WS, WSS, TRANSPORTS
};
extern const struct transport transports[TRANSPORTS];

/* Returns 0, or -1 (no memory).  What it takes goes back when the agent ends. */
int link_init(struct link *, const struct transport *, size_t size);

/* Connect, TLS, upgrade; and the one in the middle. */
int link_open(struct link *);
int link_secure(struct link *);

/* One message there and back.  Returns 0, LOST or -1. */
int link_exchange(struct link *);

int link_fail(struct link *, const char *step, const char *why);

/* Takes the next `tick SEQ T` line from link->lines.  Returns 1, or 0 when there is none. */
int link_take_line(struct link *, struct event *);

/* Parses `tick SEQ T`. */
bool event_parse(struct event *, const char *text, size_t n);

/* The floor's client side, floor.c. */
int floor_connect(struct link *), floor_send(struct link *), floor_receive(struct link *);
int floor_hear(struct link *, struct event *);
void floor_close(struct link *);

#endif
