/* bench/predict/predict.h: what a conversation must cost by the protocols' rules, before anything
 * connects. predict_script.c knows who says what; predict_heads.c and predict_flights.c how long it
 * is in HTTP's, WebSocket's and TLS's words; predict_talk.c what TCP and the line make of it:
 * packets and times.  NAN stands for what the rules leave open.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PREDICT_H
#define BENCH_PREDICT_H

#include "bench/results.h"
#include "bench/subject.h"

#include <stdio.h>

/* What a plan says of the way there. */
struct line {
    bool far;         /* a wire; else loopback, where what takes time is the machine itself */
    bool whole;       /* nothing gets lost */
    bool syn_lost;    /* nothing but the first packet, once */
    double rtt, rate; /* us; bit/s in each direction, 0 = any */
    double queue;     /* bytes that wait before a link that has a rate */
    double segment;   /* the most bytes of payload that one packet of TCP carries */
    double datagram;  /* the same of UDP's, or of a fragment of them */
    const char *host; /* the server's */
};
struct line line_of(const struct plan *);

/* What of a handshake is in COUNT_..., all phases until the first message can go. */
double predict_until_ready(const struct plan *, const struct subject *, size_t count);

/* --- a conversation, predict_talk.c --- */

#define SEGMENT 52 /* around what TCP carries: IPv4 20, TCP 20, timestamps 12 */
#define DATAGRAM 28 /* around what UDP carries: IPv4 20, UDP 8 */
#define FIRST_WINDOW 10 /* segments: RFC 6928 */

enum { CLIENT, SERVER }; /* also: what it sends */

struct end {
    double now;       /* us: it has just heard, and done, everything until then */
    double line_free; /* us: when the last packet that it sent has left it */
    double window;    /* segments that may be under way before the first of them is acknowledged */
    int quick;        /* acknowledgements that a young connection sends at once */
    bool recent;      /* something has just come */
    bool interactive; /* it answered at once: from now on its answers acknowledge */
    int owes;         /* segments heard and not acknowledged */
    bool finished;    /* it has sent its FIN */
};

struct talk {
    struct line line;
    bool rests; /* between two phases all comes to rest, as when it is counted */
    enum phase phase;
    struct end end[2];
    struct spoken {
        double packets[2], bytes[2]; /* of IP packets, by who sent them */
        double trips;                /* how often the client waited for an answer */
        double end;                  /* us: when the client had what it waited for */
        bool there;                  /* the conversation has such a phase */
    } of[PHASES];
};

void talk_begin(struct talk *, const struct line *, bool rests);

/* From here to there belongs to a phase: silence follows it. */
void talk_phase(struct talk *, enum phase);
void talk_rest(struct talk *);

/* SYN, SYN-ACK, ACK. */
void talk_connect(struct talk *);

/* So many bytes, written at once; or in pieces, each sent on as it came, a window of so many bytes
 * behind the other side. */
void talk_say(struct talk *, int from, double bytes);
void talk_echo_pieces(struct talk *, double bytes, double under_way);

/* FIN; or something said to a socket that is gone, which is answered by RST. */
void talk_finish(struct talk *, int from);
void talk_to_nobody(struct talk *, int from, double bytes);

void talk_datagram(struct talk *, int from, double bytes);

/* What of a phase is in COUNT_...; NAN where it is open, or there is no such phase. */
double talk_count(const struct talk *, enum phase, size_t count);

/* --- who says what, predict_script.c --- */

struct speakers {
    const struct transport *transport;
    double size;   /* of a message */
    bool resumed;  /* TLS */
};

/* Connect, TLS, upgrade, a message, good-bye. */
void converse(struct talk *, const struct speakers *);

/* One message more, after many; on a connection of its own where each has one. */
void exchange(struct talk *, const struct speakers *);

/* What so many events are for a subscriber, the text of each being so long. */
void hear_events(struct talk *, const struct speakers *, int events, double text);

/* predict() for push, predict_push.c. */
double predict_push(const struct plan *, const struct line *, const struct speakers *,
                    const struct subject *, size_t metric);

/* --- how long it is, predict_heads.c; all in bytes --- */

struct words {
    double ask, answer; /* a message with what its protocol puts around it */
    double ask_upgrade, answer_upgrade;
    double ask_events, answer_events; /* long-poll, poll */
};
struct words words_of(const struct transport *, const char *host, double size);

#define RECORD_MAX 16384
#define ALERT 2 /* close_notify, unsealed */
double sealed(const struct transport *, double bytes); /* cut into records, when it has TLS */
double frame_head(double payload);                     /* RFC 6455 5.2, unmasked */
#define MASK 4
#define CLOSE_CODE 2

/* An event as the server pushes it, from its text. */
double pushed(const struct transport *, double text);

/* --- TLS's handshake, predict_flights.c --- */

/* Bytes of what both say in turn: ClientHello; ServerHello to Finished; the client's Finished; a
 * ticket.  Found by having them say it, in memory.  NAN where that fails. */
#define FLIGHTS 4
struct flights {
    double bytes[FLIGHTS];
    double record; /* around what a record carries: 22 by RFC 8446 5.2, of TLS 1.2 its cipher's */
    bool both; /* the client has to wait for both of the server's: TLS 1.2, RFC 5246 7.3 */
};
struct flights flights_of(const char *host, bool http, bool resumed);

/* --- predicted beside measured, predict_compare.c --- */

/* Warns of each phase of a run that took another time or other packets than it may, with cause and
 * remedy; over loopback times are not predicted. */
void predict_warn(const struct results *);

/* The same with a table of what was predicted and what was measured. */
void predict_compare(FILE *, const struct results *);

/* `bench predict`: argv[0] is "predict".  Returns what the program exits with. */
int predict_command(int argc, char **argv);

#endif
