/* caught by reports_a_peer_that_leaves_in_the_middle: part sent is success. */
#include "write_all.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

int write_all(int fd, const void *buf, size_t n)
{
    const uint8_t *bytes = buf;
    size_t done = 0;
    while (done < n) {
        ssize_t put = send(fd, bytes + done, n - done, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return done > 0 ? 0 : -1;
        done += (size_t)put;
    }
    return 0;
}
