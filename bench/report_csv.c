/* bench/report_csv.c: one metric a line (RFC 4180, with plain newlines); what JSON calls null is
 * empty.
 * SPDX-License-Identifier: MIT */
#include "bench/csv.h"
#include "bench/report.h"

#include <math.h>
#include <string.h>

void csv_text(FILE *f, const char *s)
{
    if (!s[strcspn(s, ",\"\n\r")]) {
        fputs(s, f);
        return;
    }
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"')
            fputc('"', f);
        fputc(*s, f);
    }
    fputc('"', f);
}

static void number(FILE *f, double v)
{
    fputc(',', f);
    if (isfinite(v))
        fprintf(f, "%.9g", v);
}

static void words(FILE *f, const char *s)
{
    fputc(',', f);
    csv_text(f, s);
}

static void params(FILE *f, const struct results *r, const struct row *row)
{
    const struct plan *plan = r->plan;
    fprintf(f, ",%zu,0,%s", plan->size, pin_name(results_pin(r)));
    number(f, row->subject.measure != MESSAGE ? NAN
              : row->metric->pipelined           ? (double)plan->depth
                                                 : 1);
    number(f, row->subject.measure == PUSH ? (double)plan->push_every_ms : NAN);
    number(f, row->subject.transport == POLL ? (double)plan->poll_every_ms : NAN);
}

static void distribution(FILE *f, const struct row *row, bool known)
{
    number(f, known ? (double)row->n : NAN);
    number(f, known ? row->mean : NAN);
    number(f, known ? row->min : NAN);
    for (int p = 0; p < PERCENTILES; p++)
        number(f, known ? row->p[p] : NAN);
    number(f, known ? row->max : NAN);
}

static void line(FILE *f, const struct results *r, const struct row *row)
{
    bool known = row->na == T_NONE, spread = known && row->metric->kind == DISTRIBUTION;
    csv_text(f, measures[row->subject.measure].name);
    words(f, transports[row->subject.transport].name);
    params(f, r, row);
    words(f, row->metric->name);
    words(f, row->metric->unit);
    number(f, known && !spread ? row->value : NAN);
    distribution(f, row, spread);
    number(f, row->ci.low);
    number(f, row->ci.high);
    words(f, isnan(row->ratio.value) ? "" : transports[r->plan->baseline].name);
    number(f, row->ratio.value);
    number(f, row->ratio.ci.low);
    number(f, row->ratio.ci.high);
    number(f, row->predicted);
    words(f, text(row->na));
    fputc('\n', f);
}

void report_csv(FILE *f, const struct results *r)
{
    fputs("measure,transport,size,rtt_ms,pin,depth,push_every_ms,poll_every_ms,metric,unit,value,n,"
          "mean,min,p50,p90,p99,p999,max,ci95_low,ci95_high,ratio_to,ratio,ratio_low,ratio_high,"
          "predicted,na\n", f);
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < row_metrics(r->sets[s]); i++)
            line(f, r, &r->sets[s][i]);
}
