/* bench/report/report_read.c: from JSON to plan and results; report_read_row.c does the rows.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report_read.h"
#include "bench/children.h"
#include "bench/report/report.h"
#include "tcp_echo/explain.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void recording_wrong(const struct recording *rec, const struct json *at, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    fail("report %s: line %u, column %u: %s", rec->file, at->line, at->column, why);
}

const struct json *recording_member(const struct recording *rec, const struct json *object,
                                    const char *name, enum json_kind kind)
{
    const struct json *v = json_member(object, name);
    if (!v || v->kind == JSON_NULL)
        return NULL;
    if (v->kind != kind)
        recording_wrong(rec, v, "%s is %s, not %s", name, json_kind_name(v->kind),
                        json_kind_name(kind));
    return v;
}

const struct json *recording_needs(const struct recording *rec, const struct json *object,
                                   const char *name, enum json_kind kind)
{
    const struct json *v = recording_member(rec, object, name, kind);
    if (!v)
        recording_wrong(rec, object, "%s is missing", name);
    return v;
}

size_t recording_whole(const struct recording *rec, const struct json *object, const char *name,
                       size_t least, size_t most)
{
    const struct json *v = recording_member(rec, object, name, JSON_NUMBER);
    if (!v)
        return 0;
    if (!(v->number >= (double)least && v->number <= (double)most) ||
        v->number != (double)(size_t)v->number)
        recording_wrong(rec, v, "%s is not a whole number in %zu..%zu", name, least, most);
    return (size_t)v->number;
}

static _Noreturn void not_known(const struct recording *rec, const struct json *v)
{
    char quoted[80];
    recording_wrong(rec, v, "%s %s is not known to this version", v->name,
                    quote(quoted, sizeof quoted, (const uint8_t *)v->text, strlen(v->text)));
}

size_t recorded_measure(const struct recording *rec, const struct json *row)
{
    const struct json *v = recording_needs(rec, row, "measure", JSON_STRING);
    for (size_t m = 0; m < MEASURES; m++)
        if (strcmp(measures[m].name, v->text) == 0)
            return m;
    not_known(rec, v);
}

size_t recorded_transport(const struct recording *rec, const struct json *row)
{
    const struct json *v = recording_needs(rec, row, "transport", JSON_STRING);
    for (size_t t = 0; t < TRANSPORTS; t++)
        if (strcmp(transports[t].name, v->text) == 0)
            return t;
    not_known(rec, v);
}

/* --- the command line --- */

#define UNDERSTOOD 3

/* plan_read() ends the program when it does not like what it reads, and so it does here, in a
 * child: that the file is at fault, not who typed our command line, is for us to say. */
static void try_command(const struct recording *rec, const struct json *list, int argc, char **argv)
{
    char why[200] = "not the command line of a run";
    int status = 0;
    FILE *said = tmpfile();
    pid_t child = said ? fork() : -1;
    if (child < 0)
        fail("report %s: no room for another process", rec->file);
    if (child == 0) {
        struct plan plan;
        dup2(fileno(said), STDOUT_FILENO);
        dup2(fileno(said), STDERR_FILENO);
        plan_read(&plan, argc, argv);
        _exit(plan.list ? 0 : UNDERSTOOD);
    }
    waitpid(child, &status, 0);
    rewind(said);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2 && fgets(why, sizeof why, said))
        why[strcspn(why, "\n")] = '\0';
    fclose(said);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != UNDERSTOOD)
        recording_wrong(rec, list, "argv: %s", why);
}

static void read_command(struct recording *rec, const struct json *root)
{
    const struct json *list = recording_needs(rec, root, "argv", JSON_ARRAY);
    char **argv = calloc(list->size, sizeof *argv);
    int argc = 0;
    if (!argv)
        fail("no memory");
    for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
        if (v->kind != JSON_STRING)
            recording_wrong(rec, v, "argv: %s, not a string", json_kind_name(v->kind));
        argv[argc++] = (char *)v->text;
    }
    if (argc == 0)
        recording_wrong(rec, list, "argv: not even the program");
    optind = 0; /* glibc, musl and the BSDs begin anew then */
    try_command(rec, list, argc, argv);
    plan_read(rec->plan, argc, argv);
    free(argv); /* the plan has a list of its own */
}

/* --- what the rows say of the plan: defaults are those of the version that ran, and of its
 * machine --- */

enum { SIZE, DEPTH, PUSH_EVERY, POLL_EVERY, SUBSCRIBERS, CONNECTIONS, WORKERS, LEARNED };

static void learn_numbers(struct recording *rec, const struct json *params, size_t most[LEARNED])
{
    static const char *const names[LEARNED] = {
        [SIZE] = "size", [DEPTH] = "depth", [PUSH_EVERY] = "push_every_ms",
        [POLL_EVERY] = "poll_every_ms", [SUBSCRIBERS] = "subscribers",
        [CONNECTIONS] = "connections", [WORKERS] = "workers"};
    for (size_t i = 0; i < LEARNED; i++) {
        size_t n = recording_whole(rec, params, names[i], 1, 1000000000);
        most[i] = n > most[i] ? n : most[i];
    }
}

static void set_pin(struct results *r, size_t measure, enum pin pin)
{
    bool none = pin == PIN_NONE;
    r->cpus[measure] = (struct cpus){none ? -1 : 0, none ? -1 : pin == PIN_SPLIT};
}

static void learn_pin(struct recording *rec, size_t measure, const struct json *params)
{
    const struct json *v = recording_member(rec, params, "pin", JSON_STRING);
    for (enum pin pin = PIN_SAME; v && pin <= PIN_NONE; pin++)
        if (strcmp(pin_name(pin), v->text) == 0)
            set_pin(rec->r, measure, pin);
}

static void settle_plan(struct plan *plan, const size_t most[LEARNED])
{
    size_t *const sizes[LEARNED] = {
        [SIZE] = &plan->size, [DEPTH] = &plan->depth, [SUBSCRIBERS] = &plan->subscribers,
        [CONNECTIONS] = &plan->connections};
    long *const longs[LEARNED] = {[PUSH_EVERY] = &plan->push_every_ms,
                                  [POLL_EVERY] = &plan->poll_every_ms, [WORKERS] = &plan->workers};
    for (size_t i = 0; i < LEARNED; i++)
        if (most[i] > 0 && sizes[i])
            *sizes[i] = most[i];
        else if (most[i] > 0)
            *longs[i] = (long)most[i];
}

static void learn_plan(struct recording *rec, const struct json *rows)
{
    size_t most[LEARNED] = {0};
    rec->plan->measures = 0;
    for (size_t m = 0; m < MEASURES; m++)
        set_pin(rec->r, m, plan_pin(rec->plan, m));
    for (const struct json *row = json_first(rows); row; row = json_next(rows, row)) {
        size_t measure = recorded_measure(rec, row);
        const struct json *params = recording_needs(rec, row, "params", JSON_OBJECT);
        rec->plan->measures |= 1u << measure;
        rec->plan->transports |= 1u << recorded_transport(rec, row);
        learn_numbers(rec, params, most);
        learn_pin(rec, measure, params);
    }
    if (rec->plan->measures == 0)
        recording_wrong(rec, rows, "no rows");
    settle_plan(rec->plan, most);
}

/* --- the rest --- */

/* A double would not do. */
static uint64_t read_seed(const struct recording *rec, const struct json *root)
{
    const struct json *v = recording_needs(rec, root, "seed", JSON_NUMBER);
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(v->text, &end, 10);
    if (errno || *v->text == '-' || *end == '.' || *end == 'e' || *end == 'E')
        recording_wrong(rec, v, "seed is not a whole number of 64 bits");
    return seed;
}

static void copy_text(const struct recording *rec, const struct json *object, const char *name,
                      char *out, size_t cap)
{
    const struct json *v = recording_member(rec, object, name, JSON_STRING);
    snprintf(out, cap, "%s", v ? v->text : "");
}

static void read_host(struct recording *rec, const struct json *root)
{
    static const struct json nothing = {.size = 1, .kind = JSON_OBJECT};
    const struct json *host = recording_member(rec, root, "host", JSON_OBJECT);
    struct host *h = &rec->r->host;
    host = host ? host : &nothing;
    const struct json *load = recording_member(rec, host, "load", JSON_NUMBER);
    const struct json *cores = recording_member(rec, host, "cores", JSON_NUMBER);
    h->load = load ? load->number : -1;
    h->cores = cores && cores->number >= 1 && cores->number < 1e6 ? (long)cores->number : -1;
#define COPY(name) copy_text(rec, host, #name, h->name, sizeof h->name)
    COPY(os), COPY(kernel), COPY(machine), COPY(cpu), COPY(congestion_control), COPY(clocksource);
    COPY(compiler), COPY(build), COPY(openssl), COPY(version);
#undef COPY
}

static void read_measures(struct recording *rec, const struct json *root)
{
    const struct json *list = recording_member(rec, root, "measures", JSON_ARRAY);
    for (const struct json *v = list ? json_first(list) : NULL; v; v = json_next(list, v)) {
        struct done *done = &rec->r->done[recorded_measure(rec, v)];
        done->rounds = recording_whole(rec, v, "rounds", 1, ROUNDS_MAX);
        done->count = (long)recording_whole(rec, v, "count", 1, 1000000000);
    }
}

/* Tables and conclusions of models look for every one of them. */
static void complete_models(struct recording *rec, const struct json *rows)
{
    struct subject list[SUBJECTS_MAX];
    size_t n = subjects_of(rec->plan, MODELS, list);
    for (size_t i = 0; i < n; i++)
        if (results_row(rec->r, MODELS, list[i].transport, 0) && !results_find(rec->r, &list[i], 0))
            recording_begin(rec, rows, &list[i]);
}

static void check_schema(const struct recording *rec, const struct json *root)
{
    if (root->kind != JSON_OBJECT)
        recording_wrong(rec, root, "%s, not the object that bench --json writes",
                        json_kind_name(root->kind));
    const struct json *v = recording_needs(rec, root, "schema", JSON_STRING);
    if (strcmp(v->text, REPORT_SCHEMA) != 0)
        not_known(rec, v);
}

void report_read(struct results *r, struct plan *plan, const char *file, const struct json *root)
{
    struct recording rec = {.file = file, .plan = plan, .r = r};
    check_schema(&rec, root);
    *r = (struct results){.plan = plan, .recorded = true};
    read_command(&rec, root);
    plan->seed = read_seed(&rec, root);
    copy_text(&rec, root, "time", r->time, sizeof r->time);
    read_host(&rec, root);
    read_measures(&rec, root);
    report_read_wire(&rec, root);
    const struct json *rows = recording_needs(&rec, root, "rows", JSON_ARRAY);
    learn_plan(&rec, rows);
    for (const struct json *row = json_first(rows); row; row = json_next(rows, row))
        report_read_row(&rec, row);
    complete_models(&rec, rows);
    results_rank(r);
}
