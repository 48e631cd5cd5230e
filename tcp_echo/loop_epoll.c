/* tcp_echo/loop_epoll.c: waiting with epoll(7): the kernel keeps the list of descriptors, so that a
 * wait costs the same among ten and ten thousand.  Compare loop_poll.c.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define EVENTS_MAX 256

struct backend {
    int epoll, timer;
    uint64_t armed; /* ns: when the timer goes off, UINT64_MAX = not */
    int ready;
    struct epoll_event events[EVENTS_MAX];
};

struct backend *backend_new(void)
{
    struct backend *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->armed = UINT64_MAX;
    b->epoll = epoll_create1(EPOLL_CLOEXEC);
    b->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (b->epoll >= 0 && b->timer >= 0 && epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->timer, &event) == 0)
        return b;
    backend_free(b);
    return NULL;
}

void backend_free(struct backend *b)
{
    close(b->epoll);
    close(b->timer);
    free(b);
}

int backend_watch(struct backend *b, struct watch *w, unsigned was, unsigned wanted)
{
    struct epoll_event event = {.data.ptr = w};
    event.events = (wanted & WATCH_READ ? EPOLLIN : 0u) | (wanted & WATCH_WRITE ? EPOLLOUT : 0u);
    int op = !was ? EPOLL_CTL_ADD : !wanted ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    return epoll_ctl(b->epoll, op, w->fd, &event);
}

/* close() takes it out of the kernel's list: one system call less for each connection. */
void backend_forget(struct backend *b, struct watch *w)
{
    (void)b;
    w->wanted = 0;
}

/* A time-out in epoll_wait() would set a kernel timer at every wait.  Deadlines mostly move away
 * before they pass, so one timer that goes off early now and then is cheaper. */
static int arm(struct backend *b, uint64_t deadline_ns)
{
    if (deadline_ns >= b->armed)
        return 0;
    struct itimerspec at = {.it_value = {.tv_sec = (time_t)(deadline_ns / 1000000000u),
                                         .tv_nsec = (long)(deadline_ns % 1000000000u)}};
    b->armed = deadline_ns;
    return timerfd_settime(b->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

int backend_wait(struct backend *b, uint64_t deadline_ns)
{
    if (deadline_ns > 0 && arm(b, deadline_ns) < 0)
        return -1;
    b->ready = epoll_wait(b->epoll, b->events, EVENTS_MAX, deadline_ns > 0 ? -1 : 0);
    return b->ready < 0 && errno != EINTR ? -1 : 0;
}

static void timer_expired(struct backend *b)
{
    uint64_t times;
    if (read(b->timer, &times, sizeof times) > 0)
        b->armed = UINT64_MAX;
}

void backend_dispatch(struct backend *b)
{
    for (int i = 0; i < b->ready; i++) {
        struct watch *w = b->events[i].data.ptr;
        uint32_t got = b->events[i].events;
        unsigned events = (got & (EPOLLIN | EPOLLHUP | EPOLLERR) ? WATCH_READ : 0) |
                          (got & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? WATCH_WRITE : 0);
        if (w)
            w->ready(w, events);
        else
            timer_expired(b);
    }
}
