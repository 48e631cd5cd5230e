/* Slow, a system call for each byte, but right; and it calls itself for what is left. */
#include "read_exact.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    ssize_t rest, got;
    if (n == 0)
        return 0;
    for (;;) {
        got = recv(fd, buf, 1, 0);
        if (got >= 0 || errno != EINTR)
            break;
    }
    if (got <= 0)
        return got;
    rest = read_exact(fd, (char *)buf + 1, n - 1);
    return rest < 0 ? -1 : 1 + rest;
}
