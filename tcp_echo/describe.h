/* tcp_echo/describe.h: bytes in, words out: what --explain and the packet ladder say.  A protocol
 * brings a describing function, which is pure; a narration feeds it with one conversation, as it
 * comes, and holds back what is incomplete.  No I/O here.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_DESCRIBE_H
#define TCP_ECHO_DESCRIBE_H

#include "tcp_echo/bytes.h"
#include "tcp_echo/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STEP_PARTS_MAX 12

/* One step of a conversation: what it is, and what its bytes mean, run by run. */
struct step {
    const char *protocol; /* the layer: "tcp", "tls", "http", "ws" or "udp" */
    size_t bytes;         /* of that layer, described here */
    char what[160];       /* short, in the protocol's own words; printable ASCII */
    size_t parts;
    struct step_part {
        size_t len; /* bytes of this run; the runs add up to the step's bytes */
        char meaning[96]; /* printable ASCII */
    } part[STEP_PARTS_MAX];
};

struct describer;

/* Describes the next step in these bytes, which went in this direction.  Returns how many belong to
 * it, or 0 when more are needed to tell.  Never fails: what is not the protocol is described as
 * such.  Pure but for the describer's own state.  The step comes zeroed. */
typedef size_t describe_fn(struct describer *, enum direction, const uint8_t *, size_t,
                           struct step *);

struct describer {
    describe_fn *describe;
    bool server;     /* RECEIVED is what the client says */
    bool lost[2];    /* bytes are missing in this direction: find a footing, then clear it */
    enum { NO_UPGRADE, UPGRADE_ASKED, UPGRADED } upgrade; /* HTTP: to WebSocket */
    size_t needed;   /* set with a returned 0: the size of the whole step; 0 = not known yet */
    /* The function's own, zeroed, one a direction; and its who builds on it, as ws on http. */
    _Alignas(8) unsigned char scratch[2][64], upper[2][64];
};

/* True when this direction is the client's. */
bool from_client(const struct describer *, enum direction);

/* Adds a run of bytes and its meaning (printf) to a step; one too many is left out. */
void step_part(struct step *, size_t len, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fills a step with one run of bytes, whose words also are the step's (printf).  Returns n. */
size_t step_whole(struct step *, const uint8_t *data, size_t n, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What a describing function says of bytes that it can't place, because others before them are
 * missing: all of them are one step.  Returns n. */
size_t describe_unplaced(struct step *, const uint8_t *data, size_t n);

/* Writes n bytes as a quoted string that is safe on a terminal, cut with "..." to fit out, whose
 * size cap is 12 at least.  Returns out. */
char *quote(char *out, size_t cap, const uint8_t *data, size_t n);

/* The describing function of a plain byte stream: whatever came at once is a step. */
describe_fn tcp_describe;

/* The describing function of TLS records, as anybody between the two ends sees them: tls_explain.c.
 * RFC 8446 5.1. */
describe_fn tls_describe;

/* --- a conversation, fed as it comes --- */

/* One layer of one conversation.  For a packet ladder: one for the bytes of TCP's two directions,
 * described by tls_describe, ws_describe (which is HTTP until there is an upgrade) or
 * tcp_describe.  Zeroed and begun, then ended; it owns what it holds back. */
struct narration {
    struct describer describer;
    struct bytes *held[2]; /* the beginning of a step, by direction */
    size_t needed[2];
    const char *protocol;  /* of the latest step, or of the one held back */
};

/* Told of each step; its bytes are valid during the call only. */
typedef void step_fn(void *arg, enum direction, const struct step *, const uint8_t *bytes);

/* server: which end listens: there, RECEIVED is what the client says. */
void narration_begin(struct narration *, describe_fn *, bool server);

/* The next n bytes of one direction, a read, a write or a packet's payload: no matter where they
 * are cut.  Calls told for each step that they complete, in order; an empty datagram is one. */
void narrate(struct narration *, enum direction, const uint8_t *data, size_t n, step_fn *told,
             void *arg);

/* Bytes of this direction that wait for the rest of their step, and, unless NULL, how many bytes
 * that step will have: 0 = not known yet. */
size_t narration_held(const struct narration *, enum direction, size_t *whole);

/* Bytes of this direction are missing before the next ones: a packet that was not captured, or a
 * capture that begins late.  What was held back is told as incomplete. */
void narration_gap(struct narration *, enum direction, step_fn *told, void *arg);

void narration_end(struct narration *);

#endif
