/* bench/plan.c: the command line.  What is left out gets a default here or in measure.c.
 * SPDX-License-Identifier: MIT */
#include "bench/plan.h"
#include "bench/measure.h"
#include "bench/stats.h"
#include "bench/subject.h"
#include "tcp_echo/program.h"
#include "tcp_echo/serve.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct program about = {
    .name = "bench",
    .summary =
        "Runs the echo programs and shows what each transport costs; measures are\n"
        "handshake, message, push (these three unless named), idle and models.\n"
        "Tables on stdout, all else on stderr.  More: bench wire, ladder, predict and report,\n"
        "each with --help.",
};

/* Options as they are written. */
struct words {
    const char *transports, *pin, *seed, *baseline, *wire, *ladder;
    long size, count, rounds, depth, poll_every, push_every, subscribers, connections, workers;
    int ms;
    bool quick, list;
};

static const char *const pin_names[] = {
    [PIN_SAME] = "same", [PIN_SPLIT] = "split", [PIN_NONE] = "none"};

const char *pin_name(enum pin pin)
{
    return pin_names[pin];
}

enum pin plan_pin(const struct plan *plan, size_t measure)
{
    return measure == PUSH ? plan->push_pin : plan->pin;
}

#define FAR_NS 5000000u

bool plan_is_far(const struct plan *plan)
{
    return plan->wire && plan->wire->rtt_ns >= FAR_NS;
}

bool plan_loses(const struct plan *plan)
{
    const struct wire_spec *wire = plan->wire;
    return wire && (wire->loss > 0 || wire->reorder > 0 || wire->drops > 0);
}

static size_t find_transport(const char *option, const char *name, size_t n)
{
    char known[256] = "";
    for (size_t i = 0; i < TRANSPORTS; i++) {
        if (strlen(transports[i].name) == n && strncmp(transports[i].name, name, n) == 0)
            return i;
        strcat(strcat(known, i ? ", " : ""), transports[i].name);
    }
    usage_error("%s: '%.*s' is none of %s", option, (int)n, name, known);
}

static unsigned parse_transports(const char *list)
{
    unsigned set = 0;
    for (const char *name = list;; name++) {
        size_t n = strcspn(name, ",");
        set |= 1u << find_transport("--transports", name, n);
        name += n;
        if (!*name)
            return set;
    }
}

static unsigned parse_measure(const char *name)
{
    char known[256] = "";
    for (unsigned i = 0; i < MEASURES; i++) {
        if (strcmp(measures[i].name, name) == 0)
            return 1u << i;
        strcat(strcat(known, i ? ", " : ""), measures[i].name);
    }
    usage_error("measure '%s' is none of %s", name, known);
}

static enum pin parse_pin(const char *name)
{
    for (enum pin pin = PIN_SAME; pin <= PIN_NONE; pin++)
        if (strcmp(pin_names[pin], name) == 0)
            return pin;
    usage_error("--pin: '%s' is none of same, split, none", name);
}

static uint64_t parse_seed(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(text, &end, 10);
    if (end == text || *end || strchr(text, '-'))
        usage_error("--seed: '%s' is not a number", text);
    if (errno)
        usage_error("--seed: %s is not in 0..%llu", text, ULLONG_MAX);
    return seed;
}

/* Printed with the results, so that the same order can be had again. */
static uint64_t any_seed(void)
{
    struct random r = {(uint64_t)time(NULL) ^ (uint64_t)getpid() << 32};
    return random_below(&r, 1000000);
}

static void check_files(const struct plan *plan)
{
    static const char *const option[REPORTS] = {"--json", "--csv", "--md", "--pcap", "--ladder"};
    int to_stdout = -1;
    for (int i = 0; i < REPORTS; i++) {
        if (plan->file[i] && !*plan->file[i])
            usage_error("%s: '' is not a file", option[i]);
        if (!plan->file[i] || strcmp(plan->file[i], "-") != 0)
            continue;
        if (to_stdout >= 0)
            usage_error("%s -: %s is on stdout already", option[i], option[to_stdout]);
        to_stdout = i;
    }
}

/* Those of the default unless named; poll, for one, is there for push only. */
static void choose_measures(struct plan *plan)
{
    bool named = plan->measures;
    for (size_t m = 0; m < MEASURES; m++) {
        struct subject list[SUBJECTS_MAX];
        if (subjects_of(plan, m, list) > 0)
            plan->measures |= named || !measures[m].by_default ? 0 : 1u << m;
        else if (plan->measures >> m & 1)
            usage_error("--transports: none of these takes part in measure '%s'", measures[m].name);
    }
}

/* Events shall not overlap: a fan-out takes 5 to 15 us for each subscriber, and a long poll's
 * answer and the next question a round trip.  12 ms are no multiple of what lies between two polls,
 * 10 ms unless told otherwise: so a few events meet every part of that time, and the mean delay
 * needs fewer of them. */
static long apart_ms(const struct plan *plan)
{
    long subscribers = (long)plan->subscribers;
    long rtt = plan->wire ? (long)(plan->wire->rtt_ns / 1000000u) : 0;
    return (subscribers > 300 ? (subscribers + 24) / 25 : 12) + 3 * rtt;
}

static void settle_wire(struct plan *plan, const struct words *w)
{
    char why[WIRE_WHY_MAX];
    plan->ladder = w->ladder && !*w->ladder;
    if (w->ladder && *w->ladder)
        plan->file[REPORT_SVG] = w->ladder;
    if (!w->wire && (w->ladder || plan->file[REPORT_PCAP]))
        usage_error("%s: only a wire shows packets: add --wire rtt=40ms",
                    w->ladder ? "--ladder" : "--pcap");
    if (!w->wire)
        return;
    if (wire_spec_parse(&plan->wire_spec, w->wire, why) < 0)
        usage_error("--wire: %s", why);
    plan->wire = &plan->wire_spec;
    plan->wire_wanted = true;
}

static void settle_crowd(struct plan *plan, const struct words *w)
{
    plan->subscribers = (size_t)w->subscribers;
    plan->connections = (size_t)w->connections;
    plan->workers = w->workers ? w->workers : default_workers();
    plan->push_every_ms = w->push_every ? w->push_every : apart_ms(plan);
}

static void settle(struct plan *plan, const struct words *w)
{
    plan->transports = w->transports ? parse_transports(w->transports) : (1u << TRANSPORTS) - 1;
    plan->baseline = find_transport("--baseline", w->baseline, strlen(w->baseline));
    plan->pin = w->pin ? parse_pin(w->pin) : PIN_SAME;
    plan->push_pin = !w->pin && w->subscribers > 1 ? PIN_SPLIT : plan->pin;
    plan->seed = w->seed ? parse_seed(w->seed) : any_seed();
    plan->quick = w->quick;
    plan->list = w->list;
    plan->size = (size_t)w->size;
    plan->count = w->count;
    plan->seconds = w->ms / 1000.0;
    plan->rounds = (size_t)w->rounds;
    plan->depth = (size_t)w->depth;
    plan->poll_every_ms = w->poll_every;
    settle_wire(plan, w);
    settle_crowd(plan, w);
    check_files(plan);
    choose_measures(plan);
}

static bool is_picture(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".svg") == 0;
}

/* getopt_long() puts operands last; the report shows the command as it was typed. */
static char **copy_of(int argc, char **argv)
{
    size_t size = sizeof *argv * ((size_t)argc + 1);
    char **copy = malloc(size);
    if (!copy)
        die("no memory");
    return memcpy(copy, argv, size);
}

void plan_free(struct plan *plan)
{
    free(plan->argv);
}

void plan_read(struct plan *plan, int argc, char **argv)
{
    struct words w = {.baseline = "tcp", .size = 64, .depth = 16, .poll_every = 10,
                      .subscribers = 1, .connections = 1000};
    *plan = (struct plan){.argc = argc, .argv = copy_of(argc, argv)};
    const struct option_row rows[] = {
        {0, "transports", "LIST", "compare only these, separated by commas", TEXT, &w.transports, 0,
         0},
        {0, "size", "BYTES", "of each message (64)", NUMBER, &w.size, 1, 16 << 20},
        {0, "count", "N", "connections, messages or events a round", NUMBER, &w.count, 1, 1000000},
        {0, "seconds", "SEC", "length of a round, instead of --count", SECONDS, &w.ms, 1, 3600000},
        {0, "rounds", "N", "of each transport, in shuffled order (9; idle 3, models 2)", NUMBER,
         &w.rounds, 1, ROUNDS_MAX},
        {0, "depth", "N", "messages under way when pipelined (16)", NUMBER, &w.depth, 2, 1024},
        {0, "poll-every", "MS", "mean time between polls, +-20 % (10)", NUMBER, &w.poll_every, 1,
         60000},
        {0, "push-every", "MS", "time between events (12, or 1 for every 25 subscribers)", NUMBER,
         &w.push_every, 1, 60000},
        {0, "subscribers", "N", "of push, all hearing the same events (1)", NUMBER, &w.subscribers,
         1, 20000},
        {0, "connections", "N", "that stay, in idle and models (1000)", NUMBER, &w.connections, 1,
         100000},
        {0, "workers", "N", "of models' pool (2 x cores + 1)", NUMBER, &w.workers, 1, 1024},
        {0, "pin", "HOW", "CPUs: same (one for both), split (push to many), none", TEXT,
         &w.pin, 0, 0},
        {0, "baseline", "NAME", "what ratios are to (tcp)", TEXT, &w.baseline, 0, 0},
        {0, "seed", "N", "of the order and the jitter", TEXT, &w.seed, 0, 0},
        {0, "quick", NULL, "few short rounds: a look, not a result", FLAG, &w.quick, 0, 0},
        {0, "list", NULL, "print measures, transports and metrics", FLAG, &w.list, 0, 0},
        {0, "wire", "SPEC", "over an emulated link: rtt=40ms, then maybe ,loss=1% "
         ",rate=10mbit ,reorder=1% ,drop=c1+s3 ,seed=N", TEXT, &w.wire, 0, 0},
        {0, "ladder", "[=FILE.svg]", "draw what crossed the wire, one packet a line; or as a "
         "picture", TEXT, &w.ladder, 0, 0},
        {0, "pcap", "FILE", "write the packets that were counted, for Wireshark", TEXT,
         &plan->file[REPORT_PCAP], 0, 0},
        {0, "json", "FILE", "write everything there (- = stdout)", TEXT, &plan->file[REPORT_JSON],
         0, 0},
        {0, "csv", "FILE", "the same, one metric a line", TEXT, &plan->file[REPORT_CSV], 0, 0},
        {0, "md", "FILE", "the tables, in Markdown", TEXT, &plan->file[REPORT_MD], 0, 0},
        {0},
    };
    for (int i = parse_options(&about, argc, argv, "[MEASURE]...", rows, NULL); i < argc; i++)
        if (w.ladder && !*w.ladder && is_picture(argv[i]))
            w.ladder = argv[i]; /* --ladder FILE.svg */
        else
            plan->measures |= parse_measure(argv[i]);
    if (w.count && w.ms)
        usage_error("--seconds: a round has a length or a count, not both");
    settle(plan, &w);
}
