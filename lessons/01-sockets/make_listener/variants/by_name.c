/* The address comes from getaddrinfo(), and the socket does not outlive an exec. */
#include "make_listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_at(const struct addrinfo *at, uint16_t *bound)
{
    int on = 1;
    struct sockaddr_in name;
    socklen_t size = sizeof(name);
    int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 128) == 0 &&
        getsockname(fd, (struct sockaddr *)&name, &size) == 0) {
        *bound = ntohs(name.sin_port);
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int make_listener(uint16_t port, uint16_t *bound)
{
    struct addrinfo *found, wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    char service[8];
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    if (getaddrinfo("127.0.0.1", service, &wanted, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int fd = open_at(found, bound);
    int error = errno;
    freeaddrinfo(found);
    errno = error;
    return fd;
}
