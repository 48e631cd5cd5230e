/* lessons/learn/work.c: files that are written by rename() or not at all.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct string string_of(const char *format, ...)
{
    struct string path;
    va_list args;
    va_start(args, format);
    vsnprintf(path.s, sizeof(path.s), format, args);
    va_end(args);
    return path;
}

/* "/home/me/socklab/", or "" where that would be anything's beginning. */
static struct string here(void)
{
    char folder[4000];
    if (!getcwd(folder, sizeof(folder)) || !folder[1])
        return string_of("%s", "");
    return string_of("%s/", folder);
}

struct string shown(const char *path)
{
    struct string folder = here();
    size_t n = strlen(folder.s);
    return string_of("%s", strncmp(path, folder.s, n) == 0 ? path + n : path);
}

char *shown_text(const char *text)
{
    struct string folder = here();
    size_t n = strlen(folder.s), at = 0;
    char *out = malloc(strlen(text) + 1);
    while (out && *text) {
        if (n > 0 && strncmp(text, folder.s, n) == 0)
            text += n;
        else
            out[at++] = *text++;
    }
    if (out)
        out[at] = '\0';
    return out;
}

int open_file(const char *path)
{
    struct stat found;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &found) == 0 && S_ISREG(found.st_mode)))
        return fd;
    close(fd);
    errno = S_ISDIR(found.st_mode) ? EISDIR : EINVAL;
    return -1;
}

char *read_file(const char *path, size_t limit)
{
    int fd = open_file(path);
    if (fd < 0)
        return NULL;
    char *text = malloc(limit + 1);
    size_t n = 0;
    ssize_t more = text ? 1 : -1;
    for (; more > 0 && n < limit; n += (size_t)more) {
        more = read(fd, text + n, limit - n);
        if (more < 0)
            break;
    }
    int why = errno;
    close(fd);
    errno = why;
    if (more < 0) {
        free(text);
        return NULL;
    }
    text[n] = '\0';
    return text;
}

static int write_whole(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0)
            return -1;
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

int write_new(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    int result = write_whole(fd, text), error = errno;
    if (close(fd) < 0 && result == 0)
        result = -1, error = errno;
    if (result < 0)
        unlink(path);
    errno = error;
    return result;
}

int replace_file(const char *path, const char *text)
{
    struct string fresh = string_of("%s.%ld.new", path, (long)getpid());
    unlink(fresh.s); /* of a process that had the same number and was ended half-way */
    if (write_new(fresh.s, text) < 0)
        return -1;
    if (rename(fresh.s, path) == 0)
        return 0;
    int error = errno;
    unlink(fresh.s);
    errno = error;
    return -1;
}

/* An empty file takes the name first: two who set aside at once do not take the same one. */
int set_aside(const char *path, const char *suffix, struct string *name)
{
    for (int i = !*suffix; i < 10000; i++) {
        *name = i ? string_of("%s%s.%d", path, suffix, i) : string_of("%s%s", path, suffix);
        if (write_new(name->s, "") == 0) {
            int result = rename(path, name->s), why = errno;
            if (result < 0)
                unlink(name->s);
            errno = why;
            return result;
        }
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

int work_ready(const char *work)
{
    if (mkdir(work, 0777) < 0 && errno != EEXIST)
        return -1;
    return access(work, R_OK | W_OK | X_OK);
}
