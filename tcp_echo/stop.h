/* tcp_echo/stop.h: being told to stop while waiting.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_STOP_H
#define TCP_ECHO_STOP_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM make stop_fd() readable, once; SIGPIPE is ignored.
 * Returns 0, or -1 with errno set. */
int catch_signals(void);
int stop_fd(void);
bool told_to_stop(void);

/* In a process forked from one that catches signals: from now on this descriptor tells it to stop,
 * or SIGTERM.  SIGINT, which a terminal sends to all, is left to the parent. */
void stop_when_readable(int fd);

/* Waits until fd is readable.  Returns 1, 0 after ms without (negative = for ever), -1 when the
 * process has been told to stop. */
int wait_readable(int fd, int ms);

#endif
