/* caught by says_how_many_came_before_the_end: the end is taken for an error. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    size_t done = 0;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        done += (size_t)got;
    }
    return (ssize_t)done;
}
