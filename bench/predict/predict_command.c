/* bench/predict/predict_command.c: `bench predict`: the arithmetic alone, or beside a recorded run.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
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

#define CELL 40

static char *number(char out[CELL], const char *format, double v)
{
    if (isnan(v))
        strcpy(out, "open");
    else
        snprintf(out, CELL, format, v);
    return out;
}

static char *ms(char out[CELL], double us)
{
    return number(out, us < 999.95e3 ? "%.1f" : "%.0f", us / 1e3);
}

static char *out_in(char out[CELL], double a, double b)
{
    if (isnan(a) || isnan(b))
        strcpy(out, "open");
    else
        snprintf(out, CELL, "%.6g+%.6g", a, b);
    return out;
}

/* "connect 1 + tls 1 + upgrade 1 = 3" */
static char *sum_of_trips(char out[80], const struct plan *plan, const struct subject *s)
{
    size_t n = 0;
    for (enum phase p = PHASE_CONNECT; p <= PHASE_UPGRADE; p++) {
        double trips = predict(plan, s, phase_metric(p) + COUNT_ROUND_TRIPS);
        if (!isnan(trips))
            n += (size_t)snprintf(out + n, 80 - n, "%s%s %.0f", n ? " + " : "", phase_names[p],
                                  trips);
    }
    snprintf(out + n, 80 - n, " = %.0f", predict(plan, s, HANDSHAKE_ROUND_TRIPS));
    return out;
}

static double until_ready(const struct plan *plan, const struct subject *s, size_t count)
{
    double sum = 0;
    for (enum phase p = PHASE_CONNECT; p <= PHASE_UPGRADE; p++) {
        bool there = !isnan(predict(plan, s, phase_metric(p) + COUNT_ROUND_TRIPS));
        sum += there ? predict(plan, s, phase_metric(p) + count) : 0;
    }
    return sum;
}

static const char *name_of(const struct subject *s)
{
    return s->resumed ? " resumed" : transports[s->transport].name;
}

static void print_handshake(FILE *f, const struct plan *plan, const struct subject *s)
{
    char trips[80], ready[CELL], reply[CELL], packets[CELL], bytes[CELL];
    if (!s)
        fprintf(f, "%-16s %-33s %5s %5s %7s %9s\n%-16s %-33s %5s %5s %7s %9s\n", "",
                "round trips until ready", "ready", "reply", "packets", "bytes", "", "", "ms", "ms",
                "out+in", "out+in");
    if (s)
        fprintf(f, "%-16s %-33s %5s %5s %7s %9s\n", name_of(s), sum_of_trips(trips, plan, s),
                ms(ready, predict(plan, s, HANDSHAKE_TOTAL)),
                ms(reply, predict(plan, s, HANDSHAKE_FIRST_REPLY)),
                out_in(packets, until_ready(plan, s, COUNT_PACKETS_OUT),
                       until_ready(plan, s, COUNT_PACKETS_IN)),
                out_in(bytes, until_ready(plan, s, COUNT_BYTES_OUT),
                       until_ready(plan, s, COUNT_BYTES_IN)));
}

static void print_message(FILE *f, const struct plan *plan, const struct subject *s)
{
    char rtt[CELL], payload[CELL], header[CELL], tls[CELL], tcpip[CELL];
    if (!s)
        fprintf(f, "%-16s %9s %9s %9s %9s %9s\n", "", "ms", "payload", "header", "TLS", "TCP/IP");
    if (s)
        fprintf(f, "%-16s %9s %9s %9s %9s %9s\n", name_of(s),
                ms(rtt, predict(plan, s, MESSAGE_RTT)),
                number(payload, "%.0f", predict(plan, s, MESSAGE_PAYLOAD)),
                number(header, "%.0f", predict(plan, s, MESSAGE_HEADER)),
                transports[s->transport].secure
                    ? number(tls, "%.0f", predict(plan, s, MESSAGE_TLS)) : "none",
                number(tcpip, "%.0f", predict(plan, s, MESSAGE_TCPIP)));
}

static void print_push(FILE *f, const struct plan *plan, const struct subject *s)
{
    char latency[CELL], requests[CELL], packets[CELL], bytes[CELL];
    if (!s)
        fprintf(f, "%-16s %9s %9s %9s %9s\n", "", "ms", "requests", "packets", "bytes");
    if (s)
        fprintf(f, "%-16s %9s %9s %9s %9s\n", name_of(s),
                ms(latency, predict(plan, s, PUSH_LATENCY)),
                number(requests, "%.3g", predict(plan, s, PUSH_REQUESTS)),
                out_in(packets, predict(plan, s, PUSH_PHASE + COUNT_PACKETS_OUT),
                       predict(plan, s, PUSH_PHASE + COUNT_PACKETS_IN)),
                out_in(bytes, predict(plan, s, PUSH_PHASE + COUNT_BYTES_OUT),
                       predict(plan, s, PUSH_PHASE + COUNT_BYTES_IN)));
}

static const struct {
    enum text title, how;
    void (*print)(FILE *, const struct plan *, const struct subject *); /* NULL: the head */
} tables[] = {
    [HANDSHAKE] = {T_PREDICTED_HANDSHAKE, T_PREDICTED_HOW_HANDSHAKE, print_handshake},
    [MESSAGE] = {T_PREDICTED_MESSAGE, T_PREDICTED_HOW_MESSAGE, print_message},
    [PUSH] = {T_PREDICTED_PUSH, T_PREDICTED_HOW_PUSH, print_push},
};

static void print_table(FILE *f, const struct plan *plan, size_t measure)
{
    struct subject list[SUBJECTS_MAX];
    char spec[WIRE_SPEC_TEXT_MAX];
    size_t n = subjects_of(plan, measure, list);
    fprintf(f, "%s\n%s, %zu B\n\n", text(tables[measure].title), wire_spec_text(plan->wire, spec),
            plan->size);
    tables[measure].print(f, plan, NULL);
    for (size_t i = 0; i < n; i++)
        tables[measure].print(f, plan, &list[i]);
    fputc('\n', f);
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
