/* One call after the other, each with its own way out; the address in a union, no SOMAXCONN. */
#include "make_listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int give_up(int fd)
{
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int make_listener(uint16_t port, uint16_t *bound)
{
    union {
        struct sockaddr any;
        struct sockaddr_in ip;
    } name;
    int fd = socket(PF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (fd == -1)
        return -1;
    int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == -1)
        return give_up(fd);
    memset(&name, 0, sizeof(name));
    name.ip.sin_family = AF_INET;
    name.ip.sin_port = (uint16_t)(htons(port));
    name.ip.sin_addr.s_addr = htonl(0x7f000001);
    if (bind(fd, &name.any, sizeof(name.ip)) == -1)
        return give_up(fd);
    if (listen(fd, 16) == -1)
        return give_up(fd);
    *bound = port;
    if (port == 0) {
        socklen_t size = sizeof(name.ip);
        if (getsockname(fd, &name.any, &size) == -1)
            return give_up(fd);
        *bound = ntohs(name.ip.sin_port);
    }
    return fd;
}
