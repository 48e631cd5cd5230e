/* bench/wire/wire_spec.c: from text and back.  A value without its unit is refused, not guessed: 40
 * could be ms or s, 0.01 a hundredth or a hundredth of a per cent.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_spec.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RTT_MAX_NS 10000000000.0
#define RATE_MIN 1000.0  /* bit/s */
#define RATE_MAX 100e9
#define DIGITS_MAX 15    /* whole numbers of so many digits are exact in a double */
#define FRACTION_MAX 9

struct unit {
    const char *name;
    double value;
};
static const struct unit times[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {NULL, 0}};
static const struct unit rates[] = {{"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {NULL, 0}};
static const struct unit shares[] = {{"%", 1}, {NULL, 0}};

/* One item of the list, being read. */
struct item {
    const char *text; /* key=value */
    const char *value;
    char *why;
};

__attribute__((format(printf, 2, 3))) static int refuse(char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, WIRE_WHY_MAX, format, args);
    va_end(args);
    return -1;
}

/* --- values --- */

/* Digits, maybe a point and more digits: no sign, exponent, nan or other language's comma.  Returns
 * where it ends, or NULL. */
static const char *take_number(const char *text, double *value)
{
    size_t whole = strspn(text, "0123456789"), fraction = 0;
    uint64_t n = 0;
    if (text[whole] == '.')
        fraction = strspn(text + whole + 1, "0123456789");
    if (whole == 0 || whole + fraction > DIGITS_MAX || fraction > FRACTION_MAX)
        return NULL;
    const char *end = text + whole + (fraction ? 1 + fraction : 0);
    for (const char *p = text; p < end; p++)
        if (*p != '.')
            n = n * 10 + (uint64_t)(*p - '0');
    *value = (double)n / pow(10, (double)fraction);
    return end;
}

static int take_quantity(struct item *item, const struct unit *units, double *value)
{
    char known[32] = "";
    const char *unit = take_number(item->value, value);
    for (const struct unit *u = units; u->name; u++) {
        strcat(strcat(known, u == units ? "" : u[1].name ? ", " : " or "), u->name);
        if (unit && strcmp(unit, u->name) == 0) {
            *value *= u->value;
            return 0;
        }
    }
    return refuse(item->why, "%.60s: '%.60s' is not a number in %s", item->text, item->value,
                  known);
}

static int take_rtt(struct wire_spec *spec, struct item *item)
{
    double ns = 0;
    if (strcmp(item->value, "0") != 0 && take_quantity(item, times, &ns) < 0)
        return -1;
    if (ns > RTT_MAX_NS)
        return refuse(item->why, "%.60s: more than 10s", item->text);
    spec->rtt_ns = (uint64_t)llround(ns);
    return 0;
}

static int take_rate(struct wire_spec *spec, struct item *item)
{
    double rate;
    if (take_quantity(item, rates, &rate) < 0)
        return -1;
    if (rate < RATE_MIN || rate > RATE_MAX)
        return refuse(item->why, "%.60s: not in 1kbit..100gbit", item->text);
    spec->rate = (uint64_t)llround(rate);
    return 0;
}

static int take_share(double *share, struct item *item)
{
    if (take_quantity(item, shares, share) < 0)
        return -1;
    return *share < 100 ? 0 : refuse(item->why, "%.60s: not below 100%%", item->text);
}

static int take_loss(struct wire_spec *spec, struct item *item)
{
    return take_share(&spec->loss, item);
}

static int take_reorder(struct wire_spec *spec, struct item *item)
{
    return take_share(&spec->reorder, item);
}

static int take_integer(const char *text, size_t n, uint64_t max, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t digit = (uint64_t)text[i] - '0';
        if (text[i] < '0' || text[i] > '9' || *value > (max - digit) / 10)
            return -1;
        *value = *value * 10 + digit;
    }
    return n ? 0 : -1;
}

static int take_seed(struct wire_spec *spec, struct item *item)
{
    if (take_integer(item->value, strlen(item->value), UINT64_MAX, &spec->seed) < 0)
        return refuse(item->why, "%.60s: '%.60s' is not a number in 0..%" PRIu64, item->text,
                      item->value, UINT64_MAX);
    return 0;
}

static bool is_listed(const struct wire_spec *spec, const struct wire_drop *drop)
{
    for (size_t i = 0; i < spec->drops; i++)
        if (spec->drop[i].from_server == drop->from_server && spec->drop[i].number == drop->number)
            return true;
    return false;
}

static int take_drop(struct wire_spec *spec, struct item *item)
{
    const char *p = item->value;
    for (size_t n = strcspn(p, "+");; n = strcspn(p, "+")) {
        uint64_t number = 0;
        if ((*p != 'c' && *p != 's') || take_integer(p + 1, n - 1, UINT32_MAX, &number) < 0 ||
            number == 0)
            return refuse(item->why, "%.60s: '%.*s' is no packet: c1 is the client's first, s3 the "
                          "server's third", item->text, (int)(n < 60 ? n : 60), p);
        struct wire_drop drop = {*p == 's', (uint32_t)number};
        if (is_listed(spec, &drop))
            return refuse(item->why, "%.60s: %.*s is there twice", item->text, (int)n, p);
        if (spec->drops == WIRE_DROPS_MAX)
            return refuse(item->why, "drop: more than %d packets", WIRE_DROPS_MAX);
        spec->drop[spec->drops++] = drop;
        if (!p[n])
            return 0;
        p += n + 1;
    }
}

/* --- the list --- */

static const struct key {
    const char *name;
    int (*take)(struct wire_spec *, struct item *);
} keys[] = {{"rtt", take_rtt},         {"loss", take_loss}, {"rate", take_rate},
            {"reorder", take_reorder}, {"drop", take_drop}, {"seed", take_seed}};
enum { KEYS = sizeof keys / sizeof keys[0] };

/* An item's text ends with a NUL.  seen: a bit for each key there has been. */
static int take_item(struct wire_spec *spec, const char *text, unsigned *seen, char *why)
{
    size_t n = strcspn(text, "=");
    struct item item = {text, text + n + 1, why};
    for (size_t i = 0; i < KEYS; i++) {
        if (strlen(keys[i].name) != n || strncmp(keys[i].name, text, n) != 0)
            continue;
        if (!text[n] || !text[n + 1])
            return refuse(why, "'%.60s' has no value", text);
        if (*seen >> i & 1)
            return refuse(why, "%s is given twice", keys[i].name);
        *seen |= 1u << i;
        return keys[i].take(spec, &item);
    }
    return refuse(why, "'%.60s' is none of rtt, loss, rate, reorder, drop, seed", text);
}

int wire_spec_parse(struct wire_spec *spec, const char *text, char why[WIRE_WHY_MAX])
{
    unsigned seen = 0;
    *spec = (struct wire_spec){.seed = 1};
    for (const char *p = text;; p++) {
        char item[WIRE_SPEC_TEXT_MAX];
        size_t n = strcspn(p, ",");
        if (n >= sizeof item)
            return refuse(why, "'%.60s...' is too long", p);
        memcpy(item, p, n);
        item[n] = '\0';
        if (take_item(spec, item, &seen, why) < 0)
            return -1;
        p += n;
        if (!*p)
            break;
    }
    return seen & 1 ? 0 : refuse(why, "'%.60s' names no rtt: rtt=40ms, for instance", text);
}

/* --- and back --- */

struct out {
    char *text;
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out->text + out->n, WIRE_SPEC_TEXT_MAX - out->n, format, args);
    va_end(args);
    out->n += n > 0 ? (size_t)n : 0;
}

/* In the largest unit that leaves a digit before the point. */
static void put_quantity(struct out *out, const char *key, double value, const struct unit *units)
{
    const struct unit *u = units;
    char digits[64];
    while (u[1].name && value >= u[1].value)
        u++;
    snprintf(digits, sizeof digits, "%.*f", FRACTION_MAX, value / u->value);
    size_t n = strlen(digits);
    while (digits[n - 1] == '0')
        n--;
    if (n == strlen(digits) - FRACTION_MAX)
        n--; /* the point */
    put(out, "%s=%.*s%s", key, (int)n, digits, u->name);
}

const char *wire_spec_text(const struct wire_spec *spec, char text[WIRE_SPEC_TEXT_MAX])
{
    struct out out = {text, 0};
    if (spec->rtt_ns)
        put_quantity(&out, "rtt", (double)spec->rtt_ns, times);
    else
        put(&out, "rtt=0");
    if (spec->loss > 0)
        put_quantity(&out, ",loss", spec->loss, shares);
    if (spec->rate)
        put_quantity(&out, ",rate", (double)spec->rate, rates);
    if (spec->reorder > 0)
        put_quantity(&out, ",reorder", spec->reorder, shares);
    for (size_t i = 0; i < spec->drops; i++)
        put(&out, "%s%c%" PRIu32, i ? "+" : ",drop=", spec->drop[i].from_server ? 's' : 'c',
            spec->drop[i].number);
    if (spec->seed != 1 || spec->loss > 0 || spec->reorder > 0)
        put(&out, ",seed=%" PRIu64, spec->seed);
    return text;
}
