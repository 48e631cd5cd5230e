/* tcp_echo/conn.h: the server side of one connection, and the service that answers on it.
 *
 * A service is a protocol's server side written once, as a state machine: it is fed bytes and
 * answers with conn_send().  serve.h runs it: from a blocking loop, one connection at a time, or
 * from the event loop, thousands at once.  A service never blocks and never sees a descriptor.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_CONN_H
#define TCP_ECHO_CONN_H

#include "tcp_echo/bytes.h"
#include "tcp_echo/describe.h"
#include "tcp_echo/ring.h"
#include "tcp_echo/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct conn;
struct loop;
struct push;

struct server_options {
    struct tls *tls;          /* NULL = plain TCP */
    const char *host;         /* to listen on */
    long port;                /* 0 = any free one */
    const char *model;        /* how many clients are served: serve.h */
    long workers;             /* processes of the model "pool" */
    long max_clients;         /* connections at once; more are told so by the loop, or wait */
    long max_message;         /* bytes of one message or body */
    long max_header;          /* bytes of one head; what may be carried over unparsed */
    int handshake_timeout_ms; /* for a head to be complete */
    int idle_timeout_ms;      /* without a byte in either direction */
    long push_every_ms;       /* an event every so often; 0 = never */
    bool explain;             /* narrate each connection on stderr */
    bool verbose;             /* log connections and errors on stderr */
};

/* Why a connection ends although its service did not end it.  PEER_ENDED: it may still be
 * listening; TOO_SLOW: it does not read what it subscribed to; TOO_MANY: it was one more than
 * max_clients, and has not been listened to. */
enum ending { TIMED_OUT, SHUTTING_DOWN, PEER_ENDED, TOO_SLOW, TOO_MANY };

struct service {
    const char *name;      /* "tcp", "http", "ws": for the log */
    size_t state_size;     /* bytes of conn->state, zeroed */
    describe_fn *describe; /* for --explain; NULL: nothing to tell */
    /* The connection is there.  Returns 0, or -1 to refuse it. */
    int (*open)(struct conn *);
    /* Bytes arrived.  Returns how many were consumed, 0 when a head is incomplete (they come
     * again, with more behind them), or -1 to close.  The buffer may be written to. */
    ssize_t (*data)(struct conn *, uint8_t *, size_t);
    /* The queue of unsent output is empty: it was not before, or c->has_more is set (under the
     * event loop, which asks once in a turn; a blocking connection takes all at once). */
    void (*writable)(struct conn *);
    /* The connection has been patient for long enough.  Returns true when it goes on, for now
     * something has been said, and false, or is NULL, when it has timed out. */
    bool (*expired)(struct conn *);
    /* Last words: the connection is closed when this returns. */
    void (*ending)(struct conn *, enum ending);
    /* The connection is gone: free what hangs from conn->state. */
    void (*closed)(struct conn *);
};

/* What is watched for readiness.  First member of struct conn. */
struct watch {
    int fd;
    unsigned wanted : 2; /* WATCH_READ | WATCH_WRITE */
    unsigned slot : 30;  /* the backend's */
    void (*ready)(struct watch *, unsigned events);
};
#define WATCH_READ 1u
#define WATCH_WRITE 2u

/* Which limit on silence a connection is under: the two of server_options; HOLDING, while a request
 * waits for something to happen; KEEPING_ALIVE, until a proxy may take a stream for dead;
 * LISTENING, until the peer must be asked whether it is there, and ASKED, until it must have
 * answered: half of the idle time each, but ASKING_MS at most; PARTING, until its FIN must have come
 * behind ours. */
enum patience { HANDSHAKING, IDLE, HOLDING, KEEPING_ALIVE, LISTENING, ASKED, PARTING, PATIENCES };
#define HOLDING_MS 25000
#define KEEPING_ALIVE_MS 15000
#define ASKING_MS 20000
#define DRAIN_MS 2000 /* for the last words to be heard */

struct conn {
    struct watch watch;
    struct stream stream;
    const struct service *service;
    void *state;             /* service->state_size bytes */
    struct worker *worker;   /* who runs it */
    struct bytes *in;        /* an incomplete head carried over, or NULL */
    struct bytes *out;       /* what the kernel did not take yet, or NULL */
    struct ring waiting;      /* among the worker's connections of the same patience */
    struct ring subscription; /* to a channel of push.h */
    uint32_t since;          /* ms: when this patience began, or the last byte moved */
    uint8_t patience;        /* enum patience */
    uint8_t closing;         /* enum closing */
    bool paused;             /* nothing more is taken from it until conn_resume() */
    bool held_back;          /* in has more than an incomplete head: others had their turn */
    bool has_more;           /* its service has something to say when the queue is empty */
    bool begun;              /* its TLS handshake is over, if it has one: the service is there */
    bool is_client;          /* and counted as one, not turned away */
};

/* How far a connection's end is.  Nothing more is fed from the first step on, and nothing sent but
 * what is queued. */
enum closing { OPEN, FLUSH_THEN_CLOSE, FLUSH_THEN_FIN, AWAITING_FIN };

/* Whoever feeds connections: the event loop, or one blocking model's thread.  Connections borrow
 * its two buffers while they are fed, so that an idle one holds none. */
struct worker {
    const struct server_options *options;
    struct loop *loop; /* NULL in the blocking models */
    void (*settle)(struct conn *); /* the loop's: looks at a connection that was dealt with behind
                                      its back, and may free it */
    struct push *push; /* NULL in the blocking models */
    uint8_t *in;       /* in_cap bytes: input, parsed in place */
    size_t in_cap;
    uint8_t *out;      /* OUT_CAP bytes: replies to one read, sent together */
    size_t out_len;
    struct conn *fed;  /* whose replies are in out, or NULL */
    struct ring waiting[PATIENCES]; /* connections, the longest waiting first */
    uint64_t now_ns;   /* CLOCK_MONOTONIC when it was last looked at, */
    uint32_t now;      /* and the same in ms */
    unsigned accepted; /* connections so far */
    size_t clients;    /* connections that are being served */
    size_t queued;     /* bytes of output that peers have not taken yet */
};
#define OUT_CAP (64u * 1024)
#define READ_SIZE (64u * 1024)

/* Sends n bytes: gathered with other replies to the same read, queued if the kernel does not take
 * them.  Copies what it keeps.  Returns 0, or -1 when the connection is beyond sending. */
int conn_send(struct conn *, const void *data, size_t n);

/* The same for two pieces, which leave together. */
int conn_send2(struct conn *, const void *head, size_t head_len, const void *body, size_t body_len);

/* For many small replies to one read: room for n bytes of output, or NULL where conn_send() must be
 * used; conn_wrote() says how many of them were filled in. */
uint8_t *conn_room(struct conn *, size_t n);
void conn_wrote(struct conn *, size_t n);

/* Nothing more will be said once the queue has gone out.  FLUSH_THEN_CLOSE: the peer expects it
 * and has nothing more to say.  FLUSH_THEN_FIN: it may; send FIN and read on until the peer's, so
 * that a reset does not destroy what is still under way to it (RFC 9112 9.6). */
void conn_close(struct conn *, enum closing how);

/* Same connection, another protocol (RFC 9110 7.8): the bytes behind what was consumed go to the
 * new service, whose open() is called at once.  Returns 0, or -1 (no memory, or refused). */
int conn_become(struct conn *, const struct service *);

/* Puts the connection under one of the limits on silence, from now on.  Those of HANDSHAKING,
 * HOLDING and PARTING run whatever arrives; those of IDLE and KEEPING_ALIVE begin again with
 * every byte; those of LISTENING and ASKED with every sign of life, after which the connection is LISTENING. */
void conn_set_patience(struct conn *, enum patience);

/* With --verbose, a line on stderr: protocol, descriptor, the peer's address, what happened
 * (printf).  What a peer has sent does not belong into it. */
void conn_log(const struct conn *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A service that can't take more for now sets c->paused and returns 0.  Whoever it waited for calls
 * this, which takes up what has come meanwhile. */
void conn_resume(struct conn *);

/* True when so much is waiting that no more input is taken. */
bool conn_is_full(const struct conn *);

/* --- for those who run connections: serve.c and loop.c --- */

/* Returns 0, or -1 when there is no memory.  options must outlive the worker. */
int worker_open(struct worker *, const struct server_options *);
void worker_close(struct worker *);

/* Puts a connection last among those of its patience, its time starting now. */
void worker_wait_last(struct conn *);

/* The one that has waited longest, or NULL; and the one after it. */
struct conn *worker_first(const struct worker *, enum patience);
struct conn *worker_next(const struct conn *);

/* Looks at the clock: once for each time it wakes, not once for each connection. */
void worker_tick(struct worker *);

/* Allocates and opens a connection.  On failure the stream is closed and NULL returned. */
struct conn *conn_open(struct worker *, struct stream *, const struct service *);
void conn_free(struct conn *);

/* Reads once (or only looks again at what was carried over), feeds the service, sends the replies.
 * Returns 1, 0 at the peer's end of stream, -1 on an error. */
int conn_input(struct conn *, bool read);

/* Sends from the queue what the kernel takes.  Returns 0, or -1 on an error. */
int conn_output(struct conn *);

/* Ms until the connection has been silent for too long: 0 = now, -1 = never. */
int conn_time_left(const struct conn *);

/* A byte was sent: the idle time starts again.  It proves nothing: the kernel takes for a dead peer,
 * too. */
void conn_touch(struct conn *);

/* More is to be taken from the connection, and is there: no poll() would tell. */
bool conn_pending(const struct conn *);

/* The peer lives: something came from it, or it has made room for more of a queue. */
void conn_heard(struct conn *);

/* The time is over: lets the service go on, or ends the connection. */
void conn_expire(struct conn *);

/* The service's last words; at least a conn_close().  Outside its service's calls, whoever ends a
 * connection has the worker settle it. */
void conn_end(struct conn *, enum ending);

#endif
