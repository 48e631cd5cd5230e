/* caught by goes_on_after_a_short_write: sends n bytes again, from the middle on. */
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
        ssize_t put = send(fd, bytes + done, n, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        done += (size_t)put;
    }
    return 0;
}
