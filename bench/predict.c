/* bench/predict.c: round trips, packets and header bytes by the book.
 * SPDX-License-Identifier: MIT */
#include "bench/predict.h"

#include <math.h>

/* IPv4 20, TCP 20, timestamps 12; a SYN carries MSS, SACK-permitted and window scale: 8 more. */
#define SEGMENT 52
#define SYN_SEGMENT 60
#define DATAGRAM 28

static double predict_handshake(const struct transport *t, size_t metric)
{
    if (t == &transports[UDP]) /* connect() only notes the address */
        return metric >= HANDSHAKE_ROUND_TRIPS && metric <= HANDSHAKE_BYTES_IN ? 0 : NAN;
    switch (metric) {
    case HANDSHAKE_ROUND_TRIPS: return t->upgrade ? 2 : 1;
    case HANDSHAKE_PACKETS: /* SYN, SYN-ACK, ACK; then request and 101, each acknowledged at once, as
                               Linux does on a young connection */
        return t->upgrade ? 3 + 4 : 3;
    case HANDSHAKE_BYTES_OUT: return t->upgrade ? NAN : SYN_SEGMENT + SEGMENT;
    case HANDSHAKE_BYTES_IN: return t->upgrade ? NAN : SYN_SEGMENT;
    default: return NAN;
    }
}

/* RFC 6455 5.2: two bytes, a longer length in 2 or 8 more; 4 of mask from the client only. */
static double frame_heads(size_t size)
{
    double head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    return head + 4 + head;
}

static double header_bytes(const struct transport *t, size_t size)
{
    if (t == &transports[WS])
        return frame_heads(size);
    bool http = t == &transports[HTTP_CLOSE] || t == &transports[HTTP_KEEP_ALIVE];
    return http ? NAN : 0; /* an HTTP head says what its writer likes to say */
}

static double predict_message(const struct plan *plan, const struct transport *t, size_t metric)
{
    switch (metric) {
    case MESSAGE_PAYLOAD: return 2 * (double)plan->size;
    case MESSAGE_HEADER: return header_bytes(t, plan->size);
    case MESSAGE_TCPIP:
        if (t == &transports[UDP])
            return 2 * DATAGRAM;
        if (t->closes || plan->size > 1400) /* how a farewell is packed is open; so are segments */
            return NAN;
        return 2 * SEGMENT; /* each message acknowledges the other */
    default: return NAN;
    }
}

static double predict_push(const struct plan *plan, const struct transport *t, size_t metric)
{
    if (t != &transports[POLL])
        return metric == PUSH_REQUESTS ? 0 : NAN;
    double wanted = (double)plan->push_every_ms / (double)plan->poll_every_ms;
    switch (metric) {
    case PUSH_LATENCY: return (double)plan->poll_every_ms * 1e3 / 2; /* the mean */
    case PUSH_REQUESTS: return wanted;
    default: return NAN;
    }
}

double predict(const struct plan *plan, size_t measure, const struct transport *t, size_t metric)
{
    switch (measure) {
    case HANDSHAKE: return predict_handshake(t, metric);
    case MESSAGE: return predict_message(plan, t, metric);
    case PUSH: return predict_push(plan, t, metric);
    default: return NAN;
    }
}
