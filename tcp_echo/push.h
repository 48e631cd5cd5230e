/* tcp_echo/push.h: events that nobody asked for just now: made by a timer, kept for a while for
 * those who poll, sent at once to those who subscribed.  Needs the event loop.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_PUSH_H
#define TCP_ECHO_PUSH_H

#include "tcp_echo/conn.h"

#define PUSH_TEXT_MAX 48     /* "tick SEQ T" and its NUL */
#define PUSH_HISTORY 1024    /* events kept for /poll */
#define PUSH_FRAME_MAX 128   /* bytes of an encoded event */

/* Writes the event as a protocol sends it: a line, a frame.  out holds PUSH_FRAME_MAX bytes.
 * Returns its length. */
typedef size_t push_encode(uint8_t *out, const char *text, size_t n);

struct push *push_new(void);
void push_free(struct push *);

/* Makes the next event, `tick SEQ T` (SEQ from 1; T = CLOCK_MONOTONIC in ns, now), and sends it to
 * every subscriber, encoded once per protocol. */
void push_tick(struct push *);

/* The number of the newest event, 0 before the first; and of the oldest that is kept. */
uint64_t push_newest(const struct push *);
uint64_t push_oldest(const struct push *);

/* The text of event seq, oldest <= seq <= newest. */
const char *push_text(const struct push *, uint64_t seq);

/* From now on conn is sent every event, encoded so, until it unsubscribes: at the latest when its
 * service is told that it closed. */
int push_subscribe(struct conn *, push_encode *);
void push_unsubscribe(struct conn *);

/* Subscribers dropped because they did not read. */
size_t push_dropped(const struct push *);

#endif
