/* Waits in poll() and takes the datagram without blocking; poll() also wakes for a refusal. */
#include "reply_to_sender.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The socket's own limit, in ms, as poll() takes it. */
static int limit_of(int fd)
{
    struct timeval limit = {0, 0};
    socklen_t len = sizeof(limit);
    getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &len);
    long ms = limit.tv_sec * 1000 + limit.tv_usec / 1000;
    return ms == 0 ? -1 : (int)ms;
}

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    struct sockaddr_storage from;
    struct iovec room = {buf, cap};
    struct msghdr in = {.msg_iov = &room, .msg_iovlen = 1};
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int n = poll(&ready, 1, limit_of(fd));
        if (n < 0 && errno != EINTR)
            return -1;
        in.msg_name = &from;
        in.msg_namelen = sizeof(from);
        ssize_t got = n < 0 ? -1 : recvmsg(fd, &in, MSG_DONTWAIT);
        if (got >= 0 && in.msg_flags & MSG_TRUNC)
            return errno = EMSGSIZE, -1;
        if (got >= 0)
            return sendto(fd, buf, (size_t)got, 0, (struct sockaddr *)&from, in.msg_namelen);
        if (n == 0 || (errno != EINTR && errno != ECONNREFUSED && errno != EAGAIN))
            return -1;
    }
}
