/* tcp_echo/conn.c: feeding a service and sending what it answers, the same under every model.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/conn.h"
#include "tcp_echo/explain.h"
#include "tcp_echo/stop.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define QUEUED_MAX ((size_t)256 * 1024 * 1024) /* bytes unread by all together, in peace */
#define MESSAGES_A_TURN 1000                   /* of one connection, in the event loop */

/* --- a connection's life --- */

void conn_log(const struct conn *c, const char *format, ...)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    char from[64] = "?", text[256];
    va_list args;
    if (!c->worker->options->verbose)
        return;
    if (getpeername(c->stream.fd, (struct sockaddr *)&peer, &len) == 0)
        address_format((struct sockaddr *)&peer, len, from);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* in one piece: other threads and processes write there, too */
    fprintf(stderr, "%s #%d %s: %s\n", c->service->name, c->stream.fd, from, text);
}

static int conn_start(struct conn *c, const struct service *service)
{
    c->service = service;
    conn_log(c, "open");
    c->state = service->state_size ? calloc(1, service->state_size) : NULL;
    if (service->state_size && !c->state)
        return -1;
    return service->open ? service->open(c) : 0;
}

/* The service sees nothing of a connection before TLS has been agreed on. */
static int conn_begin(struct conn *c)
{
    c->begun = true;
    if (c->worker->options->tls)
        conn_log(c, "TLS has been agreed on");
    if (conn_start(c, c->service) < 0)
        return -1;
    struct worker *w = c->worker;
    c->is_client = !w->loop || w->clients < (size_t)w->options->max_clients;
    w->clients += c->is_client;
    if (!c->is_client)
        conn_end(c, TOO_MANY);
    return 0;
}

struct conn *conn_open(struct worker *w, struct stream *stream, const struct service *service)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c) {
        stream_close(stream);
        return NULL;
    }
    w->accepted++;
    c->stream = *stream;
    c->watch.fd = stream->fd;
    c->worker = w;
    c->service = service;
    bool ready = stream_is_ready(stream);
    c->patience = ready ? IDLE : HANDSHAKING;
    worker_wait_last(c);
    if (w->options->explain && service->describe)
        stream_set_tap(&c->stream, explain(service->describe, w->accepted));
    if (!ready || conn_begin(c) == 0)
        return c;
    conn_free(c);
    return NULL;
}

static void forget_output(struct conn *c)
{
    c->worker->queued -= c->out ? c->out->len : 0;
    bytes_free(&c->out);
}

static void conn_end_service(struct conn *c)
{
    bool has_begun = c->begun && (c->state || c->service->state_size == 0);
    if (c->service->closed && has_begun)
        c->service->closed(c);
    free(c->state);
    c->state = NULL;
}

void conn_free(struct conn *c)
{
    conn_log(c, "closed");
    conn_end_service(c);
    ring_leave(&c->waiting);
    if (c->worker->fed == c)
        c->worker->fed = NULL;
    stream_close(&c->stream);
    bytes_free(&c->in);
    forget_output(c);
    c->worker->clients -= c->is_client;
    free(c);
}

int conn_become(struct conn *c, const struct service *service)
{
    conn_end_service(c);
    return conn_start(c, service);
}

/* --- sending --- */

bool conn_is_full(const struct conn *c)
{
    if (!c->out)
        return false;
    bool many = c->worker->queued > QUEUED_MAX; /* unread bytes of others: each keeps little then */
    size_t limit = many ? 0 : (size_t)c->worker->options->max_message;
    return c->out->len > (limit > READ_SIZE ? limit : READ_SIZE);
}

static bool would_block(const struct conn *c)
{
    return c->worker->loop && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* Nothing can be sent any more: whoever runs the connection sees it ready, and frees it. */
static int give_up(struct conn *c)
{
    forget_output(c);
    c->closing = FLUSH_THEN_CLOSE;
    shutdown(c->stream.fd, SHUT_RDWR);
    return -1;
}

static int queue(struct conn *c, const uint8_t *head, size_t head_len, const uint8_t *body,
                 size_t body_len)
{
    size_t before = c->out ? c->out->len : 0;
    bool queued = bytes_append(&c->out, head, head_len) == 0 &&
                  bytes_append(&c->out, body, body_len) == 0;
    c->worker->queued += (c->out ? c->out->len : 0) - before;
    return queued ? 0 : give_up(c);
}

/* Sends head and body, queueing what the kernel does not take; a blocking stream takes all. */
static int send_or_queue(struct conn *c, const uint8_t *head, size_t head_len, const uint8_t *body,
                         size_t body_len)
{
    while (head_len + body_len > 0) {
        ssize_t sent = stream_write2(&c->stream, head, head_len, body, body_len);
        if (sent < 0 && !would_block(c))
            return give_up(c);
        if (sent < 0)
            break;
        conn_touch(c);
        size_t from_head = (size_t)sent < head_len ? (size_t)sent : head_len;
        head += from_head;
        head_len -= from_head;
        body += (size_t)sent - from_head;
        body_len -= (size_t)sent - from_head;
        if (head_len + body_len > 0 && !c->worker->loop && told_to_stop())
            return give_up(c); /* who does not read must not keep the process */
    }
    return queue(c, head, head_len, body, body_len);
}

uint8_t *conn_room(struct conn *c, size_t n)
{
    struct worker *w = c->worker;
    bool gathering = w->fed == c && !c->out && !c->closing;
    return gathering && n <= OUT_CAP - w->out_len ? w->out + w->out_len : NULL;
}

void conn_wrote(struct conn *c, size_t n)
{
    c->worker->out_len += n;
}

/* Behind what was gathered for a connection that is being fed, if it fits; else all leaves now. */
static int gather(struct conn *c, const void *head, size_t head_len, const void *body,
                  size_t body_len)
{
    struct worker *w = c->worker;
    uint8_t *room = conn_room(c, head_len + body_len);
    if (room) {
        memcpy(room, head, head_len);
        memcpy(room + head_len, body, body_len);
        conn_wrote(c, head_len + body_len);
        return 0;
    }
    size_t gathered = w->out_len;
    w->out_len = 0;
    if (head_len > OUT_CAP - gathered) {
        if (send_or_queue(c, w->out, gathered, head, head_len) < 0)
            return -1;
        return conn_send(c, body, body_len);
    }
    memcpy(w->out + gathered, head, head_len);
    return send_or_queue(c, w->out, gathered + head_len, body, body_len);
}

int conn_send2(struct conn *c, const void *head, size_t head_len, const void *body, size_t body_len)
{
    if (c->closing)
        return -1;
    if (c->out)
        return queue(c, head, head_len, body, body_len);
    if (c->worker->fed == c)
        return gather(c, head, head_len, body, body_len);
    return send_or_queue(c, head, head_len, body, body_len);
}

int conn_send(struct conn *c, const void *data, size_t n)
{
    return conn_send2(c, "", 0, data, n);
}

/* What was gathered while c was fed leaves in one write. */
static void send_gathered(struct conn *c)
{
    struct worker *w = c->worker;
    size_t n = w->out_len;
    w->out_len = 0;
    w->fed = NULL;
    if (n > 0)
        send_or_queue(c, w->out, 0, w->out, n);
}

int conn_output(struct conn *c)
{
    for (int writes = 0; c->out && writes < 2; writes++) { /* then the others have their turn */
        ssize_t sent = stream_write(&c->stream, c->out->data + c->out->head, c->out->len);
        if (sent < 0)
            return would_block(c) ? 0 : -1;
        bytes_consume(&c->out, (size_t)sent);
        c->worker->queued -= (size_t)sent;
        conn_heard(c);
    }
    return 0;
}

/* --- receiving --- */

/* Others wait meanwhile: who asks for much, and leaves it unread, or sends a thousand messages at
 * once, is served in parts. */
static bool had_enough(const struct conn *c, size_t queued, unsigned taken)
{
    return conn_is_full(c) || (c->out && c->out->len > queued + OUT_CAP) ||
           (taken == MESSAGES_A_TURN && c->worker->loop);
}

/* Lets the service take from buf what it can.  Returns what it took, or -1. */
static ssize_t feed(struct conn *c, uint8_t *buf, size_t n)
{
    size_t used = 0, queued = c->out ? c->out->len : 0;
    unsigned taken = 0;
    for (; used < n && !c->closing && !c->paused && !had_enough(c, queued, taken); taken++) {
        ssize_t took = c->service->data(c, buf + used, n - used);
        if (took < 0)
            return -1;
        if (took == 0)
            break;
        used += (size_t)took;
    }
    c->held_back = used < n && !c->closing && had_enough(c, queued, taken);
    return (ssize_t)used;
}

/* What the service left is kept for the next time: usually nothing. */
static int carry_over(struct conn *c, const uint8_t *rest, size_t n)
{
    if (c->in)
        bytes_consume(&c->in, c->in->len);
    return c->closing ? 0 : bytes_append(&c->in, rest, n);
}

/* Only the event loop and TLS read without knowing that there is something.  Where TLS had to write
 * and a blocking descriptor did not take it, the time was over. */
static bool would_wait(const struct conn *c)
{
    bool reading = true, writing = false;
    if (would_block(c))
        return true;
    return c->stream.secure && errno == EAGAIN && !stream_needs(&c->stream, &reading, &writing);
}

static int failed(const struct conn *c)
{
    conn_log(c, "%s", c->stream.error);
    return -1;
}

static int take_input(struct conn *c, bool read)
{
    struct worker *w = c->worker;
    size_t n = c->in ? c->in->len : 0;
    if (n > 0)
        memcpy(w->in, c->in->data + c->in->head, n);
    if (read) {
        ssize_t got = stream_read(&c->stream, w->in + n, w->in_cap - n);
        if (got < 0)
            return would_wait(c) ? 1 : failed(c);
        if (got == 0)
            return 0;
        n += (size_t)got;
        conn_heard(c);
    }
    if (c->closing)
        return 1; /* the peer may still be sending: what it says is not wanted any more */
    w->fed = c;
    ssize_t used = feed(c, w->in, n);
    send_gathered(c);
    return used < 0 || carry_over(c, w->in + used, n - (size_t)used) < 0 ? -1 : 1;
}

/* Returns 1 when the client is not done yet, or -1. */
static int shake_hands(struct conn *c)
{
    if (stream_handshake(&c->stream) < 0)
        return would_wait(c) ? 1 : failed(c);
    return conn_begin(c) < 0 ? -1 : 1;
}

bool conn_pending(const struct conn *c)
{
    bool taken = c->closing ? c->closing == AWAITING_FIN
                            : !c->paused && !c->held_back && !conn_is_full(c);
    return taken && stream_pending(&c->stream);
}

int conn_input(struct conn *c, bool read)
{
    if (!c->begun)
        return shake_hands(c);
    if (read && c->held_back) { /* it comes first */
        if (take_input(c, false) < 0)
            return -1;
        if (c->held_back)
            return 1;
    }
    return take_input(c, read);
}

void conn_resume(struct conn *c)
{
    c->paused = false;
    if (c->in && conn_input(c, false) < 0)
        conn_close(c, FLUSH_THEN_CLOSE);
}

/* --- ending --- */

void conn_close(struct conn *c, enum closing how)
{
    if (!c->closing)
        c->closing = (uint8_t)how;
}

void conn_end(struct conn *c, enum ending why)
{
    static const char *const reasons[] = {"silent for too long", "told that the server stops",
                                          "has stopped talking", "does not read its events",
                                          "one too many"};
    if (c->closing)
        return;
    conn_log(c, "%s", reasons[why]);
    if (c->service->ending && c->begun)
        c->service->ending(c, why);
    conn_close(c, FLUSH_THEN_CLOSE);
}

void conn_expire(struct conn *c)
{
    if (c->begun && c->service->expired && c->service->expired(c)) {
        conn_set_patience(c, c->patience);
    } else {
        conn_end(c, TIMED_OUT);
        conn_set_patience(c, HANDSHAKING); /* for what is still to go out */
    }
}
