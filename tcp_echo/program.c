/* tcp_echo/program.c: command lines, read from tables so that --help cannot differ from what is
 * understood, and the same option means the same thing everywhere.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program_name = "socklab";

/* --- failing --- */

static void report(const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(format, args);
    va_end(args);
    exit(1);
}

void usage_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(format, args);
    va_end(args);
    exit(2);
}

/* --- options --- */

#define OPTIONS_MAX 40

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
        p->options[p->n] = (struct option){
            rows->name, rows->argument ? required_argument : no_argument, NULL, FIRST_LONG + p->n};
        size_t end = strlen(p->letters);
        if (rows->letter)
            snprintf(p->letters + end, sizeof p->letters - end, "%c%s", rows->letter,
                     rows->argument ? ":" : "");
    }
}

static void print_help(const struct program *about, const struct parser *p, const char *operands)
{
    printf("usage: %s [OPTION]... %s\n%s\n\n", about->name, operands, about->summary);
    if (*operands && about->default_url)
        printf("  URL is %s unless given.\n\n", about->default_url);
    for (int i = 0; i < p->n; i++) {
        const struct option_row *row = p->row[i];
        char letter[5] = "    ", left[64];
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(left, sizeof left, "%s--%s %s", letter, row->name,
                 row->argument ? row->argument : "");
        printf("  %-27s %s\n", left, row->help);
    }
}

static double number_or_die(const struct option_row *row, const char *text, double scale)
{
    char *end;
    errno = 0;
    double value = row->kind == SECONDS ? strtod(text, &end) : (double)strtol(text, &end, 10);
    if (end == text || *end || errno || value != value)
        usage_error("--%s: '%s' is not a number", row->name, text);
    if (value * scale < (double)row->min || value * scale > (double)row->max)
        usage_error("--%s: %s is not in %.10g..%.10g", row->name, text, (double)row->min / scale,
                    (double)row->max / scale);
    return value * scale;
}

static void store(const struct option_row *row, const char *text)
{
    switch (row->kind) {
    case FLAG: *(bool *)row->value = true; break;
    case UNFLAG: *(bool *)row->value = false; break;
    case NUMBER: *(long *)row->value = (long)number_or_die(row, text, 1); break;
    case SECONDS: *(int *)row->value = (int)number_or_die(row, text, 1000); break;
    case TEXT: *(const char **)row->value = text; break;
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
    program_name = about->name;
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

/* The scheme a program speaks is its default URL's. */
static struct url default_url(const struct program *about)
{
    struct url url = {0};
    url_parse(&url, about->default_url);
    return url;
}

/* --- clients --- */

static void parse_url(const struct program *about, struct client_options *opt)
{
    const char *why = url_parse(&opt->url, opt->url_text);
    if (why)
        usage_error("bad URL '%s': %s", opt->url_text, why);
    struct url own = default_url(about);
    if (strcmp(opt->url.scheme, own.scheme) != 0)
        usage_error("bad URL '%s': this program speaks %s://", opt->url_text, own.scheme);
    if (opt->url.port == 0)
        usage_error("bad URL '%s': nobody can listen on port 0", opt->url_text);
}

struct client_options client_options(const struct program *about, int argc, char **argv,
                                     const struct option_row *own)
{
    struct client_options opt = {.count = -1, .size = -1};
    char timeout_help[80];
    opt.timeout_ms = about->timeout_ms ? about->timeout_ms : 10000;
    snprintf(timeout_help, sizeof timeout_help,
             "give up after SEC seconds of silence (%g)", opt.timeout_ms / 1e3);
    const struct option_row common[] = {
        {'n', "count", "N", "send N messages instead of stdin's lines, print a summary", NUMBER,
         &opt.count, 1, 1000000000},
        {'s', "size", "BYTES", "bytes of each of these messages (64)", NUMBER, &opt.size, 0,
         1L << 30},
        {0, "subscribe", NULL, "print what the server pushes; -n ends it after N events", FLAG,
         &opt.subscribe, 0, 0},
        {0, "timeout", "SEC", timeout_help, SECONDS, &opt.timeout_ms, 1, 86400000},
        {'x', "explain", NULL, "tell on stderr what crosses the wire, step by step", FLAG,
         &opt.explain, 0, 0},
        {0},
    };
    int operand = parse_options(about, argc, argv, "[URL]", common, own);
    if (argc - operand > 1)
        usage_error("one URL is enough: '%s'", argv[operand + 1]);
    opt.url_text = operand < argc ? argv[operand] : about->default_url;
    parse_url(about, &opt);
    if (opt.size >= 0 && opt.count < 0)
        opt.count = 1;
    if (opt.count > 0 && opt.size < 0)
        opt.size = 64;
    return opt;
}

/* --- servers --- */

struct server_options server_options(const struct program *about, int argc, char **argv,
                                     const struct option_row *own)
{
    struct server_options opt = {
        .host = "127.0.0.1", .port = default_url(about).port,
        .max_clients = 10000, .max_message = 16L << 20, .max_header = 16384,
        .handshake_timeout_ms = 10000, .idle_timeout_ms = 300000};
    const char *model = about->model ? about->model : "loop";
    char model_help[80];
    snprintf(model_help, sizeof model_help, "iterative or loop (%s)", model);
    const struct option_row common[] = {
        {'H', "host", "ADDRESS", "listen there (127.0.0.1)", TEXT, &opt.host, 0, 0},
        {'p', "port", "PORT", "0 takes any free one", NUMBER, &opt.port, 0, 65535},
        {0, "model", "NAME", model_help, TEXT, &opt.model, 0, 0},
        {0, "max-clients", "N", "connections at once (10000)", NUMBER,
         &opt.max_clients, 1, 10000000},
        {0, "max-message", "BYTES", "the longest message or body (16777216)", NUMBER,
         &opt.max_message, 1, 1L << 30},
        {0, "max-header", "BYTES", "the longest head (16384)", NUMBER,
         &opt.max_header, 256, 1L << 20},
        {0, "handshake-timeout", "SEC", "for a head to arrive (10)", SECONDS,
         &opt.handshake_timeout_ms, 1, 86400000},
        {0, "idle-timeout", "SEC", "close after so long a silence (300)", SECONDS,
         &opt.idle_timeout_ms, 1, 86400000},
        {0, "push-every", "MS", "make an event every MS milliseconds", NUMBER,
         &opt.push_every_ms, 1, 86400000},
        {'x', "explain", NULL, "tell on stderr what crosses the wire, step by step", FLAG,
         &opt.explain, 0, 0},
        {'v', "verbose", NULL, "log what happens on stderr", FLAG, &opt.verbose, 0, 0},
        {0},
    };
    int operand = parse_options(about, argc, argv, "", common, own);
    if (operand < argc)
        usage_error("a server takes no operand: '%s'", argv[operand]);
    if (!opt.model)
        opt.model = opt.push_every_ms > 0 ? "loop" : model;
    if (!is_model(opt.model))
        usage_error("--model: '%s' is none of iterative, loop", opt.model);
    if (opt.push_every_ms > 0 && strcmp(opt.model, "loop") != 0)
        usage_error("--push-every needs --model loop: %s speaks only when spoken to", opt.model);
    return opt;
}

void announce(const struct program *about, const struct server_options *opt, int fd)
{
    struct url url = default_url(about);
    char text[URL_TEXT_MAX];
    url.port = local_port(fd);
    snprintf(url.host, sizeof url.host, "%s", opt->host);
    printf("listening on %s\n", url_format(&url, text));
    fflush(stdout);
}
