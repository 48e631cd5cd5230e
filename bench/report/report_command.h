/* bench/report/report_command.h: `bench report`.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_COMMAND_H
#define BENCH_REPORT_COMMAND_H

#include "bench/results.h"

struct bytes;
struct json;

/* A run that was recorded in a file. */
struct recorded {
    struct results results;
    struct plan plan;
    struct bytes *text;
    struct json *root;
};

/* Reads one that is all zero; - is standard input.  Ends the program when that is not possible. */
void recording_open(struct recorded *, const char *file);
void recording_close(struct recorded *);

/* The command line from "report" on.  Returns the exit status, or ends the program. */
int report_command(int argc, char **argv);

#endif
