/* bench/ladder/ladder_words.c: what each packet carries.  Its payload is fed to the describing
 * function in the order of its stream, once: repetitions repeat the words, too.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder_words.h"

#include <stdlib.h>

#define WAITING_MAX 64 /* packets that wait for one before them, until that is given up */

struct piece {
    uint64_t from, to; /* bytes of the stream that this packet has brought */
    bool waits;        /* for others before it */
};

struct half {
    bool begun;
    uint32_t next;      /* sequence number of the byte to be fed */
    uint32_t acked;     /* by the peer, at most */
    uint64_t fed, told; /* bytes of the stream: fed so far, described so far */
    size_t first;       /* packets before this one are done with */
    size_t waiting;
};

struct teller {
    const struct conversation *c;
    char **words;
    struct piece *piece;
    struct narration narration;
    struct half half[2];
    size_t now; /* the packet being fed */
};

static enum direction direction_of(const struct crossing *x)
{
    return x->from_server ? RECEIVED : SENT;
}

/* A step is named on the packet that completes it; those before it learn what they are part of. */
static void tell(void *arg, enum direction direction, const struct step *step, const uint8_t *bytes)
{
    struct teller *t = arg;
    struct half *half = &t->half[direction];
    uint64_t end = half->told + step->bytes;
    (void)bytes;
    if (step->bytes == 0) /* an empty datagram */
        words_add(&t->words[t->now], "%s", step->what);
    for (size_t i = half->first; i <= t->now; i++) {
        struct piece *p = &t->piece[i];
        if (direction_of(&t->c->crossing[i]) != direction || p->to <= half->told || p->from >= end)
            continue;
        uint64_t from = p->from > half->told ? p->from : half->told;
        if (p->to < end)
            words_add(&t->words[i], "%zu of %zu B: %s", (size_t)(p->to - from), step->bytes,
                      step->what);
        else
            words_add(&t->words[i], "%s", step->what);
    }
    half->told = end;
}

/* What is held back has now been described, or is given up. */
static void forget_told(struct teller *t, enum direction direction)
{
    struct half *half = &t->half[direction];
    if (narration_held(&t->narration, direction, NULL) == 0) {
        half->told = half->fed;
        if (half->waiting == 0)
            half->first = t->now + 1;
    }
}

static void gap(struct teller *t, enum direction direction)
{
    narration_gap(&t->narration, direction, tell, t);
    forget_told(t, direction);
}

static void feed_bytes(struct teller *t, size_t i, const uint8_t *data, size_t n)
{
    enum direction direction = direction_of(&t->c->crossing[i]);
    struct half *half = &t->half[direction];
    t->piece[i] = (struct piece){half->fed, half->fed + n, false};
    half->fed += n;
    narrate(&t->narration, direction, data, n, tell, t);
    forget_told(t, direction);
}

/* Feeds what is new in a packet that begins at or before the next byte. */
static void feed(struct teller *t, size_t i)
{
    const struct crossing *x = &t->c->crossing[i];
    const struct segment *s = &x->segment;
    enum direction direction = direction_of(x);
    struct half *half = &t->half[direction];
    size_t old = half->next - (s->seq + (s->flags & FLAG_SYN ? 1 : 0));
    size_t fresh = s->payload_len - old, kept = s->payload_kept > old ? s->payload_kept - old : 0;
    half->next += (uint32_t)fresh;
    if (kept > 0)
        feed_bytes(t, i, s->payload + old, kept);
    if (kept < fresh) {
        words_add(&t->words[i], "%zu B not captured", fresh - kept);
        gap(t, direction);
    }
}

static uint32_t begin_of(const struct segment *s)
{
    return s->seq + (s->flags & FLAG_SYN ? 1 : 0);
}

static bool after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

/* Of the packets that wait in this direction, the one that comes first in the stream. */
static size_t first_waiting(const struct teller *t, enum direction direction)
{
    size_t best = SIZE_MAX;
    const struct crossing *x = t->c->crossing;
    for (size_t i = t->half[direction].first; i <= t->now; i++)
        if (t->piece[i].waits && direction_of(&x[i]) == direction &&
            (best == SIZE_MAX || after(x[best].segment.seq, x[i].segment.seq)))
            best = i;
    return best;
}

/* Feeds what waited for the last packet.  What waits for bytes that the peer has had, or for too
 * long, waits in vain: the capture misses them. */
static void feed_waiting(struct teller *t, enum direction direction, bool at_end)
{
    struct half *half = &t->half[direction];
    while (half->waiting > 0) {
        size_t i = first_waiting(t, direction);
        const struct segment *s = &t->c->crossing[i].segment;
        if (after(begin_of(s), half->next)) {
            if (!at_end && !after(half->acked, half->next) && half->waiting < WAITING_MAX)
                return;
            gap(t, direction);
            half->next = begin_of(s);
        }
        half->waiting--;
        t->piece[i].waits = false;
        if (after(begin_of(s) + (uint32_t)s->payload_len, half->next))
            feed(t, i);
    }
}

/* A capture that begins late shows a stream from somewhere in its middle. */
static void begin(struct teller *t, enum direction direction, const struct segment *s)
{
    bool late = !(s->flags & FLAG_SYN);
    t->half[direction] = (struct half){
        .begun = true, .next = begin_of(s), .acked = s->seq, .first = t->now};
    t->narration.describer.lost[direction] |= late;
}

static void follow_tcp(struct teller *t, const struct crossing *x)
{
    const struct segment *s = &x->segment;
    enum direction direction = direction_of(x), other = direction == SENT ? RECEIVED : SENT;
    struct half *half = &t->half[direction];
    if (!half->begun)
        begin(t, direction, s);
    if (s->flags & FLAG_ACK && after(s->ack, t->half[other].acked))
        t->half[other].acked = s->ack;
    feed_waiting(t, other, false);
    if (s->payload_len > 0 && after(begin_of(s) + (uint32_t)s->payload_len, half->next)) {
        t->piece[t->now].waits = true;
        half->waiting++;
    }
    feed_waiting(t, direction, false);
}

static void follow_udp(struct teller *t, const struct crossing *x)
{
    const struct segment *s = &x->segment;
    if (s->later)
        words_add(&t->words[t->now], "more of that datagram");
    else
        feed_bytes(t, t->now, s->payload, s->payload_kept);
}

/* What is still incomplete when all has been told. */
static void tell_rest(struct teller *t, enum direction direction)
{
    struct half *half = &t->half[direction];
    size_t whole = 0, held = narration_held(&t->narration, direction, &whole);
    for (size_t i = half->first; held > 0 && i < t->c->n; i++)
        if (direction_of(&t->c->crossing[i]) == direction && t->piece[i].to > half->told) {
            size_t here = (size_t)(t->piece[i].to - t->piece[i].from);
            if (whole > 0)
                words_add(&t->words[i], "%zu of %zu B", here, whole);
            else
                words_add(&t->words[i], "%zu B of something incomplete", here);
        }
}

static void follow(struct teller *t)
{
    narration_begin(&t->narration, ladder_protocol(t->c), false);
    for (t->now = 0; t->now < t->c->n; t->now++)
        if (t->c->protocol == PACKET_TCP)
            follow_tcp(t, &t->c->crossing[t->now]);
        else
            follow_udp(t, &t->c->crossing[t->now]);
    t->now = t->c->n - 1;
    for (enum direction d = SENT; d <= RECEIVED; d++) {
        feed_waiting(t, d, true);
        tell_rest(t, d);
    }
    narration_end(&t->narration);
}

char **ladder_words(const struct conversation *c)
{
    struct teller t = {.c = c};
    t.words = calloc(c->n, sizeof *t.words);
    t.piece = calloc(c->n, sizeof *t.piece);
    if (t.words && t.piece) {
        follow(&t);
        ladder_remarks(t.words, c);
    }
    free(t.piece);
    return t.words;
}
