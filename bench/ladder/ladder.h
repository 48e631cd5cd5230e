/* bench/ladder/ladder.h: a conversation drawn as a ladder, one packet a line (text) or an arrow
 * (SVG). What packets carry is said in the words of --explain: the same describing functions.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_LADDER_H
#define BENCH_LADDER_H

#include "bench/capture/conversation.h"

#include <stdio.h>

/* A stretch of a conversation, from where the one before it ended. */
struct ladder_phase {
    const char *name;
    uint64_t end;       /* ns, in the packets' clock: what is sent then belongs to the next */
    double round_trips; /* as measured; negative = not told */
    uint64_t took;      /* ns, until the client could go on; 0 = not told.  Then it rested */
};

struct ladder {
    const struct conversation *conversation;
    const char *title;         /* one line of UTF-8: transport, wire, which run; or NULL */
    const struct ladder_phase *phase; /* the first begins with the first packet */
    size_t phases;
    uint64_t rtt; /* ns, of the wire; 0 = what the packets show */
    size_t most;  /* packets to draw; 0 = all */
};

/* Writes the ladder in lines of at most width columns (72 at least), a packet each.  Returns 0, or
 * -1 when there is no memory (some of it may be written). */
#define LADDER_WIDTH 80
#define LADDER_WIDTH_MIN 72
int ladder_text(FILE *, const struct ladder *, size_t width, bool ascii);

/* Whether a terminal of this locale shows no UTF-8. */
bool ladder_wants_ascii(void);

/* Writes n ladders, one below the other, as one SVG 1.1.  An arrow's slope is the packet's travel:
 * as the wire knows it; in a capture half a round trip, drawn from where the capture was made.
 * Where nothing happens for long, time is cut out, and the cut is marked.  Returns as above. */
int ladder_svg(FILE *, const struct ladder *, size_t n);

/* `bench ladder`: returns the program's exit status, or ends it. */
int ladder_command(int argc, char **argv);

/* --- what both drawings say, ladder_words.c --- */

/* What each of the conversation's packets carries, in printable ASCII; NULL in place of "".
 * Returns NULL when there is no memory. */
char **ladder_words(const struct conversation *);
void ladder_words_free(char **words, size_t n);

/* A time in ms since the conversation's first packet; negative before it. */
double ladder_ms(const struct conversation *, uint64_t ns);

#define FLAGS_MAX 40
/* "SYN,ACK", "UDP" or "fragment"; returns out. */
char *ladder_flags(char out[FLAGS_MAX], const struct segment *);

#define COUNTS_MAX 256
/* "2 + 1 packets, 112 + 60 B, 1 sent again, 1 lost"; returns out. */
char *ladder_counts(char out[COUNTS_MAX], const struct wire_counts *);

/* "connect: 1 round trip, 2 + 1 packets, ..." of phase i; i = phases: what came after them.
 * Returns the packets in it. */
uint64_t ladder_phase_line(char out[COUNTS_MAX], const struct ladder *, size_t i);

/* "2 + 1 packets, ...; 140.2 ms = 3.5 RTTs", of the whole; returns out. */
char *ladder_totals(char out[COUNTS_MAX], const struct ladder *);

#define END_MAX 56
/* "198.18.0.1:40000" of the client (OUT) or the server (IN); returns out. */
char *ladder_end(char out[END_MAX], const struct conversation *, int end);

/* Decodes the first character of UTF-8 text; *c = 0 when that is a control character or no UTF-8.
 * Returns its bytes, 0 at the text's end. */
size_t ladder_character(const char *text, uint32_t *c);

#endif
