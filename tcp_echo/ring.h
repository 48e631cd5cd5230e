/* tcp_echo/ring.h: things in a row, linked through a member of their own.  Whoever leaves need not
 * know which ring it is in: all that a list of connections ever needs is to be joined at the end,
 * left anywhere, and served from the front.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_RING_H
#define TCP_ECHO_RING_H

#include <stdbool.h>
#include <stddef.h>

/* The ring itself, and a place in it.  A place that is in none has next NULL. */
struct ring {
    struct ring *next, *prev;
};

static inline void ring_init(struct ring *ring)
{
    ring->next = ring->prev = ring;
}

static inline bool ring_is_empty(const struct ring *ring)
{
    return ring->next == ring;
}

static inline void ring_append(struct ring *ring, struct ring *place)
{
    place->prev = ring->prev;
    place->next = ring;
    ring->prev->next = place;
    ring->prev = place;
}

static inline void ring_leave(struct ring *place)
{
    place->prev->next = place->next;
    place->next->prev = place->prev;
    place->next = NULL;
}

/* Empties from into to, which must be empty. */
static inline void ring_move_all(struct ring *to, struct ring *from)
{
    if (ring_is_empty(from))
        return;
    *to = *from;
    to->next->prev = to->prev->next = to;
    ring_init(from);
}

#endif
