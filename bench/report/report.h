/* bench/report/report.h: the results, as people and as programs read them.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/results.h"

#include <stdio.h>

void report_text(FILE *, const struct results *);
void report_md(FILE *, const struct results *);
void report_json(FILE *, const struct results *);
#define REPORT_SCHEMA "socklab-bench/1" /* of the JSON */
void report_csv(FILE *, const struct results *);

/* The wire, and what crossed it, in lines above the tables; nothing over loopback. */
void report_wire(FILE *, const struct results *);

/* The conversations that were counted over the wire, which must be open until album_close().  The
 * program ends when there is no memory.  album_close(NULL) does nothing. */
struct album *album_open(const struct results *);
struct captured album_sum(const struct album *);
void album_close(struct album *);

/* The results' album: as a capture, as ladders. */
void report_pcap(FILE *, const struct results *);
void report_svg(FILE *, const struct results *);
void report_ladders(FILE *, const struct results *);

/* What the figures of a measure say, in sentences that are computed, not written; without a
 * newline. */
#define CONCLUSION_MAX 2048
void conclude(char *out, size_t cap, const struct results *, size_t measure);

/* What the tables of a measure cannot say of themselves; without a newline. */
#define NOTES_MAX 768
void notes_of(char out[NOTES_MAX], const struct results *, size_t measure);

/* What makes figures worse than they look: on stderr, cause and remedy.  Before measuring, and
 * after it. */
void warn_before(const struct results *);
void warn_after(const struct results *);

/* --- report_files.c.  All of them end the program when something can't be written --- */

/* Before measuring, so that half a minute is not spent on what can't be written. */
void report_check_files(const struct plan *);

/* Every report that the plan wants; the tables on stdout unless another one is there. */
void report_write(const struct results *);

/* Flushes what was written to the file of that name. */
void report_finish(FILE *, const char *path);

/* Words, in lines of up to width columns, the second and later ones indented by a text. */
void print_wrapped(FILE *, const char *words, size_t width, const char *indent);

/* Measures, transports and metrics: --list. */
void report_list(FILE *);

/* --- what JSON and CSV say of a row alike, report_fields.c --- */

struct field {
    const char *name;
    bool there;       /* it makes sense for this row, even if the figure is NAN */
    const char *word; /* or, when that is NULL: */
    double number;
};

#define PARAMS 13 /* under which it was measured */
void params_of(struct field out[PARAMS], const struct results *, const struct row *);

#define FIGURES 9 /* what came out */
void figures_of(struct field out[FIGURES], const struct row *);

/* A field of a CSV line (RFC 4180), in quotes when it must be. */
void csv_text(FILE *, const char *);

/* A string in JSON (RFC 8259), whatever is in it: bytes that are not UTF-8 become U+FFFD. */
void json_string(FILE *, const char *);

/* The bytes of the control character at p, of ASCII or U+0080 to U+009F; 0 = none.  What comes from
 * a file shall not reach the terminal as a command. */
size_t control_bytes(const char *p);

/* A number; NAN and infinities, which JSON lacks, become null. */
void json_number(FILE *, double);

/* A finite number with nine digits, or as many more as it takes to read the same one again: who
 * draws a recorded run shall round as the run did.  Returns out. */
#define NUMBER_MAX 32
char *number_text(char out[NUMBER_MAX], double v);

/* --- numbers for people, figure.c.  They return out --- */
#define FIGURE_MAX 40

/* Three significant digits, or all before the point: 0.123 9.87 98.7 987 9,876. */
char *figure(char out[FIGURE_MAX], double v);
char *figure_count(char out[FIGURE_MAX], double v); /* 3, 3.5, 1,234 */
char *figure_ratio(char out[FIGURE_MAX], double v); /* 1.02, 12.3, 123 */

#endif
