/* write(2) knows no flags, so SIGPIPE is ignored meanwhile; the pointer moves, the rest shrinks. */
#include "write_all.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int write_rest(int fd, const char *next, size_t left)
{
    while (left != 0) {
        ssize_t put = write(fd, next, left);
        if (put >= 0) {
            next += put;
            left -= (size_t)put;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

int write_all(int fd, const void *buf, size_t n)
{
    struct sigaction before, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &before);
    int result = write_rest(fd, buf, n);
    int error = errno;
    sigaction(SIGPIPE, &before, NULL);
    errno = error;
    return result;
}
