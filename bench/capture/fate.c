/* bench/capture/fate.c: packets numbered, repetitions found, losses inferred.  Sequence numbers
 * wrap around, so they are compared by the sign of their difference (RFC 9293 3.4).
 * SPDX-License-Identifier: MIT */
#include "bench/capture/fate.h"

#define LOOK_AHEAD 4096 /* packets among which an answer is looked for: more than windows hold */

static bool before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

/* Takes part in TCP's counting: has SYN, FIN or payload. */
static bool counts(const struct crossing *x)
{
    return x->segment.protocol == PACKET_TCP && !x->segment.later && segment_span(&x->segment) > 0;
}

static uint32_t end_of(const struct crossing *x)
{
    return x->segment.seq + segment_span(&x->segment);
}

static void number(struct conversation *c)
{
    unsigned count[2] = {0, 0};
    bool begun[2] = {false, false};
    uint32_t top[2] = {0, 0};
    for (struct crossing *x = c->crossing; x < c->crossing + c->n; x++) {
        int way = x->from_server;
        x->number = ++count[way];
        if (c->protocol != PACKET_TCP || x->segment.later || x->segment.flags & FLAG_RST)
            continue;
        x->again = counts(x) && begun[way] && before(x->segment.seq, top[way]);
        if (!begun[way] || before(top[way], end_of(x)))
            top[way] = end_of(x);
        begun[way] = true;
    }
}

static bool overlap(const struct crossing *a, const struct crossing *b)
{
    return before(a->segment.seq, end_of(b)) && before(b->segment.seq, end_of(a));
}

/* A block below the acknowledgement tells of a duplicate: RFC 2883. */
static bool tells_duplicate(const struct crossing *ack, const struct crossing *x)
{
    const struct segment *s = &ack->segment;
    return s->sacks > 0 && !before(s->ack, s->sack[0].to) && before(s->sack[0].from, end_of(x)) &&
           before(x->segment.seq, s->sack[0].to);
}

static bool acknowledges(const struct crossing *ack, const struct crossing *x)
{
    const struct segment *s = &ack->segment;
    if (!(s->flags & FLAG_ACK) || s->later)
        return false;
    if (!before(s->ack, end_of(x)))
        return true;
    for (size_t i = 0; i < s->sacks; i++)
        if (before(s->ack, s->sack[i].to) && !before(x->segment.seq, s->sack[i].from) &&
            !before(s->sack[i].to, end_of(x)))
            return true;
    return false;
}

/* What came after a segment. */
struct sequel {
    const struct crossing *again, *ack; /* the first of each, or NULL */
    bool whole;                         /* false: not all has been looked at */
};

static struct sequel look_ahead(const struct conversation *c, const struct crossing *x)
{
    struct sequel after = {NULL, NULL, true};
    const struct crossing *end = c->crossing + c->n;
    for (const struct crossing *y = x + 1; y < end && !after.ack; y++) {
        if (y - x > LOOK_AHEAD) {
            after.whole = false;
            break;
        }
        if (y->from_server != x->from_server)
            after.ack = acknowledges(y, x) ? y : NULL;
        else if (!after.again && counts(y) && overlap(x, y))
            after.again = y;
    }
    return after;
}

/* The quickest answer to what was sent once. */
static void time_answers(struct conversation *c)
{
    for (const struct crossing *x = c->crossing; x < c->crossing + c->n; x++) {
        if (!counts(x) || x->again)
            continue;
        struct sequel after = look_ahead(c, x);
        if (!after.ack || after.again || after.ack->packet->sent < x->packet->sent)
            continue;
        uint64_t ns = after.ack->packet->sent - x->packet->sent;
        uint64_t *best = &c->answer_ns[x->from_server];
        if (*best == 0 || ns < *best)
            *best = ns ? ns : 1;
    }
}

/* Whether this segment can have caused that answer: it is old enough.  An eighth is for what the
 * quickest answer was late itself. */
static bool can_cause(const struct conversation *c, const struct crossing *x,
                      const struct crossing *ack)
{
    uint64_t least = c->answer_ns[x->from_server];
    return ack->packet->sent >= x->packet->sent + (least - least / 8);
}

static bool echoes_older(const struct crossing *x, const struct crossing *ack)
{
    return x->segment.has_times && ack->segment.has_times &&
           !before(ack->segment.ack, end_of(x)) && before(ack->segment.echo, x->segment.time);
}

static enum fate judge(const struct conversation *c, const struct crossing *x, bool answered)
{
    struct sequel after = look_ahead(c, x);
    const struct crossing *again = after.again, *ack = after.ack;
    if (!ack)
        return again && after.whole && (answered || x->segment.flags & FLAG_SYN) ? DROPPED
                                                                                 : FATE_UNKNOWN;
    if (tells_duplicate(ack, x))
        return ARRIVED;
    if (x->again && (!can_cause(c, x, ack) || echoes_older(x, ack)))
        return FATE_UNKNOWN; /* that acknowledges the first one */
    if (!again || !can_cause(c, again, ack))
        return ARRIVED;
    return echoes_older(again, ack) ? FATE_UNKNOWN : DROPPED;
}

void follow_packets(struct conversation *c)
{
    bool spoke[2] = {false, false};
    number(c);
    time_answers(c);
    for (const struct crossing *x = c->crossing; x < c->crossing + c->n; x++)
        spoke[x->from_server] = true;
    for (struct crossing *x = c->crossing; x < c->crossing + c->n; x++)
        if (x->fate == FATE_UNKNOWN && counts(x))
            x->fate = judge(c, x, spoke[!x->from_server]);
}

uint64_t conversation_rtt(const struct conversation *c)
{
    return c->answer_ns[OUT] && c->answer_ns[IN] ? c->answer_ns[OUT] + c->answer_ns[IN] : 0;
}
