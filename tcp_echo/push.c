/* tcp_echo/push.c: events for whoever listens, and a while's worth of them for whoever asks.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/push.h"
#include "tcp_echo/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The subscribers who want the same bytes: one protocol's. */
struct channel {
    push_encode *encode;
    struct conn *first;
};
#define CHANNELS_MAX 4

struct push {
    uint64_t newest;
    size_t dropped;
    struct channel channels[CHANNELS_MAX];
    char history[PUSH_HISTORY][PUSH_TEXT_MAX];
};

struct push *push_new(void)
{
    return calloc(1, sizeof(struct push));
}

void push_free(struct push *p)
{
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

static struct channel *channel_for(struct push *p, push_encode *encode)
{
    for (int i = 0; i < CHANNELS_MAX; i++) {
        struct channel *ch = &p->channels[i];
        if (!ch->encode)
            ch->encode = encode;
        if (ch->encode == encode)
            return ch;
    }
    return NULL;
}

int push_subscribe(struct conn *c, push_encode *encode)
{
    struct push *p = c->worker->push;
    struct channel *ch = p ? channel_for(p, encode) : NULL;
    if (!ch || c->subscribed)
        return -1;
    c->next_subscriber = ch->first;
    if (ch->first)
        ch->first->subscribed = &c->next_subscriber;
    ch->first = c;
    c->subscribed = &ch->first;
    return 0;
}

void push_unsubscribe(struct conn *c)
{
    if (!c->subscribed)
        return;
    *c->subscribed = c->next_subscriber;
    if (c->next_subscriber)
        c->next_subscriber->subscribed = c->subscribed;
    c->subscribed = NULL;
}

/* Who does not read must not fill our memory: it is cut off, and the others go on. */
static void drop_slow(struct push *p, struct conn *c)
{
    p->dropped++;
    push_unsubscribe(c);
    conn_log(c, "does not read its events: dropped (%zu so far)", p->dropped);
    shutdown(c->stream.fd, SHUT_RDWR);
}

static void publish(struct push *p, struct channel *ch, const char *text, size_t n)
{
    uint8_t frame[PUSH_FRAME_MAX];
    size_t len = ch->first ? ch->encode(frame, text, n) : 0;
    for (struct conn *c = ch->first, *next; c; c = next) {
        next = c->next_subscriber;
        if (conn_is_full(c))
            drop_slow(p, c);
        else
            conn_send(c, frame, len);
    }
}

void push_tick(struct push *p)
{
    uint64_t seq = ++p->newest;
    char *text = p->history[seq % PUSH_HISTORY];
    int n = snprintf(text, PUSH_TEXT_MAX, "tick %" PRIu64 " %" PRIu64, seq, clock_ns());
    for (int i = 0; i < CHANNELS_MAX; i++)
        publish(p, &p->channels[i], text, (size_t)n);
}
