/* bench/crowd.c: who joins, asks again and leaves; crowd_roles.c says what a member of each
 * transport does with what it is sent.
 * SPDX-License-Identifier: MIT */
#include "bench/crowd.h"
#include "bench/clock.h"
#include "bench/crowd_roles.h"
#include "bench/transport_udp.h"
#include "tcp_echo/loop.h"
#include "tcp_echo/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOST_AFTER_MS 500
#define PORTS_PER_ADDRESS 20000 /* of about 28,000 that connect() may take from one address */
#define JOINS_PER_TURN 32
#define LOOK_NS 200000 /* between two looks at who is to poll */

static int fail_with(struct crowd *c, const char *step, int error)
{
    snprintf(c->error, sizeof c->error, "%s: %s", step, strerror(error));
    return -1;
}

/* --- under TLS: no service sees who fails before it is agreed on, but a tap does --- */

static void note_opening(struct tap *tap, int fd)
{
    (void)tap, (void)fd;
}

static void note_bytes(struct tap *tap, enum direction way, const void *data, size_t n)
{
    (void)tap, (void)way, (void)data, (void)n;
}

static void note_failure(struct tap *tap)
{
    struct crowd *c = (struct crowd *)((char *)tap - offsetof(struct crowd, handshakes));
    if (c->closing)
        return;
    if (!c->error[0])
        snprintf(c->error, sizeof c->error, "TLS: a handshake has failed");
    c->lost++;
}

int crowd_open(struct crowd *c)
{
    c->handshakes = (struct tap){note_opening, note_bytes, NULL, note_failure};
    c->options = (struct server_options){ /* no time limits: a crowd is patient */
        .max_clients = 1 << 20, .max_message = 1 << 20, .max_header = 16384};
    c->loop = loop_new(&c->options);
    c->members = calloc(c->most, sizeof *c->members);
    c->due = calloc(c->most, sizeof *c->due);
    if (c->loop && c->members && c->due && crowd_words(c) == 0)
        return 0;
    crowd_close(c);
    return fail_with(c, "crowd", ENOMEM);
}

/* --- joining --- */

/* The port is chosen at connect(), when the destination is known: many may share one. */
static void choose_source(int fd, size_t who)
{
#ifdef IP_BIND_ADDRESS_NO_PORT
    struct sockaddr_in addr = {.sin_family = AF_INET};
    int on = 1;
    if (who < PORTS_PER_ADDRESS)
        return;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(who / PORTS_PER_ADDRESS));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    (void)!bind(fd, (struct sockaddr *)&addr, sizeof addr); /* connect() will say what is wrong */
#else
    (void)fd, (void)who;
#endif
}

/* Whoever is not let in at once (a full listen queue) shall not keep the others. */
static int dial(const struct crowd *c)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->url->port)};
    struct linger reset = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0)
        return -1;
    inet_pton(AF_INET, c->url->host, &addr.sin_addr);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    choose_source(fd, c->dialled);
    set_blocking(fd, false);
    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Equal periods would lock phase with the events, so each interval is drawn from +-20 %. */
static uint64_t next_interval(struct crowd *c)
{
    return (uint64_t)((double)c->poll_every_ms * 1e6 * (0.8 + 0.4 * random_unit(&c->random)));
}

static void enlist(struct crowd *c, struct member *m)
{
    m->crowd = c;
    c->due[c->joined] = clock_ns() + next_interval(c);
    m->who = c->joined++;
    c->members[m->who] = m;
}

int member_joins(struct conn *conn)
{
    struct member *m = conn->state;
    enlist((struct crowd *)((char *)conn->worker->options - offsetof(struct crowd, options)), m);
    m->conn = conn;
    stream_set_tap(&conn->stream, NULL);
    member_greets(m);
    return 0;
}

/* Only begins, like dial(): a server that does not answer yet shall not keep the others.  Every
 * handshake is a full one, or it would depend on the others' when a session is there. */
static int begin_tls(struct crowd *c, struct stream *stream)
{
    if (!c->tls)
        return 0;
    tls_forget(c->tls);
    if (stream_start_tls(stream, c->url, c->tls) == 0 || errno == EAGAIN)
        return 0;
    snprintf(c->error, sizeof c->error, "TLS: %s", stream->error);
    stream_close(stream);
    return -1;
}

static int join_tcp(struct crowd *c)
{
    int fd = dial(c);
    if (fd < 0)
        return fail_with(c, "connect", errno);
    struct stream stream = stream_of(fd, c->tls ? &c->handshakes : NULL);
    if (begin_tls(c, &stream) < 0)
        return -1;
    struct conn *conn = loop_adopt(c->loop, &stream, crowd_role(c));
    if (!conn)
        return fail_with(c, "connect", ENOMEM);
    loop_worker(c->loop)->settle(conn);
    return 0;
}

/* The token's way there and back is waited for: a burst of them could fill the server's queue. */
static int join_udp(struct crowd *c)
{
    struct link l = {.transport = c->transport, .url = *c->url, .timeout_ms = 1000,
                     .lost_after_ms = LOST_AFTER_MS, .size = 1};
    if (udp_dial(&l) < 0 || udp_ask(&l) < 0) {
        memcpy(c->error, l.error, sizeof c->error);
        return -1;
    }
    set_blocking(l.fd, false);
    struct member *m = calloc(1, sizeof *m);
    if (!m)
        return fail_with(c, "subscribe", ENOMEM);
    enlist(c, m);
    m->udp = l.udp;
    m->due = l.due;
    memcpy(m->token, l.token, sizeof m->token);
    m->watch = (struct watch){.fd = l.fd, .ready = datagram_ready};
    return loop_watch(c->loop, &m->watch, WATCH_READ) < 0 ? fail_with(c, "epoll", errno) : 0;
}

static int join(struct crowd *c)
{
    c->dialled++;
    return c->transport == &transports[UDP] ? join_udp(c) : join_tcp(c);
}

int crowd_join_all(struct crowd *c)
{
    while (c->dialled < c->most)
        if (join(c) < 0 || (c->dialled % JOINS_PER_TURN == 0 && crowd_turn(c, 0) < 0))
            return -1;
    return 0;
}

/* --- polls --- */

/* Outside of what the loop feeds it, a member that speaks may leave. */
static void let_speak(struct member *m, void (*say)(struct member *))
{
    struct conn *conn = m->conn;
    say(m);
    conn->worker->settle(conn);
}

/* Looks at everybody, but not for each one: who is due within LOOK_NS may wait for the others. */
static void ask_who_is_due(struct crowd *c)
{
    uint64_t now = clock_ns(), next = UINT64_MAX;
    for (size_t i = 0; i < c->joined; i++) {
        struct member *m = c->members[i];
        if (m && c->due[i] <= now && !m->waits) /* else its last answer is still to come */
            let_speak(m, member_asks);
        while (c->due[i] <= now)
            c->due[i] += next_interval(c);
        next = c->due[i] < next ? c->due[i] : next;
    }
    c->look = next > now + LOOK_NS ? next : now + LOOK_NS;
}

int crowd_turn(struct crowd *c, uint64_t until_ns)
{
    bool polls = c->transport == &transports[POLL];
    if (loop_turn(c->loop, polls && c->look < until_ns ? c->look : until_ns) < 0)
        return fail_with(c, "wait", errno);
    if (polls && c->look <= clock_ns())
        ask_who_is_due(c);
    return 0;
}

void crowd_say(struct crowd *c, size_t who)
{
    if (c->members[who])
        let_speak(c->members[who], member_says);
}

static void leave_udp(struct crowd *c, struct member *m)
{
    loop_watch(c->loop, &m->watch, 0);
    udp_close(&m->udp);
    free(m);
}

void crowd_close(struct crowd *c)
{
    c->closing = true; /* who leaves now is not lost */
    for (size_t i = 0; c->transport == &transports[UDP] && i < c->joined; i++)
        leave_udp(c, c->members[i]);
    if (c->loop)
        loop_free(c->loop);
    free(c->members);
    free(c->due);
    free(c->message);
}
