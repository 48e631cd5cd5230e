/* tcp_echo/program.h: what every program of the project has in common: its command line and how it
 * reports that something went wrong.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_PROGRAM_H
#define TCP_ECHO_PROGRAM_H

#include "tcp_echo/conn.h"
#include "tcp_echo/tls.h"
#include "tcp_echo/url.h"

#include <stdbool.h>

#define SOCKLAB_VERSION "0.1.0"

struct program {
    const char *name;        /* "tcp_echo_client" */
    const char *default_url; /* "tcp://127.0.0.1:7001": its scheme is the one it speaks */
    const char *summary;     /* one line for --help */
    int timeout_ms;          /* a client's patience unless told otherwise; 0 = 10 s */
    const char *model;       /* a server's where nothing is pushed; NULL = loop */
    const char *models;      /* those it knows, separated by commas; NULL = all of serve.h */
};

/* From now on, die() and usage_error() begin with this program's name. */
void program_begin(const struct program *);

/* The values of an option that may be given several times. */
#define TEXTS_MAX 32
struct texts {
    size_t n;
    const char *text[TEXTS_MAX];
};

/* One option: how it is written, what it means, where its value goes.  UNFLAG takes a FLAG back: the
 * last wins; a TOKEN is a TEXT that may stand in an HTTP field (RFC 9110 5.6.2). */
struct option_row {
    char letter;          /* 0 = none */
    const char *name;     /* "count"; NULL ends a table */
    const char *argument; /* "N"; "[=FILE]" for a TEXT that may be left out; NULL for a flag */
    const char *help;
    enum { FLAG, UNFLAG, NUMBER, SECONDS, TEXT, TOKEN, TEXTS } kind;
    void *value;   /* bool *, bool *, long *, int * (ms), const char **, const char **, texts * */
    long min, max; /* of a NUMBER, and of SECONDS in ms */
};

/* Reads argv by two tables, the second maybe NULL; both end with a row without a name.  --help and
 * --version are understood and end the program; a mistake ends it by usage_error().  operands is
 * how --help shows them, "[URL]" or "".  Returns the index of the first operand. */
int parse_options(const struct program *, int argc, char **argv, const char *operands,
                  const struct option_row *common, const struct option_row *own);

struct client_options {
    const char *url_text; /* as given */
    struct url url;
    long count; /* messages to send, or events to wait for; -1 = no such number */
    long size;  /* bytes of each of the count messages; -1 = lines from stdin */
    int timeout_ms;
    bool subscribe, explain;
    struct tls *tls; /* when the URL's scheme is one of TLS; lives as long as the program */
};

/* A client's command line: options (its own in a table that ends with a row without a name, or
 * NULL) and a URL of its scheme. */
struct client_options client_options(const struct program *, int argc, char **argv,
                                     const struct option_row *own);

/* A server's command line, all but its own options. */
struct server_options server_options(const struct program *, int argc, char **argv,
                                     const struct option_row *own);

/* Ends the program when the model is one that can't do what the option asks for. */
void needs_loop(const struct server_options *, const char *option);

/* Writes "listening on URL" with the port that the listener really has, and flushes it. */
void announce(const struct program *, const struct server_options *, int fd);

/* Writes "NAME: " and the message to stderr and ends the program: with status 1 after a failure, 2
 * after a mistake on the command line.  Wording: action object: reason. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
