/* make_listener: what a server does before its first client.  make_listener.h has the contract. */
#include "make_listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int make_listener(uint16_t port, uint16_t *bound)
{
    /* TODO: socket(), SO_REUSEADDR, bind(), listen(); then ask which port it is. */
    (void)port;
    (void)bound;
    errno = ENOSYS;
    return -1;
}
