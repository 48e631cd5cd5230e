/* tcp_echo/tcp.h: TCP sockets: listen, connect, read, write.  EINTR, short writes and SIGPIPE are
 * dealt with here, once, for everybody.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_TCP_H
#define TCP_ECHO_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* socket, bind, listen on host and port (0 = any free one), TCP_NODELAY set for what it accepts.
 * Returns the listening descriptor, or a negative error for address_error(). */
int make_listener(const char *host, int port);

/* Takes the next connection from a listener, blocking or not.  Returns the descriptor, or -1 with
 * errno set. */
int tcp_accept(int listener, bool blocking);

/* True when accept() failed for want of something of ours, descriptors or memory: the connection is
 * still there, and trying again at once would only fail again. */
bool is_exhausted(int error);

/* The port a socket is bound to, or -1. */
int local_port(int fd);

/* Connects within timeout_ms (negative = as long as the kernel tries), each address of the host in
 * turn.  The socket is blocking, has TCP_NODELAY, and its reads and writes fail with EAGAIN after
 * timeout_ms.  Returns the descriptor, or a negative error for address_error(). */
int tcp_connect(const char *host, int port, int timeout_ms);

/* Bounds every blocking read and write of a socket; 0 or less takes the bound away. */
void set_io_timeout(int fd, int timeout_ms);

/* That bound in ms, or 0. */
int io_timeout(int fd);

/* Makes a descriptor blocking or not.  Returns 0, or -1 with errno set. */
int set_blocking(int fd, bool blocking);

/* recv(), send() and sendmsg() that start again after a signal (the writes not after one that
 * stops, stop.h) and never raise SIGPIPE: a peer that has gone is EPIPE.  Return as those do: the
 * writes may be short. */
ssize_t tcp_read(int fd, void *buf, size_t n);
ssize_t tcp_read_now(int fd, void *buf, size_t n); /* EAGAIN instead of waiting */
ssize_t tcp_write(int fd, const void *buf, size_t n);
ssize_t tcp_writev(int fd, const struct iovec *iov, int count);

#endif
