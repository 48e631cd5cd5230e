/* tests/wire_scene.h: for tests on a real wire: children at its ends that echo, connect, send.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_WIRE_SCENE_H
#define TESTS_WIRE_SCENE_H

#include "bench/wire/wire.h"

#define SAMPLES 15
#define DATAGRAMS 400
#define MANY 12000

/* What the children tell, in memory that they share with the test; ms. */
struct told {
    _Atomic bool listens;
    size_t n;
    double connect[SAMPLES], tcp[SAMPLES], udp[SAMPLES];
    unsigned char came[DATAGRAMS]; /* by their numbers */
    size_t overtaken;              /* came after one that was sent later */
    int death_signal, group;
};

/* Runs the tests, and as root again as a plain user, where that one can have a wire; who is for
 * their name.  Returns the exit status: 77 where there can be no wire at all. */
int try_as_everyone(int (*tests)(const char *who));

/* Opens a wire, or fails the test. */
struct wire *open_wire(const char *spec);

/* Runs the task at one end, in a child.  at() returns when the task has ended, and fails the test
 * when it did not end well; beside() when it listens: the child is ended by over(). */
void at(struct wire *, enum wire_end, void (*task)(struct told *));
void beside(struct wire *, enum wire_end, void (*task)(struct told *));
void over(void);

/* Of the latest at() and beside(). */
struct told *told(void);

/* --- tasks --- */

void echo_tcp(struct told *);        /* for ever, one connection at a time */
void echo_udp(struct told *);
void hear_datagrams(struct told *);  /* for ever: who came, and who was overtaken */
void time_tcp(struct told *);        /* SAMPLES times: connects, and has one byte echoed */
void time_udp(struct told *);
void connect_once(struct told *);
void send_datagrams(struct told *);  /* DATAGRAMS of 100 bytes, 0.2 ms apart */
void send_large(struct told *);      /* 20 that fill a packet, at once */
void send_bulk(struct told *);       /* 400 MB over TCP */
void swallow_bulk(struct told *);
void send_many(struct told *);       /* MANY small ones, at once */
void shout(struct told *);           /* to a multicast group, by broadcast, to itself */
void tell_of_itself(struct told *);  /* death_signal and group */

#endif
