/* MSG_WAITALL saves calls; a signal or the end may still cut it short. */
#include "read_exact.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    size_t done = 0;
    for (;;) {
        ssize_t got = recv(fd, (char *)buf + done, n - done, MSG_WAITALL);
        if (got == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        done += (size_t)got;
        if (got == 0 || done == n)
            return (ssize_t)done;
    }
}
