/* reply_to_sender: send a datagram back to whoever sent it.  The task is in reply_to_sender.h.
 * SPDX-License-Identifier: MIT */
#include "reply_to_sender.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t reply_to_sender(int fd, void *buf, size_t cap)
{
    (void)fd;
    (void)buf;
    (void)cap;
    /* TODO: receive a datagram together with its sender's address; send it back there. */
    return -1;
}
