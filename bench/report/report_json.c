/* bench/report/report_json.c: everything, as "socklab-bench/1".
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"

#include <inttypes.h>
#include <math.h>

static void key(FILE *f, const char *name)
{
    fprintf(f, ",\"%s\":", name);
}

static void field(FILE *f, const char *name, double v)
{
    key(f, name);
    json_number(f, v);
}

static void text_field(FILE *f, const char *name, const char *value)
{
    key(f, name);
    if (*value)
        json_string(f, value);
    else
        fputs("null", f);
}

static void interval_field(FILE *f, const char *name, struct interval ci)
{
    key(f, name);
    if (isnan(ci.low)) {
        fputs("null", f);
        return;
    }
    fputc('[', f);
    json_number(f, ci.low);
    fputc(',', f);
    json_number(f, ci.high);
    fputc(']', f);
}

static void array_field(FILE *f, const char *name, const double *v, size_t n)
{
    key(f, name);
    for (size_t i = 0; i < n; i++) {
        fputc(i ? ',' : '[', f);
        json_number(f, v[i]);
    }
    fputs(n ? "]" : "[]", f);
}

static void histogram_field(FILE *f, const struct histogram *h)
{
    const char *separator = "";
    key(f, "hist");
    fputc('[', f);
    for (size_t i = 0; i < BUCKETS; i++) {
        if (!h->count[i])
            continue;
        fprintf(f, "%s[", separator);
        json_number(f, bucket_upper(i));
        fprintf(f, ",%zu]", h->count[i]);
        separator = ",";
    }
    fputc(']', f);
}

static void ratio_field(FILE *f, const struct results *r, const struct row *row)
{
    key(f, "ratio");
    if (isnan(row->ratio.value)) {
        fputs("null", f);
        return;
    }
    fputs("{\"to\":", f);
    json_string(f, transports[r->plan->baseline].name);
    field(f, "value", row->ratio.value);
    interval_field(f, "ci95", row->ratio.ci);
    fputc('}', f);
}

static void fields(FILE *f, const struct field *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].there && list[i].word)
            text_field(f, list[i].name, list[i].word);
        else if (list[i].there)
            field(f, list[i].name, list[i].number);
}

static void figure_fields(FILE *f, const struct row *row)
{
    struct field figures[FIGURES];
    figures_of(figures, row);
    fields(f, figures, FIGURES);
    if (row->metric->kind == DISTRIBUTION || row->metric->kind == PER_ROUND) {
        interval_field(f, "ci95", row->ci);
        array_field(f, "rounds", row->rounds, row->round_count);
    }
    if (row->hist)
        histogram_field(f, row->hist);
    if (row->cut)
        fputs(",\"cut\":true", f);
}

static void row_object(FILE *f, const struct results *r, const struct row *row)
{
    struct field params[PARAMS];
    params_of(params, r, row);
    fputs("{\"measure\":", f);
    json_string(f, measures[row->subject.measure].name);
    text_field(f, "transport", transports[row->subject.transport].name);
    fprintf(f, ",\"params\":{\"%s\":", params[0].name);
    json_number(f, params[0].number);
    fields(f, params + 1, PARAMS - 1);
    fputc('}', f);
    text_field(f, "metric", row->metric->name);
    text_field(f, "unit", row->metric->unit);
    if (row->na != T_NONE)
        text_field(f, "na", text(row->na));
    else
        figure_fields(f, row);
    ratio_field(f, r, row);
    field(f, "predicted", row->predicted);
    fputc('}', f);
}

static void host_object(FILE *f, const struct host *h)
{
    fprintf(f, "{\"cores\":%ld", h->cores);
    text_field(f, "os", h->os);
    text_field(f, "kernel", h->kernel);
    text_field(f, "machine", h->machine);
    text_field(f, "cpu", h->cpu);
    text_field(f, "congestion_control", h->congestion_control);
    text_field(f, "clocksource", h->clocksource);
    text_field(f, "compiler", h->compiler);
    text_field(f, "build", h->build);
    text_field(f, "openssl", h->openssl);
    text_field(f, "version", h->version);
    field(f, "load", h->load < 0 ? NAN : h->load);
    fputc('}', f);
}

static void measures_array(FILE *f, const struct results *r)
{
    char separator = '[';
    for (size_t m = 0; m < MEASURES; m++) {
        if (!(r->plan->measures >> m & 1))
            continue;
        fprintf(f, "%c{\"measure\":", separator);
        json_string(f, measures[m].name);
        field(f, "rounds", (double)results_rounds(r, m));
        field(f, "count", r->plan->seconds > 0 ? NAN : (double)results_count(r, m));
        fputc('}', f);
        separator = ',';
    }
    fputc(']', f);
}

static void pair_field(FILE *f, const char *name, const uint64_t pair[2])
{
    array_field(f, name, (double[]){(double)pair[OUT], (double)pair[IN]}, 2);
}

/* Pairs are what the client sent, and what the server sent. */
static void wire_object(FILE *f, const struct results *r)
{
    const struct wire_spec *wire = r->plan->wire;
    const struct wire_totals *t = &r->totals;
    const struct wire_counts *c = &r->captured.counts;
    char spec[WIRE_SPEC_TEXT_MAX];
    fputs("{\"rtt_ms\":", f);
    json_number(f, (double)wire->rtt_ns / 1e6);
    text_field(f, "spec", wire_spec_text(wire, spec));
    field(f, "loss_percent", wire->loss);
    field(f, "reorder_percent", wire->reorder);
    field(f, "rate_bps", wire->rate ? (double)wire->rate : NAN);
    fprintf(f, ",\"seed\":%" PRIu64, wire->seed); /* a double has no room for all of them */
    text_field(f, "congestion_control", t->congestion_control);
    fprintf(f, ",\"metrics_forgotten\":%s", t->metrics_forgotten ? "true" : "false");
    pair_field(f, "packets", t->packets);
    pair_field(f, "bytes", t->bytes);
    pair_field(f, "dropped", t->dropped);
    pair_field(f, "reordered", t->reordered);
    pair_field(f, "overflowed", t->overflowed);
    pair_field(f, "refused", t->refused);
    array_field(f, "tx_dropped", t->tx_dropped, 2);
    field(f, "unrecorded", (double)t->unrecorded);
    fprintf(f, ",\"late_us\":{\"n\":%zu", t->late_n);
    field(f, "p50", t->late_p50);
    field(f, "p99", t->late_p99);
    field(f, "max", t->late_max);
    fprintf(f, ",\"late\":%s", t->late ? "true" : "false");
    fprintf(f, "},\"counted\":{\"conversations\":%zu", r->captured.conversations);
    pair_field(f, "packets", c->packets);
    pair_field(f, "bytes", c->bytes);
    pair_field(f, "retransmissions", c->retransmissions);
    pair_field(f, "dropped", c->dropped);
    fputs("}}", f);
}

void report_json(FILE *f, const struct results *r)
{
    const char *separator = "\n";
    fputs("{\"schema\":\"" REPORT_SCHEMA "\"", f);
    text_field(f, "time", r->time);
    key(f, "argv");
    for (int i = 0; i < r->plan->argc; i++) {
        fputc(i ? ',' : '[', f);
        json_string(f, r->plan->argv[i]);
    }
    fprintf(f, "],\"seed\":%llu,\"host\":", (unsigned long long)r->plan->seed);
    host_object(f, &r->host);
    fputs(",\"measures\":", f);
    measures_array(f, r);
    text_field(f, "no_wire", r->no_wire);
    key(f, "wire");
    if (r->plan->wire)
        wire_object(f, r);
    else
        fputs("null", f);
    fputs(",\"rows\":[", f);
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < row_metrics(r->sets[s]); i++) {
            fputs(separator, f);
            row_object(f, r, &r->sets[s][i]);
            separator = ",\n";
        }
    fputs("\n]}\n", f);
}
