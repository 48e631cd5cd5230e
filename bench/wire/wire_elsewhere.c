/* bench/wire/wire_elsewhere.c: no wire on this system: its parts are Linux's own.  wire_open() says
 * so, and nobody can call the rest without what it returns.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/wire/wire.h"
#include "bench/wire/wire_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char *const wire_address[2] = {"198.18.0.1", "198.18.0.2"};

struct wire *wire_open(const struct wire_spec *spec, int cpu, char why[WIRE_WHY_MAX])
{
    (void)spec, (void)cpu;
    snprintf(why, WIRE_WHY_MAX,
             "an emulated wire needs Linux (network namespaces and TUN devices)");
    return NULL;
}

void wire_close(struct wire *w)
{
    (void)w;
}

int wire_enter(const struct wire *w, enum wire_end end)
{
    (void)w, (void)end;
    errno = ENOSYS;
    return -1;
}

void wire_turn(struct wire *w, uint64_t number)
{
    (void)w, (void)number;
}

pid_t wire_process(const struct wire *w)
{
    (void)w;
    return -1;
}

void wire_record(struct wire *w, bool on)
{
    (void)w, (void)on;
}

size_t wire_recorded(const struct wire *w)
{
    (void)w;
    return 0;
}

bool wire_packet(const struct wire *w, size_t *at, struct packet *p)
{
    (void)w, (void)at, (void)p;
    return false;
}

bool wire_is_full(const struct wire *w)
{
    (void)w;
    return false;
}

void wire_totals(const struct wire *w, struct wire_totals *t)
{
    (void)w;
    *t = (struct wire_totals){.congestion_control = ""};
}

int wire_check(const struct wire_spec *spec, FILE *out)
{
    char why[WIRE_WHY_MAX];
    (void)out;
    wire_open(spec, -1, why);
    fail("--wire: %s", why);
}
