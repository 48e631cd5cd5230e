/* bench/wire/wire_line.c: a binary heap on (due, order), one time at which each direction's link is
 * free again, and the packets' fates.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_line.h"
#include "bench/stats.h"
#include "bench/wire/wire_flows.h"

#include <stdlib.h>

#define UNDER_WAY_MAX 65536u
#define QUEUE_MIN 262144.0 /* bytes */
#define HOLD_MIN_NS 1000000u

/* Keys apart from the packets: sifting stays within few cache lines. */
struct place {
    uint64_t due, order;
    struct parcel *parcel;
};

struct wire_line {
    struct wire_spec spec;
    struct wire_flows *flows; /* NULL: neither loss nor reordering nor a drop list */
    uint64_t delay[2], hold, queue, free_at[2], order;
    struct place *heap;
    size_t n, cap;
    struct parcel *spare;
};

static bool needs_flows(const struct wire_spec *spec)
{
    return spec->drops > 0 || spec->loss > 0 || spec->reorder > 0;
}

/* How long n bytes take to leave, in ns. */
static uint64_t leaving(const struct wire_line *line, double bytes)
{
    return (uint64_t)(bytes * 8e9 / (double)line->spec.rate);
}

struct wire_line *wire_line_new(const struct wire_spec *spec)
{
    struct wire_line *line = calloc(1, sizeof *line);
    if (!line)
        return NULL;
    line->spec = *spec;
    line->delay[0] = spec->rtt_ns / 2;
    line->delay[1] = spec->rtt_ns - line->delay[0];
    line->hold = spec->rtt_ns / 8 > HOLD_MIN_NS ? spec->rtt_ns / 8 : HOLD_MIN_NS;
    if (spec->rate) {
        line->queue = leaving(line, QUEUE_MIN);
        if (line->queue < spec->rtt_ns)
            line->queue = spec->rtt_ns;
    }
    if (needs_flows(spec)) {
        line->flows = wire_flows_new();
        if (!line->flows) {
            free(line);
            return NULL;
        }
    }
    return line;
}

void wire_line_free(struct wire_line *line)
{
    for (size_t i = 0; i < line->n; i++)
        free(line->heap[i].parcel);
    for (struct parcel *p = line->spare, *next; p; p = next) {
        next = p->next;
        free(p);
    }
    wire_flows_free(line->flows);
    free(line->heap);
    free(line);
}

struct parcel *wire_line_parcel(struct wire_line *line)
{
    struct parcel *p = line->spare;
    if (!p)
        return malloc(sizeof *p);
    line->spare = p->next;
    return p;
}

void wire_line_return(struct wire_line *line, struct parcel *p)
{
    p->next = line->spare;
    line->spare = p;
}

/* --- fates --- */

static bool is_on_the_list(const struct wire_spec *spec, int from, uint32_t number)
{
    for (size_t i = 0; i < spec->drops; i++)
        if (spec->drop[i].from_server == (from == 1) && spec->drop[i].number == number)
            return true;
    return false;
}

void wire_line_turn(struct wire_line *line, uint64_t number)
{
    if (line->flows)
        wire_flows_turn(line->flows, number);
}

/* True when it is lost; sets held_back. */
static bool draw(struct wire_line *line, struct parcel *p)
{
    const struct wire_spec *spec = &line->spec;
    struct flow_place at = wire_flows_count(line->flows, p->data, p->len, p->from);
    struct random r = {spec->seed};
    r.state = random_next(&r) ^ at.turn;
    r.state = random_next(&r) ^ (at.flow << 1 | (unsigned)p->from);
    r.state = random_next(&r) ^ at.number;
    double loss = random_unit(&r) * 100, reorder = random_unit(&r) * 100;
    p->held_back = reorder < spec->reorder;
    return loss < spec->loss || is_on_the_list(spec, p->from, at.number);
}

enum verdict wire_line_judge(struct wire_line *line, struct parcel *p, uint64_t now)
{
    uint64_t *free_at = &line->free_at[p->from], leaves = now;
    p->held_back = false;
    bool lost = line->flows && draw(line, p);
    if (line->spec.rate) {
        if (*free_at > now && *free_at - now > line->queue)
            return OVERFLOWED;
        *free_at = (*free_at > now ? *free_at : now) + leaving(line, (double)p->len);
        leaves = *free_at;
    }
    p->due = leaves + line->delay[p->from] + (p->held_back ? line->hold : 0);
    return lost ? LOST : ON_ITS_WAY;
}

/* --- the heap --- */

static bool is_before(const struct place *a, const struct place *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static bool has_room(struct wire_line *line)
{
    if (line->n < line->cap)
        return true;
    if (line->n >= UNDER_WAY_MAX)
        return false;
    size_t cap = line->cap ? line->cap * 2 : 256;
    struct place *heap = realloc(line->heap, cap * sizeof *heap);
    if (!heap)
        return false;
    line->heap = heap;
    line->cap = cap;
    return true;
}

struct parcel *wire_line_send(struct wire_line *line, struct parcel *p)
{
    struct parcel *empty = has_room(line) ? wire_line_parcel(line) : NULL;
    if (!empty)
        return NULL;
    struct place new = {p->due, line->order++, p};
    size_t at = line->n++;
    for (; at > 0 && is_before(&new, &line->heap[(at - 1) / 2]); at = (at - 1) / 2)
        line->heap[at] = line->heap[(at - 1) / 2];
    line->heap[at] = new;
    return empty;
}

size_t wire_line_under_way(const struct wire_line *line)
{
    return line->n;
}

uint64_t wire_line_due(const struct wire_line *line)
{
    return line->n ? line->heap[0].due : UINT64_MAX;
}

/* Puts the last place where the first one was, and down from there. */
static void sift_down(struct wire_line *line)
{
    struct place last = line->heap[--line->n];
    size_t at = 0;
    for (size_t child = 1; child < line->n; child = 2 * at + 1) {
        if (child + 1 < line->n && is_before(&line->heap[child + 1], &line->heap[child]))
            child++;
        if (is_before(&last, &line->heap[child]))
            break;
        line->heap[at] = line->heap[child];
        at = child;
    }
    line->heap[at] = last;
}

struct parcel *wire_line_arrive(struct wire_line *line, uint64_t now)
{
    if (line->n == 0 || line->heap[0].due > now)
        return NULL;
    struct parcel *p = line->heap[0].parcel;
    sift_down(line);
    return p;
}
