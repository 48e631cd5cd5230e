/* bench/ladder/ladder_text.c: a ladder for a terminal: one packet, one line.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define ARROW 16 /* columns between the two ends */

struct look {
    FILE *f;
    size_t width;
    const char *line, *right, *left, *lost;
    bool ascii;
    int number, bytes; /* columns of c1, s1, ..., and of sizes */
};

/* --- text that may be wide --- */

/* The columns of a character on a terminal: Hangul, Chinese characters and the like take two. */
static size_t columns_of(uint32_t c)
{
    bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || c >= 0x1f300;
    return wide ? 2 : 1;
}

/* Writes what fits into so many columns.  Returns the columns written. */
static size_t print_cut(const struct look *look, const char *s, size_t room)
{
    size_t at = 0, n;
    for (uint32_t c; (n = ladder_character(s, &c)) > 0 && at + columns_of(c) <= room; s += n) {
        bool plain = c > 0 && !(look->ascii && c >= 0x80);
        fwrite(plain ? s : "?", 1, plain ? n : 1, look->f);
        at += plain ? columns_of(c) : 1;
    }
    return at;
}

static void repeat(const struct look *look, const char *s, size_t n)
{
    while (n-- > 0)
        fputs(s, look->f);
}

/* --- lines --- */

/* A ruled line with words in it. */
static void rule(const struct look *look, const char *words)
{
    repeat(look, look->line, 2);
    fputc(' ', look->f);
    size_t n = 4 + print_cut(look, words, look->width - 4);
    fputc(' ', look->f);
    repeat(look, look->line, look->width - n);
    fputc('\n', look->f);
}

/* The same in two lines where one is too short: broken behind the last comma that fits. */
static void rule_all(const struct look *look, char *words)
{
    size_t at = strlen(words) > look->width - 4 ? look->width - 4 : 0;
    while (at > 0 && !(words[at] == ' ' && strchr(",;", words[at - 1])))
        at--;
    if (at > 0)
        words[at - 1] = '\0';
    rule(look, words);
    if (at > 0)
        rule(look, words + at + 1);
}

/* The flags stand where the arrow begins; a lost packet's ends half-way, or behind them. */
static void print_arrow(const struct look *look, const struct crossing *x)
{
    char flags[FLAGS_MAX];
    int n = (int)strlen(ladder_flags(flags, &x->segment));
    bool lost = x->fate == DROPPED;
    if (n > ARROW - 3)
        n = ARROW - 3;
    size_t length = !lost ? ARROW : n + 3 > ARROW / 2 ? (size_t)n + 3 : ARROW / 2;
    if (x->from_server) {
        repeat(look, " ", ARROW - length);
        fputs(lost ? look->lost : look->left, look->f);
        repeat(look, look->line, length - 2 - (size_t)n);
        fprintf(look->f, "%.*s%s", n, flags, look->line);
    } else {
        fprintf(look->f, "%s%.*s", look->line, n, flags);
        repeat(look, look->line, length - 2 - (size_t)n);
        fputs(lost ? look->lost : look->right, look->f);
        repeat(look, " ", ARROW - length);
    }
}

static void print_words(const struct look *look, const char *words, size_t room)
{
    size_t n = strlen(words);
    if (n == 0)
        return;
    fputs("  ", look->f);
    if (n <= room - 2)
        fputs(words, look->f);
    else
        fprintf(look->f, "%.*s...", (int)room - 5, words);
}

static void print_packet(const struct look *look, const struct conversation *c, size_t i,
                         const char *words)
{
    const struct crossing *x = &c->crossing[i];
    char number[16], left[64];
    double ms = ladder_ms(c, x->packet->sent);
    snprintf(number, sizeof number, "%c%u", x->from_server ? 's' : 'c', x->number);
    int n = snprintf(left, sizeof left, "%10.*f %-*s ", ms < 1e6 ? 3 : 0, ms, look->number, number);
    fputs(left, look->f);
    print_arrow(look, x);
    n += ARROW + fprintf(look->f, " %*lu", look->bytes, (unsigned long)x->packet->len);
    print_words(look, words, look->width - (size_t)n);
    fputc('\n', look->f);
}

/* --- the whole --- */

static void print_head(const struct look *look, const struct ladder *l)
{
    char ends[2][END_MAX], line[2 * END_MAX + 32];
    if (l->title) {
        print_cut(look, l->title, look->width);
        fputc('\n', look->f);
    }
    snprintf(line, sizeof line, "client %s, server %s", ladder_end(ends[OUT], l->conversation, OUT),
             ladder_end(ends[IN], l->conversation, IN));
    print_cut(look, line, look->width);
    fprintf(look->f, "\n%10s %-*s %-*s%s %*s\n", "ms", look->number, "", ARROW - 6, "client",
            "server", look->bytes, "B");
}

static int digits(uint64_t v)
{
    return v < 10 ? 1 : 1 + digits(v / 10);
}

/* The columns that this conversation's numbers and sizes need. */
static void fit_columns(struct look *look, const struct conversation *c)
{
    look->number = 2;
    look->bytes = 5;
    for (const struct crossing *x = c->crossing; x < c->crossing + c->n; x++) {
        int number = 1 + digits(x->number), bytes = digits(x->packet->len);
        look->number = number > look->number ? number : look->number;
        look->bytes = bytes > look->bytes ? bytes : look->bytes;
    }
}

/* Rules off the phases that begin before this time; *next is the first of those. */
static void print_phases(const struct look *look, const struct ladder *l, uint64_t sent,
                         size_t *next)
{
    char words[COUNTS_MAX];
    for (; l->phases > 0 && *next <= l->phases; ++*next) {
        if (*next > 0 && sent < l->phase[*next - 1].end)
            return;
        if (ladder_phase_line(words, l, *next) > 0 || *next < l->phases)
            rule_all(look, words);
    }
}

static void print_packets(const struct look *look, const struct ladder *l, char **words)
{
    const struct conversation *c = l->conversation;
    size_t phase = 0, n = l->most > 0 && l->most < c->n ? l->most : c->n;
    char line[COUNTS_MAX];
    for (size_t i = 0; i < n; i++) {
        print_phases(look, l, c->crossing[i].packet->sent, &phase);
        print_packet(look, c, i, words[i] ? words[i] : "");
    }
    if (n < c->n)
        fprintf(look->f, "%10s %zu packets more are not drawn\n", "...", c->n - n);
    rule_all(look, ladder_totals(line, l));
}

int ladder_text(FILE *f, const struct ladder *l, size_t width, bool ascii)
{
    struct look look = {f, width, "\u2500", "\u25ba", "\u25c4", "\u2717", ascii, 0, 0};
    if (ascii)
        look = (struct look){f, width, "-", ">", "<", "x", true, 0, 0};
    if (width < LADDER_WIDTH_MIN)
        look.width = LADDER_WIDTH_MIN;
    char **words = ladder_words(l->conversation);
    if (!words)
        return -1;
    fit_columns(&look, l->conversation);
    print_head(&look, l);
    print_packets(&look, l, words);
    ladder_words_free(words, l->conversation->n);
    return 0;
}

bool ladder_wants_ascii(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}
