/* caught by uses_one_connection_for_all: an empty line too many stands before the next request. */
/* SPDX-License-Identifier: MIT */
#include "reuse_connection.h"

#include <sys/socket.h>

/* Receives at least one byte; the end of the connection is too early here.  Returns how many. */
static ssize_t more(int fd, char *buf, size_t room)
{
    ssize_t n = recv(fd, buf, room, 0);
    if (n == 0)
        errno = EPROTO;
    return n > 0 ? n : -1;
}

/* Reads the answer; *came: whether any byte of one came. */
static ssize_t hear(struct session *s, char *body, size_t cap, bool *came)
{
    char in[HEAD_MAX];
    size_t n = 0;
    struct response_head head;
    int size;
    while ((size = parse_response_head(&head, in, n)) == 0 || (size > 0 && head.status < 200)) {
        n -= (size_t)size; /* behind an interim head, the next may be there already */
        memmove(in, in + size, n);
        ssize_t got = size > 0 ? 0 : more(s->fd, in + n, sizeof(in) - n);
        if (got < 0)
            return -1;
        n += (size_t)got;
        *came = true;
    }
    size_t have = n - (size_t)size, length = (size_t)head.content_length;
    if (size < 0 || head.content_length < 0 || length > cap) {
        errno = size > 0 && head.content_length >= 0 ? EMSGSIZE : EPROTO;
        return -1;
    }
    memcpy(body, in + size, have < length ? have : length);
    while (have < length) {
        ssize_t got = more(s->fd, body + have, length - have);
        if (got < 0)
            return -1;
        have += (size_t)got;
    }
    if (!head.keeps_alive)
        drop(s);
    return (ssize_t)length;
}

ssize_t get(struct session *s, const char *path, char *body, size_t cap)
{
    char request[REQUEST_MAX];
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n\r\n", path, s->host);
    for (;;) {
        bool kept = s->fd >= 0, came = false;
        if (!kept)
            s->fd = s->open(s->server);
        if (s->fd < 0)
            return -1;
        ssize_t n = send(s->fd, request, (size_t)len, MSG_NOSIGNAL);
        if (n == len)
            n = hear(s, body, cap, &came);
        if (n >= 0)
            return n;
        drop(s);
        if (!kept || came)
            return -1;
    }
}
