/* udp_echo/explain.c: tells of datagrams.  Each is one step: nothing is ever incomplete.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/explain.h"
#include "tcp_echo/explain.h"
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"

#include <stdio.h>
#include <string.h>

static void describe_subscription(const uint8_t *data, size_t n, struct step *step)
{
    bool asks = memcmp(data, SUBSCRIPTION, n) == 0;
    snprintf(step->what, sizeof step->what, "subscribe, %s", asks ? "no token yet" : "with a token");
    step_part(step, n - TOKEN_LEN, "subscribe");
    step_part(step, TOKEN_LEN, asks ? "zeros: asks for the address's token"
                                    : "the token that only this address is told");
}

static void describe_message(long number, const uint8_t *data, size_t n, struct step *step)
{
    char text[64];
    quote(text, sizeof text, data + NUMBER_LEN, n - NUMBER_LEN);
    snprintf(step->what, sizeof step->what, "message %ld: %s", number, text);
    step_part(step, NUMBER_LEN, "number %ld", number);
    if (n > NUMBER_LEN)
        step_part(step, n - NUMBER_LEN, "%s", text);
}

size_t udp_describe(struct describer *d, enum direction direction, const uint8_t *data, size_t n,
                    struct step *step)
{
    char text[64];
    long number = number_read(data, n);
    step->protocol = "udp";
    d->lost[direction] = false;
    if (n == 0)
        snprintf(step->what, sizeof step->what, "an empty datagram");
    else if (is_subscription(data, n))
        describe_subscription(data, n, step);
    else if (number >= 0)
        describe_message(number, data, n, step);
    else
        step_whole(step, data, n, "%s", quote(text, sizeof text, data, n));
    return n;
}

void udp_tell_start(int port)
{
    struct step step = {.protocol = "udp"};
    snprintf(step.what, sizeof step.what, "bound to port %d, clients go by theirs", port);
    explain_print("", 0, "--", &step, NULL);
}

void udp_tell(int port, uint64_t ns, enum direction direction, const uint8_t *data, size_t n)
{
    char who[8];
    struct describer stateless = {.server = true};
    struct step step = {.bytes = n};
    udp_describe(&stateless, direction, data, n, &step);
    snprintf(who, sizeof who, ":%u", (unsigned)port & 0xffff);
    explain_print(who, ns, direction == SENT ? "->" : "<-", &step, data);
}
