/* lessons/learn/main.c: exercises on sockets, checked while you write.  Partner: lessons/run, which
 * sets up and builds first.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/screen.h"
#include "lessons/learn/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION "0.1.0"

enum { LANG = 256, WORK, TIME_LIMIT, SANITIZE, GIVE_UP, YES, CSV };

static const struct command {
    const char *name, *operand;
    enum text help;
    int (*run)(const struct learner *);
    int option; /* the only command that takes it; 0 = none */
} commands[] = {
    {"watch", "[NAME]", T_HELP_WATCH, watch_command, 0},
    {"list", "", T_HELP_LIST, list_command, 0},
    {"start", "[NAME]", T_HELP_START, start_command, 0},
    {"check", "[NAME]", T_HELP_CHECK, check_command, 0},
    {"hint", "[NAME]", T_HELP_HINT, hint_command, 0},
    {"solution", "[NAME]", T_HELP_SOLUTION, solution_command, GIVE_UP},
    {"reset", "[NAME]", T_HELP_RESET, reset_command, YES},
    {"grade", "DIR", T_HELP_GRADE, grade_command, CSV},
};
enum { LONGEST_WORK = 3500 }; /* bytes: no file in it has a name that is cut */
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const struct {
    const char *left;
    enum text help;
    struct option option;
} rows[] = {
    {"--lang en|ko", T_HELP_LANG, {"lang", required_argument, NULL, LANG}},
    {"--work DIR", T_HELP_WORK, {"work", required_argument, NULL, WORK}},
    {"--time-limit SECONDS", T_HELP_TIME, {"time-limit", required_argument, NULL, TIME_LIMIT}},
    {"--sanitize", T_HELP_SANITIZE, {"sanitize", no_argument, NULL, SANITIZE}},
    {"--give-up", T_HELP_GIVE_UP, {"give-up", no_argument, NULL, GIVE_UP}},
    {"--yes", T_HELP_YES, {"yes", no_argument, NULL, YES}},
    {"--csv", T_HELP_CSV, {"csv", no_argument, NULL, CSV}},
    {"-h, --help", T_HELP_HELP, {"help", no_argument, NULL, 'h'}},
    {"-V, --version", T_HELP_VERSION, {"version", no_argument, NULL, 'V'}},
};
enum { OPTIONS = sizeof(rows) / sizeof(rows[0]) };

static void help_row(const char *left, enum text help)
{
    char label[32];
    snprintf(label, sizeof(label), "  %-22s ", left);
    labelled(PLAIN, 0, label, text(help));
}

static void print_help(const char *self)
{
    say(PLAIN, 2, text(T_USAGE), self);
    paragraph(PLAIN, 0, text(T_ABOUT));
    blank_line();
    paragraph(STRONG, 0, text(T_COMMANDS));
    for (size_t i = 0; i < COMMANDS; i++) {
        struct string left = string_of("%s %s", commands[i].name, commands[i].operand);
        help_row(left.s, commands[i].help);
    }
    blank_line();
    paragraph(STRONG, 0, text(T_OPTIONS));
    for (size_t i = 0; i < OPTIONS; i++)
        help_row(rows[i].left, rows[i].help);
    blank_line();
    paragraph(PLAIN, 0, text(T_HELP_EXIT));
}

/* --- reading the command line --- */

struct line {
    const char *work;
    bool help, version;
};

static void set_language(struct learner *l, const char *lang)
{
    text_language(lang);
    if (strcmp(lang, "en") != 0 && strcmp(lang, "ko") != 0)
        stop(MISUSE, text(T_BAD_LANG), lang);
    l->lang = lang;
}

/* First of all: also a complaint about what stands before --lang is to be in that language. */
static void choose_language(struct learner *l, int argc, char **argv)
{
    set_language(l, text_default_language());
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            set_language(l, argv[i] + 7);
        else if (strcmp(argv[i], "--lang") == 0 && argv[i + 1])
            set_language(l, argv[i + 1]);
    }
}

static _Noreturn void bad_option(char **argv, int c)
{
    char letter[] = {'-', (char)optopt, '\0'};
    bool is_letter = optopt > 0 && optopt < 256 && strncmp(argv[optind - 1], "--", 2) != 0;
    stop(MISUSE, text(c == ':' ? T_NEEDS_VALUE : T_NO_OPTION),
         is_letter ? letter : argv[optind - 1]);
}

static double seconds_or_stop(const char *words)
{
    char *end;
    double seconds = strtod(words, &end);
    if (end == words || *end || !(seconds >= 0.1 && seconds <= 3600))
        stop(MISUSE, text(T_BAD_TIME), words);
    return seconds;
}

static struct line read_options(struct learner *l, int argc, char **argv)
{
    struct line line = {0};
    struct option options[OPTIONS + 1] = {0};
    for (size_t i = 0; i < OPTIONS; i++)
        options[i] = rows[i].option;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":hV", options, NULL)) != -1;) {
        switch (c) {
        case LANG: set_language(l, optarg); break; /* maybe an abbreviation */
        case WORK: line.work = optarg; break;
        case TIME_LIMIT: l->seconds = seconds_or_stop(optarg); break;
        case SANITIZE: l->sanitize = true; break;
        case GIVE_UP: l->give_up = true; break;
        case YES: l->yes = true; break;
        case CSV: l->csv = true; break;
        case 'h': line.help = true; break;
        case 'V': line.version = true; break;
        default: bad_option(argv, c);
        }
    }
    return line;
}

static const struct command *command_or_stop(const char *name)
{
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(name, names[i]) == 0)
            return &commands[i];
    }
    stop(MISUSE, "%s", suggestion(T_NO_COMMAND, name, names, COMMANDS, T_SEE_HELP).s);
}

static const struct exercise *exercise_or_stop(const char *name)
{
    const char *names[PROGRESS_MAX];
    const struct exercise *found = exercise_find(name);
    if (found)
        return found;
    for (size_t i = 0; i < exercises_n; i++)
        names[i] = exercises[i].name;
    stop(MISUSE, "%s", suggestion(T_NO_EXERCISE, name, names, exercises_n, T_SEE_LIST).s);
}

static void check_option(const struct command *command, int option, bool given, const char *name)
{
    if (given && command->option != option)
        stop(MISUSE, text(T_NOT_HERE), name, command->name);
}

/* --- the surroundings --- */

static void find_folders(struct learner *l, const char *told)
{
    char here[4096] = "";
    l->top = find_top();
    if (!l->top)
        stop(TROUBLE, "%s", text(T_NO_TOP));
    const char *work = told ? told : getenv("SOCKLAB_WORK");
    if (!work || !*work)
        l->work = string_of("%s/lessons/work", l->top);
    else if (*work == '/')
        l->work = string_of("%s", work);
    else
        l->work = string_of("%s/%s", getcwd(here, sizeof(here)) ? here : "", work);
    if (strlen(l->work.s) > LONGEST_WORK)
        stop(MISUSE, text(T_CANNOT), "--work", work, strerror(ENAMETOOLONG));
}

static void find_exercise(struct learner *l, const char *name)
{
    struct progress progress;
    if (name) {
        l->exercise = exercise_or_stop(name);
        return;
    }
    progress_load(&progress, l->work.s);
    l->exercise = progress_current(&progress);
}

/* A file must not take the number of a closed stdin, stdout or stderr; what is printed is lost as
 * before. */
static void take_closed_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int run_command(struct learner *l, int argc, char **argv)
{
    struct line line = read_options(l, argc, argv);
    if (line.help)
        print_help(l->self);
    if (line.version)
        printf("learn (socklab) %s\n", VERSION);
    if (line.help || line.version)
        return PASS;
    const struct command *command = command_or_stop(optind < argc ? argv[optind] : "watch");
    const char *operand = optind + 1 < argc ? argv[optind + 1] : NULL;
    check_option(command, GIVE_UP, l->give_up, "give-up");
    check_option(command, YES, l->yes, "yes");
    check_option(command, CSV, l->csv, "csv");
    if (argc - optind > (*command->operand ? 2 : 1))
        stop(MISUSE, text(T_ONE_NAME), argv[optind + (*command->operand ? 2 : 1)]);
    find_folders(l, line.work);
    if (strcmp(command->operand, "DIR") == 0)
        l->operand = operand;
    else if (*command->operand)
        find_exercise(l, operand);
    return command->run(l);
}

int main(int argc, char **argv)
{
    const char *as = getenv("SOCKLAB_RUN"); /* lessons/run */
    struct learner l = {.self = as && *as ? as : argv[0], .seconds = 5};
    take_closed_streams();
    screen_begin();
    choose_language(&l, argc, argv);
    int status = run_command(&l, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout))
        stop(TROUBLE, text(T_CANNOT), "write", "stdout", strerror(errno));
    return status;
}
