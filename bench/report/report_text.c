/* bench/report/report_text.c: tables for a terminal of 80 columns.  report_md.c shows the same
 * grids.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report.h"
#include "bench/report/grid.h"

#include <ctype.h>
#include <string.h>

#define WIDTH 79

static size_t width_of(const struct grid *g, size_t column)
{
    size_t width = 0;
    for (size_t i = 0; i < g->rows; i++)
        if (strlen(g->cell[i][column]) > width)
            width = strlen(g->cell[i][column]);
    return width;
}

static size_t all_widths(const struct grid *g)
{
    size_t sum = 0;
    for (size_t i = 0; i < g->columns; i++)
        sum += width_of(g, i);
    return sum;
}

/* Columns stand as far apart as the line allows, between one space and three. */
static size_t gap_of(const struct grid *g)
{
    size_t sum = all_widths(g), gaps = g->columns - 1;
    size_t gap = sum < WIDTH && gaps ? (WIDTH - sum) / gaps : 1;
    return gap < 1 ? 1 : gap > 3 ? 3 : gap;
}

static void print_row(FILE *f, const struct grid *g, size_t row, size_t gap)
{
    char line[256] = "";
    size_t n = (size_t)snprintf(line, sizeof line, "%-*s", (int)width_of(g, 0), g->cell[row][0]);
    for (size_t i = 1; i < g->columns && n < sizeof line; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%*s", (int)(gap + width_of(g, i)),
                              g->cell[row][i]);
    n = strlen(line);
    while (n > 0 && line[n - 1] == ' ')
        n--;
    fprintf(f, "%.*s\n", (int)n, line);
}

static void print_grid(FILE *f, const struct grid *g, bool why[TEXT_COUNT])
{
    size_t gap = gap_of(g);
    fputc('\n', f);
    for (size_t i = 0; i < g->rows; i++)
        print_row(f, g, i, gap);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        why[i] |= g->why[i];
}

/* Writes words in lines of at most width columns, the further ones indented. */
void print_wrapped(FILE *f, const char *words, size_t width, const char *indent)
{
    size_t at = 0;
    while (*words) {
        size_t n = strcspn(words, " ");
        if (at > 0 && at + 1 + n > width) {
            fprintf(f, "\n%s", indent);
            at = strlen(indent);
        } else if (at > 0) {
            fputc(' ', f);
            at++;
        }
        at += (size_t)fprintf(f, "%.*s", (int)n, words);
        words += n + strspn(words + n, " ");
    }
    fputc('\n', f);
}

static void print_notes(FILE *f, const char *notes, const bool why[TEXT_COUNT])
{
    char line[NOTES_MAX];
    fputc('\n', f);
    if (*notes)
        print_wrapped(f, notes, WIDTH, "     ");
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (why[i]) {
            snprintf(line, sizeof line, "%s%s", text(T_NA), text((enum text)i));
            print_wrapped(f, line, WIDTH, "     ");
        }
}

static void print_title(FILE *f, const char *name, const char *title)
{
    for (; *name; name++)
        fputc(toupper((unsigned char)*name), f);
    fprintf(f, ": %s\n", title);
}

static void print_measure(FILE *f, const struct results *r, size_t measure)
{
    char line[CONCLUSION_MAX], notes[NOTES_MAX];
    struct grid g;
    bool why[TEXT_COUNT] = {false};
    print_title(f, measures[measure].name, text(measures[measure].title));
    grid_caption(line, sizeof line, r, measure);
    print_wrapped(f, line, WIDTH, "  ");
    for (size_t i = 0; grid_fill(&g, r, measure, i); i++)
        print_grid(f, &g, why);
    notes_of(notes, r, measure);
    print_notes(f, notes, why);
    conclude(line, sizeof line, r, measure);
    fputs("=> ", f);
    print_wrapped(f, line, WIDTH - 3, "   ");
}

/* Words from a file: nothing in them shall reach the terminal as a command. */
static void print_safely(FILE *f, const char *words)
{
    for (const char *p = words; *p; p++) {
        size_t n = control_bytes(p);
        fputc(n ? '?' : *p, f);
        p += n == 2;
    }
}

static void print_host(FILE *f, const struct host *h)
{
    char cores[FIGURE_MAX] = "";
    const char *separator = " (", *parts[] = {h->cpu, cores, h->kernel};
    if (h->cores > 0)
        snprintf(cores, sizeof cores, text(h->cores == 1 ? T_RECORDED_CORE : T_RECORDED_CORES),
                 h->cores);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!*parts[i])
            continue;
        fputs(separator, f);
        print_safely(f, parts[i]);
        separator = ", ";
    }
    fputs(*separator == ' ' ? "\n" : ")\n", f);
}

/* One line, however long: what stands below it is what the run itself printed. */
static void print_recorded(FILE *f, const struct results *r)
{
    fputs(text(T_RECORDED), f);
    if (*r->time)
        fputc(' ', f);
    print_safely(f, r->time);
    fputs(": bench", f);
    for (int i = 1; i < r->plan->argc; i++) {
        const char *arg = r->plan->argv[i];
        const char *quote = !*arg || arg[strcspn(arg, " \t\"'$&;<>|()*?")] ? "'" : "";
        fprintf(f, " %s", quote);
        print_safely(f, arg);
        fputs(quote, f);
    }
    print_host(f, &r->host);
}

static char *count(char out[FIGURE_MAX], uint64_t n)
{
    return figure_count(out, (double)n);
}

static void print_carried(FILE *f, const struct wire_totals *t)
{
    char line[NOTES_MAX], n[5][FIGURE_MAX], late[2][FIGURE_MAX];
    snprintf(line, sizeof line, text(T_WIRE_CARRIED), count(n[0], t->packets[OUT]),
             count(n[1], t->packets[IN]), count(n[2], t->dropped[OUT]), count(n[3], t->dropped[IN]),
             figure(late[0], t->late_p50), figure(late[1], t->late_p99), count(n[4], t->late_n));
    fputs("  ", f);
    print_wrapped(f, line, WIDTH - 2, "  ");
}

static void print_captured(FILE *f, const struct captured *c, const char *file)
{
    char line[NOTES_MAX], talks[64], n[6][FIGURE_MAX];
    const struct wire_counts *k = &c->counts;
    snprintf(talks, sizeof talks, "%zu %s", c->conversations,
             text(c->conversations == 1 ? T_CONVERSATION : T_CONVERSATIONS));
    snprintf(line, sizeof line, text(T_WIRE_COUNTED), talks,
             count(n[0], k->packets[OUT]), count(n[1], k->packets[IN]), count(n[2], k->bytes[OUT]),
             count(n[3], k->bytes[IN]),
             count(n[4], k->retransmissions[OUT] + k->retransmissions[IN]),
             count(n[5], k->dropped[OUT] + k->dropped[IN]),
             text(file ? T_IN_FILE : T_NONE), file ? file : "");
    fputs("  ", f);
    print_wrapped(f, line, WIDTH - 2, "  ");
}

void report_wire(FILE *f, const struct results *r)
{
    char line[NOTES_MAX + WIRE_SPEC_TEXT_MAX], spec[WIRE_SPEC_TEXT_MAX];
    if (*r->no_wire) {
        snprintf(line, sizeof line, text(T_WIRE_NONE), r->no_wire);
        print_wrapped(f, line, WIDTH, "  ");
        fputs("\n\n", f);
    }
    if (!r->plan->wire)
        return;
    snprintf(line, sizeof line, text(T_WIRE), wire_spec_text(r->plan->wire, spec),
             wire_address[CLIENT_END], wire_address[SERVER_END], r->totals.congestion_control);
    print_wrapped(f, line, WIDTH, "  ");
    print_carried(f, &r->totals);
    print_captured(f, &r->captured, r->plan->file[REPORT_PCAP]);
    fputs("\n\n", f);
}

void report_text(FILE *f, const struct results *r)
{
    const char *between = "";
    if (r->recorded)
        print_recorded(f, r);
    report_wire(f, r);
    for (size_t m = 0; m < MEASURES; m++) {
        if (!(r->plan->measures >> m & 1))
            continue;
        fputs(between, f);
        print_measure(f, r, m);
        between = "\n\n";
    }
}

void report_list(FILE *f)
{
    for (size_t m = 0; m < MEASURES; m++) {
        fprintf(f, "%s%s: %s\n", m ? "\n" : "", measures[m].name, text(measures[m].title));
        char names[256] = "";
        for (size_t t = 0; t < TRANSPORTS; t++)
            if (transports[t].measures >> m & 1)
                strcat(strcat(names, *names ? " " : ""), transports[t].name);
        fputs("  ", f);
        print_wrapped(f, names, WIDTH - 2, "  ");
        for (size_t i = 0; i < measures[m].metric_count; i++) {
            const struct metric *metric = &measures[m].metrics[i];
            if (i > 0 && metric->phase && measures[m].metrics[i - COUNTS].phase)
                continue; /* each phase has the same */
            const char *name = metric->name + (metric->phase ? strlen(metric->phase) : 0);
            fprintf(f, "    %s%-*s %-4s %s\n", metric->phase ? "*" : "", metric->phase ? 17 : 18,
                    name, metric->unit, text(metric->meaning));
        }
    }
    fputc('\n', f);
    print_wrapped(f, text(T_LIST_RULES), WIDTH, "");
}
