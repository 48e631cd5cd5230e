/* tcp_echo/loop.h: the event loop: one thread that waits for many descriptors at once.
 * loop_epoll.c and loop_poll.c implement the waiting; loop.c everything else.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_LOOP_H
#define TCP_ECHO_LOOP_H

#include "tcp_echo/conn.h"

struct loop;

/* Returns NULL with errno set when there is no memory or descriptor. */
struct loop *loop_new(const struct server_options *);
void loop_free(struct loop *);

/* Accepts connections for a service until the loop ends.  Closes the listener then. */
int loop_listen(struct loop *, int listener, const struct service *);

/* Takes over a connected stream.  Returns the connection, or NULL (the stream is then closed). */
struct conn *loop_adopt(struct loop *, struct stream *, const struct service *);

/* Watches any other descriptor; watch stays the caller's.  wanted is WATCH_READ | WATCH_WRITE,
 * 0 takes it out.  Returns 0, or -1 with errno set. */
int loop_watch(struct loop *, struct watch *, unsigned wanted);

/* Calls tick(arg) every period_ms (>= 1), never early; periods missed are not made up for.  One
 * timer a loop. */
void loop_every(struct loop *, long period_ms, void (*tick)(void *), void *arg);

/* Calls work(arg) at the end of every turn; while it returns true, nobody is waited for. */
void loop_always(struct loop *, bool (*work)(void *), void *arg);

/* Runs until loop_stop() or, having said good-bye to everybody, a signal that stops (serve.h).
 * Returns 0, or -1 with errno set. */
int loop_run(struct loop *);
void loop_stop(struct loop *);

/* One turn of loop_run(), for who has something else to do in between: waits for something to do,
 * until_ns (CLOCK_MONOTONIC; UINT64_MAX = never, 0 = now) at the longest, and does it.  Returns 0,
 * or -1 with errno set. */
int loop_turn(struct loop *, uint64_t until_ns);

struct worker *loop_worker(struct loop *);

/* --- the backend: loop_epoll.c or loop_poll.c --- */

struct backend;
struct backend *backend_new(void);
void backend_free(struct backend *);
/* was = what is watched now, wanted = what shall be; either may be 0. */
int backend_watch(struct backend *, struct watch *, unsigned was, unsigned wanted);
/* The descriptor of a watched w is about to be closed. */
void backend_forget(struct backend *, struct watch *);
/* Waits until something is ready or deadline_ns (CLOCK_MONOTONIC, UINT64_MAX = never, 0 = now) has
 * passed; early returns are allowed.  Returns 0, or -1 with errno set. */
int backend_wait(struct backend *, uint64_t deadline_ns);
/* Calls ready() of each watch that backend_wait() found ready. */
void backend_dispatch(struct backend *);

#endif
