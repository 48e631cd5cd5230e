/* bench/report/report_read_wire.c: what report_json.c says of the wire as a whole.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "bench/report/report_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LARGEST ((size_t)1 << 50)

/* What tables show as it is shall not reach the terminal as a command. */
static char *tame(const struct json *string)
{
    char *text = (char *)string->text; /* the reader's, which is ours */
    for (char *p = text; *p; p++)
        for (size_t n = control_bytes(p); n > 0; n--)
            p[n - 1] = '?';
    return text;
}

static void read_pair(const struct recording *rec, const struct json *object, const char *name,
                      uint64_t pair[2])
{
    const struct json *list = recording_needs(rec, object, name, JSON_ARRAY), *v = json_first(list);
    for (size_t i = 0; i < 2; i++, v = v ? json_next(list, v) : NULL) {
        if (!v || v->kind != JSON_NUMBER || !(v->number >= 0 && v->number < (double)LARGEST))
            recording_wrong(rec, list, "%s is not two numbers", name);
        pair[i] = (uint64_t)v->number;
    }
}

/* The same, where null is what was not known. */
static void read_known_pair(const struct recording *rec, const struct json *object,
                            const char *name, double pair[2])
{
    const struct json *list = recording_needs(rec, object, name, JSON_ARRAY), *v = json_first(list);
    for (size_t i = 0; i < 2; i++, v = v ? json_next(list, v) : NULL) {
        if (!v || (v->kind != JSON_NULL && !(v->kind == JSON_NUMBER && v->number >= 0)))
            recording_wrong(rec, list, "%s is not two numbers", name);
        pair[i] = v->kind == JSON_NULL ? NAN : v->number;
    }
}

static double late_figure(const struct recording *rec, const struct json *late, const char *name)
{
    const struct json *v = recording_member(rec, late, name, JSON_NUMBER);
    return v ? v->number : NAN;
}

static void read_totals(const struct recording *rec, const struct json *wire,
                        struct wire_totals *t)
{
    const struct json *control = recording_member(rec, wire, "congestion_control", JSON_STRING);
    const struct json *late = recording_needs(rec, wire, "late_us", JSON_OBJECT);
    const struct json *too_late = json_member(late, "late");
    const struct json *forgotten = json_member(wire, "metrics_forgotten");
    read_pair(rec, wire, "packets", t->packets);
    read_pair(rec, wire, "bytes", t->bytes);
    read_pair(rec, wire, "dropped", t->dropped);
    read_pair(rec, wire, "reordered", t->reordered);
    read_pair(rec, wire, "overflowed", t->overflowed);
    read_pair(rec, wire, "refused", t->refused);
    read_known_pair(rec, wire, "tx_dropped", t->tx_dropped);
    t->unrecorded = recording_whole(rec, wire, "unrecorded", 0, LARGEST);
    t->late_n = recording_whole(rec, late, "n", 0, LARGEST);
    t->late_p50 = late_figure(rec, late, "p50");
    t->late_p99 = late_figure(rec, late, "p99");
    t->late_max = late_figure(rec, late, "max");
    t->metrics_forgotten = !forgotten || forgotten->kind != JSON_FALSE;
    t->late = too_late && too_late->kind == JSON_TRUE;
    t->congestion_control = control ? tame(control) : "";
}

static void read_captured(const struct recording *rec, const struct json *wire, struct captured *c)
{
    const struct json *counted = recording_needs(rec, wire, "counted", JSON_OBJECT);
    c->conversations = recording_whole(rec, counted, "conversations", 0, LARGEST);
    read_pair(rec, counted, "packets", c->counts.packets);
    read_pair(rec, counted, "bytes", c->counts.bytes);
    read_pair(rec, counted, "retransmissions", c->counts.retransmissions);
    read_pair(rec, counted, "dropped", c->counts.dropped);
}

/* Without the record's reason, n/a would have none. */
static void read_no_wire(struct recording *rec, const struct json *root)
{
    const struct json *why = recording_member(rec, root, "no_wire", JSON_STRING);
    rec->plan->wire = NULL;
    if (!rec->plan->wire_wanted)
        return;
    snprintf(rec->r->no_wire, sizeof rec->r->no_wire, "%s",
             why ? tame(why) : "the recorded run does not say why");
    text_set_no_wire(rec->r->no_wire);
}

/* Of the files that the run wrote one is named in its text, and none is ours to write. */
static void forget_files(struct plan *plan)
{
    const char *pcap = plan->file[REPORT_PCAP];
    memset(plan->file, 0, sizeof plan->file);
    for (const char *p = pcap; p && *p; p++)
        if (control_bytes(p) > 0)
            return;
    if (pcap && strcmp(pcap, "-") != 0)
        plan->file[REPORT_PCAP] = pcap;
}

void report_read_wire(struct recording *rec, const struct json *root)
{
    const struct json *wire = recording_member(rec, root, "wire", JSON_OBJECT);
    forget_files(rec->plan);
    if (!wire) {
        read_no_wire(rec, root);
        return;
    }
    if (!rec->plan->wire)
        recording_wrong(rec, wire, "a wire, but argv has no --wire");
    read_totals(rec, wire, &rec->r->totals);
    read_captured(rec, wire, &rec->r->captured);
}
