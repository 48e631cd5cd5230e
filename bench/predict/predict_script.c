/* bench/predict/predict_script.c: who says what, phase by phase: the transports' lesson in one
 * page.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"

#include <math.h>

static void begin(struct talk *t, enum phase phase)
{
    talk_rest(t);
    talk_phase(t, phase);
}

/* The client has said something and waits for what comes. */
static void ask(struct talk *t, const struct transport *tr, double question, double answer)
{
    talk_say(t, CLIENT, sealed(tr, question));
    talk_say(t, SERVER, sealed(tr, answer));
    t->of[t->phase].trips++;
}

/* The client may go on behind its own Finished, one round trip after it began, resumed or not (RFC
 * 8446 2, 2.2); the server's ticket is nothing that it waits for. */
static void shake_hands(struct talk *t, const struct speakers *s)
{
    const struct transport *tr = s->transport;
    struct flights f = flights_of(t->line.host, tr != &transports[TLS], s->resumed);
    talk_say(t, CLIENT, f.bytes[0]);
    talk_say(t, SERVER, f.bytes[1]);
    t->of[t->phase].trips++;
    double ready = t->end[CLIENT].now;
    talk_say(t, CLIENT, f.bytes[2]);
    talk_say(t, SERVER, f.bytes[3]);
    if (f.both)
        t->of[t->phase].trips++;
    else
        t->end[CLIENT].now = t->of[t->phase].end = ready;
}

static void upgrade(struct talk *t, const struct transport *tr)
{
    struct words w = words_of(tr, t->line.host, 0);
    ask(t, tr, w.ask_upgrade, w.answer_upgrade);
}

/* The client's Finished and the server's ticket are still under way and take their places in the
 * windows; nothing answers the ticket, so when that is acknowledged (within 40 ms) is open. */
static bool is_crowded(const struct talk *t, const struct transport *tr, double bytes)
{
    bool young = t->of[PHASE_TLS].there && !tr->upgrade;
    return young && ceil(sealed(tr, bytes) / t->line.segment) >= FIRST_WINDOW;
}

#define WINDOWS_OPEN (1 << 20) /* how far further is what net.ipv4.tcp_rmem and tcp_wmem say */

/* When a long message is there: what does not fit into the queue before a slow link gets lost, and
 * whether many pieces fill their packets is chance. */
static bool is_open(const struct talk *t, const struct transport *tr, double bytes)
{
    bool slow = t->line.rate > 0, pieces = !*tr->echo_path;
    double on_line = bytes + SEGMENT * ceil(bytes / t->line.segment);
    return bytes > WINDOWS_OPEN || (slow && on_line > t->line.queue) ||
           (slow && pieces && bytes > IN_FLIGHT_MAX) || is_crowded(t, tr, bytes);
}

/* Who echoes bytes needs not wait for the last of them; who echoes messages does. */
static void exchange_message(struct talk *t, const struct speakers *s)
{
    const struct transport *tr = s->transport;
    struct words w = words_of(tr, t->line.host, s->size);
    if (*tr->echo_path) {
        ask(t, tr, w.ask, w.answer);
    } else {
        talk_echo_pieces(t, sealed(tr, s->size), IN_FLIGHT_MAX);
        t->of[PHASE_MESSAGE].trips += s->size > IN_FLIGHT_MAX ? NAN : 1; /* turns that are open */
    }
    if (is_open(t, tr, fmax(w.ask, w.answer)))
        t->of[PHASE_MESSAGE].end = NAN;
}

/* With Connection: close it is the server that ends the connection, and by TLS it says so.  It does
 * not wait for the client's good-bye, so that one finds nobody there any more. */
static void server_leaves(struct talk *t, const struct transport *tr)
{
    if (tr->secure)
        talk_say(t, SERVER, sealed(tr, ALERT));
    talk_finish(t, SERVER);
    if (tr->secure)
        talk_to_nobody(t, CLIENT, sealed(tr, ALERT));
}

/* RFC 6455 7.1.2: one side says good-bye in a frame and the other returns it; then the server ends
 * the connection (7.1.1), TLS's before TCP's, and the client its half. */
static void close_websocket(struct talk *t, const struct transport *tr)
{
    double bare = CLOSE_CODE + frame_head(CLOSE_CODE);
    ask(t, tr, bare + MASK, bare);
    if (tr->secure)
        talk_say(t, SERVER, sealed(tr, ALERT));
    talk_finish(t, SERVER);
    if (tr->secure)
        talk_say(t, CLIENT, sealed(tr, ALERT));
    talk_finish(t, CLIENT);
}

/* RFC 8446 6.1: each side says that it will say nothing more, so that nobody can cut the end off
 * unnoticed.  The client's FIN is not far behind. */
static void close_stream(struct talk *t, const struct transport *tr)
{
    if (tr->secure)
        talk_say(t, CLIENT, sealed(tr, ALERT));
    talk_finish(t, CLIENT);
    if (tr->secure)
        talk_say(t, SERVER, sealed(tr, ALERT));
    talk_finish(t, SERVER);
}

static void leave(struct talk *t, const struct transport *tr)
{
    if (tr->upgrade)
        close_websocket(t, tr);
    else if (!tr->closes)
        close_stream(t, tr);
    else if (!t->end[CLIENT].finished)
        talk_finish(t, CLIENT);
}

static void converse_in_datagrams(struct talk *t, const struct speakers *s)
{
    begin(t, PHASE_CONNECT); /* connect() only notes the address */
    begin(t, PHASE_MESSAGE);
    talk_datagram(t, CLIENT, s->size);
    talk_datagram(t, SERVER, s->size);
    t->of[PHASE_MESSAGE].trips++;
    begin(t, PHASE_CLOSE);
}

void converse(struct talk *t, const struct speakers *s)
{
    const struct transport *tr = s->transport;
    if (tr == &transports[UDP]) {
        converse_in_datagrams(t, s);
        return;
    }
    begin(t, PHASE_CONNECT);
    talk_connect(t);
    if (tr->secure) {
        begin(t, PHASE_TLS);
        shake_hands(t, s);
    }
    if (tr->upgrade) {
        begin(t, PHASE_UPGRADE);
        upgrade(t, tr);
    }
    begin(t, PHASE_MESSAGE);
    exchange_message(t, s);
    double replied = t->of[PHASE_MESSAGE].end;
    if (tr->closes)
        server_leaves(t, tr);
    begin(t, PHASE_CLOSE);
    leave(t, tr);
    talk_rest(t);
    t->of[PHASE_MESSAGE].end = replied;
}

void exchange(struct talk *t, const struct speakers *s)
{
    const struct transport *tr = s->transport;
    if (tr == &transports[UDP] || tr->closes) {
        converse(t, s);
        return;
    }
    t->end[CLIENT].window = t->end[SERVER].window = INFINITY; /* messages before have opened it */
    talk_phase(t, PHASE_MESSAGE);
    exchange_message(t, s);
}

/* A long poll is answered when there is something, and asked again at once; the others have asked
 * before. */
void hear_events(struct talk *t, const struct speakers *s, int events, double text)
{
    const struct transport *tr = s->transport;
    struct words w = words_of(tr, t->line.host, text);
    talk_phase(t, PHASE_PUSH);
    for (int i = 0; i < events; i++) {
        if (tr == &transports[LONG_POLL]) {
            talk_say(t, CLIENT, w.ask_events);
            t->of[PHASE_PUSH].trips++;
        }
        talk_rest(t); /* until the event */
        if (tr == &transports[LONG_POLL])
            talk_say(t, SERVER, w.answer_events);
        else if (tr == &transports[UDP])
            talk_datagram(t, SERVER, pushed(tr, text));
        else
            talk_say(t, SERVER, sealed(tr, pushed(tr, text)));
    }
    talk_rest(t);
}
