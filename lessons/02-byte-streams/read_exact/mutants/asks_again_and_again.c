/* caught by reads_all_of_a_split_message: it waits in a loop that never sleeps. */
#include "read_exact.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    uint8_t *bytes = buf;
    size_t done = 0;
    while (done < n) {
        ssize_t got = recv(fd, bytes + done, n - done, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break; /* the peer has ended: nothing will ever come */
        done += (size_t)got;
    }
    return (ssize_t)done;
}
