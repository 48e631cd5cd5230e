/* bench/ladder/ladder_scale.c: from times to places.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder_scale.h"

#include <stdlib.h>
#include <string.h>

#define TRAVEL 70.0    /* px that half a round trip takes */
#define APART 21.0     /* px between two arrows that leave one end, or reach it */
#define LABELS 14.0    /* px between two times beside a line */
#define DEAD 190.0     /* a longer silence is cut ... */
#define DEAD_DRAWN 64.0 /* ... to this */
#define REST_DRAWN 40.0
#define PHASE_GAP 34.0 /* before the first packet of a phase */
#define LEAST_HALF 500000 /* ns of travel; below, it is the machines' own work that takes time */
#define PHASE_MIN 74.0 /* of a phase: its label has some lines */

/* A moment at which something is drawn. */
struct moment {
    double t; /* ns since the first packet was recorded */
    size_t i;
    enum { LEAVES, ARRIVES, GETS_LOST } what;
};

struct travel {
    double half, way[2]; /* ns: half a round trip; from sending to arrival, by direction */
    double back[2];       /* how long before it was recorded a packet was sent */
};

/* Where was the capture made?  If answers come at once in one direction, at the end that gives
 * them; else as if at both ends, each packet recorded by its sender, as our own wire does. */
static struct travel travel_of(const struct ladder *l)
{
    const struct conversation *c = l->conversation;
    double out = (double)c->answer_ns[OUT], in = (double)c->answer_ns[IN];
    double rtt = (double)(l->rtt ? l->rtt : conversation_rtt(c)), half = rtt / 2;
    struct travel t = {half, {half, half}, {0, 0}};
    if (l->rtt || half < LEAST_HALF)
        return t;
    if (in < rtt / 4)
        t.back[IN] = half; /* at the client */
    else if (out < rtt / 4)
        t.back[OUT] = half;
    else
        t.way[OUT] = out, t.way[IN] = in;
    return t;
}

static int by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    if (x->t != y->t)
        return x->t < y->t ? -1 : 1;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    return (int)x->what - (int)y->what;
}

static size_t collect(struct scale *s, const struct ladder *l, const struct travel *travel,
                      struct moment *m)
{
    const struct crossing *c = l->conversation->crossing;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct packet *p = c[i].packet;
        int way = c[i].from_server ? IN : OUT;
        double sent = ladder_ms(l->conversation, p->sent) * 1e6 - travel->back[way];
        double arrived = sent + (p->arrived ? (double)(p->arrived - p->sent) : travel->way[way]);
        m[n++] = (struct moment){sent, i, LEAVES};
        s->arrow[i].seen_there = travel->back[way] > 0;
        if (c[i].fate == DROPPED)
            m[n++] = (struct moment){sent + travel->way[way] / 2, i, GETS_LOST};
        else
            m[n++] = (struct moment){arrived, i, ARRIVES};
    }
    qsort(m, n, sizeof *m, by_time);
    return n;
}

enum { TIMES = 2 }; /* written beside a line */

/* Where the next thing to draw comes to lie. */
struct pen {
    const struct ladder *l;
    struct scale *s;
    double px; /* per ns; 0 = all at the least distance */
    double y, last[3][2]; /* of what left, of what arrived, of times written; by end */
    double t;
    size_t phase;
};

/* Is this the first packet after a phase that ended with a rest? */
static bool ends_rest(const struct pen *pen, const struct moment *m)
{
    const struct ladder *l = pen->l;
    const struct packet *packet = l->conversation->crossing[m->i].packet;
    return m->what == LEAVES && pen->phase > 0 && pen->phase <= l->phases &&
           l->phase[pen->phase - 1].took > 0 && packet->sent >= l->phase[pen->phase - 1].end;
}

static void advance(struct pen *pen, const struct moment *m)
{
    double step = (m->t - pen->t) * pen->px;
    if (step > DEAD) {
        bool rest = ends_rest(pen, m);
        double drawn = rest ? REST_DRAWN : DEAD_DRAWN;
        pen->s->cut[pen->s->cuts++] =
            (struct cut){pen->y + drawn / 2, (m->t - pen->t) / 1e6, rest};
        step = drawn;
    }
    pen->y += step;
    pen->t = m->t;
}

static void begin_phases(struct pen *pen, uint64_t sent)
{
    const struct ladder *l = pen->l;
    for (; l->phases > 0 && pen->phase <= l->phases; pen->phase++) {
        size_t i = pen->phase;
        if (i > 0 && sent < l->phase[i - 1].end)
            return;
        if (i > 0 && pen->y < pen->s->phase[i - 1] + PHASE_MIN)
            pen->y = pen->s->phase[i - 1] + PHASE_MIN;
        pen->s->phase[i] = pen->y += i > 0 ? PHASE_GAP / 2 : 0;
        pen->y += PHASE_GAP;
    }
}

static void keep_apart(struct pen *pen, double px, double last)
{
    if (pen->y < last + px)
        pen->y = last + px;
}

/* Ends of arrows keep apart from their like at the same line, and so do the times beside it. */
static void make_room(struct pen *pen, const struct moment *m, bool labelled)
{
    bool from_server = pen->l->conversation->crossing[m->i].from_server;
    int end = pen->s->level ? 0 : m->what == LEAVES ? from_server : !from_server;
    keep_apart(pen, APART, pen->last[m->what][end]);
    if (labelled)
        keep_apart(pen, LABELS, pen->last[TIMES][end]);
    pen->last[m->what][end] = pen->y;
    if (labelled)
        pen->last[TIMES][end] = pen->y;
}

static void place(struct pen *pen, const struct moment *m)
{
    struct arrow *arrow = &pen->s->arrow[m->i];
    advance(pen, m);
    if (m->what == LEAVES)
        begin_phases(pen, pen->l->conversation->crossing[m->i].packet->sent);
    if (m->what != GETS_LOST)
        make_room(pen, m, (m->what == ARRIVES) == arrow->seen_there);
    if (m->what == LEAVES)
        arrow->from = pen->y;
    if (m->what != LEAVES || pen->s->level)
        arrow->to = pen->y;
}

static void place_all(struct scale *s, const struct ladder *l, struct moment *m)
{
    struct travel travel = travel_of(l);
    struct pen pen = {.l = l, .s = s,
                      .last = {{-APART, -APART}, {-APART, -APART}, {-APART, -APART}}};
    s->guessed = travel.half > 0 && l->conversation->crossing[0].packet->fate == FATE_UNKNOWN;
    s->level = travel.half < LEAST_HALF;
    pen.px = s->level ? 0 : TRAVEL / travel.half;
    size_t n = collect(s, l, &travel, m);
    pen.t = m[0].t;
    for (size_t i = 0; i < n; i++)
        if (!s->level || m[i].what == LEAVES)
            place(&pen, &m[i]);
    s->height = pen.y + APART;
    if (l->phases > 0 && s->height < s->phase[pen.phase - 1] + PHASE_MIN)
        s->height = s->phase[pen.phase - 1] + PHASE_MIN;
    for (size_t i = pen.phase; i <= l->phases; i++)
        s->phase[i] = s->height;
}

int scale_make(struct scale *s, const struct ladder *l)
{
    size_t n = l->conversation->n;
    *s = (struct scale){.n = l->most > 0 && l->most < n ? l->most : n};
    struct moment *moment = malloc(2 * s->n * sizeof *moment);
    s->arrow = calloc(s->n, sizeof *s->arrow);
    s->cut = malloc(2 * s->n * sizeof *s->cut);
    s->phase = calloc(l->phases + 1, sizeof *s->phase);
    bool fine = moment && s->arrow && s->cut && s->phase;
    if (fine)
        place_all(s, l, moment);
    else
        scale_free(s);
    free(moment);
    return fine ? 0 : -1;
}

void scale_free(struct scale *s)
{
    free(s->arrow);
    free(s->cut);
    free(s->phase);
    *s = (struct scale){0};
}
