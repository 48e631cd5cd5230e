/* A spare byte behind the caller's buffer: what falls into it did not fit. */
#include "reply_to_sender.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    for (;;) {
        struct sockaddr_storage from;
        char spare;
        struct iovec room[2] = {{buf, cap}, {&spare, 1}};
        struct msghdr message = {0};
        message.msg_name = &from;
        message.msg_namelen = sizeof(from);
        message.msg_iov = room;
        message.msg_iovlen = 2;
        ssize_t n = recvmsg(fd, &message, 0);
        if (n < 0 && errno != EINTR && errno != ECONNREFUSED)
            return -1;
        if (n > (ssize_t)cap) {
            errno = EMSGSIZE;
            return -1;
        }
        if (n >= 0) {
            /* The header that was received is the header to send. */
            room[0].iov_len = (size_t)n;
            message.msg_iovlen = 1;
            message.msg_flags = 0;
            return sendmsg(fd, &message, 0);
        }
    }
}
