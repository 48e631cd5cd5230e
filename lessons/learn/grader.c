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
#include <stdarg.h>
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
    char build[PATH_MAX], folder[PATH_MAX]; /* folder: the exercise's */
    char program[PATH_MAX + 128];
    struct compiler compiler;
    int lock;
};

static void say(char **said, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(char **said, const char *format, ...)
{
    char line[PATH_MAX + 1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    size_t before = *said ? strlen(*said) : 0;
    char *longer = realloc(*said, before + strlen(line) + 1);
    if (!longer)
        return;
    strcpy(longer + before, line);
    *said = longer;
}

/* The compiler's words become the grading's. */
static void take_words(struct job *w)
{
    free(w->grading->said);
    w->grading->said = w->compiler.said;
    w->compiler.said = NULL;
}

static enum stage fault(struct job *w, const char *what, const char *object, const char *why)
{
    say(&w->grading->said, "%s %s: %s\n", what, object, why);
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
    snprintf(w->folder, sizeof(w->folder), "%s/lessons/%s/%s", w->options->top,
             w->exercise->lesson, w->exercise->name);
    snprintf(w->program, sizeof(w->program), "%s/%s", w->build, w->exercise->name);
    return true;
}

/* Two of us in one build directory (a watch and a check) take turns. */
static bool lock_build(struct job *w)
{
    char path[PATH_MAX + 8];
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(path, sizeof(path), "%s/lock", w->build);
    w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    while (w->lock >= 0 && fcntl(w->lock, F_SETLKW, &whole) < 0)
        if (errno != EINTR || sandbox_stop)
            break;
    if (w->lock < 0)
        fault(w, "open", path, strerror(errno));
    return w->lock >= 0;
}

static bool name_checks(struct job *w)
{
    struct hints hints;
    char why[256];
    struct grading *g = w->grading;
    if (hints_read(&hints, w->options->top, w->exercise, "en", why) < 0) {
        say(&g->said, "%s\n", why);
        return false;
    }
    g->checks = calloc(hints.checks_n, sizeof(*g->checks));
    for (size_t i = 0; g->checks && i < hints.checks_n; i++) {
        g->checks[i].name = strdup(hints.checks[i].check);
        g->checks[i].result = CHECK_NOT_RUN;
        g->checks[i].output = calloc(1, 1);
        g->n += g->checks[i].name != NULL;
    }
    bool all = g->checks && g->n == hints.checks_n;
    hints_free(&hints);
    if (!all)
        fault(w, "name the checks of", w->exercise->name, strerror(ENOMEM));
    return all;
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
    char source[2 * PATH_MAX], name[128], student[2 * PATH_MAX];
    char check[PATH_MAX + 128], runner[PATH_MAX + 128];
    snprintf(source, sizeof(source), "%s/lessons/learn/check.c", w->options->top);
    if (!compiler_compile_ours(c, source, "check", runner, sizeof(runner)))
        return why_not(w, GRADER_FAULT);
    c->includes = w->folder;
    snprintf(source, sizeof(source), "%s/check.c", w->folder);
    snprintf(name, sizeof(name), "%s-check", w->exercise->name);
    if (!compiler_compile_ours(c, source, name, check, sizeof(check)))
        return why_not(w, GRADER_FAULT);
    snprintf(student, sizeof(student), "%s.o", w->program);
    if (!compiler_compile(c, w->source, student))
        return DOES_NOT_COMPILE;
    char *warnings = c->said;
    c->said = NULL;
    const char *objects[] = {check, runner, student, NULL};
    bool linked = compiler_link(c, objects, w->program);
    unlink(student);
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
    char *tried = NULL;
    for (size_t i = 0; compiler_candidate(i); i++) {
        double seconds = 4 * w->options->seconds;
        w->compiler = (struct compiler){
            .cc = compiler_candidate(i), .top = w->options->top, .build = w->build,
            .sanitize = w->options->sanitize, .korean = strcmp(w->options->lang, "ko") == 0,
            .seconds = seconds > 10 ? seconds : 10};
        enum stage stage = compile_all(w);
        if (stage != NO_COMPILER || sandbox_stop) {
            free(tried);
            take_words(w);
            return stage;
        }
        say(&tried, "%s: %s\n", w->compiler.cc, first_line(w->compiler.said));
        free(w->compiler.said);
    }
    w->grading->said = tried;
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
        if (slow && sandbox_now() >= budget)
            return;
        free(g->checks[i].output);
        g->checks[i].output = NULL;
        judge_check(&g->checks[i], w->program, w->build, w->options);
        slow = slow || g->checks[i].result == CHECK_TOO_SLOW;
        g->passed += g->checks[i].result == CHECK_PASSED;
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
    for (size_t i = 0; i < grading->n; i++) {
        free((char *)grading->checks[i].name);
        free(grading->checks[i].output);
    }
    free(grading->checks);
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
