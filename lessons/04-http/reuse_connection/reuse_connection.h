/* reuse_connection.h: many GETs over one connection.
 * SPDX-License-Identifier: MIT */
#ifndef REUSE_CONNECTION_H
#define REUSE_CONNECTION_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <unistd.h>

#define HEAD_MAX 4096    /* bytes of a response's head */
#define REQUEST_MAX 1024 /* bytes of a request, with the longest path and host */

struct session {
    int (*open)(void *server); /* a new connection to the server: a descriptor, or -1 with errno */
    void *server;              /* what open() wants to be handed */
    const char *host;          /* the server's name, for the field Host */
    int fd;                    /* the connection kept from the last request; -1: there is none */
};

/* Sends "GET path" in HTTP/1.1 and reads the answer's body into body, which has room for cap bytes.
 * Uses the connection that was kept (s->fd), or opens one.
 *
 * Returns the body's length, which is the answer's Content-Length: not a byte more is waited for,
 * and the connection stays open in s->fd for the next call - unless the answer says that it does
 * not stay (drop(), below).  Answers with a status below 200 are interim: the answer is the one
 * behind them (RFC 9110 15.2).  What one read brings is as much as it happens to be: a part of a
 * head, a head and a part of its body, an interim answer and the next one.
 *
 * A server may close a kept connection at any time.  When a kept connection turns out to be dead -
 * sending fails, or it ends before a single byte has come back - the same request is sent once
 * more, over a new connection; GET may be repeated (RFC 9110 9.2.2, RFC 9112 9.3.1).  When the
 * connection was opened for this request, or when something has come back, nothing is sent again.
 *
 * On failure drops the connection and returns -1 with errno: that of the call that failed; EPROTO
 * when the answer is malformed, has no Content-Length, or ends too early; EMSGSIZE when the body is
 * longer than cap.  Nothing is written behind the cap bytes.  Never ends the program (SIGPIPE).
 * Every answer here has a body: what a 204 or 304 would need is left out. */
ssize_t get(struct session *s, const char *path, char *body, size_t cap);

/* --- Given: what you need besides --- */

/* Closes the connection, if there is one, and forgets it.  errno stays. */
static inline void drop(struct session *s)
{
    int error = errno;
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    errno = error;
}

struct response_head {
    int status;
    long long content_length; /* or -1 */
    bool keeps_alive;
};

/* The exercise before this one, in short.  Returns the size of the head that the n bytes at buf
 * begin with, 0 when more bytes are needed, -1 when they are no head. */
static inline int parse_response_head(struct response_head *head, const char *buf, size_t n)
{
    int minor;
    char copy[HEAD_MAX + 1], *line = copy;
    const char *end = memmem(buf, n, "\r\n\r\n", 4);
    size_t size = end ? (size_t)(end + 4 - buf) : 0;
    if (!end || size > HEAD_MAX)
        return n < HEAD_MAX ? 0 : -1;
    memcpy(copy, buf, size);
    copy[size] = '\0';
    if (sscanf(copy, "HTTP/1.%1d %3d", &minor, &head->status) != 2)
        return -1;
    head->content_length = -1;
    head->keeps_alive = minor > 0;
    for (line = strstr(line, "\r\n") + 2; *line != '\r'; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            head->content_length = atoll(line + 15);
        if (strncasecmp(line, "Connection: close", 17) == 0)
            head->keeps_alive = false;
    }
    return (int)size;
}

#endif
