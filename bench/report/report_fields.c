/* bench/report/report_fields.c: a row as names and values.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"

#include <math.h>
#include <string.h>

static const char *counted_by(const struct results *r, const struct subject *s)
{
    if (r->plan->wire)
        return "wire";
    return s->transport == UDP ? "tap" : "TCP_INFO";
}

void params_of(struct field out[PARAMS], const struct results *r, const struct row *row)
{
    const struct plan *plan = r->plan;
    const struct subject *s = &row->subject;
    bool push = s->measure == PUSH, models = s->measure == MODELS, idle = s->measure == IDLING;
    bool handshake = s->measure == HANDSHAKE;
    const struct transport *t = &transports[s->transport];
    bool handshakes = t->secure && (handshake || (s->measure == MESSAGE && t->closes));
    const struct field params[PARAMS] = {
        {"size", true, NULL, push || idle ? NAN : (double)plan->size},
        {"rtt_ms", true, NULL, plan->wire ? (double)plan->wire->rtt_ns / 1e6 : 0},
        {"pin", true, pin_name(results_pin(r, s->measure)), 0},
        {"depth", s->measure == MESSAGE, NULL, row->metric->pipelined ? (double)plan->depth : 1},
        {"push_every_ms", push, NULL, (double)plan->push_every_ms},
        {"poll_every_ms", push && s->transport == POLL, NULL, (double)plan->poll_every_ms},
        {"subscribers", push, NULL, (double)s->connections},
        {"connections", idle || models, NULL, (double)s->connections},
        {"model", models, s->model, 0},
        {"workers", models, NULL, (double)plan->workers},
        {"tls", handshakes, s->resumed || !handshake ? "resumed" : "full", 0},
        {"phase", row->metric->phase != NULL, row->metric->phase, 0},
        {"counted_by", row->metric->phase != NULL, counted_by(r, s), 0},
    };
    memcpy(out, params, sizeof params);
}

void figures_of(struct field out[FIGURES], const struct row *row)
{
    bool known = row->na == T_NONE, many = known && row->metric->kind == DISTRIBUTION;
    const struct field figures[FIGURES] = {
        {"value", known && !many, NULL, row->value},
        {"n", many, NULL, (double)row->n},
        {"mean", many, NULL, row->mean},
        {"min", many, NULL, row->min},
        {"p50", many, NULL, row->p[P50]},
        {"p90", many, NULL, row->p[P90]},
        {"p99", many, NULL, row->p[P99]},
        {"p999", many, NULL, row->p[P999]},
        {"max", many, NULL, row->max},
    };
    memcpy(out, figures, sizeof figures);
}
