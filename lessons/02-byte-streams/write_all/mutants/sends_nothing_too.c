/* caught by writes_nothing_when_there_is_nothing: sends although n is 0. */
#include "write_all.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

int write_all(int fd, const void *buf, size_t n)
{
    const uint8_t *bytes = buf;
    size_t done = 0;
    do {
        ssize_t put = send(fd, bytes + done, n - done, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        done += (size_t)put;
    } while (done < n);
    return 0;
}
