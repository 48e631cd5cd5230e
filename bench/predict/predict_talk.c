/* bench/predict/predict_talk.c: what TCP and a line make of what two programs say: which packets,
 * and when. The rules are TCP's (RFC 9293), and where TCP leaves a choice, Linux's.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"

#include <math.h>
#include <stdlib.h>

#define SYN_SEGMENT (SEGMENT + 8) /* MSS, SACK-permitted and window scale are in it, too */
#define FRAGMENT 20 /* a datagram's later parts have IPv4's header only */
#define SYN_AGAIN 1e6 /* us: nobody has answered (RFC 6298 2.1) */
#define QUICK 16 /* net/ipv4/tcp_input.c, TCP_MAX_QUICKACKS */

void talk_begin(struct talk *t, const struct line *line, bool rests)
{
    struct end end = {.window = FIRST_WINDOW, .quick = QUICK};
    *t = (struct talk){.line = *line, .rests = rests, .end = {end, end}};
}

void talk_phase(struct talk *t, enum phase phase)
{
    t->phase = phase;
    t->of[phase].there = true;
    t->of[phase].end = t->end[CLIENT].now;
}

/* A packet that is ready at that time.  One leaves after the other, and each takes as long as its
 * bits take; then comes the way.  Returns when it arrives. */
static double cross(struct talk *t, int from, double ready, double bytes)
{
    struct end *end = &t->end[from];
    double rate = t->line.rate, begins = fmax(ready, end->line_free);
    t->of[t->phase].packets[from]++;
    t->of[t->phase].bytes[from] += bytes;
    end->line_free = begins + (rate > 0 ? bytes * 8e6 / rate : 0);
    return end->line_free + t->line.rtt / 2;
}

static void comes(struct talk *t, int to, double at)
{
    t->end[to].now = fmax(t->end[to].now, at);
    t->of[t->phase].end = t->end[CLIENT].now;
}

/* Who delays an acknowledgement for nothing is not in a dialogue, and stops waiting for its turn:
 * tcp_delack_timer_handler(). */
void talk_rest(struct talk *t)
{
    if (!t->rests)
        return;
    for (int i = CLIENT; i <= SERVER; i++) {
        struct end *end = &t->end[i];
        if (end->owes > 0) {
            cross(t, i, end->now, SEGMENT);
            end->interactive = false;
        }
        end->owes = 0;
        end->recent = false;
    }
}

void talk_connect(struct talk *t)
{
    struct end *client = &t->end[CLIENT];
    if (t->line.syn_lost) {
        cross(t, CLIENT, client->now, SYN_SEGMENT);
        client->now += SYN_AGAIN;
    }
    comes(t, SERVER, cross(t, CLIENT, client->now, SYN_SEGMENT));
    comes(t, CLIENT, cross(t, SERVER, t->end[SERVER].now, SYN_SEGMENT));
    cross(t, CLIENT, client->now, SEGMENT);
    t->of[t->phase].trips++;
}

/* What is sent acknowledges what has come (RFC 9293 3.8.6.3).  To answer at once tells Linux that
 * this is a dialogue: tcp_event_data_sent(), net.ipv4.tcp_pingpong_thresh = 1. */
static void speak(struct end *end)
{
    end->interactive |= end->recent;
    end->owes = 0;
}

/* A segment has come.  On a young connection it is acknowledged at once, so that the sender's
 * window opens (tcp_in_quickack_mode()); in a dialogue the answer will do that, if it comes within
 * 40 ms.  Of two segments without an answer one is acknowledged, but when is open.  Returns when
 * the sender knows. */
static double hear(struct talk *t, int to, double at)
{
    struct end *end = &t->end[to];
    end->recent = true;
    if (!end->interactive && end->quick > 0) {
        end->quick--;
        return cross(t, to, at, SEGMENT);
    }
    end->owes++;
    if (end->owes > 1)
        t->of[t->phase].packets[to] = t->of[t->phase].bytes[to] = NAN;
    return at + t->line.rtt / 2;
}

/* Slow start (RFC 5681 3.1): each acknowledgement lets two more leave, one in the place of the one
 * that has arrived, and one because the window has grown.  So segment 10 and 11 wait for the
 * acknowledgement of segment 0, 12 and 13 for that of 1 ...; and, of pieces that are echoed, each
 * for the echo of the one that is so many before it. */
static void say_segments(struct talk *t, int from, double bytes, double under_way)
{
    if (isnan(bytes))
        t->of[t->phase].packets[from] = t->of[t->phase].bytes[from] = NAN;
    if (!(bytes > 0))
        return;
    size_t n = (size_t)ceil(bytes / t->line.segment);
    double window = t->end[from].window, arrives = t->end[from].now;
    double *known = calloc(n + 1, sizeof *known); /* when the sender knows that it arrived */
    speak(&t->end[from]);
    for (size_t i = 0; known && i < n; i++) {
        double at = t->end[from].now, k = (double)i;
        double left = bytes - k * t->line.segment;
        if (k >= window)
            at = fmax(at, known[(i - (size_t)window) / 2]);
        if (k >= under_way)
            at = fmax(at, known[i - (size_t)under_way]);
        arrives = cross(t, from, at, SEGMENT + fmin(left, t->line.segment));
        known[i] = hear(t, !from, arrives);
    }
    free(known);
    comes(t, !from, arrives);
}

void talk_say(struct talk *t, int from, double bytes)
{
    say_segments(t, from, bytes, INFINITY);
}

/* The echo of the last piece is all that is left when that has come: those before are on their way
 * or there.  How many pieces, and which of them acknowledge, is open unless there is but one. */
void talk_echo_pieces(struct talk *t, double bytes, double under_way)
{
    double segment = t->line.segment, pieces = ceil(bytes / segment);
    say_segments(t, CLIENT, bytes, ceil(under_way / segment));
    talk_say(t, SERVER, bytes - (pieces - 1) * segment);
    for (int i = CLIENT; pieces > 1 && i <= SERVER; i++)
        t->of[t->phase].packets[i] = t->of[t->phase].bytes[i] = NAN;
}

/* Who has not sent its own FIN yet will soon (tcp_fin() makes it a dialogue); who has is in
 * TIME-WAIT now, and acknowledges at once (RFC 9293 3.10.7.4). */
void talk_finish(struct talk *t, int from)
{
    struct end *other = &t->end[!from];
    t->end[from].owes = 0;
    t->end[from].finished = true;
    double at = cross(t, from, t->end[from].now, SEGMENT);
    comes(t, !from, at);
    other->owes = !other->finished;
    other->interactive = other->recent = true;
    if (other->finished)
        cross(t, !from, at, SEGMENT);
}

/* A RST that answers has no options (tcp_v4_send_reset()); TCP_INFO, which counts on loopback,
 * takes it for a segment like others. */
void talk_to_nobody(struct talk *t, int from, double bytes)
{
    speak(&t->end[from]);
    double at = cross(t, from, t->end[from].now, SEGMENT + bytes);
    cross(t, !from, at, t->line.far ? SEGMENT - 12 : SEGMENT);
    t->end[from].finished = t->end[!from].finished = true;
}

void talk_datagram(struct talk *t, int from, double bytes)
{
    double left = bytes - fmin(bytes, t->line.datagram);
    double at = cross(t, from, t->end[from].now, DATAGRAM + bytes - left);
    for (double part; left > 0; left -= part) { /* without UDP's header: 8 bytes more */
        part = fmin(left, t->line.datagram + DATAGRAM - FRAGMENT);
        at = cross(t, from, t->end[from].now, FRAGMENT + part);
    }
    comes(t, !from, at);
}

/* Where many wait before a slow link, TCP may probe for a loss (RFC 8985 7) before an answer can be
 * there. */
static double again(const struct talk *t, enum phase phase)
{
    bool many = t->of[phase].bytes[CLIENT] > FIRST_WINDOW * t->line.segment;
    if (isnan(t->of[phase].end) || isnan(t->of[phase].bytes[CLIENT]) || (t->line.rate > 0 && many))
        return NAN;
    return phase == PHASE_CONNECT && t->line.syn_lost;
}

double talk_count(const struct talk *t, enum phase phase, size_t count)
{
    const struct spoken *s = &t->of[phase];
    if (!s->there)
        return NAN;
    switch (count) {
    case COUNT_ROUND_TRIPS: return s->trips;
    case COUNT_PACKETS_OUT: return s->packets[CLIENT];
    case COUNT_PACKETS_IN: return s->packets[SERVER];
    case COUNT_BYTES_OUT: return s->bytes[CLIENT];
    case COUNT_BYTES_IN: return s->bytes[SERVER];
    default: return again(t, phase);
    }
}
