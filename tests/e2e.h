/* tests/e2e.h: for tests that run the real programs: processes, and bare sockets to talk to them.
 * Every wait is bounded by PATIENCE, and everything fails the running CMocka test by itself, so
 * that a test reads as a conversation.  Programs come from $SOCKLAB_BIN.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_H
#define TESTS_E2E_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#define PATIENCE 20000 /* ms until a wait has failed: sanitized programs on a busy machine */

/* --- tables of tests: each starts with nothing running, and what it leaves running is ended --- */

int end_children(void **state);

#define TEST(f) {#f, f, NULL, end_children, NULL}
#define TEST_UNDER(f, model) {#f " (" model ")", f, NULL, end_children, (void *)(uintptr_t)model}
#define TEST_BOTH(f) TEST_UNDER(f, "loop"), TEST_UNDER(f, "iterative")
/* the model that a test of TEST_BOTH() is to use */
#define MODEL (*(const char **)state)

/* --- processes --- */

struct child {
    pid_t pid;
    int in, out; /* pipes to its stdin, from its stdout; -1 = closed */
    int err;     /* a file: its stderr */
    int life;    /* reads end of file when it has ended */
    double cpu;  /* seconds it used, once it has ended */
};

/* Starts a program; the words of the format, split at spaces, are its arguments. */
struct child start(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct child start_argv(const char *program, const char *const *argv); /* without argv[0] */

/* For the children started from now on: at most so many descriptors; 0 = as many as we have. */
void limit_descriptors(unsigned long n);

/* The children started from now on can make no process and no thread. */
void leave_alone(void);

/* Its next line of stdout, without newline. */
void child_line(struct child *, char *line, size_t cap);

/* True when it ends within ms. */
bool has_ended(const struct child *, int ms);

/* What it has written to stderr so far; valid until the next call. */
const char *child_err(const struct child *);

struct result {
    int status;      /* exit status, or 128 + the signal */
    char *out, *err; /* each ends with a NUL; freed by the next finish() or run() */
    size_t out_len;
};

/* Ends its stdin, reads its stdout to the end, waits. */
struct result finish(struct child *);

/* Runs a program with this input on stdin. */
struct result run(const void *input, size_t n, const char *program, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

struct server {
    struct child child;
    char url[128]; /* as announced */
    int port;
};

/* Starts a server with -p 0 and waits until it listens. */
struct server serve(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* SIGTERM, after which it must end with status 0. */
void stop(struct server *);

/* --- sockets: all descriptors give up after PATIENCE --- */

int dial(int port);                  /* to 127.0.0.1 */
int dial_small(int port, int bytes); /* with so small a receive buffer */
int listen_any(int *port);
int answer(int listener); /* accepts */
void hang_up(int fd);     /* so that the peer sees a reset */

void say(int fd, const void *data, size_t n);
void say_text(int fd, const char *text);
void say_bytewise(int fd, const void *data, size_t n); /* a segment for every byte */
void end_of_talk(int fd); /* FIN; reading goes on */

/* Exactly n bytes. */
void hear(int fd, void *buf, size_t n);
/* A line, without its LF or CRLF; false at the end. */
bool hear_line(int fd, char *line, size_t cap);
/* Up to the end, NUL added.  Returns the bytes, or -1 when it was a reset and not an end. */
ssize_t hear_all(int fd, char *buf, size_t cap);
/* Nothing but the end must come. */
void hear_end(int fd);
/* True when nothing comes for ms. */
bool is_silent(int fd, int ms);
/* Echo of one line over a connection to tcp_echo_server. */
void check_echo(int fd, const char *line);

/* --- small things --- */

double now(void); /* s, CLOCK_MONOTONIC */
size_t count_lines(const char *text);
/* Letters and newlines would hide errors of place: a pattern that does not repeat soon. */
void fill_pattern(void *buf, size_t n, bool printable);
/* Nothing that a terminal would obey: only printable ASCII, newlines. */
void check_printable(const char *text);
/* Our own limit on open descriptors, raised if need be and possible. */
bool can_open(unsigned long descriptors);

#endif
