/* bench/main.c: runs the very programs of this project and shows what each choice costs.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/report.h"
#include "bench/results.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *created[REPORTS]; /* files that were not there before, still empty */
static pid_t own_pid;

/* A run that fails, or is interrupted, leaves no empty files behind. */
static void remove_created(void)
{
    for (int i = 0; i < REPORTS; i++)
        if (created[i] && getpid() == own_pid)
            unlink(created[i]);
}

/* Opened before measuring, so that half a minute is not spent on what can't be written; emptied
 * only when there is something to write. */
static FILE *open_report(const char *path, const char **is_new)
{
    if (strcmp(path, "-") == 0)
        return stdout;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
        *is_new = path;
    else
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        fail("write %s: %s", path, strerror(errno));
    return f;
}

static bool same_file(FILE *a, FILE *b)
{
    struct stat x, y;
    return fstat(fileno(a), &x) == 0 && fstat(fileno(b), &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void open_reports(const struct plan *plan, FILE *file[REPORTS])
{
    own_pid = getpid();
    atexit(remove_created);
    for (int i = 0; i < REPORTS; i++) {
        if (plan->file[i])
            file[i] = open_report(plan->file[i], &created[i]);
        for (int j = 0; j < i; j++)
            if (file[i] && file[j] && same_file(file[i], file[j]))
                usage_error("two reports in one file: %s", plan->file[i]);
    }
}

static void finish(FILE *f, const char *path)
{
    if (fflush(f) != 0 || ferror(f))
        fail("write %s: %s", path, strerror(errno));
}

static void write_reports(const struct results *r, FILE *file[REPORTS])
{
    static void (*const report[REPORTS])(FILE *, const struct results *) = {
        [REPORT_JSON] = report_json, [REPORT_CSV] = report_csv, [REPORT_MD] = report_md};
    bool to_stdout = false;
    for (int i = 0; i < REPORTS; i++) {
        if (!file[i])
            continue;
        to_stdout |= file[i] == stdout;
        if (file[i] != stdout && ftruncate(fileno(file[i]), 0) < 0 && errno != EINVAL)
            fail("write %s: %s", r->plan->file[i], strerror(errno));
        report[i](file[i], r);
        finish(file[i], r->plan->file[i]);
        created[i] = NULL;
        if (file[i] != stdout)
            fclose(file[i]);
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

static void note_time(struct results *r)
{
    time_t now = time(NULL);
    strftime(r->time, sizeof r->time, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
}

static void measure_and_report(struct results *r)
{
    FILE *file[REPORTS] = {NULL};
    open_reports(r->plan, file);
    host_describe(&r->host);
    note_time(r);
    choose_and_warn(r);
    run_plan(r);
    results_finish(r);
    warn_after(r);
    write_reports(r, file);
    results_free(r);
}

int main(int argc, char **argv)
{
    struct plan plan;
    struct results results = {.plan = &plan};
    plan_read(&plan, argc, argv);
    children_init();
    if (plan.list) {
        report_list(stdout);
        finish(stdout, "standard output");
    } else
        measure_and_report(&results);
    plan_free(&plan);
    return 0;
}
