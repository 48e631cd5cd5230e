/* bench/report_command.h: `bench report`.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_COMMAND_H
#define BENCH_REPORT_COMMAND_H

/* The command line from "report" on.  Returns the exit status, or ends the program. */
int report_command(int argc, char **argv);

#endif
