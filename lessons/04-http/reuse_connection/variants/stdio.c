/* Reads through a FILE, made for each request from a copy of the descriptor, without a buffer. */
#include "reuse_connection.h"

#include <sys/socket.h>

static ssize_t fail(struct session *s, int error)
{
    drop(s);
    errno = error;
    return -1;
}

/* The head, byte by byte, into a string.  Returns its size, 0 when nothing came, -1 when cut. */
static int read_head(FILE *in, char *text, struct response_head *head)
{
    int n = 0;
    for (;;) {
        int c = getc(in);
        if (c == EOF)
            return n == 0 ? 0 : -1;
        text[n++] = (char)c;
        int size = parse_response_head(head, text, (size_t)n);
        if (size < 0)
            return -1;
        if (size > 0 && head->status >= 200)
            return size;
        if (size > 0)
            n = 0;
        if (size > 0 && ungetc(getc(in), in) == EOF)
            return -1;
    }
}

static ssize_t try_get(struct session *s, const char *path, char *body, size_t cap, bool *dead)
{
    struct response_head head;
    char text[HEAD_MAX];
    char *request = NULL;
    int len = asprintf(&request, "GET %s HTTP/1.1\r\nhost:%s\r\nAccept: */*\r\n\r\n", path,
                       s->host);
    bool sent = len > 0 && send(s->fd, request, (size_t)len, MSG_NOSIGNAL) == len;
    free(request);
    *dead = !sent;
    if (!sent)
        return fail(s, EPIPE);
    FILE *in = fdopen(dup(s->fd), "r");
    if (!in)
        return fail(s, errno);
    setvbuf(in, NULL, _IONBF, 0);
    int size = read_head(in, text, &head);
    *dead = size == 0;
    ssize_t n = -1;
    int error = EPROTO;
    if (size > 0 && head.content_length > (long long)cap)
        error = EMSGSIZE;
    else if (size > 0 && head.content_length >= 0)
        n = (ssize_t)fread(body, 1, (size_t)head.content_length, in);
    fclose(in);
    if (size <= 0 || n < 0 || n != head.content_length)
        return fail(s, error);
    if (!head.keeps_alive)
        drop(s);
    return n;
}

ssize_t get(struct session *s, const char *path, char *body, size_t cap)
{
    bool dead = false;
    if (s->fd >= 0) {
        ssize_t n = try_get(s, path, body, cap, &dead);
        if (n >= 0 || !dead)
            return n;
    }
    s->fd = s->open(s->server);
    return s->fd < 0 ? -1 : try_get(s, path, body, cap, &dead);
}
