/* caught by gives_up_after_so_many_tries: each try has a tenth of its time. */
/* SPDX-License-Identifier: MIT */
#include "stop_and_wait.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Whether the ack of this number comes within the time limit. */
static bool acked(int fd, uint8_t number, int timeout_ms)
{
    long long end = now_ms() + timeout_ms;
    for (long long left = timeout_ms; left > 0; left = end - now_ms()) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        uint8_t ack[2]; /* one more than an ack has, so that a longer datagram shows */
        if (poll(&ready, 1, (int)left) <= 0)
            continue;
        ssize_t n = recv(fd, ack, sizeof(ack), MSG_DONTWAIT);
        if (n == 1 && ack[0] == number)
            return true;
    }
    return false;
}

int stop_and_wait(struct sender *s, const void *message, size_t n)
{
    uint8_t datagram[1 + MESSAGE_MAX];
    datagram[0] = s->number++;
    memcpy(datagram + 1, message, n);
    for (int sent = 1; sent <= s->tries; sent++) {
        send(s->fd, datagram, 1 + n, 0); /* when this fails, it is lost like any other */
        if (acked(s->fd, datagram[0], s->timeout_ms / 10))
            return sent;
    }
    errno = ETIMEDOUT;
    return -1;
}
