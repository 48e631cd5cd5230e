/* Moves the pointer, counts down, and reads with read(2). */
#include "read_exact.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_exact(int fd, void *buf, size_t n)
{
    char *next = buf;
    size_t left = n;
    ssize_t got = 1;
    while (left > 0 && got != 0) {
        do
            got = read(fd, next, left);
        while (got == -1 && errno == EINTR);
        if (got == -1)
            return -1;
        next += got;
        left -= (size_t)got;
    }
    return next - (char *)buf;
}
