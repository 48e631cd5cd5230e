/* tcp_echo/options.c: options read from tables, so that --help cannot differ from what is
 * understood.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/describe.h"
#include "tcp_echo/program.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 40
#define TOKEN_MAX 100

struct parser {
    const struct option_row *row[OPTIONS_MAX];
    struct option options[OPTIONS_MAX + 1];
    char letters[2 * OPTIONS_MAX + 2];
    int n;
};

/* getopt_long() returns the row's place behind the letters. */
#define FIRST_LONG 256

static void add_rows(struct parser *p, const struct option_row *rows)
{
    for (; rows && rows->name && p->n < OPTIONS_MAX; rows++, p->n++) {
        p->row[p->n] = rows;
        int has_argument = !rows->argument          ? no_argument
                           : *rows->argument == '[' ? optional_argument
                                                    : required_argument;
        p->options[p->n] =
            (struct option){rows->name, has_argument, NULL, FIRST_LONG + p->n};
        size_t end = strlen(p->letters);
        if (rows->letter)
            snprintf(p->letters + end, sizeof p->letters - end, "%c%s", rows->letter,
                     rows->argument ? ":" : "");
    }
}

#define HELP_COLUMN 30
#define HELP_WIDTH 79

/* Prints words in the columns from indent on; the cursor stands at at. */
static void print_wrapped(const char *words, int indent, int at)
{
    while (*words) {
        int n = (int)strcspn(words, " \n");
        if (at > indent && at + 1 + n > HELP_WIDTH)
            at = printf("\n%*s", indent, "") - 1;
        at += printf("%s%.*s", at > indent ? " " : "", n, words);
        words += n + (words[n] != '\0');
    }
    putchar('\n');
}

static void print_help(const struct program *about, const struct parser *p, const char *operands)
{
    printf("usage: %s [OPTION]...%s%s\n", about->name, *operands ? " " : "", operands);
    print_wrapped(about->summary, 0, 0);
    putchar('\n');
    if (*operands && about->default_url)
        printf("  URL is %s unless given.\n\n", about->default_url);
    for (int i = 0; i < p->n; i++) {
        const struct option_row *row = p->row[i];
        char letter[5] = "    ", left[64];
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name,
                 row->argument && *row->argument == '[' ? "" : " ",
                 row->argument ? row->argument : "");
        print_wrapped(row->help, HELP_COLUMN, printf("  %-*s", HELP_COLUMN - 2, left));
    }
}

/* What is too large for strtol() comes back as the largest number it knows: out of range. */
static double number_or_die(const struct option_row *row, const char *text, double scale)
{
    char *end;
    double value = row->kind == SECONDS ? strtod(text, &end) : (double)strtol(text, &end, 10);
    if (end == text || *end || value != value)
        usage_error("--%s: '%s' is not a number", row->name, text);
    if (value * scale < (double)row->min || value * scale > (double)row->max)
        usage_error("--%s: %s is not in %.10g..%.10g", row->name, text, (double)row->min / scale,
                    (double)row->max / scale);
    return value * scale;
}

static const char *token_or_die(const struct option_row *row, const char *text)
{
    static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "!#$%&'*+-.^_`|~";
    char quoted[80];
    size_t n = strlen(text);
    if (n == 0 || n > TOKEN_MAX || n != strspn(text, token))
        usage_error("--%s: %s is not a word of up to %d letters, digits and !#$%%&'*+-.^_`|~",
                    row->name, quote(quoted, sizeof quoted, (const uint8_t *)text, n), TOKEN_MAX);
    return text;
}

static void add_text(const struct option_row *row, const char *text)
{
    struct texts *texts = row->value;
    if (texts->n == TEXTS_MAX)
        usage_error("--%s: given more than %d times", row->name, TEXTS_MAX);
    texts->text[texts->n++] = text;
}

static void store(const struct option_row *row, const char *text)
{
    switch (row->kind) {
    case FLAG: *(bool *)row->value = true; break;
    case UNFLAG: *(bool *)row->value = false; break;
    case NUMBER: *(long *)row->value = (long)number_or_die(row, text, 1); break;
    case SECONDS: *(int *)row->value = (int)number_or_die(row, text, 1000); break;
    case TEXT: *(const char **)row->value = text ? text : ""; break;
    case TOKEN: *(const char **)row->value = token_or_die(row, text); break;
    case TEXTS: add_text(row, text); break;
    }
}

static const struct option_row *row_of(const struct parser *p, int c)
{
    if (c >= FIRST_LONG)
        return p->row[c - FIRST_LONG];
    for (int i = 0; i < p->n; i++)
        if (p->row[i]->letter == c)
            return p->row[i];
    return NULL;
}

static _Noreturn void bad_option(char **argv, int c)
{
    const char *problem = c == ':' ? "needs a value" : "is not an option (see --help)";
    if (optopt > 0 && optopt < FIRST_LONG)
        usage_error("-%c %s", optopt, problem);
    if (c == '?' && optopt >= FIRST_LONG)
        problem = "takes no value";
    usage_error("%s %s", argv[optind - 1], problem);
}

int parse_options(const struct program *about, int argc, char **argv, const char *operands,
                  const struct option_row *common, const struct option_row *own)
{
    bool help = false, version = false;
    const struct option_row both[] = {
        {'h', "help", NULL, "print this and exit", FLAG, &help, 0, 0},
        {'V', "version", NULL, "print the version and exit", FLAG, &version, 0, 0},
        {0},
    };
    struct parser p = {.letters = ":"};
    program_begin(about);
    add_rows(&p, common);
    add_rows(&p, own);
    add_rows(&p, both);
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, p.letters, p.options, NULL)) != -1;) {
        const struct option_row *row = c == '?' || c == ':' ? NULL : row_of(&p, c);
        if (!row)
            bad_option(argv, c);
        store(row, optarg);
    }
    if (help)
        print_help(about, &p, operands);
    if (version)
        printf("%s (socklab) %s\n", about->name, SOCKLAB_VERSION);
    if (help || version)
        exit(0);
    return optind;
}
