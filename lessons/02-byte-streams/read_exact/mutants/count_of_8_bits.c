/* caught by reads_all_of_a_split_message: a count of 8 bits begins anew at 256. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    uint8_t done = 0;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break; /* the peer has ended: nothing will ever come */
        done = (uint8_t)(done + got);
    }
    return (ssize_t)done;
}
