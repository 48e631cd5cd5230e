/* bench/report/report_wire.c: what crossed the wire while it was counted: a capture, and ladders.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/ladder/ladder.h"
#include "bench/capture/pcap.h"
#include "bench/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define TITLE_MAX (WIRE_SPEC_TEXT_MAX + 128)
#define WIDEST 160
#define LONGEST 400 /* packets of a ladder on a terminal */

/* One conversation that was told of, to be drawn. */
struct page {
    const struct told *told;
    const struct conversation *conversation;
    char title[TITLE_MAX];
    struct ladder_phase phase[PHASES + 1];
    size_t phases;
};

struct album {
    struct packet *packet; /* all that was recorded */
    bool *counted;         /* of each, whether it is on a page */
    size_t n;
    struct conversations all;
    struct page *page;     /* as many as were told of, in the order of the tables */
    size_t pages;
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

static void add_phases(struct page *p)
{
    const struct told_conversation *t = &p->told->conversation;
    if (t->begun)
        p->phase[p->phases++] = (struct ladder_phase){"before", t->begun, -1, 0};
    for (size_t i = 0; i < t->phases; i++)
        p->phase[p->phases++] = (struct ladder_phase){
            phase_names[t->phase[i].phase], t->phase[i].end, t->phase[i].round_trips,
            t->phase[i].took};
}

/* When the first message could go: what a handshake's phases come to. */
static void add_readiness(struct page *p)
{
    const struct told_conversation *t = &p->told->conversation;
    double trips = 0, ns = 0;
    char number[FIGURE_MAX], ms[FIGURE_MAX];
    size_t n = strlen(p->title);
    for (size_t i = 0; i < t->phases && t->phase[i].phase <= PHASE_UPGRADE; i++) {
        trips += t->phase[i].round_trips;
        ns += (double)t->phase[i].took;
    }
    if (p->told->subject.measure == HANDSHAKE)
        snprintf(p->title + n, sizeof p->title - n, text(trips == 1 ? T_READY_ONE : T_READY),
                 figure_count(number, trips), figure(ms, ns / 1e6));
}

static void add_page(struct album *a, const struct results *r, const struct told *told)
{
    struct page *p = &a->page[a->pages];
    char name[SUBJECT_NAME_MAX], spec[WIRE_SPEC_TEXT_MAX];
    const struct told_conversation *t = &told->conversation;
    uint64_t end = t->phases ? t->phase[t->phases - 1].end : UINT64_MAX;
    *p = (struct page){.told = told};
    p->conversation = whose_conversation(&t->whose, &a->all, end);
    if (!p->conversation || !t->whole) /* of UDP, say, when nothing was sent */
        return;
    snprintf(p->title, sizeof p->title, "%s: %s over %s", measures[told->subject.measure].name,
             subject_name(name, &told->subject), wire_spec_text(r->plan->wire, spec));
    add_readiness(p);
    add_phases(p);
    a->pages++;
}

static bool is_same(const struct subject *a, const struct subject *b)
{
    return a->measure == b->measure && a->transport == b->transport && a->resumed == b->resumed;
}

static void count_packets(struct album *a, const struct conversation *c)
{
    for (size_t i = 0; i < c->n; i++)
        a->counted[c->crossing[i].packet - a->packet] = true;
}

struct album *album_open(const struct results *r)
{
    struct album *a = calloc(1, sizeof *a);
    if (!a)
        fail("no memory");
    read_records(a, r->wire);
    a->page = calloc(r->told_count + 1, sizeof *a->page);
    a->counted = calloc(a->n + 1, sizeof *a->counted);
    if (!a->page || !a->counted || conversations_find(&a->all, a->packet, a->n) < 0)
        fail("no memory");
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < r->told_count; i++)
            if (is_same(&r->sets[s]->subject, &r->told[i].subject))
                add_page(a, r, &r->told[i]);
    for (size_t i = 0; i < a->pages; i++)
        count_packets(a, a->page[i].conversation);
    return a;
}

void album_close(struct album *a)
{
    if (!a)
        return;
    conversations_free(&a->all);
    free(a->packet);
    free(a->counted);
    free(a->page);
    free(a);
}

struct captured album_sum(const struct album *a)
{
    struct captured sum = {.conversations = a->pages};
    for (size_t i = 0; i < a->pages; i++) {
        struct wire_counts c = conversation_count(a->page[i].conversation, 0, UINT64_MAX);
        for (int way = OUT; way <= IN; way++) {
            sum.counts.packets[way] += c.packets[way];
            sum.counts.bytes[way] += c.bytes[way];
            sum.counts.retransmissions[way] += c.retransmissions[way];
            sum.counts.dropped[way] += c.dropped[way];
        }
    }
    return sum;
}

/* --- ladders --- */

static struct ladder ladder_of(const struct results *r, const struct page *p)
{
    return (struct ladder){.conversation = p->conversation, .title = p->title, .phase = p->phase,
                           .phases = p->phases, .rtt = r->plan->wire->rtt_ns};
}

/* A handshake's conversation has its message in it: nobody needs a second one. */
static bool is_drawn(const struct results *r, const struct page *p)
{
    return p->told->subject.measure != MESSAGE || !(r->plan->measures >> HANDSHAKE & 1);
}

/* Of the terminal, where it is one; else what fits everywhere. */
static size_t width_for(FILE *f)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(fileno(f), TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width < LADDER_WIDTH)
        return LADDER_WIDTH;
    return width < WIDEST ? (size_t)width : WIDEST;
}

void report_ladders(FILE *f, const struct results *r)
{
    const struct album *a = r->album;
    bool ascii = ladder_wants_ascii(), drawn = false;
    for (size_t i = 0; i < a->pages; i++) {
        struct ladder ladder = ladder_of(r, &a->page[i]);
        if (!is_drawn(r, &a->page[i]))
            continue;
        fputs("\n\n", f);
        ladder.most = LONGEST;
        if (ladder_text(f, &ladder, width_for(f), ascii) < 0)
            fail("no memory");
        drawn = true;
    }
    if (drawn) {
        fputc('\n', f);
        print_wrapped(f, text(T_LADDER_NOTE), LADDER_WIDTH - 1, "");
    }
}

void report_svg(FILE *f, const struct results *r)
{
    const struct album *a = r->album;
    struct ladder *ladder = calloc(a->pages + 1, sizeof *ladder);
    size_t n = 0;
    for (size_t i = 0; ladder && i < a->pages; i++)
        if (is_drawn(r, &a->page[i]))
            ladder[n++] = ladder_of(r, &a->page[i]);
    if (!ladder || ladder_svg(f, ladder, n) < 0)
        fail("no memory");
    free(ladder);
}

/* --- the capture: every packet of these conversations, as they entered the wire --- */

void report_pcap(FILE *f, const struct results *r)
{
    const struct album *a = r->album;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t epoch = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - clock_ns();
    pcap_begin(f);
    for (size_t i = 0; i < a->n; i++)
        if (a->counted[i])
            pcap_add(f, &a->packet[i], epoch);
}
