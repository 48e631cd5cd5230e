/* bench/predict.c: round trips, packets and header bytes by the book.
 * SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include <math.h>

/* IPv4 20, TCP 20, timestamps 12; a SYN carries MSS, SACK-permitted and window scale: 8 more. */
#define SEGMENT 52
#define SYN_SEGMENT 60
#define DATAGRAM 28

/* TLS 1.3 waits for one flight, whether it resumes a session or not (RFC 8446 2, 2.2).  How long
 * its messages are is open, and so is what the upgrade's heads say. */
static double predict_handshake(const struct transport *t, size_t metric)
{
    if (t == &transports[UDP]) /* connect() only notes the address */
        return metric >= HANDSHAKE_ROUND_TRIPS && metric <= HANDSHAKE_BYTES_IN ? 0 : NAN;
    if (metric == HANDSHAKE_ROUND_TRIPS)
        return 1 + t->secure + (t->upgrade ? 1 : 0);
    if (t->secure)
        return NAN;
    switch (metric) {
    case HANDSHAKE_PACKETS: /* SYN, SYN-ACK, ACK; then request and 101, each acknowledged at once,
                               as Linux does on a young connection */
        return t->upgrade ? 3 + 4 : 3;
    case HANDSHAKE_BYTES_OUT: return t->upgrade ? NAN : SYN_SEGMENT + SEGMENT;
    case HANDSHAKE_BYTES_IN: return t->upgrade ? NAN : SYN_SEGMENT;
    default: return NAN;
    }
}

#define RECORD 22 /* its head 5, its type 1, its seal 16: RFC 8446 5.2 */
#define RECORD_MAX 16384
#define HEAD_MAX 256 /* more than an HTTP head of ours has */

/* RFC 6455 5.2: two bytes, a longer length in 2 or 8 more; 4 of mask from the client only. */
static double frame_heads(size_t size)
{
    double head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    return head + 4 + head;
}

/* A head and its payload are written together, and cut into records where they are too long. */
static double records(double bytes)
{
    return ceil(bytes / RECORD_MAX);
}

static double records_of_echo(const struct transport *t, double size, double heads)
{
    if (t->upgrade) /* the client's head has its mask in it */
        return records(size + heads / 2 + 2) + records(size + heads / 2 - 2);
    double least = *t->echo_path ? 1 : 0, most = *t->echo_path ? HEAD_MAX : 0;
    return records(size + least) == records(size + most) ? 2 * records(size + most) : NAN;
}

static double header_bytes(const struct transport *t, size_t size)
{
    if (t->upgrade)
        return frame_heads(size);
    return *t->echo_path ? NAN : 0; /* an HTTP head says what its writer likes to say */
}

static double predict_message(const struct plan *plan, const struct transport *t, size_t metric)
{
    switch (metric) {
    case MESSAGE_PAYLOAD: return 2 * (double)plan->size;
    case MESSAGE_HEADER: return header_bytes(t, plan->size);
    case MESSAGE_TLS:
        if (!t->secure || t->closes) /* a handshake's are open */
            return NAN;
        return RECORD * records_of_echo(t, (double)plan->size, frame_heads(plan->size));
    case MESSAGE_TCPIP:
        if (t == &transports[UDP])
            return 2 * DATAGRAM;
        if (t->closes || plan->size > 1400) /* how a farewell is packed is open; so are segments */
            return NAN;
        return 2 * SEGMENT; /* each message acknowledges the other */
    default: return NAN;
    }
}

/* Polling asks whether there is something or not; a long poll asks again after each event; the
 * others have asked once, before. */
static double predict_push(const struct plan *plan, const struct transport *t, size_t metric)
{
    bool polls = t == &transports[POLL];
    switch (metric) {
    case PUSH_LATENCY: return polls ? (double)plan->poll_every_ms * 1e3 / 2 : NAN; /* the mean */
    case PUSH_REQUESTS:
        if (polls)
            return (double)plan->push_every_ms / (double)plan->poll_every_ms;
        return t == &transports[LONG_POLL] ? 1 : 0;
    default: return NAN;
    }
}

/* A worker belongs to a connection until that leaves, so no more are served than there are workers:
 * iterative has one; fork and thread make one for everybody; a loop needs none. */
static double predict_models(const struct plan *plan, const struct subject *s, size_t metric)
{
    size_t n = s->connections, workers = n;
    bool one = s->model == model_names[MODEL_ITERATIVE], loop = s->model == model_names[MODEL_LOOP];
    if (one)
        workers = 1;
    if (s->model == model_names[MODEL_POOL])
        workers = (size_t)plan->workers;
    switch (metric) {
    case MODELS_SERVED: return (double)(workers < n ? workers : n);
    case MODELS_THREADS: return one || loop ? 1 : (double)workers + 1; /* who accepts, or waits */
    default: return NAN;
    }
}

double predict(const struct plan *plan, const struct subject *s, size_t metric)
{
    const struct transport *t = &transports[s->transport];
    switch (s->measure) {
    case HANDSHAKE: return predict_handshake(t, metric);
    case MESSAGE: return predict_message(plan, t, metric);
    case PUSH: return predict_push(plan, t, metric);
    case MODELS: return predict_models(plan, s, metric);
    default: return NAN;
    }
}
