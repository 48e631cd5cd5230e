/* bench/report/report_wire.c: what crossed the wire while it was counted: a capture, and ladders.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/ladder/ladder.h"
#include "bench/capture/pcap.h"
#include "bench/report/report.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_MAX (WIRE_SPEC_TEXT_MAX + 64)

/* One conversation that was told of, to be drawn. */
struct picture {
    const struct told *told;
    const struct conversation *conversation;
    char title[TITLE_MAX];
    struct ladder_phase phase[PHASES + 1];
    size_t phases;
};

struct album {
    struct packet *packet; /* all that was recorded */
    size_t n;
    struct conversations all;
    struct picture *picture; /* as many as were told of, in the order of the tables */
    size_t pictures;
};

static void read_records(struct album *a, const struct wire *wire)
{
    struct packet next;
    size_t at = 0, cap = 0;
    while (wire_packet(wire, &at, &next)) {
        if (a->n == cap) {
            cap = 2 * cap + 1024;
            a->packet = realloc(a->packet, cap * sizeof *a->packet);
            if (!a->packet)
                fail("no memory");
        }
        a->packet[a->n++] = next;
    }
}

static void add_phases(struct picture *p)
{
    const struct told_conversation *t = &p->told->conversation;
    if (t->begun)
        p->phase[p->phases++] = (struct ladder_phase){"before", t->begun, -1, 0};
    for (size_t i = 0; i < t->phases; i++)
        p->phase[p->phases++] = (struct ladder_phase){
            phase_names[t->phase[i].phase], t->phase[i].end, t->phase[i].round_trips,
            t->phase[i].took};
}

static void add_picture(struct album *a, const struct results *r, const struct told *told)
{
    struct picture *p = &a->picture[a->pictures];
    char name[SUBJECT_NAME_MAX], spec[WIRE_SPEC_TEXT_MAX];
    const struct told_conversation *t = &told->conversation;
    uint64_t end = t->phases ? t->phase[t->phases - 1].end : UINT64_MAX;
    *p = (struct picture){.told = told};
    p->conversation = whose_conversation(&t->whose, &a->all, end);
    if (!p->conversation || !t->whole) /* of UDP, say, when nothing was sent */
        return;
    snprintf(p->title, sizeof p->title, "%s: %s over %s", measures[told->subject.measure].name,
             subject_name(name, &told->subject), wire_spec_text(r->plan->wire, spec));
    add_phases(p);
    a->pictures++;
}

static bool is_same(const struct subject *a, const struct subject *b)
{
    return a->measure == b->measure && a->transport == b->transport && a->resumed == b->resumed;
}

static struct album open_album(const struct results *r)
{
    struct album a = {0};
    read_records(&a, r->wire);
    a.picture = calloc(r->told_count + 1, sizeof *a.picture);
    if (!a.picture || conversations_find(&a.all, a.packet, a.n) < 0)
        fail("no memory");
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < r->told_count; i++)
            if (is_same(&r->sets[s]->subject, &r->told[i].subject))
                add_picture(&a, r, &r->told[i]);
    return a;
}

static void close_album(struct album *a)
{
    conversations_free(&a->all);
    free(a->packet);
    free(a->picture);
}

static struct ladder ladder_of(const struct results *r, const struct picture *p)
{
    return (struct ladder){.conversation = p->conversation, .title = p->title, .phase = p->phase,
                           .phases = p->phases, .rtt = r->plan->wire->rtt_ns};
}

/* A handshake's conversation has its message in it: nobody needs a second one. */
static bool is_drawn(const struct results *r, const struct picture *p)
{
    return p->told->subject.measure != MESSAGE || !(r->plan->measures >> HANDSHAKE & 1);
}

void report_ladders(FILE *f, const struct results *r)
{
    struct album a = open_album(r);
    setlocale(LC_CTYPE, "");
    bool ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    for (size_t i = 0; i < a.pictures; i++) {
        struct ladder ladder = ladder_of(r, &a.picture[i]);
        if (!is_drawn(r, &a.picture[i]))
            continue;
        fputs("\n\n", f);
        if (ladder_text(f, &ladder, LADDER_WIDTH, ascii) < 0)
            fail("no memory");
    }
    close_album(&a);
}

void report_svg(FILE *f, const struct results *r)
{
    struct album a = open_album(r);
    struct ladder *ladder = calloc(a.pictures + 1, sizeof *ladder);
    size_t n = 0;
    for (size_t i = 0; ladder && i < a.pictures; i++)
        if (is_drawn(r, &a.picture[i]))
            ladder[n++] = ladder_of(r, &a.picture[i]);
    if (!ladder || ladder_svg(f, ladder, n) < 0)
        fail("no memory");
    free(ladder);
    close_album(&a);
}

struct captured wire_captured(const struct results *r)
{
    struct album a = open_album(r);
    struct captured sum = {.conversations = a.pictures};
    for (size_t i = 0; i < a.pictures; i++) {
        struct wire_counts c = conversation_count(a.picture[i].conversation, 0, UINT64_MAX);
        for (int way = OUT; way <= IN; way++) {
            sum.counts.packets[way] += c.packets[way];
            sum.counts.bytes[way] += c.bytes[way];
            sum.counts.retransmissions[way] += c.retransmissions[way];
            sum.counts.dropped[way] += c.dropped[way];
        }
    }
    close_album(&a);
    return sum;
}

/* --- the capture: every packet of these conversations, as they entered the wire --- */

static bool belongs(const struct album *a, const struct packet *packet)
{
    for (size_t i = 0; i < a->pictures; i++) {
        const struct conversation *c = a->picture[i].conversation;
        for (size_t k = 0; k < c->n; k++)
            if (c->crossing[k].packet == packet)
                return true;
    }
    return false;
}

void report_pcap(FILE *f, const struct results *r)
{
    struct album a = open_album(r);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t epoch = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - clock_ns();
    pcap_begin(f);
    for (size_t i = 0; i < a.n; i++)
        if (belongs(&a, &a.packet[i]))
            pcap_add(f, &a.packet[i], epoch);
    close_album(&a);
}
