/* Never more than 100 bytes at a time, by sendmsg(2), waiting for room with poll(2). */
#include "write_all.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

int write_all(int fd, const void *buf, size_t n)
{
    struct iovec piece = {.iov_base = (void *)(size_t)buf};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    for (size_t left = n; left > 0;) {
        piece.iov_len = left < 100 ? left : 100;
        ssize_t put = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return -1;
        if (put < 0) {
            poll(&room, 1, -1);
            continue;
        }
        piece.iov_base = (char *)piece.iov_base + put;
        left -= (size_t)put;
    }
    return 0;
}
