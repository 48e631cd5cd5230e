/* tcp_echo/push.h: what nobody asked for just now: events made by a timer, kept for a while for
 * those who poll and sent to those who subscribed; and a room, where everybody hears what one says.
 * Needs the event loop: only who never waits for one can speak to all.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_PUSH_H
#define TCP_ECHO_PUSH_H

#include "tcp_echo/conn.h"

#define PUSH_TEXT_MAX 48     /* "tick SEQ T" and its NUL */
#define PUSH_HISTORY 1024    /* events kept for /poll */
#define PUSH_FRAME_MAX 128   /* bytes of an encoded event */
#define PUSH_SAY_MAX 262144  /* bytes of what is said at once: all who listen may have to keep it */
#define PUSH_UNREAD_MAX (1024u * 1024 * 1024) /* bytes that all in the room may not have read */

/* Writes event number seq as a protocol sends it: a line, a frame.  out holds PUSH_FRAME_MAX bytes.
 * Returns its length. */
typedef size_t push_encode(uint8_t *out, uint64_t seq, const char *text, size_t n);

/* Returns NULL when there is no memory. */
struct push *push_new(void);
void push_free(struct push *);

/* Makes the next event, `tick SEQ T` (SEQ from 1; T = CLOCK_MONOTONIC in ns, now).  push_work()
 * sends it. */
void push_tick(struct push *);

/* The number of the newest event, 0 before the first; and of the oldest that is kept. */
uint64_t push_newest(const struct push *);
uint64_t push_oldest(const struct push *);

/* The text of event seq, oldest <= seq <= newest. */
const char *push_text(const struct push *, uint64_t seq);

/* --- those who are told; each is in one place at most, and leaves it by push_unsubscribe(), at the
 * latest when its service is told that it closed.  0, or -1 (no loop, or subscribed already) --- */

/* From now on conn is sent every event, encoded so, which happens once for all who want it so. */
int push_subscribe(struct conn *, push_encode *);

/* The last event before those that a subscriber is sent. */
uint64_t push_before(struct push *, push_encode *);

/* Once, when there is an event: conn has left by then, and happened() answers it. */
int push_await(struct conn *, void (*happened)(struct conn *));

/* The room: conn hears what is said, what it says itself included. */
int push_join(struct conn *);

/* Says head and body, in one piece of PUSH_SAY_MAX bytes and a head at most, to everybody in the
 * room, those who join before it is told included. */
void push_say(struct conn *speaker, const void *head, size_t head_len, const void *body,
              size_t body_len);

/* True when so much has been said and not yet told that nobody may say more: the speaker is paused
 * until there is room. */
bool push_is_full(struct conn *speaker);

void push_unsubscribe(struct conn *);

/* Sends what is due: to so many that a millisecond has passed, so that a crowd keeps nobody else
 * waiting.  Each is sent what has come together since it was last told, in one piece; who has not
 * taken what it was sent is dropped, when its queue is full or holds more than its share of
 * PUSH_UNREAD_MAX.  Returns true when it is to be called again soon. */
bool push_work(struct push *);

/* Subscribers dropped because they did not read. */
size_t push_dropped(const struct push *);

#endif
