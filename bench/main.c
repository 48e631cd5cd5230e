/* bench/main.c: runs the very programs of this project and shows what each choice costs.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/ladder/ladder.h"
#include "bench/predict/predict.h"
#include "bench/report/report.h"
#include "bench/report/report_command.h"
#include "bench/results.h"
#include "bench/wire/wire_check.h"
#include "tcp_echo/program.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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
    if (r->wire)
        return;
    plan->wire = NULL;
    text_set_no_wire(r->no_wire);
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
    report_check_files(plan);
    children_connections(crowd_of(r->plan));
    host_describe(&r->host);
    note_time(r);
    open_wire(r, plan);
    choose_and_warn(r);
    run_plan(r);
    if (r->wire) {
        wire_totals(r->wire, &r->totals);
        r->album = album_open(r);
        r->captured = album_sum(r->album);
    }
    results_finish(r);
    warn_after(r);
    report_write(r);
    album_close(r->album);
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
} commands[] = {{"ladder", ladder_command}, {"predict", predict_command},
                {"report", report_command}, {"wire", wire_command}};

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
        report_finish(stdout, "standard output");
    } else
        measure_and_report(&results, &plan);
    plan_free(&plan);
    return 0;
}
