/* lessons/learn/grade_command.c: a class's submissions, DIR/STUDENT/NAME.c.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/csv.h"
#include "lessons/learn/learn.h"
#include "lessons/learn/sandbox.h"
#include "lessons/learn/screen.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct row { /* one student's exercise */
    const char *student;
    const struct exercise *exercise;
    const char *verdict; /* pass, fail, missing, fault: as the columns of --csv say */
    size_t passed, checks;
    struct string failed, message; /* names separated by blanks; one line */
};

/* --- one row --- */

/* 0 where that cannot be read: grade() then says why. */
static size_t checks_of(const struct learner *l, const struct exercise *exercise)
{
    struct hints hints;
    char why[256];
    if (hints_read(&hints, l->top, exercise, l->lang, why) < 0)
        return 0;
    size_t n = hints.checks_n;
    hints_free(&hints);
    return n;
}

static struct string first_line(const char *words)
{
    return string_of("%.*s", (int)strcspn(words, "\n"), words);
}

static struct string compiler_message(enum text id, const char *said)
{
    char *words = compiler_words(said);
    struct string message = string_of(text(id), first_line(words ? words : "").s);
    free(words);
    return message;
}

/* Of the first check that did not pass. */
static struct string check_message(const struct check_result *check)
{
    if (!check)
        return string_of("%s", "");
    if (check->result == CHECK_FAULTY)
        return string_of(text(T_FAULT), first_line(check->report.remark).s);
    if (check->result != CHECK_WRONG)
        return string_of("%.1000s: %.1000s", check->name, result_words(check).s);
    const char *got = text(T_GOT); /* its blanks are for a column */
    return string_of("%s: %s%.500s; %.*s %.500s", check->name, text(T_EXPECTED),
                     first_line(check->report.expected).s, (int)strcspn(got, " "), got,
                     first_line(check->report.got).s);
}

static struct string message_of(const struct grading *g)
{
    switch (g->stage) {
    case DOES_NOT_COMPILE: return compiler_message(T_COMPILE_BRIEF, g->said);
    case DOES_NOT_LINK: return compiler_message(T_LINK_BRIEF, g->said);
    case CHECKED: return check_message(first_failed(g));
    default: return string_of(text(T_FAULT), first_line(g->said).s);
    }
}

static void fill(struct row *row, const struct grading *g)
{
    static const char *const verdicts[] = {"pass", "fail", "fault", "fault"};
    row->verdict = verdicts[status_of(g)];
    row->passed = g->passed;
    for (size_t i = 0; i < g->n; i++) {
        struct string before = row->failed;
        if (g->checks[i].result != CHECK_PASSED)
            row->failed = string_of("%.3000s%s%.100s", before.s, *before.s ? " " : "",
                                  g->checks[i].name);
    }
    row->message = message_of(g);
}

/* Without a compiler or CMocka no row would say more than the first. */
static void stop_without_tools(const struct learner *l, const struct row *row,
                               const struct grading *g)
{
    if (g->stage != NO_COMPILER && g->stage != NO_CMOCKA)
        return;
    fflush(stdout);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    tell_grading(l, row->exercise, g);
    exit(TROUBLE);
}

static void grade_row(struct row *row, const struct learner *l, const char *file)
{
    struct grading g;
    row->checks = checks_of(l, row->exercise);
    struct stat found;
    if (stat(file, &found) < 0 || !S_ISREG(found.st_mode)) {
        row->verdict = "missing";
        return;
    }
    grade_file(&g, l, row->exercise, file, NULL);
    stop_if_told();
    stop_without_tools(l, row, &g);
    fill(row, &g);
    grading_free(&g);
}

/* --- telling --- */

static void tell_csv(const struct row *row)
{
    struct string passed = string_of("%zu", row->passed), checks = string_of("%zu", row->checks);
    const char *const cells[] = {row->student, row->exercise->name, row->verdict, passed.s,
                                 checks.s,     row->failed.s,       row->message.s};
    csv_row(stdout, cells, sizeof(cells) / sizeof(cells[0]));
    fflush(stdout);
}

static void tell_row(const struct row *row)
{
    bool passed = strcmp(row->verdict, "pass") == 0, missing = strcmp(row->verdict, "missing") == 0;
    struct string words = string_of("%-20s %zu/%zu  %.3000s", row->exercise->name, row->passed,
                                row->checks, row->message.s);
    if (passed || missing)
        words = string_of("%-20s %zu/%zu%s%s", row->exercise->name, row->passed, row->checks,
                        missing ? "  " : "", missing ? text(T_MISSING) : "");
    marked(passed ? MARK_PASSED : missing ? MARK_STARTED : MARK_FAILED, 2, words.s);
    fflush(stdout);
}

static void tell_on_stderr(const struct row *row)
{
    if (isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO))
        fprintf(stderr, "%s/%s: %s\n", row->student, row->exercise->name, row->verdict);
}

static int grade_student(const struct learner *l, const char *dir, const char *student)
{
    int status = PASS;
    size_t passed = 0;
    if (!l->csv)
        paragraph(STRONG, 0, student);
    for (size_t i = 0; i < exercises_n; i++) {
        struct row row = {.student = student, .exercise = &exercises[i]};
        struct string file = string_of("%s/%s/%s.c", dir, student, exercises[i].name);
        grade_row(&row, l, file.s);
        (l->csv ? tell_csv : tell_row)(&row);
        tell_on_stderr(&row);
        passed += strcmp(row.verdict, "pass") == 0;
        if (strcmp(row.verdict, "fault") == 0)
            status = TROUBLE;
    }
    if (!l->csv)
        labelled(PLAIN, 2, "", string_of(text(T_OF), passed, exercises_n).s);
    return status;
}

/* --- the class --- */

static int is_no_secret(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_student(const char *dir, const char *name)
{
    struct stat info;
    return stat(string_of("%s/%s", dir, name).s, &info) == 0 && S_ISDIR(info.st_mode);
}

int grade_command(const struct learner *l)
{
    struct dirent **entries;
    static const char *const head[] = {"student", "exercise", "verdict", "passed",
                                       "checks",  "failed",   "message"};
    int status = PASS, students = 0;
    if (!l->operand)
        stop(MISUSE, "%s", text(T_GRADE_WHAT));
    char *dir = realpath(l->operand, NULL);
    int n = dir ? scandir(dir, &entries, is_no_secret, alphasort) : -1;
    if (n < 0)
        stop(MISUSE, text(T_CANNOT), "grade", l->operand, strerror(errno));
    need_work(l);
    heed_signals();
    if (l->csv)
        csv_row(stdout, head, sizeof(head) / sizeof(head[0]));
    for (int i = 0; i < n; free(entries[i++])) {
        if (!is_student(dir, entries[i]->d_name))
            continue;
        students++;
        if (grade_student(l, dir, entries[i]->d_name) == TROUBLE)
            status = TROUBLE;
    }
    if (students == 0)
        stop(MISUSE, text(T_NO_STUDENTS), l->operand);
    free(entries);
    free(dir);
    return status;
}
