/* tests/scenes.h: made-up conversations, and how they shall be drawn.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_SCENES_H
#define TESTS_SCENES_H

#include "bench/ladder/ladder.h"
#include "tests/traffic.h"

#define SCENES 5

/* Plays one into traffic, and fills in all of a zeroed ladder but its conversation. */
extern const struct scene {
    const char *name;
    void (*play)(struct traffic *, struct ladder *);
} scenes[SCENES];

#endif
