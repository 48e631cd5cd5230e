/* tcp_echo/program.c: the command lines of clients and of servers, so that the same option means
 * the same thing everywhere; and how a program fails.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program_name = "socklab";
/* Kept, but never freed: threads may be using it when the process ends. */
static struct tls *volatile program_tls;

void program_begin(const struct program *about)
{
    program_name = about->name;
}

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
    const char *secure = url_secure_scheme(own.scheme);
    bool known = strcmp(opt->url.scheme, own.scheme) == 0 ||
                 (secure && strcmp(opt->url.scheme, secure) == 0);
    if (!known)
        usage_error("bad URL '%s': this program speaks %s://%s%s%s", opt->url_text, own.scheme,
                    secure ? " and " : "", secure ? secure : "", secure ? "://" : "");
    if (opt->url.port == 0)
        usage_error("bad URL '%s': nobody can listen on port 0", opt->url_text);
}

/* Inside TLS, who speaks HTTP says so. */
static struct tls *tls_or_die(struct tls *tls, const struct url *url, const char *why)
{
    program_tls = tls;
    if (!tls)
        die("%s", why);
    if (strcmp(url->scheme, "tls") != 0)
        tls_speaks_http(tls);
    return tls;
}

static struct tls *client_tls(const struct client_options *opt, const char *cacert, bool insecure)
{
    char why[TLS_WHY_MAX];
    if (!url_is_secure(&opt->url))
        return NULL;
    if (insecure)
        fprintf(stderr, "%s: --insecure: nobody checks whether %s is who it says it is\n",
                program_name, opt->url.host);
    return tls_or_die(tls_client(cacert, insecure, why), &opt->url, why);
}

struct client_options client_options(const struct program *about, int argc, char **argv,
                                     const struct option_row *own)
{
    struct client_options opt = {.count = -1, .size = -1};
    const char *cacert = NULL;
    bool insecure = false, can_tls = url_secure_scheme(default_url(about).scheme);
    char timeout_help[80];
    opt.timeout_ms = about->timeout_ms ? about->timeout_ms : 10000;
    snprintf(timeout_help, sizeof timeout_help,
             "give up on a connection or a reply after SEC (%g)", opt.timeout_ms / 1e3);
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
        {0, can_tls ? "cacert" : NULL, "FILE", "trust the certificates in it, not the system's",
         TEXT, &cacert, 0, 0},
        {0, "insecure", NULL, "do not check the server's certificate", FLAG, &insecure, 0, 0},
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
    opt.tls = client_tls(&opt, cacert, insecure);
    return opt;
}

/* --- servers --- */

struct proof { /* of who the server is */
    bool tls;
    const char *cert, *key, *cert_out;
};

/* Under TLS, a server's URL has another scheme. */
static struct url server_url(const struct program *about, const struct server_options *opt)
{
    struct url url = default_url(about);
    if (opt->tls)
        snprintf(url.scheme, sizeof url.scheme, "%s", url_secure_scheme(url.scheme));
    return url;
}

static void set_up_tls(const struct program *about, struct server_options *opt,
                       const struct proof *proof)
{
    char why[TLS_WHY_MAX];
    if (!proof->tls && (proof->cert || proof->key || proof->cert_out))
        usage_error("--%s needs --tls",
                    proof->cert ? "cert" : proof->key ? "key" : "cert-out");
    if (proof->key && !proof->cert)
        usage_error("--key needs --cert: a key without its certificate proves nothing");
    if (!proof->tls)
        return;
    opt->tls = tls_server(proof->cert, proof->key, opt->host, why);
    const struct url url = server_url(about, opt);
    tls_or_die(opt->tls, &url, why);
    if (proof->cert_out && tls_write_cert(opt->tls, proof->cert_out) < 0)
        die("--cert-out %s: %s", proof->cert_out, strerror(errno));
}

/* The program's own model unless another was asked for, which must be one it knows. */
static void choose_model(struct server_options *opt, const char *own, const char *known)
{
    if (!opt->model)
        opt->model = opt->push_every_ms > 0 ? "loop" : own;
    if (!is_model(opt->model) || !strstr(known, opt->model))
        usage_error("--model: '%s' is none of %s", opt->model, known);
    if (opt->push_every_ms > 0)
        needs_loop(opt, "--push-every");
    if (opt->workers && strcmp(opt->model, "pool") != 0)
        usage_error("--workers: only --model pool has any");
    opt->workers = opt->workers ? opt->workers : default_workers();
    if (opt->workers > opt->max_clients) /* each serves one */
        opt->workers = opt->max_clients;
}

struct server_options server_options(const struct program *about, int argc, char **argv,
                                     const struct option_row *own)
{
    struct server_options opt = {
        .host = "127.0.0.1", .port = default_url(about).port,
        .max_clients = 10000, .max_message = 16L << 20, .max_header = 16384,
        .handshake_timeout_ms = 10000, .idle_timeout_ms = 300000};
    const char *model = about->model ? about->model : "loop";
    const char *models = about->models ? about->models : MODELS;
    struct proof proof = {0};
    bool can_tls = url_secure_scheme(default_url(about).scheme);
    char model_help[80], workers_help[80];
    snprintf(model_help, sizeof model_help, "%s (%s)", models, model);
    snprintf(workers_help, sizeof workers_help, "of --model pool (2 x cores + 1 = %ld)",
             default_workers());
    const struct option_row common[] = {
        {'H', "host", "ADDRESS", "listen there (127.0.0.1)", TEXT, &opt.host, 0, 0},
        {'p', "port", "PORT", "0 takes any free one", NUMBER, &opt.port, 0, 65535},
        {0, "model", "NAME", model_help, TEXT, &opt.model, 0, 0},
        {0, "workers", "N", workers_help, NUMBER, &opt.workers, 1, 1024},
        {0, "max-clients", "N", "connections at once (10000)", NUMBER,
         &opt.max_clients, 1, 10000000},
        {0, "max-message", "BYTES", "the longest message or body (16777216)", NUMBER,
         &opt.max_message, 1, 1L << 30},
        {0, "max-header", "BYTES", "the longest head (16384)", NUMBER,
         &opt.max_header, 256, 1L << 20},
        {0, "handshake-timeout", "SEC", "for TLS and a head to arrive (10)", SECONDS,
         &opt.handshake_timeout_ms, 1, 86400000},
        {0, "idle-timeout", "SEC", "close after so long a silence (300)", SECONDS,
         &opt.idle_timeout_ms, 1, 86400000},
        {0, "push-every", "MS", "make an event every MS milliseconds", NUMBER,
         &opt.push_every_ms, 1, 86400000},
        {'x', "explain", NULL, "tell on stderr what crosses the wire, step by step", FLAG,
         &opt.explain, 0, 0},
        {'v', "verbose", NULL, "log what happens on stderr", FLAG, &opt.verbose, 0, 0},
        {0, can_tls ? "tls" : NULL, NULL,
         "speak TLS, with a certificate made up for localhost and --host unless --cert names one",
         FLAG, &proof.tls, 0, 0},
        {0, "cert", "FILE", "the certificate, and its chain, in PEM", TEXT, &proof.cert, 0, 0},
        {0, "key", "FILE", "its key, when that is not in the same file", TEXT, &proof.key, 0, 0},
        {0, "cert-out", "FILE", "write the certificate there, for a client's --cacert", TEXT,
         &proof.cert_out, 0, 0},
        {0},
    };
    int operand = parse_options(about, argc, argv, "", common, own);
    if (operand < argc)
        usage_error("a server takes no operand: '%s'", argv[operand]);
    choose_model(&opt, model, models);
    set_up_tls(about, &opt, &proof);
    return opt;
}

void needs_loop(const struct server_options *opt, const char *option)
{
    if (strcmp(opt->model, "loop") != 0)
        usage_error("%s needs --model loop: %s speaks only when spoken to", option, opt->model);
}

void announce(const struct program *about, const struct server_options *opt, int fd)
{
    struct url url = server_url(about, opt);
    char text[URL_TEXT_MAX];
    url.port = local_port(fd);
    snprintf(url.host, sizeof url.host, "%s", opt->host);
    printf("listening on %s\n", url_format(&url, text));
    fflush(stdout);
}
