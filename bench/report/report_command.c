/* bench/report/report_command.c: `bench report FILE`: what a run recorded with --json, drawn again
 * on any machine.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report_command.h"
#include "bench/children.h"
#include "bench/report/report.h"
#include "bench/report/report_read.h"
#include "tcp_echo/bytes.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct program about = {
    .name = "bench report",
    .summary =
        "Draws a recorded run again, FILE being what bench --json wrote (- = stdin): the\n"
        "same tables and sentences as the run itself printed.",
};

static void read_all(struct bytes **all, FILE *f, const char *name)
{
    char part[1 << 14];
    size_t n;
    do {
        n = fread(part, 1, sizeof part, f);
        if (bytes_append(all, part, n) < 0)
            fail("no memory");
    } while (n > 0 && (*all)->len <= JSON_SIZE_MAX);
    if (ferror(f))
        fail("read %s: %s", name, strerror(errno));
}

/* A text that '\0' ends. */
static struct bytes *read_file(const char *name)
{
    struct bytes *all = NULL;
    FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    if (!f)
        fail("read %s: %s", name, strerror(errno));
    read_all(&all, f, name);
    if (f != stdin)
        fclose(f);
    if (bytes_append(&all, "", 1) < 0)
        fail("no memory");
    return all;
}

static const char *read_options(struct plan *wanted, int argc, char **argv)
{
    const struct option_row rows[] = {
        {0, "json", "FILE", "write everything there (- = stdout)", TEXT,
         &wanted->file[REPORT_JSON], 0, 0},
        {0, "csv", "FILE", "the same, one metric a line", TEXT, &wanted->file[REPORT_CSV], 0, 0},
        {0, "md", "FILE", "the tables, in Markdown", TEXT, &wanted->file[REPORT_MD], 0, 0},
        {0},
    };
    int operand = parse_options(&about, argc, argv, "FILE", rows, NULL);
    if (argc - operand != 1)
        usage_error("one file that bench --json wrote, not %d (see --help)", argc - operand);
    report_check_files(wanted);
    return argv[operand];
}

void recording_open(struct recorded *rec, const char *name)
{
    struct json_error error;
    rec->text = read_file(name);
    rec->root = json_read((char *)rec->text->data + rec->text->head, rec->text->len - 1, &error);
    if (!rec->root)
        fail("report %s: line %u, column %u: %s", name, error.line, error.column, error.why);
    report_read(&rec->results, &rec->plan, name, rec->root);
}

void recording_close(struct recorded *rec)
{
    results_free(&rec->results);
    plan_free(&rec->plan);
    free(rec->root);
    bytes_free(&rec->text);
}

int report_command(int argc, char **argv)
{
    struct plan wanted = {0};
    static struct recorded rec;
    recording_open(&rec, read_options(&wanted, argc, argv));
    for (enum report i = REPORT_JSON; i <= REPORT_MD; i++)
        rec.plan.file[i] = wanted.file[i];
    warn_after(&rec.results);
    report_write(&rec.results);
    recording_close(&rec);
    return 0;
}
