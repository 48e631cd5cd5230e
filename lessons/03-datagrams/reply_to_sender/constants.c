/* caught by sends_the_datagram_back: knows what clients usually send and does not look. */
#include "reply_to_sender.h"

#include <sys/socket.h>

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    struct sockaddr_storage sender;
    socklen_t len = sizeof(sender);
    recvfrom(fd, buf, cap, 0, (struct sockaddr *)&sender, &len);
    return sendto(fd, "hello", 5, 0, (struct sockaddr *)&sender, len);
}
