/* bench/ladder/ladder_arrows.c: the packets in a picture.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder_svg.h"

#include <math.h>

#define LETTER 6.7 /* px, of words on arrows: an average */

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
    svg_text(p->f, plain || !*words ? flags : words, room);
    fprintf(p->f, "</tspan><tspan class=\"faint\"> \u00b7 %s", rest);
    svg_text(p->f, plain ? words : "", room);
    fputs("</tspan></text>\n", p->f);
}

static void draw_time(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    const struct arrow *arrow = &p->s->arrow[i];
    bool left = c->from_server == arrow->seen_there;
    double y = p->top + (arrow->seen_there ? arrow->to : arrow->from);
    double ms = ladder_ms(p->l->conversation, c->packet->sent);
    fprintf(p->f, "<text class=\"time\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">"
            "<tspan class=\"number %s\">%c%u</tspan> %.*f ms</text>\n",
            left ? p->client - 12 : p->server + 12, y + 4,
            left ? "end" : "start", c->from_server ? "s" : "c", c->from_server ? 's' : 'c',
            c->number, ms < 1e5 ? 2 : 0, ms);
}

static void draw_arrow(const struct picture *p, size_t i)
{
    const struct crossing *c = &p->l->conversation->crossing[i];
    struct line at = line_of(p, i);
    fprintf(p->f, "<line class=\"%s\" stroke-width=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
            "y2=\"%.1f\"/>\n", class_of(c), c->segment.payload_len > 0 ? "2.2" : "1.2",
            at.x1, at.y1, at.x2, at.y2);
    if (c->fate == DROPPED)
        fprintf(p->f, "<path class=\"lost\" stroke-width=\"3\" "
                "d=\"M%.1f,%.1fl14,14m0,-14l-14,14\"/>\n", at.x2 - 7, at.y2 - 7);
    else
        fprintf(p->f, "<path class=\"%s\" d=\"M0,0L-11,-4.5L-11,4.5Z\" "
                "transform=\"translate(%.1f,%.1f)rotate(%.2f)\"/>\n", class_of(c), at.x2, at.y2,
                at.angle);
}

void svg_packets(const struct picture *p)
{
    for (size_t i = 0; i < p->s->n; i++)
        draw_arrow(p, i);
    for (size_t i = 0; i < p->s->n; i++) {
        draw_words(p, i);
        draw_time(p, i);
    }
}
