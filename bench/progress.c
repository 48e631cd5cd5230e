/* bench/progress.c: drawn with \r and spaces only; not at all when stderr is piped, NO_COLOR is set
 * (https://no-color.org) or the terminal is dumb.
 * SPDX-License-Identifier: MIT */
#include "bench/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool shown;

static bool wanted(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDERR_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

#define LONGEST 60

/* A line that does not fit would scroll at each update. */
static int width(void)
{
    struct winsize size = {0};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    return size.ws_col > 0 && size.ws_col <= LONGEST ? size.ws_col - 1 : LONGEST;
}

void progress_show(const char *measure, const char *transport, size_t done, size_t all)
{
    char line[LONGEST + 1];
    if (!wanted())
        return;
    snprintf(line, sizeof line, "%3zu %%  %s over %s", done * 100 / all, measure, transport);
    fprintf(stderr, "\r%-*.*s", width(), width(), line);
    fflush(stderr);
    shown = true;
}

void progress_clear(void)
{
    if (shown)
        fprintf(stderr, "\r%*s\r", width(), "");
    shown = false;
}
