/* bench/report/report_files.c: where the reports go.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/report/report.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

void report_check_files(const struct plan *plan)
{
    static struct place place[REPORTS];
    for (int i = 0; i < REPORTS; i++) {
        const char *path = plan->file[i];
        if (!path)
            continue;
        if (strcmp(path, "-") == 0)
            strcpy(place[i].name, path);
        else if (find_place(&place[i], path) < 0)
            fail("write %s: %s", path, strerror(errno));
        for (int j = 0; j < i; j++)
            if (!place[i].device && strcmp(place[i].name, place[j].name) == 0)
                usage_error("two reports in one file: %s", path);
    }
}

void report_finish(FILE *f, const char *path)
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
    report_finish(f, path);
    if (f != stdout)
        fclose(f);
}

void report_write(const struct results *r)
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
    if (!to_stdout && r->plan->ladder && r->wire)
        report_ladders(stdout, r);
    report_finish(stdout, "standard output");
}
