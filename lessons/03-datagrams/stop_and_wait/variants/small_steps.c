/* Waits in steps of a few milliseconds, and throws old acks away before it sends. */
#include "stop_and_wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Looks at all that is there. */
static int heard(int fd, uint8_t number)
{
    uint8_t in[MESSAGE_MAX];
    int yes = 0;
    for (;;) {
        ssize_t n = recv(fd, in, sizeof(in), MSG_DONTWAIT);
        if (n < 0)
            return yes;
        yes |= n == 1 && in[0] == number;
    }
}

int stop_and_wait(struct sender *s, const void *message, size_t n)
{
    uint8_t *out = malloc(n + 1);
    if (!out)
        return -1;
    *out = s->number++;
    memcpy(out + 1, message, n);
    heard(s->fd, (uint8_t)(*out - 1));
    int result = -1;
    for (int i = 1; i <= s->tries && result < 0; i++) {
        double end = now() + s->timeout_ms;
        send(s->fd, out, n + 1, MSG_NOSIGNAL);
        while (result < 0 && now() < end) {
            nanosleep(&(struct timespec){0, 1000000}, NULL);
            if (heard(s->fd, *out))
                result = i;
        }
    }
    free(out);
    if (result < 0)
        errno = ETIMEDOUT;
    return result;
}
