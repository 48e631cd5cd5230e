/* lessons/learn/judge.c: one check, one process, one verdict.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/judge.h"
#include "lessons/learn/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t OUTPUT_MAX = 64 * 1024, OUTPUT_KEPT = 4096;
static const size_t FILE_MAX = (size_t)16 << 20;
static const size_t MEMORY_MAX = (size_t)512 << 20;

/* A file without a name, as large as a report; -1 with errno. */
static int open_report(const char *build)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/report.XXXXXX", build);
    int fd = mkstemp(path);
    if (fd < 0)
        return -1;
    unlink(path);
    if (ftruncate(fd, sizeof(struct report)) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void close_texts(struct report *report)
{
    report->steps[sizeof(report->steps) - 1] = '\0';
    report->expected[sizeof(report->expected) - 1] = '\0';
    report->got[sizeof(report->got) - 1] = '\0';
    report->remark[sizeof(report->remark) - 1] = '\0';
}

static void be_faulty(struct check_result *result, const char *format, const char *detail)
{
    result->result = CHECK_FAULTY;
    snprintf(result->report.remark, sizeof(result->report.remark), format, detail);
}

/* It came to its end by itself and did not say what is wrong. */
static enum result judge_exit(const struct sandbox_result *run, uint32_t verdict)
{
    if (run->ending == SANDBOX_SIGNAL)
        return run->number == SIGXCPU ? CHECK_TOO_SLOW : CHECK_CRASHED;
    return verdict == PASSED && run->number == 0 ? CHECK_PASSED : CHECK_EXITED;
}

/* Whatever the report says: only a check that says PASSED, and whose process then ends in peace and
 * alone, has passed. */
static enum result judge(const struct sandbox_result *run, const struct report *report)
{
    if (run->ending == SANDBOX_STOPPED)
        return CHECK_NOT_RUN;
    if (report->forked || report->forks > FORKS_MAX || run->left_others)
        return CHECK_FORKED;
    if (report->verdict == FAULTY || report->verdict == NO_SUCH_CHECK)
        return CHECK_FAULTY;
    if (report->verdict == WRONG)
        return CHECK_WRONG;
    if (run->ending == SANDBOX_TOO_SLOW)
        return CHECK_TOO_SLOW;
    if (run->ending == SANDBOX_TOO_LOUD)
        return CHECK_TOO_LOUD;
    return judge_exit(run, report->verdict);
}

static void take(struct check_result *result, struct sandbox_result *run,
                 const struct grade_options *options)
{
    close_texts(&result->report);
    result->output = run->output;
    if (result->output && strlen(result->output) > OUTPUT_KEPT)
        result->output[OUTPUT_KEPT] = '\0';
    if (run->ending == SANDBOX_NOT_STARTED) {
        be_faulty(result, "run the check program: %s", strerror(run->number));
        return;
    }
    result->result = judge(run, &result->report);
    result->number = run->number;
    if (result->result == CHECK_TOO_SLOW)
        result->number = (int)(options->seconds + 0.5);
    if (result->result == CHECK_TOO_LOUD)
        result->number = (int)OUTPUT_MAX;
    if (result->report.verdict == NO_SUCH_CHECK)
        be_faulty(result, "hints.txt names a check that the program does not have: %s",
                  result->name);
}

void judge_check(struct check_result *result, const char *program, const char *build,
                 const struct grade_options *options)
{
    char *argv[] = {(char *)program, (char *)result->name, "3", (char *)options->lang, NULL};
    struct sandbox_job job = {.argv = argv, .build = build, .in_scratch = true,
                              .seconds = options->seconds, .output_max = OUTPUT_MAX,
                              .file_max = FILE_MAX,
                              .memory_max = options->sanitize ? 0 : MEMORY_MAX};
    struct sandbox_result run;
    struct report *shared = MAP_FAILED;
    job.report_fd = open_report(build);
    if (job.report_fd >= 0)
        shared = mmap(NULL, sizeof(*shared), PROT_READ, MAP_SHARED, job.report_fd, 0);
    if (shared == MAP_FAILED) {
        be_faulty(result, "make a report in the build directory: %s", strerror(errno));
    } else {
        sandbox_run(&run, &job);
        memcpy(&result->report, shared, sizeof(*shared));
        munmap(shared, sizeof(*shared));
        take(result, &run, options);
    }
    if (job.report_fd >= 0)
        close(job.report_fd);
    if (!result->output)
        result->output = calloc(1, 1);
}
