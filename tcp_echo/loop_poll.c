/* tcp_echo/loop_poll.c: waiting with poll(2), which every POSIX system has: the whole list goes
 * into the kernel and comes back at each wait.  Compare loop_epoll.c.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/loop.h"
#include "tcp_echo/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

struct backend {
    size_t n, cap;
    struct pollfd *fds;
    struct watch **watches; /* watches[i] waits for fds[i]; its slot is i */
};

struct backend *backend_new(void)
{
    return calloc(1, sizeof(struct backend));
}

void backend_free(struct backend *b)
{
    free(b->fds);
    free(b->watches);
    free(b);
}

static int grow(struct backend *b)
{
    size_t cap = b->cap ? b->cap * 2 : 64;
    struct pollfd *fds = realloc(b->fds, cap * sizeof *fds);
    if (fds)
        b->fds = fds;
    struct watch **watches = realloc(b->watches, cap * sizeof(struct watch *));
    if (watches)
        b->watches = watches;
    if (!fds || !watches)
        return -1;
    b->cap = cap;
    return 0;
}

/* The last one takes the place of the one that goes. */
static void take_out(struct backend *b, size_t slot)
{
    b->n--;
    b->fds[slot] = b->fds[b->n];
    b->watches[slot] = b->watches[b->n];
    b->watches[slot]->slot = (unsigned)slot & 0x3fffffffu;
}

int backend_watch(struct backend *b, struct watch *w, unsigned was, unsigned wanted)
{
    if (!wanted) {
        take_out(b, w->slot);
        return 0;
    }
    if (!was) {
        if (b->n == b->cap && grow(b) < 0)
            return -1;
        b->watches[b->n] = w;
        b->fds[b->n] = (struct pollfd){.fd = w->fd};
        w->slot = (unsigned)b->n++ & 0x3fffffffu;
    }
    b->fds[w->slot].events = (short)((wanted & WATCH_READ ? POLLIN : 0) |
                                     (wanted & WATCH_WRITE ? POLLOUT : 0));
    return 0;
}

void backend_forget(struct backend *b, struct watch *w)
{
    if (w->wanted)
        take_out(b, w->slot);
    w->wanted = 0;
}

static int ms_until(uint64_t deadline_ns)
{
    if (deadline_ns == UINT64_MAX)
        return -1;
    uint64_t now = clock_ns();
    uint64_t ms = deadline_ns > now ? (deadline_ns - now + 999999) / 1000000 : 0;
    return ms < 1000000 ? (int)ms : 1000000;
}

int backend_wait(struct backend *b, uint64_t deadline_ns)
{
    int n = poll(b->fds, (nfds_t)b->n, ms_until(deadline_ns));
    if (n >= 0)
        return 0;
    for (size_t i = 0; i < b->n; i++)
        b->fds[i].revents = 0;
    return errno == EINTR ? 0 : -1;
}

void backend_dispatch(struct backend *b)
{
    for (size_t i = 0; i < b->n; i++) {
        short got = b->fds[i].revents;
        b->fds[i].revents = 0;
        unsigned events = (got & (POLLIN | POLLHUP | POLLERR | POLLNVAL) ? WATCH_READ : 0) |
                          (got & (POLLOUT | POLLHUP | POLLERR | POLLNVAL) ? WATCH_WRITE : 0);
        if (events)
            b->watches[i]->ready(b->watches[i], events);
    }
}
