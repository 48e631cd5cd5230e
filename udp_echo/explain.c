/* udp_echo/explain.c: tells of datagrams.  Each is one step: nothing is ever incomplete.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/explain.h"
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"

#include <stdio.h>
#include <string.h>

size_t udp_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    char text[64];
    unsigned long *count = (void *)d->scratch[direction];
    size_t skip = 0;
    step->protocol = "udp";
    snprintf(step->what, sizeof step->what, "datagram %lu of %zu bytes", ++*count, n);
    if (is_subscription(data, n)) {
        bool asks = memcmp(data, SUBSCRIPTION, n) == 0;
        skip = n - TOKEN_LEN;
        step_part(step, skip, asks ? "wants to be told of events" : "with the address's token");
    } else if (number_read(data, n) >= 0) {
        skip = NUMBER_LEN;
        step_part(step, skip, "message number %ld", number_read(data, n));
    }
    if (n > skip)
        step_part(step, n - skip, "%s", quote(text, sizeof text, data + skip, n - skip));
    return n;
}

struct tap *udp_explain(unsigned id)
{
    return explain(udp_describe, id);
}
