/* On Linux recvfrom() itself tells the whole length, when asked with MSG_TRUNC; here even before it
 * takes the datagram. */
#include "reply_to_sender.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

static bool keep_waiting(ssize_t n)
{
    return n < 0 && (errno == EINTR || errno == ECONNREFUSED);
}

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    char first;
    ssize_t n;
    do
        n = recv(fd, &first, 1, MSG_PEEK | MSG_TRUNC);
    while (keep_waiting(n));
    if (n < 0)
        return -1;
    bool whole = (size_t)n <= cap;
    do
        n = recvfrom(fd, buf, cap, 0, (struct sockaddr *)&from, &len);
    while (keep_waiting(n));
    if (n < 0)
        return -1;
    if (!whole) {
        errno = EMSGSIZE;
        return -1;
    }
    return sendto(fd, buf, (size_t)n, 0, (const struct sockaddr *)&from, len);
}
