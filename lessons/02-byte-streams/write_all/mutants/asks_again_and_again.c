/* caught by goes_on_after_a_short_write: it waits in a loop that never sleeps. */
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
        ssize_t put = send(fd, bytes + done, n - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (put < 0)
            return -1;
        done += (size_t)put;
    }
    return 0;
}
