/* lessons/learn/learn.h: the commands.  main.c reads the command line, each command has a function
 * here that returns the exit status.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_LEARN_H
#define LEARN_LEARN_H

#include "lessons/learn/grader.h"
#include "lessons/learn/progress.h"
#include "lessons/learn/text.h"
#include "lessons/learn/work.h"

enum status { PASS = 0, FAIL = 1, MISUSE = 2, TROUBLE = 3 };

struct learner {
    const char *self; /* how this program is called here: "lessons/run", "build/bin/learn" */
    const char *top, *lang;
    struct string work; /* absolute */
    double seconds;
    bool sanitize, give_up, yes, csv;
    const char *operand; /* DIR as given, or NULL */
    const struct exercise *exercise; /* the named one, or the current one; NULL: all have passed */
};

int watch_command(const struct learner *);
int list_command(const struct learner *);
int start_command(const struct learner *);
int check_command(const struct learner *);
int hint_command(const struct learner *);
int solution_command(const struct learner *);
int reset_command(const struct learner *);
int grade_command(const struct learner *);

/* --- what they share --- */

/* "learn: " and the message on stderr, in the learner's language. */
_Noreturn void stop(enum status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exercise that is meant; ends the program, with praise, when all have passed. */
const struct exercise *need_exercise(const struct learner *);

/* Ends the program when one may not write where the work is. */
void need_work(const struct learner *);

struct string file_of(const struct learner *, const struct exercise *);
struct string lesson_file(const struct learner *, const struct exercise *, const char *name);

/* "lessons/run hint read_exact", ready to be typed. */
struct string command_line(const struct learner *, const char *command, const struct exercise *);

/* hints.txt, or the end of the program. */
void need_hints(struct hints *, const struct learner *, const struct exercise *);

/* Copies the stub unless there is a file, and notes that it is started.  Returns whether the file
 * is new. */
bool begin_exercise(const struct learner *, const struct exercise *);
void tell_task(const struct learner *, const struct exercise *);
void tell_places(const struct learner *, const struct exercise *); /* what to read and to edit */

/* Compiles, checks, tells each check as soon as it is done, and notes the result: PASS, FAIL or
 * TROUBLE. */
enum status check_exercise(struct grading *, const struct learner *, const struct exercise *);
void grade_file(struct grading *, const struct learner *, const struct exercise *,
                const char *file, void (*done)(const struct grading *, size_t i));
void tell_comparison(const struct learner *, const struct exercise *);
void tell_list(const struct learner *);
void tell_progress(const struct learner *); /* how many have passed */
void tell_hint(const struct learner *, const struct exercise *, bool by_key); /* h for the next */

/* From now on SIGINT, SIGTERM and SIGHUP set sandbox_stop; grade() returns when they do, and
 * stop_if_told() ends the program by that signal. */
void heed_signals(void);
void stop_if_told(void);

/* --- result.c: a grading in words --- */

/* Check number i of a grading that goes on; then what became of all of them. */
void tell_check(const struct grading *, size_t i);
void tell_grading(const struct learner *, const struct exercise *, const struct grading *);
enum status status_of(const struct grading *);

/* The first check that did not pass, or NULL. */
const struct check_result *first_failed(const struct grading *);

/* In one sentence, without its name. */
struct string result_words(const struct check_result *);

/* The compiler's words with paths as shown(), from the first error on; to be freed, NULL = none. */
char *compiler_words(const char *said);

#endif
