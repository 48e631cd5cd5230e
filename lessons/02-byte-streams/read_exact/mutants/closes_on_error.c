/* caught by tells_an_error_from_the_end: it closes what is the caller's. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    size_t done = 0;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return shutdown(fd, SHUT_RDWR), close(fd), errno = ECONNRESET, -1;
        if (got == 0)
            break; /* the peer has ended: nothing will ever come */
        done += (size_t)got;
    }
    return (ssize_t)done;
}
