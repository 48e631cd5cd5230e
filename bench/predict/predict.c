/* bench/predict/predict.c: from a metric to the number that must come out: a conversation is had on
 * paper (predict_script.c), and this is where its packets, bytes and times are read off.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "bench/wire/wire.h"

#include <math.h>

/* Ethernet's 1500 bytes without IPv4, TCP, timestamps; or without IPv4 and UDP.  On loopback a
 * segment has up to half the window that the other side offers first, 64 KiB
 * (tcp_bound_to_half_wnd()), and any datagram fits. */
#define FAR_SEGMENT 1448
#define FAR_DATAGRAM 1472
#define NEAR_SEGMENT 32768
#define NEAR_DATAGRAM 65507

#define QUEUE 262144 /* bytes: wire_line.c; or a round trip's worth */

struct line line_of(const struct plan *plan)
{
    const struct wire_spec *w = plan->wire;
    if (!w)
        return (struct line){.whole = true, .segment = NEAR_SEGMENT, .datagram = NEAR_DATAGRAM,
                             .host = "127.0.0.1"};
    bool steady = w->loss <= 0 && w->reorder <= 0;
    return (struct line){
        .far = true, .whole = steady && w->drops == 0, .rtt = (double)w->rtt_ns / 1e3,
        .syn_lost = steady && w->drops == 1 && !w->drop[0].from_server && w->drop[0].number == 1,
        .rate = (double)w->rate, .queue = fmax(QUEUE, (double)w->rate * (double)w->rtt_ns / 8e9),
        .segment = FAR_SEGMENT, .datagram = FAR_DATAGRAM,
        .host = wire_address[1]};
}

static struct speakers speakers_of(const struct plan *plan, const struct subject *s)
{
    bool before = s->measure == MESSAGE; /* there has been one */
    return (struct speakers){&transports[s->transport], (double)plan->size, before || s->resumed};
}

/* What can be said at all: of a line that loses packets only what one lost SYN does to TCP. */
static bool is_known(const struct line *line, const struct speakers *s)
{
    bool udp = s->transport == &transports[UDP];
    return line->whole ? !udp || s->size <= UDP_PAYLOAD_MAX : line->syn_lost && !udp;
}

/* --- handshake --- */

/* Until the first message can go. */
static double until_ready(const struct talk *t, size_t count)
{
    double sum = 0;
    for (enum phase p = PHASE_CONNECT; p <= PHASE_UPGRADE; p++)
        sum += t->of[p].there ? talk_count(t, p, count) : 0;
    return sum;
}

static double took(const struct talk *t, enum phase phase)
{
    double begun = 0;
    for (enum phase p = PHASE_CONNECT; p < phase; p++)
        begun = t->of[p].there ? t->of[p].end : begun;
    return t->of[phase].there ? t->of[phase].end - begun : NAN;
}

static double ready_after(const struct talk *t)
{
    return fmax(t->of[PHASE_CONNECT].end, fmax(t->of[PHASE_TLS].end, t->of[PHASE_UPGRADE].end));
}

static double handshake_time(const struct line *line, const struct speakers *s, size_t metric)
{
    struct talk t;
    talk_begin(&t, line, false);
    converse(&t, s);
    switch (metric) {
    case HANDSHAKE_CONNECT: return took(&t, PHASE_CONNECT);
    case HANDSHAKE_TLS: return took(&t, PHASE_TLS);
    case HANDSHAKE_UPGRADE: return took(&t, PHASE_UPGRADE);
    case HANDSHAKE_TOTAL: return ready_after(&t);
    default: return t.of[PHASE_MESSAGE].end;
    }
}

static double predict_handshake(const struct line *line, const struct speakers *s, size_t metric)
{
    struct talk t;
    if (metric <= HANDSHAKE_FIRST_REPLY)
        return line->far ? handshake_time(line, s, metric) : NAN;
    talk_begin(&t, line, true);
    converse(&t, s);
    switch (metric) {
    case HANDSHAKE_ROUND_TRIPS: return until_ready(&t, COUNT_ROUND_TRIPS);
    case HANDSHAKE_PACKETS:
        return until_ready(&t, COUNT_PACKETS_OUT) + until_ready(&t, COUNT_PACKETS_IN);
    case HANDSHAKE_BYTES_OUT: return until_ready(&t, COUNT_BYTES_OUT);
    case HANDSHAKE_BYTES_IN: return until_ready(&t, COUNT_BYTES_IN);
    }
    if (metric < HANDSHAKE_PHASES)
        return NAN;
    metric -= HANDSHAKE_PHASES;
    return talk_count(&t, (enum phase)(metric / COUNTS), metric % COUNTS);
}

double predict_until_ready(const struct plan *plan, const struct subject *s, size_t count)
{
    struct line line = line_of(plan);
    struct speakers speakers = speakers_of(plan, s);
    struct talk t;
    if (!is_known(&line, &speakers))
        return NAN;
    talk_begin(&t, &line, true);
    converse(&t, &speakers);
    return until_ready(&t, count);
}

/* --- message --- */

static double predict_message(const struct line *line, const struct speakers *s, size_t metric)
{
    const struct transport *t = s->transport;
    struct words w = words_of(t, line->host, s->size);
    struct talk talk;
    switch (metric) {
    case MESSAGE_RTT:
        talk_begin(&talk, line, false);
        exchange(&talk, s);
        return line->far ? talk.of[PHASE_MESSAGE].end : NAN;
    case MESSAGE_PAYLOAD: return 2 * s->size;
    case MESSAGE_HEADER: return w.ask + w.answer - 2 * s->size;
    case MESSAGE_TLS:
        if (!t->secure || t->closes) /* a handshake's are in it */
            return NAN;
        return sealed(t, w.ask) - w.ask + sealed(t, w.answer) - w.answer;
    case MESSAGE_TCPIP:
        if (t == &transports[UDP]) /* fragments repeat IP's header */
            return s->size <= line->datagram ? 2 * DATAGRAM : NAN;
        if (t->closes || sealed(t, fmax(w.ask, w.answer)) > line->segment)
            return NAN; /* which of several segments are acknowledged is open */
        return 2 * SEGMENT; /* each message acknowledges the other */
    default: return NAN;
    }
}

/* --- models --- */

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
    struct line line = line_of(plan);
    struct speakers speakers = speakers_of(plan, s);
    if (s->measure == MODELS)
        return predict_models(plan, s, metric);
    if (!is_known(&line, &speakers))
        return NAN;
    switch (s->measure) {
    case HANDSHAKE: return predict_handshake(&line, &speakers, metric);
    case MESSAGE: return predict_message(&line, &speakers, metric);
    case PUSH: return predict_push(plan, &line, &speakers, s, metric);
    default: return NAN;
    }
}
