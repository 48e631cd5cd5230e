/* Looks whether a kept connection has ended before using it, and asks with writev(); SIGPIPE is
 * ignored while it sends. */
#include "reuse_connection.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>

static bool has_ended(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static bool write_request(int fd, const char *path, const char *host)
{
    const char *words[] = {"GET ", path, " HTTP/1.1\r\nUser-Agent: variant\r\nHost: ", host,
                           "\r\nConnection: keep-alive\r\n\r\n"};
    struct iovec parts[5];
    ssize_t all = 0;
    for (int i = 0; i < 5; i++) {
        parts[i] = (struct iovec){(void *)(size_t)words[i], strlen(words[i])};
        all += (ssize_t)parts[i].iov_len;
    }
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    ssize_t n = writev(fd, parts, 5);
    signal(SIGPIPE, before);
    return n == all;
}

/* One block for head and body. */
static ssize_t read_answer(struct session *s, char *body, size_t cap, size_t *came)
{
    char *all = malloc(HEAD_MAX + cap), *p = all;
    struct response_head head;
    size_t n = 0;
    ssize_t result = -1;
    int error = all ? EPROTO : ENOMEM;
    while (all) {
        int size = parse_response_head(&head, p, n);
        if (size > 0 && head.status / 100 == 1) {
            p += size;
            n -= (size_t)size;
            continue;
        }
        if (size < 0 || (size > 0 && head.content_length < 0))
            break;
        if (size > 0 && head.content_length > (long long)cap) {
            error = EMSGSIZE;
            break;
        }
        if (size > 0 && n >= (size_t)size + (size_t)head.content_length) {
            result = head.content_length;
            memcpy(body, p + size, (size_t)result);
            break;
        }
        ssize_t got = read(s->fd, p + n, (size_t)(all + HEAD_MAX + cap - p) - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        *came += (size_t)got;
    }
    free(all);
    if (result < 0 || !head.keeps_alive)
        drop(s);
    errno = error;
    return result;
}

ssize_t get(struct session *s, const char *path, char *body, size_t cap)
{
    size_t came = 0;
    if (s->fd >= 0 && has_ended(s->fd))
        drop(s);
    bool kept = s->fd >= 0;
    if (!kept)
        s->fd = s->open(s->server);
    if (s->fd < 0)
        return -1;
    ssize_t n = -1;
    if (write_request(s->fd, path, s->host))
        n = read_answer(s, body, cap, &came);
    if (n >= 0 || !kept || came > 0)
        return n;
    drop(s);
    return get(s, path, body, cap);
}
