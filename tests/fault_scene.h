/* tests/fault_scene.h: a real server, somebody who is served by it all the time, and a look at what
 * the server holds: where the end-to-end fault tests take place.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_FAULT_SCENE_H
#define TESTS_FAULT_SCENE_H

#include "e2e.h"
#include "fault_exchange.h"
#include "ws_echo/ws.h"

struct scene {
    const struct exchange *e;
    struct server server;
    struct tls *tls; /* a client's; NULL: without */
    char cert[40];   /* the file that tls was made from */
    bool has_neighbour;
    struct websocket neighbour; /* a connection that stays; over tcp, its stream */
    int descriptors; /* of the server, when nobody else is there; 0 where nobody knows */
};

/* Starts the server that answers e, with these options as well. */
void scene_begin(struct scene *, const struct exchange *e, bool secure, const char *options,
                 bool neighbour);

/* The server must have closed what it has opened, and end well. */
void scene_end(struct scene *);

bool is_tcp(const struct exchange *);
struct url scene_url(const struct scene *, int port);

/* The neighbour, if there is one, is still served; so is a new client. */
void check_neighbour(struct scene *);
void check_next(struct scene *);

#endif
