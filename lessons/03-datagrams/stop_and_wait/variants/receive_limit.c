/* The socket's own limit on receiving instead of poll(), set to what is left each time. */
#include "stop_and_wait.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

static long us_until(const struct timespec *end)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (end->tv_sec - now.tv_sec) * 1000000 + (end->tv_nsec - now.tv_nsec) / 1000;
}

static int wait_for(const struct sender *s, uint8_t number)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += s->timeout_ms / 1000;
    end.tv_nsec += s->timeout_ms % 1000 * 1000000L;
    for (;;) {
        long us = us_until(&end);
        if (us <= 0)
            return 0;
        struct timeval left = {us / 1000000, us % 1000000};
        setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &left, sizeof(left));
        unsigned char in[16];
        if (recv(s->fd, in, sizeof(in), 0) == 1 && in[0] == number)
            return 1;
    }
}

int stop_and_wait(struct sender *s, const void *message, size_t n)
{
    uint8_t number = s->number;
    s->number = (uint8_t)((number + 1) % 256);
    char copy[MESSAGE_MAX];
    memcpy(copy, message, n);
    struct iovec parts[2] = {{&number, 1}, {copy, n}};
    int left = s->tries;
    while (left-- > 0) {
        ssize_t sent = writev(s->fd, parts, 2);
        (void)sent;
        if (wait_for(s, number))
            return s->tries - left;
    }
    errno = ETIMEDOUT;
    return -1;
}
