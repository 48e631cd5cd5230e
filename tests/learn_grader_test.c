/* tests/learn_grader_test.c: what students hand in.  Only right code passes; whatever the rest
 * does, grade() returns in time, says what happened, and nothing of it is left.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/grader.h"
#include "lessons/learn/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define HEAD "#include \"twice.h\"\n#include <fcntl.h>\n#include <signal.h>\n#include <stdio.h>\n" \
             "#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n"
#define INSIDE(statement) HEAD "int twice(int n) { " statement " return 2 * n; }\n"
#define ONCE(statement) INSIDE("if (n != 0) { " statement " }") /* the other check passes */
#define BEFORE(statement) \
    HEAD "__attribute__((constructor)) static void first(void) { " statement " }\n" \
         "int twice(int n) { return 2 * n; }\n"

enum { ANY = -1 };

static const struct submission {
    const char *name, *source;
    enum stage stage;
    enum result result; /* of the first check */
    int number;
} submissions[] = {
    {"right", INSIDE(""), CHECKED, CHECK_PASSED, ANY},
    {"wrong", INSIDE("n++;"), CHECKED, CHECK_WRONG, ANY},
    {"a_constant", HEAD "int twice(int n) { (void)n; return 42; }", CHECKED, CHECK_WRONG, ANY},
    {"one_check_right", HEAD "int twice(int n) { return n; }", CHECKED, CHECK_WRONG, ANY},
    {"empty", "", DOES_NOT_LINK, 0, 0},
    {"all_commented_out", "/* " INSIDE("") " */\n", DOES_NOT_LINK, 0, 0},
    {"no_c", "What is a socket?\n", DOES_NOT_COMPILE, 0, 0},
    {"a_main", INSIDE("") "int main(void) { return 0; }", DOES_NOT_LINK, 0, 0},
    {"compiles_for_ever", "#include __FILE__\n#include __FILE__\n", DOES_NOT_COMPILE, 0, 0},
    {"includes_zeros", "#include \"/dev/zero\"\n?\n", DOES_NOT_COMPILE, 0, 0},
    {"errors_without_end",
     "#define A x y; x y; x y; x y;\n#define B A A A A A A A A\n#define C B B B B B B B B\n"
     "#define D C C C C C C C C\n#define E D D D D D D D D\nvoid f(void) { E E E E E E E E }\n",
     DOES_NOT_COMPILE, 0, 0},
    {"crash", INSIDE("*(volatile int *)0 = n;"), CHECKED, CHECK_CRASHED, SIGSEGV},
    {"abort", INSIDE("abort();"), CHECKED, CHECK_CRASHED, SIGABRT},
    {"sigpipe", INSIDE("raise(SIGPIPE);"), CHECKED, CHECK_CRASHED, SIGPIPE},
    {"kills_itself", INSIDE("kill(getpid(), SIGKILL);"), CHECKED, CHECK_CRASHED, SIGKILL},
    {"stops_itself", ONCE("raise(SIGSTOP);"), CHECKED, CHECK_TOO_SLOW, 1},
    {"deep_recursion", HEAD "int twice(int n) { volatile char a[4096]; a[n % 4096] = 1; "
     "return twice(n + 1) + a[0]; }", CHECKED, CHECK_CRASHED, SIGSEGV},
    {"eats_memory", INSIDE("for (char *p; (p = malloc(1 << 20)); *p = 1) ; abort();"),
     CHECKED, CHECK_CRASHED, SIGABRT},
    {"loops", ONCE("for (;;) ;"), CHECKED, CHECK_TOO_SLOW, 1},
    {"sleeps", ONCE("sleep(1000);"), CHECKED, CHECK_TOO_SLOW, 1},
    {"sleeps_with_signals_blocked", ONCE("sigset_t all; sigfillset(&all); "
     "sigprocmask(SIG_SETMASK, &all, NULL); for (int i = 1; i < 32; i++) signal(i, SIG_IGN); "
     "for (;;) sleep(1000);"), CHECKED, CHECK_TOO_SLOW, 1},
    {"reads_stdin", INSIDE("char c; while (read(0, &c, 1) != 0) ; n++;"),
     CHECKED, CHECK_WRONG, ANY},
    {"prints_without_end", INSIDE("for (;;) puts(\"so\");"), CHECKED, CHECK_TOO_LOUD, 65536},
    {"prints_a_bit", INSIDE("puts(\"so\"); n++;"), CHECKED, CHECK_WRONG, ANY},
    {"writes_without_end", INSIDE("char b[65536] = \"\"; "
     "int f = open(\"f\", O_WRONLY | O_CREAT, 0600); "
     "for (;;) if (write(f, b, sizeof b) < 0) break;"), CHECKED, CHECK_CRASHED, SIGXFSZ},
    {"exits_0", INSIDE("exit(0);"), CHECKED, CHECK_EXITED, 0},
    {"_exits_0", INSIDE("_exit(0);"), CHECKED, CHECK_EXITED, 0},
    {"exits_3", INSIDE("exit(3);"), CHECKED, CHECK_EXITED, 3},
    {"exits_before_main", BEFORE("exit(0);"), CHECKED, CHECK_EXITED, 0},
    {"_exits_before_main", BEFORE("_exit(3);"), CHECKED, CHECK_EXITED, 3},
    {"exits_after_main_with_7", HEAD "static void last(void) { _exit(7); }\n"
     "int twice(int n) { atexit(last); return 2 * n; }", CHECKED, CHECK_EXITED, 7},
    {"loops_after_main", HEAD "static void last(void) { for (;;) ; }\n"
     "int twice(int n) { if (n) atexit(last); return 2 * n; }", CHECKED, CHECK_TOO_SLOW, 1},
    {"closes_all_descriptors", INSIDE("for (int i = 0; i < 1024; i++) close(i);"),
     CHECKED, CHECK_WRONG, ANY},
    {"closes_stdout", INSIDE("close(1);"), CHECKED, CHECK_WRONG, ANY},
    {"uses_up_all_descriptors", INSIDE("while (dup(0) >= 0) ; n++;"), CHECKED, CHECK_WRONG, ANY},
    {"fork_bomb", INSIDE("for (;;) fork();"), CHECKED, CHECK_FORKED, ANY},
    {"fork_bomb_before_main", BEFORE("for (;;) fork();"), CHECKED, CHECK_EXITED, ANY},
    {"forks_and_goes_on", INSIDE("fork();"), CHECKED, CHECK_FORKED, ANY},
    {"child_goes_on_later", ONCE("if (fork() == 0) usleep(300000);"), CHECKED, CHECK_FORKED, ANY},
    {"child_fails_later", ONCE("if (fork() == 0) { usleep(300000); n++; }"),
     CHECKED, CHECK_FORKED, ANY},
    {"child_stays", ONCE("if (fork() == 0) for (;;) sleep(1000);"), CHECKED, CHECK_FORKED, ANY},
    {"daemon", ONCE("if (fork() == 0) { setsid(); if (fork() == 0) { setsid(); "
     "for (;;) sleep(1000); } _exit(0); }"), CHECKED, CHECK_FORKED, ANY},
    {"child_ends_in_peace", INSIDE("if (fork() == 0) _exit(0);"), CHECKED, CHECK_PASSED, ANY},
    {"system", INSIDE("if (system(\"exit 3\") == 0) n++;"), CHECKED, CHECK_PASSED, ANY},
    {"kills_its_parent", INSIDE("kill(getppid(), SIGKILL); sleep(1000);"),
     CHECKED, CHECK_CRASHED, SIGKILL},
    {"leaves_files", INSIDE("mkdir(\"d\", 0700); close(open(\"d/f\", O_CREAT | O_WRONLY, 0600));")
     "\n", CHECKED, CHECK_PASSED, ANY},
};

static char top[] = "/tmp/learn-top-XXXXXX";
static const struct exercise toy = {"00-toy", "twice"};

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static const char *in_top(const char *path)
{
    static char paths[4][256];
    static unsigned turn;
    char *buffer = paths[turn++ % 4];
    snprintf(buffer, sizeof(paths[0]), "%s/%s", top, path);
    return buffer;
}

static void link_to(const char *checkouts, const char *path)
{
    char target[512];
    snprintf(target, sizeof(target), "%s/%s", getenv("SOCKLAB_TOP"), checkouts);
    assert_int_equal(symlink(target, in_top(path)), 0);
}

static int make_top(void **state)
{
    (void)state;
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* what a run leaves behind, we would get */
#endif
    assert_non_null(getenv("SOCKLAB_TOP"));
    assert_non_null(mkdtemp(top));
    mkdir(in_top("lessons"), 0700);
    mkdir(in_top("lessons/00-toy"), 0700);
    link_to("lessons/learn", "lessons/learn");
    link_to("tests/learn_toy", "lessons/00-toy/twice");
    return 0;
}

static int remove_top(void **state)
{
    (void)state;
    return nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void hand_in(const char *source)
{
    FILE *file = fopen(in_top("twice.c"), "w");
    assert_non_null(file);
    fputs(source, file);
    fclose(file);
}

static void grade_toy(struct grading *grading, bool sanitize)
{
    const struct grade_options options = {.top = top, .lang = "en", .build = in_top("build"),
                                          /* a sanitizer looks for names while it dies */
                                          .seconds = sanitize ? 10 : 1, .sanitize = sanitize};
    grade(grading, &toy, in_top("twice.c"), &options);
}

static void assert_nothing_left(void)
{
    glob_t found;
    for (int ms = 0; ms < 200 && waitpid(-1, NULL, WNOHANG) >= 0; ms++)
        usleep(1000); /* who was killed with its keeper still is on its way to us */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(glob(in_top("build/run.*"), 0, NULL, &found), GLOB_NOMATCH);
    assert_int_equal(glob(in_top("build/report.*"), 0, NULL, &found), GLOB_NOMATCH);
}

static void is_judged(void **state)
{
    const struct submission *it = *state;
    struct grading grading;
    hand_in(it->source);
    double start = sandbox_now();
    grade_toy(&grading, false);
    print_message("%.2f s\n", sandbox_now() - start);
    assert_int_equal(grading.stage, it->stage);
    if (it->stage == CHECKED) {
        assert_int_equal(grading.n, 2);
        assert_int_equal(grading.checks[0].result, it->result);
        if (it->number != ANY)
            assert_int_equal(grading.checks[0].number, it->number);
        assert_int_equal(grading.passed == grading.n, it->result == CHECK_PASSED);
    } else {
        assert_string_not_equal(grading.said, "");
    }
    assert_nothing_left();
    grading_free(&grading);
}

/* --- Not the student's doing --- */

static void the_report_tells_steps_and_values(void **state)
{
    (void)state;
    struct grading grading;
    hand_in(INSIDE("printf(\"n is %d\\n\", n); n = -n;"));
    grade_toy(&grading, false);
    const struct check_result *check = &grading.checks[0];
    assert_string_equal(check->name, "doubles_a_number");
    assert_non_null(strstr(check->report.steps, "called twice("));
    assert_non_null(strstr(check->report.expected, "twice() "));
    assert_non_null(strstr(check->report.got, "twice() -"));
    assert_string_equal(check->report.remark, "2 * n");
    assert_memory_equal(check->output, "n is ", 5);
    assert_int_equal(grading.checks[1].result, CHECK_PASSED);
    grading_free(&grading);
}

static void warnings_are_told(void **state)
{
    (void)state;
    struct grading grading;
    hand_in(HEAD "int twice(int n) { int unused_one; return 2 * n; }");
    grade_toy(&grading, false);
    assert_int_equal(grading.passed, 2);
    assert_non_null(strstr(grading.said, "unused_one"));
    grading_free(&grading);
}

static void sanitizers_say_where(void **state)
{
    (void)state;
    struct grading grading;
    hand_in(INSIDE("char *p = malloc(3); p[n % 2 + 3] = 1; free(p);"));
    grade_toy(&grading, true);
    assert_int_equal(grading.stage, CHECKED);
    assert_int_equal(grading.checks[0].result, CHECK_CRASHED);
    assert_non_null(strstr(grading.checks[0].output, "heap-buffer-overflow"));
    grading_free(&grading);
    hand_in(INSIDE("int top = 2147483647; top += n + 1; if (top == 1) puts(\"\");"));
    grade_toy(&grading, true);
    assert_int_equal(grading.checks[0].result, CHECK_CRASHED);
    assert_non_null(strstr(grading.checks[0].output, "overflow"));
    grading_free(&grading);
}

static void after_a_slow_check_the_rest_has_a_budget(void **state)
{
    (void)state;
    struct grading grading;
    hand_in(INSIDE("for (;;) ;"));
    double start = sandbox_now();
    grade_toy(&grading, false);
    assert_true(sandbox_now() - start < 10);
    assert_int_equal(grading.checks[1].result, CHECK_TOO_SLOW);
    grading_free(&grading);
}

static void no_compiler_no_cmocka(void **state)
{
    (void)state;
    struct grading grading;
    hand_in(INSIDE(""));
    setenv("CC", "no-such-compiler", 1);
    grade_toy(&grading, false);
    assert_int_equal(grading.stage, NO_COMPILER);
    assert_non_null(strstr(grading.said, "no-such-compiler"));
    grading_free(&grading);
    unsetenv("CC");
    setenv("CFLAGS", "-DCMOCKA_H -include no-such-header.h", 1); /* nothing compiles */
    grade_toy(&grading, false);
    assert_int_equal(grading.stage, NO_COMPILER);
    grading_free(&grading);
    setenv("CFLAGS", "-DCMOCKA_H_", 1); /* as if cmocka.h were an empty file */
    grade_toy(&grading, false);
    assert_int_equal(grading.stage, NO_CMOCKA);
    grading_free(&grading);
    unsetenv("CFLAGS");
    grade_toy(&grading, false);
    assert_int_equal(grading.passed, 2);
    grading_free(&grading);
}

static void the_second_time_is_fast_and_new_flags_count(void **state)
{
    (void)state;
    struct grading grading;
    struct stat before, after;
    glob_t found;
    hand_in(INSIDE(""));
    grade_toy(&grading, false);
    grading_free(&grading);
    assert_int_equal(glob(in_top("build/check-*.o"), 0, NULL, &found), 0);
    size_t objects = found.gl_pathc;
    assert_int_equal(stat(found.gl_pathv[0], &before), 0);
    grade_toy(&grading, false);
    assert_int_equal(grading.passed, 2);
    grading_free(&grading);
    assert_int_equal(stat(found.gl_pathv[0], &after), 0);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
    globfree(&found);
    setenv("CFLAGS", "-O1", 1);
    grade_toy(&grading, false);
    assert_int_equal(grading.passed, 2);
    grading_free(&grading);
    unsetenv("CFLAGS");
    assert_int_equal(glob(in_top("build/check-*.o"), 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, objects + 1);
    globfree(&found);
}

static void a_file_that_cannot_be_read_is_no_submission(void **state)
{
    (void)state;
    struct grading grading;
    unlink(in_top("twice.c"));
    grade_toy(&grading, false);
    assert_int_equal(grading.stage, NO_SOURCE);
    assert_non_null(strstr(grading.said, "twice.c: No such file"));
    grading_free(&grading);
}

/* Whoever grades is told to stop, or is killed: the program ends all the same. */
static void nothing_outlives_the_grader(void **state)
{
    (void)state;
    const int signals[] = {SIGTERM, SIGINT, SIGKILL};
    hand_in(INSIDE("fclose(fopen(\"up\", \"w\"));"
                   "if (fork() == 0) setsid(); for (;;) sleep(1000);"));
    for (size_t i = 0; i < 3; i++) {
        glob_t found;
        pid_t child = fork();
        if (child == 0) {
            struct grading grading;
            grade_toy(&grading, false);
            _exit(0);
        }
        while (glob(in_top("build/run.*/up"), 0, NULL, &found) != 0)
            usleep(1000);
        globfree(&found);
        usleep(20000);
        kill(child, signals[i]);
        int ended = 0;
        for (pid_t pid = 0; pid >= 0; pid = waitpid(-1, NULL, 0)) /* its keeper comes to us */
            ended += pid > 0;
        assert_true(ended >= 1);
        assert_nothing_left();
    }
}

enum { SUBMISSIONS = sizeof(submissions) / sizeof(submissions[0]) };

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(the_report_tells_steps_and_values),
        cmocka_unit_test(warnings_are_told),
        cmocka_unit_test(sanitizers_say_where),
        cmocka_unit_test(after_a_slow_check_the_rest_has_a_budget),
        cmocka_unit_test(no_compiler_no_cmocka),
        cmocka_unit_test(the_second_time_is_fast_and_new_flags_count),
        cmocka_unit_test(a_file_that_cannot_be_read_is_no_submission),
        cmocka_unit_test(nothing_outlives_the_grader),
    };
    enum { OTHERS = sizeof(others) / sizeof(others[0]) };
    struct CMUnitTest tests[SUBMISSIONS + OTHERS] = {0};
    for (size_t i = 0; i < SUBMISSIONS; i++)
        tests[i] = (struct CMUnitTest){.name = submissions[i].name, .test_func = is_judged,
                                       .initial_state = (void *)&submissions[i]};
    memcpy(tests + SUBMISSIONS, others, sizeof(others));
    return _cmocka_run_group_tests("learn_grader", tests, SUBMISSIONS + OTHERS, make_top,
                                   remove_top);
}
