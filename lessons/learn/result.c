/* lessons/learn/result.c: what became of the checks, for people.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"
#include "lessons/learn/wrap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPILER_LINES = 20, WARNING_LINES = 10, OUTPUT_LINES = 12 };

/* As the learner knows their paths. */
static void tell_lines(int indent, const char *lines, size_t most)
{
    char *words = shown_text(lines);
    verbatim(indent, words ? words : lines, most);
    free(words);
}

/* --- one check --- */

static struct string signal_words(int number)
{
    static const struct {
        int number;
        const char *name;
        enum text words;
    } known[] = {{SIGSEGV, "SIGSEGV", G_SEGV}, {SIGBUS, "SIGBUS", G_BUS},
                 {SIGFPE, "SIGFPE", G_FPE},    {SIGABRT, "SIGABRT", G_ABRT},
                 {SIGPIPE, "SIGPIPE", G_PIPE}, {SIGKILL, "SIGKILL", G_KILL}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].number == number)
            return string_of(text(R_CRASHED), known[i].name, text(known[i].words));
    return string_of(text(R_CRASHED), strsignal(number), string_of(text(G_OTHER), number).s);
}

struct string result_words(const struct check_result *check)
{
    switch (check->result) {
    case CHECK_PASSED: return string_of("%s", text(T_PASSED_PLAIN));
    case CHECK_WRONG: return string_of("%s", text(R_WRONG));
    case CHECK_CRASHED: return signal_words(check->number);
    case CHECK_EXITED: return string_of(text(R_EXITED), check->number);
    case CHECK_TOO_SLOW: return string_of(text(R_TOO_SLOW), check->number);
    case CHECK_TOO_LOUD: return string_of(text(R_TOO_LOUD), check->number);
    case CHECK_FORKED: return string_of("%s", text(R_FORKED));
    case CHECK_NOT_RUN: return string_of("%s", text(R_NOT_RUN));
    case CHECK_FAULTY: return string_of("%s: %s", text(R_FAULTY), check->report.remark);
    }
    return string_of("?");
}

/* "x exercise/check   after: one; two" where that fits a line, else each step has its own. */
static void tell_steps(const char *exercise, const struct check_result *check)
{
    struct string name = string_of("%s/%s", exercise, check->name), joined = {""};
    const char *steps = check->report.steps;
    for (const char *s = steps; *s; s += strcspn(s, "\n"), s += *s == '\n') {
        struct string before = joined;
        joined = string_of("%.2000s%s%.*s", before.s, *before.s ? "; " : "",
                           (int)strcspn(s, "\n"), s);
    }
    struct string whole = string_of("%s   %s %.2000s", name.s, text(T_AFTER), joined.s);
    bool fits = *steps && columns(whole.s) + 2 <= screen_width();
    marked(MARK_FAILED, 0, fits ? whole.s : name.s);
    if (*steps && !fits) {
        labelled(PLAIN, 2, "", text(T_AFTER));
        for (const char *s = steps; *s; s += strcspn(s, "\n"), s += *s == '\n')
            labelled(PLAIN, 4, *s == ' ' ? "  " : "- ", /* a step that goes on is indented */
                     string_of("%.*s", (int)strcspn(s, "\n"), s).s);
    }
}

static void tell_difference(const struct report *report)
{
    const char *got = text(T_GOT);
    struct string remark = string_of("(%s)", report->remark);
    struct string both = string_of("%s    %s", report->got, remark.s);
    bool fits = *report->remark && 2 + columns(got) + columns(both.s) <= screen_width() &&
                !strchr(report->got, '\n');
    labelled(PLAIN, 2, text(T_EXPECTED), report->expected);
    labelled(PLAIN, 2, got, fits ? both.s : report->got);
    if (*report->remark && !fits)
        labelled(PLAIN, 2, "", remark.s);
}

static void tell_failure(const struct learner *l, const struct exercise *exercise,
                         const struct check_result *check)
{
    blank_line();
    tell_steps(exercise->name, check);
    if (check->result == CHECK_WRONG)
        tell_difference(&check->report);
    else
        labelled(PLAIN, 2, "", result_words(check).s);
    if (check->result == CHECK_CRASHED && !l->sanitize) {
        struct string again = string_of("%s check --sanitize %s", l->self, exercise->name);
        to_type(PLAIN, 2, text(R_SANITIZE), again.s);
    }
    if (check->output && *check->output) {
        labelled(PLAIN, 2, "", text(T_PRINTED));
        tell_lines(4, check->output, OUTPUT_LINES);
    }
}

/* --- all of them --- */

const struct check_result *first_failed(const struct grading *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->checks[i].result != CHECK_PASSED)
            return &g->checks[i];
    return NULL;
}

enum status status_of(const struct grading *g)
{
    if (g->stage == DOES_NOT_COMPILE || g->stage == DOES_NOT_LINK)
        return FAIL;
    if (g->stage != CHECKED || g->n == 0)
        return TROUBLE;
    for (size_t i = 0; i < g->n; i++)
        if (g->checks[i].result == CHECK_FAULTY)
            return TROUBLE;
    return first_failed(g) ? FAIL : PASS;
}

void tell_check(const struct grading *g, size_t i)
{
    const struct check_result *check = &g->checks[i];
    bool passed = check->result == CHECK_PASSED;
    bool first = g->passed == i; /* to fail; tell_grading() says more about it */
    bool plain = passed || first || check->result == CHECK_WRONG;
    struct string words = string_of("%s: %s", check->name, result_words(check).s);
    marked(passed                           ? MARK_PASSED
           : check->result == CHECK_NOT_RUN ? MARK_OPEN
                                            : MARK_FAILED,
           0, plain ? check->name : words.s);
    fflush(stdout);
}

static void tell_outcome(const struct learner *l, const struct exercise *exercise,
                         const struct grading *g)
{
    const struct check_result *first = first_failed(g);
    if (first)
        tell_failure(l, exercise, first);
    blank_line();
    if (first)
        say(STRONG, 0, text(T_SOME_PASSED), exercise->name, g->passed, g->n);
    else
        say(GOOD, 0, string_of("%s. %s", text(T_ALL_PASSED), text(T_PRAISE_1 + g->n % 3)).s,
            exercise->name, g->n);
}

/* The first error first: what was said before it is mostly a warning. */
static const char *first_error(const char *said)
{
    static const char *const signs[] = {" error: ", "undefined reference", "multiple definition",
                                        "Undefined symbols"};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const char *found = strstr(said, signs[i]);
        if (found && (!first || found < first))
            first = found;
    }
    while (first && first > said && first[-1] != '\n')
        first--;
    return first ? first : said;
}

char *compiler_words(const char *said)
{
    return shown_text(first_error(said ? said : ""));
}

static void tell_no_tools(const struct grading *g)
{
    paragraph(BAD, 0, text(g->stage == NO_COMPILER ? S_NO_COMPILER : S_NO_CMOCKA));
    tell_lines(2, g->said, WARNING_LINES);
    paragraph(PLAIN, 0, text(S_INSTALL));
}

static void tell_errors(const struct string title, const struct grading *g)
{
    paragraph(BAD, 0, title.s);
    tell_lines(2, first_error(g->said), COMPILER_LINES);
}

static void tell_warnings(const struct grading *g)
{
    if (!g->said || !*g->said)
        return;
    paragraph(STRONG, 0, text(T_WARNS));
    tell_lines(2, g->said, WARNING_LINES);
    blank_line();
}

void tell_grading(const struct learner *l, const struct exercise *exercise,
                  const struct grading *g)
{
    struct string file = shown(file_of(l, exercise).s);
    switch (g->stage) {
    case NO_COMPILER:
    case NO_CMOCKA: tell_no_tools(g); break;
    case NO_SOURCE: tell_lines(0, g->said, 1); break;
    case GRADER_FAULT: say(BAD, 0, "%s%s", text(S_FAULT), g->said); break;
    case DOES_NOT_COMPILE: tell_errors(string_of(text(S_NOT_COMPILED), file.s), g); break;
    case DOES_NOT_LINK:
        tell_errors(string_of(text(S_NOT_LINKED), file.s, exercise->name), g);
        break;
    case CHECKED:
        tell_warnings(g);
        tell_outcome(l, exercise, g);
    }
}
