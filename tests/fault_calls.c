/* tests/fault_calls.c: calls that fail when they are told to.
 * SPDX-License-Identifier: MIT */
#include "fault_calls.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static _Thread_local struct {
    const struct fault *fault; /* NULL = none */
    size_t nth, seen;
} armed;

static atomic_long held;

void fault_arm(const struct fault *fault, size_t nth)
{
    armed.fault = fault;
    armed.nth = nth;
    armed.seen = 0;
}

bool fault_disarm(void)
{
    armed.fault = NULL;
    return armed.seen >= armed.nth;
}

long pieces_held(void)
{
    return atomic_load(&held);
}

/* True when this is the call that fails; errno is set. */
static bool strikes(enum call call)
{
    if (!armed.fault || !(armed.fault->calls & call) || ++armed.seen != armed.nth)
        return false;
    errno = armed.fault->error;
    return true;
}

/* How much of n a call is to do, or 0 when it is to fail. */
static size_t share(enum call call, size_t n)
{
    return !strikes(call) ? n : errno ? 0 : 1;
}

/* For every F, the linker sends our calls of F to __wrap_F; __real_F is libc's. */
#define WRAPPED(result, name, ...)         \
    result __real_##name(__VA_ARGS__);     \
    result __wrap_##name(__VA_ARGS__);     \
    result __wrap_##name(__VA_ARGS__)

/* --- memory --- */

static void *count(void *piece)
{
    atomic_fetch_add(&held, piece != NULL);
    return piece;
}

WRAPPED(void *, malloc, size_t n)
{
    return strikes(MEMORY) ? NULL : count(__real_malloc(n));
}

WRAPPED(void *, calloc, size_t n, size_t size)
{
    return strikes(MEMORY) ? NULL : count(__real_calloc(n, size));
}

WRAPPED(void *, realloc, void *piece, size_t n)
{
    if (strikes(MEMORY))
        return NULL;
    void *bigger = __real_realloc(piece, n);
    return piece ? bigger : count(bigger);
}

WRAPPED(void, free, void *piece)
{
    atomic_fetch_sub(&held, piece != NULL);
    __real_free(piece);
}

static void *openssl_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return strikes(MEMORY) ? NULL : __real_malloc(n);
}

static void *openssl_realloc(void *piece, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return strikes(MEMORY) ? NULL : __real_realloc(piece, n);
}

static void openssl_free(void *piece, const char *file, int line)
{
    (void)file;
    (void)line;
    __real_free(piece);
}

void fault_openssl(void)
{
    CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
}

/* --- sockets --- */

WRAPPED(ssize_t, recv, int fd, void *buf, size_t n, int flags)
{
    size_t part = share(RECV, n);
    return part == 0 && n > 0 ? -1 : __real_recv(fd, buf, part, flags);
}

WRAPPED(ssize_t, send, int fd, const void *buf, size_t n, int flags)
{
    size_t part = share(SEND, n);
    return part == 0 && n > 0 ? -1 : __real_send(fd, buf, part, flags);
}

WRAPPED(ssize_t, sendmsg, int fd, const struct msghdr *msg, int flags)
{
    if (!strikes(SEND))
        return __real_sendmsg(fd, msg, flags);
    return errno ? -1 : __real_send(fd, msg->msg_iov->iov_base, 1, flags);
}

WRAPPED(int, accept4, int fd, struct sockaddr *from, socklen_t *len, int flags)
{
    return strikes(ACCEPT) ? -1 : __real_accept4(fd, from, len, flags);
}

/* What was interrupted goes on by itself. */
WRAPPED(int, connect, int fd, const struct sockaddr *to, socklen_t len)
{
    int rc = __real_connect(fd, to, len), error = errno;
    if (strikes(CONNECT))
        return -1;
    errno = error;
    return rc;
}

/* --- waiting --- */

WRAPPED(int, poll, struct pollfd *fds, nfds_t n, int ms)
{
    return strikes(WAIT) ? -1 : __real_poll(fds, n, ms);
}

WRAPPED(int, epoll_wait, int fd, struct epoll_event *events, int most, int ms)
{
    return strikes(WAIT) ? -1 : __real_epoll_wait(fd, events, most, ms);
}

WRAPPED(int, epoll_ctl, int fd, int op, int of, struct epoll_event *event)
{
    return op == EPOLL_CTL_ADD && strikes(WATCH) ? -1 : __real_epoll_ctl(fd, op, of, event);
}
