/* tcp_echo/stop.c: a signal becomes a readable descriptor, so that nobody who waits can miss it.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/stop.h"
#include "tcp_echo/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

static int stop_pipe[2] = {-1, -1};
static atomic_int stopped; /* read by threads as well as written by a handler */

static void on_signal(int signal_number)
{
    int saved = errno;
    (void)signal_number;
    stopped = 1;
    signal(SIGINT, SIG_DFL); /* the second one ends the process at once */
    signal(SIGTERM, SIG_DFL);
    if (write(stop_pipe[1], "", 1) < 0) {
        /* a full pipe has told them already; a forked process (stop_when_readable()) has none */
    }
    errno = saved;
}

int catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    signal(SIGPIPE, SIG_IGN);
    if (stop_pipe[0] < 0 && pipe(stop_pipe) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC);
        set_blocking(stop_pipe[i], false);
    }
    return sigaction(SIGINT, &action, NULL) | sigaction(SIGTERM, &action, NULL);
}

bool told_to_stop(void)
{
    return stopped;
}

void stop_when_readable(int fd)
{
    signal(SIGINT, SIG_IGN);
    for (int i = 0; i < 2; i++)
        close(stop_pipe[i]);
    stop_pipe[0] = fd;
    stop_pipe[1] = -1;
#ifdef __linux__ /* elsewhere, who sends to a client that does not read notices it later */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
}

int stop_fd(void)
{
    return stop_pipe[0];
}

int wait_readable(int fd, int ms)
{
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = stop_fd(), .events = POLLIN}};
    int n;
    do
        n = stopped ? -1 : poll(p, 2, ms);
    while (n < 0 && !stopped && errno == EINTR);
    return n < 0 || p[1].revents ? -1 : n > 0;
}
