/* tests/e2e.c: processes and sockets for the end-to-end tests.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- what must not outlive a test --- */

#define OURS_MAX 64
#define DESCRIPTORS_MAX 8192 /* of a test */

static struct child ours[OURS_MAX]; /* pid 0 = free */
static struct result last;
static char *last_err;
static unsigned long descriptors;
static bool alone;

static void forget(pid_t pid)
{
    for (size_t i = 0; i < OURS_MAX; i++)
        if (ours[i].pid == pid)
            ours[i].pid = 0;
}

static void remember(const struct child *c)
{
    for (size_t i = 0; i < OURS_MAX; i++)
        if (ours[i].pid == 0) {
            ours[i] = *c;
            return;
        }
    fail_msg("more than %d processes at once", OURS_MAX);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void free_last(void)
{
    free(last.out);
    free(last.err);
    free(last_err);
    last = (struct result){0};
    last_err = NULL;
}

int end_children(void **state)
{
    (void)state;
    for (size_t i = 0; i < OURS_MAX; i++)
        if (ours[i].pid > 0) { /* only after a failure: a test stops what it started */
            kill(ours[i].pid, SIGKILL);
            waitpid(ours[i].pid, NULL, 0);
            const char *err = child_err(&ours[i]);
            if (*err)
                fprintf(stderr, "--- stderr of a process that was left:\n%s---\n", err);
            ours[i].pid = 0;
        }
    free_last();
    descriptors = 0;
    alone = false;
    for (int fd = 3; fd < DESCRIPTORS_MAX; fd++)
        close(fd);
    return 0;
}

/* --- starting --- */

#define ARGS_MAX 40

static int temporary_file(void)
{
    char name[] = "/tmp/socklab-e2e-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

static void make_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

/* The superuser is above the limit on processes. */
static void allow_no_processes(void)
{
    struct rlimit limit = {1, 1};
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        _exit(126);
    setrlimit(RLIMIT_NPROC, &limit);
    setenv("LSAN_OPTIONS", "detect_leaks=0", 1); /* it would need a process for that */
}

/* That other user may not be allowed to look into the folders on the way: opened before, the
 * program can be run all the same. */
static void run_alone(const char *path, char *const *argv)
{
#ifdef __linux__
    int program = open(path, O_RDONLY | O_CLOEXEC);
    allow_no_processes();
    fexecve(program, argv, environ);
#else
    (void)argv;
    (void)path;
    allow_no_processes();
#endif
}

static void become(const char *path, char *const *argv, int in, int out, int err, int life)
{
    signal(SIGPIPE, SIG_DFL);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    dup2(life, 3); /* stays open while it lives */
    fcntl(3, F_SETFD, 0);
    if (descriptors > 0) {
        struct rlimit limit = {descriptors, descriptors};
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (alone)
        run_alone(path, argv);
    execv(path, argv);
    perror(path);
    _exit(127);
}

void limit_descriptors(unsigned long n)
{
    descriptors = n;
}

void leave_alone(void)
{
    alone = true;
}

struct child start_argv(const char *program, const char *const *words)
{
    char path[1024], *argv[ARGS_MAX + 2] = {path};
    const char *bin = getenv("SOCKLAB_BIN");
    int in[2], out[2], life[2], n = 0;
    snprintf(path, sizeof path, "%s/%s", bin ? bin : "build/bin", program);
    for (; words[n]; n++) {
        assert_true(n < ARGS_MAX);
        argv[n + 1] = (char *)(uintptr_t)words[n];
    }
    signal(SIGPIPE, SIG_IGN);
    make_pipe(in);
    make_pipe(out);
    make_pipe(life);
    struct child c = {.in = in[1], .out = out[0], .err = temporary_file(), .life = life[0]};
    fflush(NULL);
    c.pid = fork();
    assert_true(c.pid >= 0);
    if (c.pid == 0)
        become(path, argv, in[0], out[1], c.err, life[1]);
    close(in[0]);
    close(out[1]);
    close(life[1]);
    remember(&c);
    return c;
}

static struct child start_words(const char *program, char *words)
{
    const char *argv[ARGS_MAX + 1];
    char *save = NULL;
    int n = 0;
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        assert_true(n < ARGS_MAX);
        argv[n++] = w;
    }
    argv[n] = NULL;
    return start_argv(program, argv);
}

struct child start(const char *program, const char *format, ...)
{
    char words[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    return start_words(program, words);
}

/* --- watching --- */

static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int n;
    do
        n = poll(&p, 1, ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

const char *child_err(const struct child *c)
{
    struct child copy = *c;
    off_t size = lseek(copy.err, 0, SEEK_END);
    free(last_err);
    last_err = calloc(1, (size_t)(size > 0 ? size : 0) + 1);
    if (last_err && size > 0 && pread(copy.err, last_err, (size_t)size, 0) != size)
        last_err[0] = '\0';
    return last_err ? last_err : "";
}

static _Noreturn void lost_patience(const struct child *c, const char *waited_for)
{
    fail_msg("no %s after %d ms; its stderr:\n%s", waited_for, PATIENCE, child_err(c));
    abort(); /* fail_msg() has jumped away */
}

void child_line(struct child *c, char *line, size_t cap)
{
    for (size_t n = 0; n < cap; n++) {
        if (!readable(c->out, PATIENCE))
            lost_patience(c, "line of output");
        if (read(c->out, line + n, 1) != 1)
            fail_msg("output ended before a line did; stderr:\n%s", child_err(c));
        if (line[n] == '\n') {
            line[n] = '\0';
            return;
        }
    }
    fail_msg("a line of more than %zu bytes", cap);
}

bool has_ended(const struct child *c, int ms)
{
    return readable(c->life, ms);
}

/* --- ending --- */

static int await_exit(struct child *c)
{
    int status;
    struct rusage used;
    if (!has_ended(c, PATIENCE))
        lost_patience(c, "end of the process");
    assert_int_equal(wait4(c->pid, &status, 0, &used), c->pid);
    forget(c->pid);
    c->cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
             (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Feeds stdin and takes stdout at once, so that neither side can wait for the other. */
static void pump(struct child *c, const char *input, size_t left, struct result *r)
{
    size_t cap = 0;
    char *out = NULL;
    if (left == 0)
        close_fd(&c->in);
    if (c->in >= 0)
        fcntl(c->in, F_SETFL, O_NONBLOCK);
    for (;;) {
        struct pollfd p[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->in, .events = POLLOUT}};
        if (poll(p, 2, PATIENCE) <= 0)
            lost_patience(c, "end of output");
        if (p[1].revents) {
            ssize_t n = write(c->in, input, left);
            input += n > 0 ? n : 0;
            left -= n > 0 ? (size_t)n : 0;
            if (left == 0 || n < 0)
                close_fd(&c->in);
        }
        if (!p[0].revents)
            continue;
        if (cap - r->out_len < 65537) {
            out = realloc(out, cap = 2 * cap + 65537);
            assert_non_null(out);
        }
        ssize_t n = read(c->out, out + r->out_len, 65536);
        if (n <= 0)
            break;
        r->out_len += (size_t)n;
    }
    out[r->out_len] = '\0';
    r->out = out;
}

static struct result finish_with(struct child *c, const void *input, size_t n)
{
    free_last();
    pump(c, input, n, &last);
    last.status = await_exit(c);
    last.err = strdup(child_err(c));
    close_fd(&c->in);
    close_fd(&c->out);
    close_fd(&c->err);
    close_fd(&c->life);
    return last;
}

struct result finish(struct child *c)
{
    return finish_with(c, NULL, 0);
}

struct result run(const void *input, size_t n, const char *program, const char *format, ...)
{
    char words[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    struct child c = start_words(program, words);
    return finish_with(&c, input, n);
}

struct server serve(const char *program, const char *format, ...)
{
    char words[4096] = "-p 0 ", line[200];
    va_list args;
    va_start(args, format);
    vsnprintf(words + 5, sizeof words - 5, format, args);
    va_end(args);
    struct server s = {.child = start_words(program, words)};
    child_line(&s.child, line, sizeof line);
    assert_int_equal(sscanf(line, "listening on %127s", s.url), 1);
    const char *colon = strrchr(s.url, ':');
    assert_non_null(colon);
    s.port = atoi(colon + 1);
    assert_in_range(s.port, 1, 65535);
    return s;
}

/* ThreadSanitizer keeps a signal back that comes just before a program begins to wait (seen once in
 * a hundred times, with gcc's and clang's): the next one brings it. */
static void wake_sanitizer(struct child *c)
{
#if defined(__SANITIZE_THREAD__)
    if (!has_ended(c, PATIENCE / 4))
        kill(c->pid, SIGTERM);
#else
    (void)c;
#endif
}

void stop(struct server *s)
{
    kill(s->child.pid, SIGTERM);
    wake_sanitizer(&s->child);
    struct result r = finish(&s->child);
    if (r.status != 0)
        fail_msg("the server ended with status %d; its stderr:\n%s", r.status, r.err);
}

/* --- sockets --- */

static void set_patience(int fd)
{
    struct timeval tv = {PATIENCE / 1000, 0};
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
}

int dial_small(int port, int bytes)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    if (bytes > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    set_patience(fd);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        fail_msg("connect to port %d: %s", port, strerror(errno));
    return fd;
}

int dial(int port)
{
    return dial_small(port, 0);
}

int listen_any(int *port)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t len = sizeof here;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &len), 0);
    *port = ntohs(here.sin_port);
    return fd;
}

int answer(int listener)
{
    if (!readable(listener, PATIENCE))
        fail_msg("nobody connected for %d ms", PATIENCE);
    int fd = accept(listener, NULL, NULL);
    assert_true(fd >= 0);
    set_patience(fd);
    return fd;
}

void hang_up(int fd)
{
    struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

void say(int fd, const void *data, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t sent = send(fd, (const char *)data + done, n - done, 0);
        if (sent < 0)
            fail_msg("send: %s after %zu of %zu bytes", strerror(errno), done, n);
        done += (size_t)sent;
    }
}

void say_text(int fd, const char *text)
{
    say(fd, text, strlen(text));
}

void say_bytewise(int fd, const void *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        say(fd, (const char *)data + i, 1);
}

void end_of_talk(int fd)
{
    if (shutdown(fd, SHUT_WR) < 0 && errno != ENOTCONN) /* the peer may have gone already */
        fail_msg("shutdown: %s", strerror(errno));
}

void hear(int fd, void *buf, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t now_got = recv(fd, (char *)buf + got, n - got, 0);
        if (now_got < 0)
            fail_msg("recv: %s after %zu of %zu bytes", strerror(errno), got, n);
        if (now_got == 0)
            fail_msg("recv: the end after %zu of %zu bytes", got, n);
        got += (size_t)now_got;
    }
}

bool hear_line(int fd, char *line, size_t cap)
{
    for (size_t n = 0; n < cap; n++) {
        ssize_t got = recv(fd, line + n, 1, 0);
        if (got < 0)
            fail_msg("recv: %s after %zu bytes of a line", strerror(errno), n);
        if (got == 0 || line[n] == '\n') {
            line[n] = '\0';
            if (n > 0 && line[n - 1] == '\r')
                line[n - 1] = '\0';
            return got > 0;
        }
    }
    fail_msg("a line of more than %zu bytes", cap);
    return false;
}

ssize_t hear_all(int fd, char *buf, size_t cap)
{
    size_t n = 0;
    for (;;) {
        assert_true(n < cap - 1);
        ssize_t got = recv(fd, buf + n, cap - 1 - n, 0);
        if (got < 0 && errno != ECONNRESET)
            fail_msg("recv: %s after %zu bytes, waiting for the end", strerror(errno), n);
        n += got > 0 ? (size_t)got : 0;
        buf[n] = '\0';
        if (got <= 0)
            return got < 0 ? -1 : (ssize_t)n;
    }
}

void hear_end(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, 0);
    if (got < 0)
        fail_msg("%s where the end was expected", strerror(errno));
    if (got > 0)
        fail_msg("byte 0x%02x where the end was expected", (unsigned char)byte);
}

bool is_silent(int fd, int ms)
{
    return !readable(fd, ms);
}

void check_echo(int fd, const char *line)
{
    char back[4096];
    say_text(fd, line);
    say_text(fd, "\n");
    assert_true(hear_line(fd, back, sizeof back));
    assert_string_equal(back, line);
}

/* --- small things --- */

size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

void fill_pattern(void *buf, size_t n, bool printable)
{
    uint8_t *p = buf;
    uint32_t x = 12345;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        p[i] = (uint8_t)(printable ? 'a' + (x >> 24) % 26 : x >> 24);
    }
}

void check_printable(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((*p < ' ' || *p > '~') && *p != '\n')
            fail_msg("byte 0x%02x would reach the terminal, near: %.40s", (unsigned char)*p,
                     p - text > 20 ? p - 20 : text);
}

bool can_open(unsigned long wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return false;
    if (limit.rlim_cur < wanted && limit.rlim_max >= wanted) {
        limit.rlim_cur = wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= wanted;
}
