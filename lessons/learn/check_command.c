/* lessons/learn/check_command.c: one exercise, checked once.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/sandbox.h"
#include "lessons/learn/screen.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The sandbox ends what it runs, then whoever called it ends, too. */
static void on_signal(int number)
{
    sandbox_stop = number;
}

void heed_signals(void)
{
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction before, action = {.sa_handler = on_signal}; /* and poll() returns */
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        sigaction(signals[i], &action, &before);
        if (before.sa_handler == SIG_IGN) /* nohup */
            sigaction(signals[i], &before, NULL);
    }
}

void stop_if_told(void)
{
    int number = (int)sandbox_stop;
    if (number == 0)
        return;
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
}

static void note_result(const struct learner *l, const struct exercise *exercise,
                        const struct grading *g)
{
    const struct check_result *failed = first_failed(g);
    if (status_of(g) == PASS)
        progress_note(l->work.s, exercise, ALL_PASSED, NULL);
    else if (g->stage == CHECKED && failed)
        progress_note(l->work.s, exercise, FAILED_CHECK, failed->name);
}

void grade_file(struct grading *g, const struct learner *l, const struct exercise *exercise,
                const char *file, void (*done)(const struct grading *, size_t i))
{
    struct string build = string_of("%s/.build", l->work.s);
    const struct grade_options options = {.top = l->top, .lang = l->lang, .build = build.s,
                                          .seconds = l->seconds, .sanitize = l->sanitize,
                                          .done = done};
    grade(g, exercise, file, &options);
}

enum status check_exercise(struct grading *g, const struct learner *l,
                           const struct exercise *exercise)
{
    grade_file(g, l, exercise, file_of(l, exercise).s, tell_check);
    if (!sandbox_stop)
        note_result(l, exercise, g);
    return status_of(g);
}

void tell_comparison(const struct learner *l, const struct exercise *exercise)
{
    struct string mine = shown(file_of(l, exercise).s);
    struct string solution = shown(lesson_file(l, exercise, "solution.c").s);
    to_type(FAINT, 0, text(T_COMPARE), string_of("diff %.2000s %.2000s", mine.s, solution.s).s);
}

static void tell_next_step(const struct learner *l, enum status status)
{
    struct progress progress;
    if (status == FAIL)
        to_type(FAINT, 0, text(T_STUCK), command_line(l, "hint", l->exercise).s);
    if (status != PASS)
        return;
    tell_comparison(l, l->exercise);
    tell_progress(l);
    progress_load(&progress, l->work.s);
    const struct exercise *next = progress_current(&progress);
    if (next)
        to_type(STRONG, 0, text(T_NEXT), command_line(l, "start", next).s);
    else
        paragraph(GOOD, 0, text(T_FINISHED));
}

int check_command(const struct learner *l)
{
    struct grading g;
    need_exercise(l);
    struct string file = file_of(l, l->exercise);
    if (access(file.s, F_OK) < 0)
        stop(MISUSE, text(T_NOT_STARTED), shown(file.s).s, l->self, l->exercise->name);
    need_work(l);
    heed_signals();
    enum status status = check_exercise(&g, l, l->exercise);
    stop_if_told();
    tell_grading(l, l->exercise, &g);
    grading_free(&g);
    tell_next_step(l, status);
    return (int)status;
}
