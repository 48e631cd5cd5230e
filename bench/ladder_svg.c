/* bench/ladder_svg.c: a ladder as a picture for slides: two lines of time, an arrow for each packet.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder.h"
#include "bench/ladder_scale.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WIDTH 1200.0
#define LETTER 6.7  /* px, of words on arrows: an average */
#define HEAD 122.0  /* px above the first packet, below the title */
#define FOOT 74.0
#define MARGIN 30.0 /* between two ladders */

/* One ladder's drawing. */
struct picture {
    FILE *f;
    const struct ladder *l;
    const struct scale *s;
    char **words;
    double client, server; /* x of their lines */
    double top;            /* y of the scale's zero */
};

static const char style[] =
    "text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK KR',"
    "'Noto Sans KR',sans-serif;font-size:13px;fill:#1f2933}"
    ".title{font-size:20px;font-weight:600}.end{font-size:15px;font-weight:600}"
    ".small{font-size:12px;fill:#52606d}.phase{font-size:15px;font-weight:600}"
    ".words{font-weight:600}.faint{font-weight:400;fill:#616e7c}"
    ".time{font-size:12px;fill:#52606d}.number{font-weight:600}"
    ".c{stroke:#1d5fbf;fill:#1d5fbf}.s{stroke:#0f766e;fill:#0f766e}"
    ".again{stroke:#b45309;fill:#b45309}.lost{stroke:#c81e1e;fill:#c81e1e}"
    "tspan.c,tspan.s,tspan.again,tspan.lost{stroke:#fff}"
    "text{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-opacity:.85}"
    ".line{stroke:#7b8794;stroke-width:2}.cut{stroke:#fff;stroke-width:6}"
    ".dots{stroke:#9aa5b1;stroke-width:2;stroke-dasharray:2 5}";

/* Text as XML may hold it: no markup, no control characters, no broken UTF-8. */
static void text(FILE *f, const char *s, size_t most)
{
    size_t n, at = 0;
    for (uint32_t c; (n = ladder_character(s, &c)) > 0 && at < most; s += n, at++)
        if (c == '<' || c == '&' || c == '>')
            fputs(c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&gt;", f);
        else
            fwrite(c && c != 0xfffe && c != 0xffff ? s : "?", 1, c && (c | 1) != 0xffff ? n : 1, f);
    if (*s)
        fputs("...", f);
}

static void write_at(const struct picture *p, double x, double y, const char *class,
                     const char *anchor, const char *words)
{
    fprintf(p->f, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x, y,
            anchor);
    text(p->f, words, SIZE_MAX);
    fputs("</text>\n", p->f);
}

static void draw_line(const struct picture *p, const char *class, double x1, double y1, double x2,
                 double y2)
{
    fprintf(p->f, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class,
            x1, y1, x2, y2);
}

/* --- phases: bands behind everything, their names and counts at the left --- */

static void draw_phase(const struct picture *p, size_t i)
{
    char words[COUNTS_MAX], *next = words;
    double y = p->top + p->s->phase[i] - 6;
    double end = p->top + (i < p->l->phases ? p->s->phase[i + 1] : p->s->height) - 6;
    if (ladder_phase_line(words, p->l, i) == 0 && i == p->l->phases)
        return;
    fprintf(p->f, "<rect x=\"12\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\" fill=\"%s\"/>\n",
            y, WIDTH - 24, end - y - 4, i % 2 ? "#f3f6f9" : "#e8f0fa");
    next[strcspn(next, ":")] = '\0';
    write_at(p, 26, y += 22, "phase", "start", next);
    for (next += strlen(next) + 2; *next; next += strspn(next, ", ")) {
        size_t n = strcspn(next, ",");
        char kept = next[n];
        next[n] = '\0';
        write_at(p, 26, y += 17, "small", "start", next);
        next[n] = kept;
        next += n;
    }
}

/* --- the two ends --- */

static void draw_ends(const struct picture *p)
{
    char end[END_MAX];
    double bottom = p->top + p->s->height;
    for (int i = OUT; i <= IN; i++) {
        double x = i == OUT ? p->client : p->server;
        write_at(p, x, p->top - 40, "end", "middle", i == OUT ? "client" : "server");
        write_at(p, x, p->top - 23, "small", "middle", ladder_end(end, p->l->conversation, i));
        draw_line(p, "line", x, p->top - 14, x, bottom);
    }
}

static void draw_cut(const struct picture *p, const struct cut *cut)
{
    char words[64];
    double y = p->top + cut->y, middle = (p->client + p->server) / 2;
    snprintf(words, sizeof words, "%.*f ms without a packet, cut short",
             cut->ms < 100 ? 1 : 0, cut->ms);
    for (int i = 0; i < 2; i++) {
        double x = i == 0 ? p->client : p->server;
        draw_line(p, "cut", x, y - 13, x, y + 13);
        draw_line(p, "dots", x, y - 13, x, y + 13);
    }
    draw_line(p, "dots", p->client + 30, y, middle - 150, y);
    draw_line(p, "dots", middle + 150, y, p->server - 30, y);
    write_at(p, middle, y + 4, "small", "middle", words);
}

/* --- packets --- */

static const char *class_of(const struct crossing *c)
{
    return c->fate == DROPPED ? "lost" : c->again ? "again" : c->from_server ? "s" : "c";
}

/* Where an arrow is drawn; a lost packet's ends half-way. */
struct line {
    double x1, y1, x2, y2, angle;
};

static struct line line_of(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    const struct arrow *arrow = &p->s->arrow[i];
    struct line at = {p->client, p->top + arrow->from, p->server, p->top + arrow->to, 0};
    if (c->from_server) {
        at.x1 = p->server;
        at.x2 = p->client;
    }
    if (c->fate == DROPPED)
        at.x2 = (at.x1 + at.x2) / 2;
    at.angle = atan2(at.y2 - at.y1, at.x2 - at.x1) * 180 / 3.14159265358979;
    return at;
}

/* Drawn on the arrow, where those that reach its sender have parted from it: first what matters,
 * then the rest. */
static void draw_words(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    struct line at = line_of(p, i);
    size_t room = (size_t)((p->server - p->client) / LETTER) - 40;
    const char *words = p->words[i] ? p->words[i] : "";
    bool plain = c->segment.payload_len == 0 && !c->again && c->fate != DROPPED;
    char flags[FLAGS_MAX], rest[FLAGS_MAX + 32];
    ladder_flags(flags, &c->segment);
    snprintf(rest, sizeof rest, "%s%s%lu B%s", plain ? "" : flags, plain ? "" : " \u00b7 ",
             (unsigned long)c->packet->len, plain && *words ? " \u00b7 " : "");
    fprintf(p->f, "<text text-anchor=\"%s\" transform=\"translate(%.1f,%.1f)rotate(%.2f)\" "
            "x=\"%d\" y=\"-5\"><tspan class=\"words %s\">", c->from_server ? "end" : "start", at.x1,
            at.y1, c->from_server ? at.angle - 180 : at.angle, c->from_server ? -56 : 56,
            class_of(c));
    text(p->f, plain || !*words ? flags : words, room);
    fprintf(p->f, "</tspan><tspan class=\"faint\"> \u00b7 %s", rest);
    text(p->f, plain ? words : "", room);
    fputs("</tspan></text>\n", p->f);
}

static void draw_time(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    const struct arrow *arrow = &p->s->arrow[i];
    bool left = c->from_server == arrow->seen_there;
    double ms = ladder_ms(p->l->conversation, c->packet->sent);
    fprintf(p->f, "<text class=\"time\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">"
            "<tspan class=\"number %s\">%c%u</tspan> %.*f ms</text>\n",
            left ? p->client - 12 : p->server + 12, p->top + (arrow->seen_there ? arrow->to : arrow->from) + 4,
            left ? "end" : "start", c->from_server ? "s" : "c", c->from_server ? 's' : 'c',
            c->number, ms < 1e5 ? 2 : 0, ms);
}

static void draw_arrow(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    struct line at = line_of(p, i);
    fprintf(p->f, "<line class=\"%s\" stroke-width=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
            "y2=\"%.1f\"/>\n", class_of(c), c->segment.payload_len > 0 ? "2.2" : "1.2", at.x1, at.y1,
            at.x2, at.y2);
    if (c->fate == DROPPED)
        fprintf(p->f, "<path class=\"lost\" stroke-width=\"3\" d=\"M%.1f,%.1fl14,14m0,-14l-14,14\"/>\n",
                at.x2 - 7, at.y2 - 7);
    else
        fprintf(p->f, "<path class=\"%s\" d=\"M0,0L-11,-4.5L-11,4.5Z\" "
                "transform=\"translate(%.1f,%.1f)rotate(%.2f)\"/>\n", class_of(c), at.x2, at.y2,
                at.angle);
}

/* --- the whole --- */

static void draw_foot(const struct picture *p)
{
    char words[COUNTS_MAX];
    double y = p->top + p->s->height + 26;
    size_t left = p->l->conversation->n - p->s->n;
    write_at(p, 26, y, "end", "start", ladder_totals(words, p->l));
    const char *how = p->s->level ? "Arrows are level: how long packets travelled is not known, or "
                                    "too short to show."
                      : p->s->guessed ? "Captures do not tell when packets arrive: they are drawn to "
                                        "travel for about half a round trip."
                                      : "Slopes are the packets' travel; time is stretched where "
                                        "labels need room.";
    int n = left > 0 ? snprintf(words, sizeof words, "%zu packets more are not drawn. ", left) : 0;
    snprintf(words + n, sizeof words - (size_t)n, "%s", how);
    write_at(p, 26, y + 20, "small", "start", words);
}

static void draw_ladder(const struct picture *p)
{
    fprintf(p->f, "<g>\n");
    if (p->l->title)
        write_at(p, 26, p->top - HEAD + 38, "title", "start", p->l->title);
    for (size_t i = 0; p->l->phases > 0 && i <= p->l->phases; i++)
        draw_phase(p, i);
    draw_ends(p);
    for (size_t i = 0; i < p->s->cuts; i++)
        draw_cut(p, &p->s->cut[i]);
    for (size_t i = 0; i < p->s->n; i++)
        draw_arrow(p, i);
    for (size_t i = 0; i < p->s->n; i++) {
        draw_words(p, i);
        draw_time(p, i);
    }
    draw_foot(p);
    fprintf(p->f, "</g>\n");
}

/* Lays out one ladder, and draws it when there is a file to draw to.  Returns its height, or a
 * negative number when there is no memory. */
static double ladder_at(FILE *f, const struct ladder *l, double y)
{
    struct scale scale;
    if (scale_make(&scale, l) < 0)
        return -1;
    double height = HEAD + scale.height + FOOT, margin = l->phases > 0 ? 320 : 130;
    struct picture p = {f, l, &scale, NULL, margin, WIDTH - 130, y + HEAD};
    if (f && !(p.words = ladder_words(l->conversation)))
        height = -1;
    else if (f)
        draw_ladder(&p);
    ladder_words_free(p.words, l->conversation->n);
    scale_free(&scale);
    return height;
}

int ladder_svg(FILE *f, const struct ladder *l, size_t n)
{
    double height = 0, y = 0, h;
    for (size_t i = 0; i < n; i++, height += h + (i < n ? MARGIN : 0)) {
        h = ladder_at(NULL, &l[i], 0);
        if (h < 0)
            return -1;
    }
    fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
            "version=\"1.1\" viewBox=\"0 0 %.0f %.0f\">\n<style type=\"text/css\">%s</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n", WIDTH, height, style);
    for (size_t i = 0; i < n; i++, y += h + MARGIN) {
        h = ladder_at(f, &l[i], y);
        if (h < 0)
            return -1;
    }
    fputs("</svg>\n", f);
    return 0;
}
