/* bench/ladder/ladder_svg.c: a ladder as a picture for slides: two lines of time, a packet an
 * arrow.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder_svg.h"

#include <string.h>

#define WIDTH 1200.0
#define HEAD 122.0  /* px above the first packet, below the title */
#define FOOT 74.0
#define MARGIN 30.0 /* between two ladders */

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

void svg_text(FILE *f, const char *s, size_t most)
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

void svg_words(const struct picture *p, double x, double y, const char *class,
                     const char *anchor, const char *words)
{
    fprintf(p->f, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x, y,
            anchor);
    svg_text(p->f, words, SIZE_MAX);
    fputs("</text>\n", p->f);
}

void svg_line(const struct picture *p, const char *class, double x1, double y1, double x2,
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
    fprintf(p->f, "<rect x=\"12\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\" "
            "fill=\"%s\"/>\n", y, WIDTH - 24, end - y - 4, i % 2 ? "#f3f6f9" : "#e8f0fa");
    next[strcspn(next, ":")] = '\0';
    svg_words(p, 26, y += 22, "phase", "start", next);
    for (next += strlen(next) + 2; *next; next += strspn(next, ", ")) {
        size_t n = strcspn(next, ",");
        char kept = next[n];
        next[n] = '\0';
        svg_words(p, 26, y += 17, "small", "start", next);
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
        svg_words(p, x, p->top - 40, "end", "middle", i == OUT ? "client" : "server");
        svg_words(p, x, p->top - 23, "small", "middle", ladder_end(end, p->l->conversation, i));
        svg_line(p, "line", x, p->top - 14, x, bottom);
    }
}

static void draw_cut(const struct picture *p, const struct cut *cut)
{
    char words[64];
    double y = p->top + cut->y, middle = (p->client + p->server) / 2;
    for (int i = 0; i < 2; i++) {
        double x = i == 0 ? p->client : p->server;
        svg_line(p, "cut", x, y - 13, x, y + 13);
        svg_line(p, "dots", x, y - 13, x, y + 13);
    }
    if (cut->rest)
        return;
    snprintf(words, sizeof words, "%.*f ms without a packet, cut short",
             cut->ms < 100 ? 1 : 0, cut->ms);
    svg_line(p, "dots", p->client + 30, y, middle - 150, y);
    svg_line(p, "dots", middle + 150, y, p->server - 30, y);
    svg_words(p, middle, y + 4, "small", "middle", words);
}

/* --- the whole --- */

static void draw_foot(const struct picture *p)
{
    char words[COUNTS_MAX];
    double y = p->top + p->s->height + 26;
    size_t left = p->l->conversation->n - p->s->n;
    bool rests = false;
    svg_words(p, 26, y, "end", "start", ladder_totals(words, p->l));
    const char *how = p->s->level ? "Arrows are level: how long packets travelled is not known, or "
                                    "too short to show."
                      : p->s->guessed ? "Captures do not tell when packets arrive: they are drawn "
                                        "to travel for about half a round trip."
                                      : "Slopes are the packets' travel; time is stretched where "
                                        "labels need room.";
    int n = left > 0 ? snprintf(words, sizeof words, "%zu packets more are not drawn. ", left) : 0;
    for (size_t i = 0; i < p->s->cuts && !rests; i++)
        rests = p->s->cut[i].rest;
    snprintf(words + n, sizeof words - (size_t)n, "%s%s", how,
             rests ? " The client rests between phases." : "");
    svg_words(p, 26, y + 20, "small", "start", words);
}

static void draw_ladder(const struct picture *p)
{
    fprintf(p->f, "<g>\n");
    if (p->l->title)
        svg_words(p, 26, p->top - HEAD + 38, "title", "start", p->l->title);
    for (size_t i = 0; p->l->phases > 0 && i <= p->l->phases; i++)
        draw_phase(p, i);
    draw_ends(p);
    for (size_t i = 0; i < p->s->cuts; i++)
        draw_cut(p, &p->s->cut[i]);
    svg_packets(p);
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
    fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%.0f\" "
            "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n"
            "<style type=\"text/css\">%s</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            WIDTH, height, WIDTH, height, style);
    for (size_t i = 0; i < n; i++, y += h + MARGIN) {
        h = ladder_at(f, &l[i], y);
        if (h < 0)
            return -1;
    }
    fputs("</svg>\n", f);
    return 0;
}
