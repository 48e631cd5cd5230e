/* bench/report/report_csv.c: one metric a line (RFC 4180, with plain newlines); what JSON calls
 * null is empty.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"

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
    char text[NUMBER_MAX];
    fputc(',', f);
    if (isfinite(v))
        fputs(number_text(text, v), f);
}

static void words(FILE *f, const char *s)
{
    fputc(',', f);
    csv_text(f, s);
}

static void fields(FILE *f, const struct field *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (field[i].there && field[i].word)
            words(f, field[i].word);
        else
            number(f, field[i].there ? field[i].number : NAN);
}

static void line(FILE *f, const struct results *r, const struct row *row)
{
    struct field params[PARAMS], figures[FIGURES];
    params_of(params, r, row);
    figures_of(figures, row);
    csv_text(f, measures[row->subject.measure].name);
    words(f, transports[row->subject.transport].name);
    fields(f, params, PARAMS);
    words(f, row->metric->name);
    words(f, row->metric->unit);
    fields(f, figures, FIGURES);
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

static void names(FILE *f, const struct field *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        words(f, field[i].name);
}

void report_csv(FILE *f, const struct results *r)
{
    struct field params[PARAMS], figures[FIGURES];
    params_of(params, r, r->sets[0]);
    figures_of(figures, r->sets[0]);
    fputs("measure,transport", f);
    names(f, params, PARAMS);
    fputs(",metric,unit", f);
    names(f, figures, FIGURES);
    fputs(",ci95_low,ci95_high,ratio_to,ratio,ratio_low,ratio_high,predicted,na\n", f);
    for (size_t s = 0; s < r->set_count; s++)
        for (size_t i = 0; i < row_metrics(r->sets[s]); i++)
            line(f, r, &r->sets[s][i]);
}
