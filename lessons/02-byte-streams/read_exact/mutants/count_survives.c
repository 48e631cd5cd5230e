/* caught by says_how_many_came_before_the_end: the count of the last call is still there. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    static size_t done;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break; /* the peer has ended: nothing will ever come */
        done += (size_t)got;
    }
    size_t result = done;
    if (done == n)
        done = 0;
    return (ssize_t)result;
}
