/* bench/ladder/ladder_say.c: the figures that both drawings give, in words.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder.h"
#include "ws_echo/utf8.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

size_t ladder_character(const char *s, uint32_t *c)
{
    struct utf8 utf8 = {0};
    uint32_t value = 0;
    size_t n = 0;
    *c = 0;
    do {
        if (!utf8_feed(&utf8, (const uint8_t *)s + n, 1))
            return 1;
        value = value << 6 | ((uint8_t)s[n] & 0x3f);
    } while (s[n++] && !utf8_complete(&utf8));
    if (n > 1) /* what is left of the first byte's mark goes */
        *c = value & ((UINT32_C(1) << (n == 2 ? 11 : n == 3 ? 16 : 21)) - 1);
    else if (*s >= ' ' && *s < 0x7f)
        *c = (uint32_t)*s;
    return *s ? n : 0;
}

double ladder_ms(const struct conversation *c, uint64_t ns)
{
    return (double)(int64_t)(ns - c->crossing[0].packet->sent) / 1e6;
}

char *ladder_flags(char out[FLAGS_MAX], const struct segment *s)
{
    static const struct { int flag; const char *name; } names[] = {
        {FLAG_SYN, "SYN"}, {FLAG_FIN, "FIN"}, {FLAG_RST, "RST"}, {FLAG_PSH, "PSH"},
        {FLAG_URG, "URG"}, {FLAG_ACK, "ACK"}, {FLAG_ECE, "ECE"}, {FLAG_CWR, "CWR"}};
    size_t n = 0;
    const char *other = s->later ? "fragment" : s->protocol == PACKET_UDP ? "UDP" : "";
    snprintf(out, FLAGS_MAX, "%s", other);
    for (size_t i = 0; !*other && i < sizeof names / sizeof *names; i++)
        if (s->flags & names[i].flag)
            n += (size_t)snprintf(out + n, FLAGS_MAX - n, "%s%s", n ? "," : "", names[i].name);
    return out;
}

char *ladder_counts(char out[COUNTS_MAX], const struct wire_counts *w)
{
    size_t n = (size_t)snprintf(out, COUNTS_MAX, "%" PRIu64 " + %" PRIu64 " packets, %" PRIu64
                                " + %" PRIu64 " B", w->packets[OUT], w->packets[IN], w->bytes[OUT],
                                w->bytes[IN]);
    uint64_t again = w->retransmissions[OUT] + w->retransmissions[IN];
    uint64_t lost = w->dropped[OUT] + w->dropped[IN];
    if (again > 0)
        n += (size_t)snprintf(out + n, COUNTS_MAX - n, ", %" PRIu64 " sent again", again);
    if (lost > 0)
        snprintf(out + n, COUNTS_MAX - n, ", %" PRIu64 " lost", lost);
    return out;
}

uint64_t ladder_phase_line(char out[COUNTS_MAX], const struct ladder *l, size_t i)
{
    char counts[COUNTS_MAX], trips[48] = "", took[32] = "";
    const struct ladder_phase *p = i < l->phases ? &l->phase[i] : NULL;
    struct wire_counts w = conversation_count(l->conversation, i > 0 ? l->phase[i - 1].end : 0,
                                              p ? p->end : UINT64_MAX);
    if (p && p->round_trips >= 0)
        snprintf(trips, sizeof trips, "%.3g round trip%s, ", p->round_trips,
                 p->round_trips == 1 ? "" : "s");
    if (p && p->took > 0)
        snprintf(took, sizeof took, "%.3g ms, ", (double)p->took / 1e6);
    snprintf(out, COUNTS_MAX, "%.24s: %s%s%.80s", p ? p->name : "after that", trips, took,
             ladder_counts(counts, &w));
    return w.packets[OUT] + w.packets[IN];
}

static double duration_ms(const struct conversation *c)
{
    double end = 0;
    for (const struct crossing *x = c->crossing; x < c->crossing + c->n; x++)
        end = fmax(end, ladder_ms(c, x->packet->arrived ? x->packet->arrived : x->packet->sent));
    return end;
}

/* What the client spent on the phases; 0 = not told. */
static uint64_t taken(const struct ladder *l)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < l->phases; i++)
        sum += l->phase[i].took;
    return sum;
}

char *ladder_totals(char out[COUNTS_MAX], const struct ladder *l)
{
    struct wire_counts w = conversation_count(l->conversation, 0, UINT64_MAX);
    uint64_t ns = taken(l);
    double ms = ns ? (double)ns / 1e6 : duration_ms(l->conversation);
    double own = (double)conversation_rtt(l->conversation) / 1e6;
    double rtt = l->rtt ? (double)l->rtt / 1e6 : own;
    size_t n = strlen(ladder_counts(out, &w));
    n += (size_t)snprintf(out + n, COUNTS_MAX - n, "; %.*f ms%s", ms < 1000 ? 1 : 0, ms,
                          ns ? " without rests" : "");
    if (rtt >= 1) /* below, the machine's own work is what takes the time */
        snprintf(out + n, COUNTS_MAX - n, " = %.3g RTTs of %s%.3g ms", ms / rtt,
                 l->rtt ? "" : "about ", rtt);
    return out;
}

char *ladder_end(char out[END_MAX], const struct conversation *c, int end)
{
    char address[INET6_ADDRSTRLEN] = "?";
    inet_ntop(c->version == 6 ? AF_INET6 : AF_INET, c->address[end], address, sizeof address);
    snprintf(out, END_MAX, c->version == 6 ? "[%s]:%u" : "%s:%u", address, c->port[end]);
    return out;
}
