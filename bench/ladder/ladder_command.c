/* bench/ladder/ladder_command.c: `bench ladder FILE`: draws a capture, whoever made it.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder.h"
#include "bench/capture/pcap.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct program about = {
    .name = "bench ladder",
    .summary = "Draws the conversations in a capture (pcap or pcapng; - is standard input), one "
               "packet a line, what each carries in words.",
};

struct wishes {
    const char *svg;
    long width, packets, stream;
    bool ascii;
};

static int no_memory(void)
{
    die("no memory");
}

static void read_capture(struct capture *c, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!f)
        die("read %s: %s", path, strerror(errno));
    int rc = capture_read(c, f);
    if (f != stdin)
        fclose(f);
    if (rc < 0 && c->n == 0)
        die("read %s: %s", path, c->why);
}

static struct ladder *ladders_of(const struct conversations *all, const struct wishes *w)
{
    struct ladder *ladder = calloc(all->n, sizeof *ladder);
    if (!ladder)
        no_memory();
    for (size_t i = 0; i < all->n; i++)
        ladder[i] = (struct ladder){.conversation = &all->of[i], .most = (size_t)w->packets};
    return ladder;
}

static void draw_text(const struct ladder *ladder, size_t n, const struct wishes *w)
{
    bool ascii = w->ascii || ladder_wants_ascii();
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            putchar('\n');
        if (ladder_text(stdout, &ladder[i], (size_t)w->width, ascii) < 0)
            no_memory();
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        die("write standard output: %s", strerror(errno));
}

static void draw_svg(const struct ladder *ladder, size_t n, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!f)
        die("write %s: %s", path, strerror(errno));
    if (ladder_svg(f, ladder, n) < 0)
        no_memory();
    if (fflush(f) != 0 || ferror(f))
        die("write %s: %s", path, strerror(errno));
    if (f != stdout)
        fclose(f);
}

/* Draws what there is, then tells what is missing of it. */
static int draw(const struct capture *c, const char *path, const struct wishes *w)
{
    struct conversations all;
    if (conversations_find(&all, c->packet, c->n) < 0)
        no_memory();
    if (all.n == 0)
        die("read %s: no conversation over TCP or UDP in %zu packets", path, c->n + c->others);
    if (w->stream > (long)all.n)
        usage_error("--stream: %ld is not in 1..%zu", w->stream, all.n);
    struct ladder *ladder = ladders_of(&all, w);
    size_t first = w->stream ? (size_t)w->stream - 1 : 0, n = w->stream ? 1 : all.n;
    if (w->svg)
        draw_svg(ladder + first, n, w->svg);
    else
        draw_text(ladder + first, n, w);
    free(ladder);
    conversations_free(&all);
    return 0;
}

int ladder_command(int argc, char **argv)
{
    struct wishes w = {.width = LADDER_WIDTH};
    struct capture capture;
    const struct option_row rows[] = {
        {0, "svg", "FILE", "draw that instead of text (- = stdout)", TEXT, &w.svg, 0, 0},
        {0, "width", "N", "columns of text (80)", NUMBER, &w.width, LADDER_WIDTH_MIN, 1000},
        {0, "ascii", NULL, "no characters but ASCII's, as where the locale has no UTF-8", FLAG,
         &w.ascii, 0, 0},
        {0, "packets", "N", "draw no more than that of each conversation", NUMBER, &w.packets, 1,
         1000000000},
        {0, "stream", "N", "draw only the Nth conversation", NUMBER, &w.stream, 1, 1000000000},
        {0},
    };
    int i = parse_options(&about, argc, argv, "FILE", rows, NULL);
    if (i + 1 != argc)
        usage_error(i == argc ? "a capture is needed (see --help)"
                              : "one capture at a time, not %s", argv[argc - 1]);
    read_capture(&capture, argv[i]);
    draw(&capture, argv[i], &w);
    if (capture.why[0])
        die("read %s: %s", argv[i], capture.why);
    capture_free(&capture);
    return 0;
}
