/* bench/main.c: runs the very programs of this project and shows what each choice costs.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/ladder.h"
#include "bench/report.h"
#include "bench/results.h"
#include "bench/wire_check.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Where a report will be written, whether a file is there yet or not. */
struct place {
    char name[2 * PATH_MAX]; /* one for each file, however its path is spelled */
    bool device;             /* or a pipe: what may be written to twice */
};

/* Returns 0, or -1 with errno set when nothing can be written there.  Nothing is created: a run
 * that is killed leaves no empty file behind. */
static int find_place(struct place *place, const char *path)
{
    char dir[PATH_MAX], base[PATH_MAX];
    struct stat st;
    if (stat(path, &st) == 0) {
        place->device = !S_ISREG(st.st_mode);
        errno = EISDIR;
        return S_ISDIR(st.st_mode) || !realpath(path, place->name) ? -1 : access(path, W_OK);
    }
    snprintf(dir, sizeof dir, "%s", path);
    snprintf(base, sizeof base, "%s", path);
    if (!realpath(dirname(dir), place->name))
        return -1;
    int result = access(place->name, W_OK | X_OK);
    strcat(strcat(place->name, "/"), basename(base));
    return result;
}

/* Before measuring, so that half a minute is not spent on what can't be written. */
static void check_reports(const struct plan *plan)
{
    static struct place place[REPORTS];
    for (int i = 0; i < REPORTS; i++) {
        const char *path = plan->file[i];
        if (!path || strcmp(path, "-") == 0)
            continue;
        if (find_place(&place[i], path) < 0)
            fail("write %s: %s", path, strerror(errno));
        for (int j = 0; j < i; j++)
            if (!place[i].device && strcmp(place[i].name, place[j].name) == 0)
                usage_error("two reports in one file: %s", path);
    }
}

static void finish(FILE *f, const char *path)
{
    if (fflush(f) != 0 || ferror(f))
        fail("write %s: %s", path, strerror(errno));
}

static void write_report(const struct results *r, enum report which)
{
    static void (*const report[REPORTS])(FILE *, const struct results *) = {
        [REPORT_PCAP] = report_pcap, [REPORT_SVG] = report_svg,
        [REPORT_JSON] = report_json, [REPORT_CSV] = report_csv, [REPORT_MD] = report_md};
    const char *path = r->plan->file[which];
    if (which >= REPORT_PCAP && !r->wire)
        return; /* nothing is better than an empty capture */
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!f)
        fail("write %s: %s", path, strerror(errno));
    report[which](f, r);
    finish(f, path);
    if (f != stdout)
        fclose(f);
}

static void write_reports(const struct results *r)
{
    bool to_stdout = false;
    for (enum report i = REPORT_JSON; i < REPORTS; i++) {
        if (!r->plan->file[i])
            continue;
        to_stdout |= strcmp(r->plan->file[i], "-") == 0;
        write_report(r, i);
    }
    if (!to_stdout)
        report_text(stdout, r);
    finish(stdout, "standard output");
}

static void choose_for(struct results *r, size_t measure)
{
    enum pin pin = plan_pin(r->plan, measure);
    struct cpus *cpus = &r->cpus[measure];
    if (choose_cpus(pin, &cpus->server, &cpus->client) < 0 && pin == PIN_SPLIT)
        choose_cpus(PIN_SAME, &cpus->server, &cpus->client);
}

static void choose_and_warn(struct results *r)
{
    for (size_t m = 0; m < MEASURES; m++)
        choose_for(r, m);
    warn_before(r);
}

/* Where there is none the run goes on without, and each cell that needs it says so. */
static void open_wire(struct results *r, struct plan *plan)
{
    int cpu, other;
    if (!plan->wire)
        return;
    choose_cpus(PIN_SPLIT, &other, &cpu); /* not the one that client and server share */
    r->wire = wire_open(plan->wire, cpu, r->no_wire);
    if (!r->wire)
        plan->wire = NULL;
}

static void close_wire(struct results *r)
{
    if (r->wire)
        wire_close(r->wire);
}

static void note_time(struct results *r)
{
    time_t now = time(NULL);
    strftime(r->time, sizeof r->time, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
}

static void measure_and_report(struct results *r, struct plan *plan)
{
    check_reports(plan);
    children_connections(crowd_of(r->plan));
    host_describe(&r->host);
    note_time(r);
    open_wire(r, plan);
    choose_and_warn(r);
    run_plan(r);
    if (r->wire)
        wire_totals(r->wire, &r->totals);
    results_finish(r);
    warn_after(r);
    write_reports(r);
    close_wire(r);
    results_free(r);
}

static int wire_command(int argc, char **argv)
{
    static const struct program about = {
        .name = "bench wire",
        .summary = "Opens an emulated link and measures how late packets arrive, what TCP carries\n"
                   "without distance, and what the link costs when nothing crosses it."};
    const char *text = "rtt=40ms";
    char why[WIRE_WHY_MAX];
    struct wire_spec spec;
    const struct option_row rows[] = {
        {0, "wire", "SPEC", "the link (rtt=40ms)", TEXT, &text, 0, 0}, {0}};
    int i = parse_options(&about, argc, argv, "", rows, NULL);
    if (i < argc)
        usage_error("'%s' is not understood", argv[i]);
    if (wire_spec_parse(&spec, text, why) < 0)
        usage_error("--wire: %s", why);
    children_init();
    return wire_check(&spec, stdout);
}

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"wire", wire_command}, {"ladder", ladder_command}};

int main(int argc, char **argv)
{
    struct plan plan;
    struct results results = {.plan = &plan};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    plan_read(&plan, argc, argv);
    children_init();
    if (plan.list) {
        report_list(stdout);
        finish(stdout, "standard output");
    } else
        measure_and_report(&results, &plan);
    plan_free(&plan);
    return 0;
}
