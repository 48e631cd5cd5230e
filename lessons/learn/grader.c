/* lessons/learn/grader.c: from a student's file to what each check says of it.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/grader.h"
#include "lessons/learn/compiler.h"
#include "lessons/learn/judge.h"
#include "lessons/learn/sandbox.h"
#include "lessons/learn/work.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct job {
    struct grading *grading;
    const struct exercise *exercise;
    const char *source;
    const struct grade_options *options;
    char build[PATH_MAX];
    struct string folder, program; /* folder: the exercise's */
    struct compiler compiler;
    int lock;
};

/* The compiler's words become the grading's. */
static void take_words(struct job *w)
{
    free(w->grading->said);
    w->grading->said = w->compiler.said;
    w->compiler.said = NULL;
}

static enum stage fault(struct job *w, const char *what, const char *object, const char *why)
{
    w->grading->said = strdup(string_of("%s %.3000s: %s\n", what, object, why).s);
    return GRADER_FAULT;
}

/* --- Before anything is compiled --- */

static bool make_build(struct job *w)
{
    const char *build = w->options->build;
    if ((mkdir(build, 0777) < 0 && errno != EEXIST) || !realpath(build, w->build) ||
        access(w->build, W_OK | X_OK) < 0) {
        fault(w, "use", build, strerror(errno));
        return false;
    }
    w->folder = string_of("%s/lessons/%s/%s", w->options->top, w->exercise->lesson,
                          w->exercise->name);
    w->program = string_of("%s/%s", w->build, w->exercise->name);
    return true;
}

/* Two of us in one build directory (a watch and a check) take turns. */
static bool lock_build(struct job *w)
{
    struct string path = string_of("%s/lock", w->build);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    w->lock = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    while (w->lock >= 0 && fcntl(w->lock, F_SETLKW, &whole) < 0)
        if (errno != EINTR || sandbox_stop)
            break;
    if (w->lock < 0)
        fault(w, "open", path.s, strerror(errno));
    return w->lock >= 0;
}

static bool name_checks(struct job *w)
{
    char why[256];
    struct grading *g = w->grading;
    if (hints_read(&g->hints, w->options->top, w->exercise, "en", why) < 0) {
        g->said = strdup(why);
        return false;
    }
    g->checks = calloc(g->hints.checks_n, sizeof(*g->checks));
    if (!g->checks) {
        fault(w, "name the checks of", w->exercise->name, strerror(errno));
        return false;
    }
    for (; g->n < g->hints.checks_n; g->n++)
        g->checks[g->n] = (struct check_result){.name = g->hints.checks[g->n].check,
                                                .result = CHECK_NOT_RUN,
                                                .output = calloc(1, 1)};
    return true;
}

/* --- Compiling --- */

/* Our own files do not compile: is it the compiler, CMocka, or are they wrong? */
static enum stage why_not(struct job *w, enum stage otherwise)
{
    char *said = w->compiler.said;
    w->compiler.said = NULL;
    if (!compiler_works(&w->compiler)) {
        free(said);
        return NO_COMPILER;
    }
    if (!compiler_has_cmocka(&w->compiler)) {
        free(said);
        return NO_CMOCKA;
    }
    free(w->compiler.said);
    w->compiler.said = said;
    return otherwise;
}

static enum stage compile_all(struct job *w)
{
    struct compiler *c = &w->compiler;
    struct string check, runner, student = string_of("%s.o", w->program.s);
    struct string source = string_of("%s/lessons/learn/check.c", w->options->top);
    if (!compiler_compile_ours(c, source.s, "check", &runner))
        return why_not(w, GRADER_FAULT);
    c->includes = w->folder.s;
    source = string_of("%s/check.c", w->folder.s);
    if (!compiler_compile_ours(c, source.s, string_of("%s-check", w->exercise->name).s, &check))
        return why_not(w, GRADER_FAULT);
    if (!compiler_compile(c, w->source, student.s))
        return DOES_NOT_COMPILE;
    char *warnings = c->said;
    c->said = NULL;
    const char *objects[] = {check.s, runner.s, student.s, NULL};
    bool linked = compiler_link(c, objects, w->program.s);
    unlink(student.s);
    if (!linked) {
        free(warnings);
        return why_not(w, DOES_NOT_LINK);
    }
    free(c->said);
    c->said = warnings;
    return CHECKED;
}

static const char *first_line(char *said)
{
    if (!said)
        return "?";
    said[strcspn(said, "\n")] = '\0';
    return said;
}

/* With the first compiler that works. */
static enum stage compile(struct job *w)
{
    struct string tried = {""};
    for (size_t i = 0; compiler_candidate(i); i++) {
        double seconds = 4 * w->options->seconds;
        w->compiler = (struct compiler){
            .cc = compiler_candidate(i), .top = w->options->top, .build = w->build,
            .sanitize = w->options->sanitize, .korean = strcmp(w->options->lang, "ko") == 0,
            .seconds = seconds > 10 ? seconds : 10};
        enum stage stage = compile_all(w);
        if (stage != NO_COMPILER || sandbox_stop) {
            take_words(w);
            return stage;
        }
        struct string before = tried;
        tried = string_of("%.2000s%.500s: %.1000s\n", before.s, w->compiler.cc,
                          first_line(w->compiler.said));
        free(w->compiler.said);
    }
    w->grading->said = strdup(tried.s);
    return NO_COMPILER;
}

/* --- Checking --- */

/* One check may take its whole time; after that all of them together have three times as much. */
static void check_all(struct job *w)
{
    struct grading *g = w->grading;
    double budget = sandbox_now() + 3 * w->options->seconds;
    bool slow = false;
    for (size_t i = 0; i < g->n && !sandbox_stop; i++) {
        if (!slow || sandbox_now() < budget) {
            free(g->checks[i].output);
            g->checks[i].output = NULL;
            judge_check(&g->checks[i], w->program.s, w->build, w->options);
            slow = slow || g->checks[i].result == CHECK_TOO_SLOW;
            g->passed += g->checks[i].result == CHECK_PASSED;
        }
        if (w->options->done && !sandbox_stop)
            w->options->done(g, i);
    }
}

static enum stage do_all(struct job *w)
{
    if (!make_build(w) || !name_checks(w) || !lock_build(w))
        return GRADER_FAULT;
    int source = open_file(w->source);
    if (source < 0) {
        fault(w, "read", w->source, strerror(errno));
        return NO_SOURCE;
    }
    close(source);
    enum stage stage = compile(w);
    if (stage == CHECKED)
        check_all(w);
    return stage;
}

static void free_checks(struct grading *grading)
{
    for (size_t i = 0; i < grading->n; i++)
        free(grading->checks[i].output);
    free(grading->checks);
    hints_free(&grading->hints);
    grading->checks = NULL;
    grading->n = 0;
}

void grade(struct grading *grading, const struct exercise *exercise, const char *source,
           const struct grade_options *options)
{
    struct job work = {.grading = grading, .exercise = exercise, .source = source,
                        .options = options, .lock = -1};
    *grading = (struct grading){0};
    grading->stage = do_all(&work);
    if (work.lock >= 0)
        close(work.lock);
    if (grading->stage != CHECKED)
        free_checks(grading);
    if (!grading->said)
        grading->said = calloc(1, 1);
}

void grading_free(struct grading *grading)
{
    free_checks(grading);
    free(grading->said);
    *grading = (struct grading){0};
}
