/* bench/predict/predict_command.c: `bench predict`: the arithmetic alone, or beside a recorded run.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "bench/report/grid.h"
#include "bench/report/report.h"
#include "bench/report/report_command.h"
#include "tcp_echo/program.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct program about = {
    .name = "bench predict",
    .summary =
        "Says what handshake, message and push must cost over an emulated link, by the\n"
        "protocols' rules alone: nothing connects.  With a FILE that bench --json wrote,\n"
        "what was measured stands beside it (- = stdin); --wire then says what the link\n"
        "should have been.",
};

#define WIRE_UNLESS_TOLD "rtt=40ms"

struct wishes {
    const char *transports, *wire, *file;
    long size;
    int measures; /* how many are named */
    char **measure;
};

/* A name with a dot, or of a file that is there, is none of a measure. */
static bool is_file(const char *name)
{
    return strcmp(name, "-") == 0 || strchr(name, '.') || strchr(name, '/') ||
           access(name, F_OK) == 0;
}

static void read_wishes(struct wishes *w, int argc, char **argv)
{
    const struct option_row rows[] = {
        {0, "transports", "LIST", "only these, separated by commas", TEXT, &w->transports, 0, 0},
        {0, "size", "BYTES", "of each message (64)", NUMBER, &w->size, 1, 16 << 20},
        {0, "wire", "SPEC", "the link (" WIRE_UNLESS_TOLD ")", TEXT, &w->wire, 0, 0},
        {0},
    };
    int i = parse_options(&about, argc, argv, "[MEASURE]... [FILE]", rows, NULL);
    w->measures = argc - i;
    w->measure = argv + i;
    if (w->measures > 0 && is_file(argv[argc - 1]))
        w->file = argv[argc - 1];
    if (w->file && (w->measures > 1 || w->transports || w->size))
        usage_error("%s: what was measured is in the file: only --wire goes with it", w->file);
}

/* By the words of bench itself. */
static void plan_wishes(struct plan *plan, const struct wishes *w)
{
    char size[32], **argv = calloc((size_t)w->measures + 10, sizeof *argv);
    int n = 0;
    if (!argv)
        die("no memory");
    argv[n++] = (char *)about.name;
    for (int i = 0; i < w->measures; i++)
        argv[n++] = w->measure[i];
    argv[n++] = (char *)"--wire";
    argv[n++] = (char *)(w->wire ? w->wire : WIRE_UNLESS_TOLD);
    if (w->transports) {
        argv[n++] = (char *)"--transports";
        argv[n++] = (char *)w->transports;
    }
    snprintf(size, sizeof size, "%ld", w->size ? w->size : 64);
    argv[n++] = (char *)"--size";
    argv[n++] = size;
    optind = 0; /* glibc, musl and the BSDs begin anew then */
    plan_read(plan, n, argv);
    free(argv);
    for (size_t m = IDLING; m < MEASURES; m++)
        if (plan->measures >> m & 1)
            usage_error("measure '%s' is none of handshake, message, push: no rule tells memory or "
                        "CPU time", measures[m].name);
}

/* --- the arithmetic --- */

#define CELL 80

static char *number(char out[CELL], const char *format, double v)
{
    if (isnan(v))
        strcpy(out, "open");
    else
        snprintf(out, CELL, format, v);
    return out;
}

static char *both(char out[CELL], double a, double b)
{
    if (isnan(a) || isnan(b))
        return strcpy(out, "open");
    snprintf(out, CELL, "%.6g+%.6g", a, b);
    return out;
}

/* "connect 1 + tls 1 + upgrade 1 = 3" */
static char *sum_of_trips(char out[CELL], const struct plan *plan, const struct subject *s)
{
    size_t n = 0;
    double sum = predict(plan, s, HANDSHAKE_ROUND_TRIPS);
    if (isnan(sum))
        return strcpy(out, "open");
    for (enum phase p = PHASE_CONNECT; p <= PHASE_UPGRADE; p++) {
        double trips = predict(plan, s, phase_metric(p) + COUNT_ROUND_TRIPS);
        if (!isnan(trips))
            n += (size_t)snprintf(out + n, CELL - n, "%s%s %.0f", n ? " + " : "", phase_names[p],
                                  trips);
    }
    snprintf(out + n, CELL - n, " = %.0f", sum);
    return out;
}

/* How a figure is shown, and of which metric. */
struct figure {
    const char *head, *below; /* NULL: one line of heads is enough */
    int width; /* negative: from the left */
    enum { END, TRIPS, MS, COUNT, PER_EVENT, BOTH, TLS_ONLY, UNTIL_READY } show;
    size_t metric;
};
static const struct figure of_handshake[] = {
    {"round trips until ready", "", -33, TRIPS, 0},
    {"ready", "ms", 5, MS, HANDSHAKE_TOTAL},
    {"reply", "ms", 5, MS, HANDSHAKE_FIRST_REPLY},
    {"packets", "out+in", 7, UNTIL_READY, COUNT_PACKETS_OUT},
    {"bytes", "out+in", 9, UNTIL_READY, COUNT_BYTES_OUT},
    {0}};
static const struct figure of_message[] = {
    {"ms", NULL, 9, MS, MESSAGE_RTT},
    {"payload", NULL, 9, COUNT, MESSAGE_PAYLOAD},
    {"header", NULL, 9, COUNT, MESSAGE_HEADER},
    {"TLS", NULL, 9, TLS_ONLY, MESSAGE_TLS},
    {"TCP/IP", NULL, 9, COUNT, MESSAGE_TCPIP},
    {0}};
static const struct figure of_push[] = {
    {"ms", NULL, 9, MS, PUSH_LATENCY},
    {"requests", NULL, 9, PER_EVENT, PUSH_REQUESTS},
    {"packets", NULL, 9, BOTH, PUSH_PHASE + COUNT_PACKETS_OUT},
    {"bytes", NULL, 9, BOTH, PUSH_PHASE + COUNT_BYTES_OUT},
    {0}};

static char *show(char out[CELL], const struct plan *plan, const struct subject *s,
                  const struct figure *f)
{
    double v = f->show == TRIPS || f->show == UNTIL_READY ? NAN : predict(plan, s, f->metric);
    switch (f->show) {
    case TRIPS: return sum_of_trips(out, plan, s);
    case MS: return number(out, v < 999.95e3 ? "%.1f" : "%.0f", v / 1e3);
    case PER_EVENT: return number(out, "%.3g", v);
    case BOTH: return both(out, v, predict(plan, s, f->metric + 1));
    case UNTIL_READY:
        return both(out, predict_until_ready(plan, s, f->metric),
                    predict_until_ready(plan, s, f->metric + 1));
    case TLS_ONLY:
        if (!transports[s->transport].secure)
            return strcpy(out, "none");
        break;
    default: break;
    }
    return number(out, "%.0f", v);
}

static const struct {
    enum text title, how;
    const struct figure *figures;
} tables[] = {
    [HANDSHAKE] = {T_PREDICTED_HANDSHAKE, T_PREDICTED_HOW_HANDSHAKE, of_handshake},
    [MESSAGE] = {T_PREDICTED_MESSAGE, T_PREDICTED_HOW_MESSAGE, of_message},
    [PUSH] = {T_PREDICTED_PUSH, T_PREDICTED_HOW_PUSH, of_push},
};

static void print_table(FILE *f, const struct plan *plan, size_t measure)
{
    struct subject list[SUBJECTS_MAX];
    char spec[WIRE_SPEC_TEXT_MAX], cell[CELL];
    const struct figure *figures = tables[measure].figures;
    size_t n = subjects_of(plan, measure, list);
    fprintf(f, "%s\n%s, %zu B\n\n%-16s", text(tables[measure].title),
            wire_spec_text(plan->wire, spec), plan->size, "");
    for (const struct figure *c = figures; c->head; c++)
        fprintf(f, " %*s", c->width, c->head);
    if (figures->below)
        fprintf(f, "\n%-16s", "");
    for (const struct figure *c = figures; c->below; c++)
        fprintf(f, " %*s", c->width, c->below);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "\n%-16s", row_name(&list[i]));
        for (const struct figure *c = figures; c->head; c++)
            fprintf(f, " %*s", c->width, show(cell, plan, &list[i], c));
    }
    fputs("\n\n", f);
    print_wrapped(f, text(tables[measure].how), 79, "");
}

static void print_all(const struct wishes *w)
{
    struct plan plan;
    bool again = false;
    plan_wishes(&plan, w);
    for (size_t m = HANDSHAKE; m <= PUSH; m++) {
        if (!(plan.measures >> m & 1))
            continue;
        if (again)
            putchar('\n');
        print_table(stdout, &plan, m);
        again = true;
    }
    plan_free(&plan);
}

static void compare(const struct wishes *w)
{
    static struct recorded rec;
    char why[WIRE_WHY_MAX];
    struct wire_spec spec;
    if (w->wire && wire_spec_parse(&spec, w->wire, why) < 0)
        usage_error("--wire: %s", why);
    recording_open(&rec, w->file);
    if (w->wire)
        rec.plan.wire = &spec;
    predict_compare(stdout, &rec.results);
    recording_close(&rec);
}

int predict_command(int argc, char **argv)
{
    struct wishes w = {0};
    read_wishes(&w, argc, argv);
    if (w.file)
        compare(&w);
    else
        print_all(&w);
    report_finish(stdout, "standard output");
    return 0;
}
