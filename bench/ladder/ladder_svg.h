/* bench/ladder/ladder_svg.h: what makes up a picture: ladder_svg.c, ladder_arrows.c.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_LADDER_SVG_H
#define BENCH_LADDER_SVG_H

#include "bench/ladder/ladder.h"
#include "bench/ladder/ladder_scale.h"

/* One ladder's drawing. */
struct picture {
    FILE *f;
    const struct ladder *l;
    const struct scale *s;
    char **words;
    double client, server; /* x of their lines */
    double top;            /* y of the scale's zero */
};

/* Text as XML may hold it: no markup, no control characters, no broken UTF-8; cut to so many
 * characters. */
void svg_text(FILE *, const char *, size_t most);

/* Words at a place; anchor: "start", "middle" or "end" of them is there. */
void svg_words(const struct picture *, double x, double y, const char *class, const char *anchor,
               const char *words);

void svg_line(const struct picture *, const char *class, double x1, double y1, double x2,
              double y2);

/* Arrows, then what is written on and beside them. */
void svg_packets(const struct picture *);

#endif
