/* bench/server.c: starts the servers: the programs beside ours, on any free port, or the floor's.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/clock.h"
#include "bench/floor.h"
#include "bench/host.h"
#include "bench/subject.h"
#include "bench/transport.h"
#include "bench/wire/wire.h"
#include "tcp_echo/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define START_SECONDS 10
#define SPARE (IDLE_FIRST + 44) /* clients more than are meant to be there at once */

/* In the child that will be a server, before it opens anything. */
static void take_its_end(const struct server_needs *needs)
{
    if (!needs->wire || wire_enter(needs->wire, SERVER_END) == 0)
        return;
    fprintf(stderr, "bench: a server's end of the wire: %s\n", strerror(errno));
    _exit(127);
}

static const char *address_of(const struct server_needs *needs)
{
    return needs->wire ? wire_address[SERVER_END] : "127.0.0.1";
}

/* Says where it listens as the programs do. */
static _Noreturn void be_the_floor(const struct server_needs *needs, int out)
{
    int port, listener;
    take_its_end(needs);
    listener = floor_listen(address_of(needs), &port);
    if (listener < 0)
        dprintf(STDERR_FILENO, "bench: listen %s: %s\n", address_of(needs), strerror(errno));
    if (listener < 0)
        _exit(1);
    dprintf(out, "listening on tcp://%s:%d\n", address_of(needs), port);
    if (needs->push_every_ms)
        floor_push(listener, needs->push_every_ms, needs->clients);
    floor_echo(listener);
}

struct arguments {
    char *list[20], text[8][32];
    size_t n, texts;
};

static void add_word(struct arguments *a, const char *option, const char *value)
{
    if (!value)
        return;
    a->list[a->n++] = (char *)option;
    a->list[a->n++] = (char *)value;
}

static void add_number(struct arguments *a, const char *option, long value)
{
    if (!value)
        return;
    snprintf(a->text[a->texts], sizeof a->text[0], "%ld", value);
    add_word(a, option, a->text[a->texts++]);
}

static _Noreturn void become_server(char *path, int out, const struct server_needs *needs,
                                    const char *cert_out)
{
    struct arguments a = {.list = {path, "-p", "0"}, .n = 3};
    take_its_end(needs);
    add_word(&a, "-H", address_of(needs));
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    if (nothing > STDERR_FILENO)
        close(nothing);
    dup2(out, STDOUT_FILENO);
    add_number(&a, "--push-every", needs->push_every_ms);
    add_number(&a, "--workers", needs->workers);
    add_number(&a, "--max-clients", needs->clients > 1 ? (long)needs->clients + SPARE : 0);
    add_word(&a, "--model", needs->model);
    add_number(&a, "--handshake-timeout", needs->patience_s);
    add_word(&a, "--cert-out", cert_out);
    if (cert_out)
        a.list[a.n++] = "--tls";
    execv(path, a.list);
    fprintf(stderr, "bench: run %s: %s\n", path, strerror(errno));
    _exit(127);
}

/* Reads the line "listening on URL".  Returns false when it does not come in time. */
static bool read_line(int in, pid_t pid, char *line, size_t cap)
{
    uint64_t give_up = clock_ns() + START_SECONDS * 1000000000ull;
    for (size_t n = 0; n < cap - 1 && clock_ns() < give_up;) {
        struct pollfd p = {.fd = in, .events = POLLIN};
        if (poll(&p, 1, 100) > 0 && read(in, line + n, 1) == 1)
            n++;
        else
            children_check(pid, "its start");
        line[n] = '\0';
        if (n > 0 && line[n - 1] == '\n')
            return true;
    }
    return false;
}

static void read_url(int in, pid_t pid, const char *name, struct url *url)
{
    char line[URL_TEXT_MAX + 32], text[URL_TEXT_MAX];
    if (!read_line(in, pid, line, sizeof line))
        fail("%s did not say within %d s where it listens", name, START_SECONDS);
    if (sscanf(line, "listening on %2047s", text) != 1 || url_parse(url, text))
        fail("%s does not say where it listens: %.80s", name, line);
}

/* cert_out: where to write a certificate; NULL = no TLS. */
static pid_t start_server(const struct transport *t, int cpu, const struct server_needs *needs,
                          const char *cert_out, struct url *url)
{
    const char *name = t->server ? t->server : "the floor's server";
    char path[4096];
    int fd[2];
    snprintf(path, sizeof path, "%s/%s", own_directory(), name);
    if (t->server && access(path, X_OK) < 0)
        fail("run %s: %s (it is built beside the bench)", path, strerror(errno));
    if (pipe(fd) < 0)
        fail("pipe: %s", strerror(errno));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = child_fork(name, cpu);
    if (pid == 0 && t->server)
        become_server(path, fd[1], needs, cert_out);
    if (pid == 0)
        be_the_floor(needs, fd[1]);
    close(fd[1]);
    read_url(fd[0], pid, name, url);
    close(fd[0]);
    return pid;
}

static struct tls *trust(const char *cert, const struct url *url)
{
    char why[TLS_WHY_MAX];
    struct tls *tls = tls_client(cert, false, why);
    if (!tls)
        fail("the server's certificate: %s", why);
    if (strcmp(url->scheme, "tls") != 0)
        tls_speaks_http(tls);
    return tls;
}

pid_t child_server(const struct transport *t, int cpu, const struct server_needs *needs,
                   struct url *url, struct tls **tls)
{
    char path[32];
    *tls = NULL;
    if (!t->secure)
        return start_server(t, cpu, needs, NULL, url);
    FILE *cert = tmpfile(); /* it has no name, so nothing is left behind */
    if (!cert)
        fail("temporary file: %s", strerror(errno));
    snprintf(path, sizeof path, "/dev/fd/%d", fileno(cert));
    pid_t pid = start_server(t, cpu, needs, path, url);
    lseek(fileno(cert), 0, SEEK_SET); /* where opening it again does not begin anew */
    *tls = trust(path, url);
    fclose(cert);
    return pid;
}
