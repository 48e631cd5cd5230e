/* bench/wire/wire_check.h: `bench wire`: how good the wire is on this machine now.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WIRE_CHECK_H
#define BENCH_WIRE_CHECK_H

#include "bench/wire/wire_spec.h"

#include <stdio.h>

/* Opens wires and writes what it measured: how late datagrams arrive, what TCP carries without
 * distance, what idling costs.  Of spec, rtt alone matters.  A wire that is late is warned of.
 * Returns the program's exit status, 0; ends the program where there is no wire. */
int wire_check(const struct wire_spec *, FILE *);

#endif
