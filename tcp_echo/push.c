/* tcp_echo/push.c: one to many.  Everybody who wants the same bytes is in one channel; telling
 * them is a round that begins when something has happened and ends when all were told.  What
 * happens meanwhile is for the next round: so a slow round makes fewer and larger ones, not a
 * longer queue.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/push.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/ring.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS_MAX 4
#define BEHIND_MIN (4u * PUSH_SAY_MAX)
#define SLICE_NS 1000000u        /* of publishing, before the others have their turn */
#define REPORT_NS 1000000000u    /* between two lines about those who were dropped */

struct channel {
    push_encode *encode;               /* of events; or */
    void (*happened)(struct conn *);   /* of those told that there is one; or neither: the room */
    struct ring told, untold;          /* in this round */
    uint64_t sent;                     /* the newest event that this round or one before is about */
    size_t counted, members;           /* told in this round so far, and in the one before */
    struct bytes *round, *said;        /* what goes out, and what will in the next round */
};

struct push {
    uint64_t newest;
    size_t dropped, reported;
    uint64_t report_at; /* ns: not before, unless at the end */
    int turn;           /* the channel to begin with */
    struct channel channels[CHANNELS_MAX];
    char history[PUSH_HISTORY][PUSH_TEXT_MAX];
};

/* --- events --- */

struct push *push_new(void)
{
    struct push *p = calloc(1, sizeof *p);
    for (int i = 0; p && i < CHANNELS_MAX; i++) {
        ring_init(&p->channels[i].told);
        ring_init(&p->channels[i].untold);
    }
    return p;
}

static void report_dropped(struct push *p)
{
    if (p->reported == p->dropped)
        return;
    fprintf(stderr, "push: dropped %zu that did not read (%zu so far)\n",
            p->dropped - p->reported, p->dropped);
    p->reported = p->dropped;
    p->report_at = clock_ns() + REPORT_NS;
}

void push_free(struct push *p)
{
    if (p)
        report_dropped(p);
    for (int i = 0; p && i < CHANNELS_MAX; i++) {
        bytes_free(&p->channels[i].round);
        bytes_free(&p->channels[i].said);
    }
    free(p);
}

uint64_t push_newest(const struct push *p)
{
    return p->newest;
}

uint64_t push_oldest(const struct push *p)
{
    return p->newest <= PUSH_HISTORY ? 1 : p->newest - PUSH_HISTORY + 1;
}

const char *push_text(const struct push *p, uint64_t seq)
{
    return p->history[seq % PUSH_HISTORY];
}

size_t push_dropped(const struct push *p)
{
    return p->dropped;
}

void push_tick(struct push *p)
{
    uint64_t seq = ++p->newest;
    snprintf(p->history[seq % PUSH_HISTORY], PUSH_TEXT_MAX, "tick %" PRIu64 " %" PRIu64, seq,
             clock_ns());
}

/* --- who is told --- */

/* The channel for these, made when nobody has asked for it before; NULL when there are too many. */
static struct channel *channel_for(struct push *p, push_encode *encode,
                                   void (*happened)(struct conn *))
{
    for (int i = 0; i < CHANNELS_MAX; i++) {
        struct channel *ch = &p->channels[i];
        bool room = i == 0; /* the first has no functions */
        if (i > 0 && !ch->encode && !ch->happened) {
            ch->encode = encode;
            ch->happened = happened;
        }
        if (room ? !encode && !happened : ch->encode == encode && ch->happened == happened)
            return ch;
    }
    return NULL;
}

static bool is_empty(const struct channel *ch)
{
    return ring_is_empty(&ch->told) && ring_is_empty(&ch->untold);
}

static int join(struct conn *c, push_encode *encode, void (*happened)(struct conn *))
{
    struct push *p = c->worker->push;
    struct channel *ch = p ? channel_for(p, encode, happened) : NULL;
    if (!ch || c->subscription.next)
        return -1;
    if (is_empty(ch)) { /* nobody was there to be told of what has happened before */
        ch->sent = p->newest;
        bytes_free(&ch->said);
    }
    ring_append(&ch->told, &c->subscription);
    return 0;
}

int push_subscribe(struct conn *c, push_encode *encode)
{
    return join(c, encode, NULL);
}

int push_await(struct conn *c, void (*happened)(struct conn *))
{
    return join(c, NULL, happened);
}

int push_join(struct conn *c)
{
    return join(c, NULL, NULL);
}

uint64_t push_before(struct push *p, push_encode *encode)
{
    const struct channel *ch = channel_for(p, encode, NULL);
    return ch && !is_empty(ch) ? ch->sent : p->newest;
}

void push_unsubscribe(struct conn *c)
{
    if (c->subscription.next)
        ring_leave(&c->subscription);
}

void push_say(struct conn *speaker, const void *head, size_t head_len, const void *body,
              size_t body_len)
{
    struct channel *room = &speaker->worker->push->channels[0];
    if (bytes_reserve(&room->said, head_len + body_len) < 0) {
        conn_close(speaker, FLUSH_THEN_CLOSE); /* half a message would spoil all that follow */
        return;
    }
    bytes_append(&room->said, head, head_len);
    bytes_append(&room->said, body, body_len);
}

static bool is_full(const struct channel *ch)
{
    return ch->said && ch->said->len >= PUSH_SAY_MAX;
}

bool push_is_full(struct conn *speaker)
{
    speaker->paused = is_full(&speaker->worker->push->channels[0]);
    return speaker->paused;
}

/* --- rounds --- */

static void collect_events(struct push *p, struct channel *ch)
{
    uint8_t frame[PUSH_FRAME_MAX];
    if (ch->sent + 1 < push_oldest(p)) /* a round took longer than the history is: see SEQ */
        ch->sent = push_oldest(p) - 1;
    while (ch->sent < p->newest) {
        const char *text = push_text(p, ch->sent + 1);
        size_t n = ch->encode(frame, ch->sent + 1, text, strlen(text));
        if (bytes_append(&ch->round, frame, n) < 0)
            return; /* the rest comes with the next round */
        ch->sent++;
    }
}

static bool has_happened(const struct push *p, const struct channel *ch)
{
    bool for_events = ch->encode || ch->happened;
    return !ring_is_empty(&ch->told) && (for_events ? ch->sent < p->newest : ch->said != NULL);
}

static void begin_round(struct push *p, struct channel *ch)
{
    if (ch->encode) {
        collect_events(p, ch);
    } else {
        ch->sent = p->newest;
        ch->round = ch->said;
        ch->said = NULL;
    }
    ring_move_all(&ch->untold, &ch->told);
}

/* The first to hear, and to speak, shall be another one the next time. */
static void end_round(struct channel *ch)
{
    struct ring *first = ch->told.next;
    bytes_free(&ch->round);
    ch->members = ch->counted;
    ch->counted = 0;
    if (ring_is_empty(&ch->told))
        return;
    ring_leave(first);
    ring_append(&ch->told, first);
}

/* In a crowded room the share of each is small, but a few of the longest messages. */
static bool is_behind(const struct channel *ch, const struct conn *c)
{
    size_t share = PUSH_UNREAD_MAX / (ch->members + 1);
    size_t most = (size_t)c->worker->options->max_message;
    most = most > READ_SIZE ? most : READ_SIZE;
    share = share > BEHIND_MIN ? share : BEHIND_MIN;
    return !c->closing && c->out && c->out->len > (share < most ? share : most);
}

/* Who does not read must not fill our memory: it is cut off, and the others go on. */
static void drop_slow(struct push *p, struct conn *c)
{
    p->dropped++;
    push_unsubscribe(c);
    conn_end(c, TOO_SLOW);
    conn_set_patience(c, HANDSHAKING); /* for what is still to go out */
}

static void tell(struct push *p, struct channel *ch, struct conn *c)
{
    push_unsubscribe(c);
    if (ch->happened) {
        ch->happened(c);
    } else {
        ring_append(&ch->told, &c->subscription);
        ch->counted++;
        if (is_behind(ch, c))
            drop_slow(p, c);
        else if (ch->round)
            conn_send(c, ch->round->data + ch->round->head, ch->round->len);
    }
    if (c->paused && !is_full(ch))
        conn_resume(c);
    c->worker->settle(c);
}

/* Returns false when the time is over before all were told. */
static bool tell_until(struct push *p, struct channel *ch, uint64_t end)
{
    for (int told = 1; !ring_is_empty(&ch->untold); told++) {
        struct ring *first = ch->untold.next;
        struct conn *c = (struct conn *)((char *)first - offsetof(struct conn, subscription));
        bool is_long = c->paused || (ch->round && ch->round->len > 4096);
        tell(p, ch, c);
        if ((is_long || told % 8 == 0) && clock_ns() >= end)
            return false;
    }
    end_round(ch);
    return true;
}

bool push_work(struct push *p)
{
    uint64_t end = 0;
    bool more = false;
    for (int i = 0; i < CHANNELS_MAX; i++) {
        struct channel *ch = &p->channels[(p->turn + i) % CHANNELS_MAX];
        if (ring_is_empty(&ch->untold))
            bytes_free(&ch->round); /* those who were not told have left in mid-round */
        if (ring_is_empty(&ch->untold) && has_happened(p, ch))
            begin_round(p, ch);
        if (ring_is_empty(&ch->untold))
            continue;
        if (end == 0)
            end = clock_ns() + SLICE_NS;
        more |= !tell_until(p, ch, end) || has_happened(p, ch);
    }
    p->turn = (p->turn + 1) % CHANNELS_MAX;
    if (p->reported != p->dropped && clock_ns() >= p->report_at)
        report_dropped(p);
    return more;
}
