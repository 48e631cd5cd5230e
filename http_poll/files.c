/* http_poll/files.c: files below one folder, found and described; reply.c sends them.
 * Every step down is an openat() that follows no symbolic link: where a link leads to, inside or
 * out, need not be judged.
 * SPDX-License-Identifier: MIT */
#include "http_poll/files.h"
#include "http_poll/file_path.h"
#include "http_poll/file_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif
#define QUERY_MAX 512 /* bytes that a redirection takes along */
#define EXTENSION (sizeof ".html" - 1)

static int root = -1; /* stays open: it may be renamed, and "." may be another, while we serve */

int http_serve_files(const char *folder)
{
    root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root < 0 ? -1 : 0;
}

/* --- finding --- */

/* Opening may do more than look: a pipe waits for its other end, a watchdog device is armed.  So
 * what is no file is not opened; and if it became something else meanwhile, does not block. */
static int open_file(int folder, const char *name, struct stat *st)
{
    if (fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!S_ISREG(st->st_mode)) {
        errno = S_ISDIR(st->st_mode) ? EISDIR : ENOENT;
        return -1;
    }
    int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, st) == 0 && S_ISREG(st->st_mode)))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

static void close_folder(int folder)
{
    int saved = errno;
    if (folder != root)
        close(folder);
    errno = saved;
}

/* Returns a descriptor, or -1 with errno set: EISDIR when it is a folder. */
static int open_below_root(const char *path, struct stat *st)
{
    int folder = root;
    char name[FILE_PATH_MAX + EXTENSION];
    for (size_t n = strcspn(path, "/"); path[n]; n = strcspn(path, "/")) {
        memcpy(name, path, n);
        name[n] = '\0';
        int next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close_folder(folder);
        if (next < 0)
            return -1;
        folder = next;
        path += n + 1;
    }
    int fd = open_file(folder, path, st);
    close_folder(folder);
    return fd;
}

/* A page may be asked for without its extension: /chat for chat.html, which is then name. */
static int open_page(char name[FILE_PATH_MAX + EXTENSION], bool in_folder, struct stat *st)
{
    int fd = open_below_root(name, st);
    if (fd < 0 && errno == EISDIR && in_folder) /* a folder, called index.html */
        errno = ENOTDIR;
    if (fd >= 0 || errno != ENOENT || in_folder)
        return fd;
    strcat(name, ".html");
    return open_below_root(name, st);
}

static int status_of(int error)
{
    switch (error) {
    case ENOENT: case ENOTDIR: case ELOOP: case ENAMETOOLONG: return 404;
    case EISDIR: return 301;
    case EACCES: case EPERM: return 403;
    case EMFILE: case ENFILE: case ENOMEM: return 503;
    default: return 500;
    }
}

/* --- answering --- */

/* The path begins with one slash and has no backslash, or there would be no such folder: nobody can
 * make it name another host. */
static void redirect(struct conn *c, struct span target, struct span path)
{
    char field[sizeof "Location: /\r\n" + FILE_TARGET_MAX + QUERY_MAX];
    const char *query = path.p + path.n;
    size_t n = (size_t)(target.p + target.n - query);
    snprintf(field, sizeof field, "Location: %.*s/%.*s\r\n", (int)path.n, path.p,
             n <= QUERY_MAX ? (int)n : 0, query);
    http_reply(c, 301, field, "", 0);
}

static void refuse(struct conn *c, const struct http_request *r, struct span path, int status)
{
    const char *fields = status == 503 ? "Retry-After: 1\r\n" : "";
    char line[64];
    snprintf(line, sizeof line, "%s\n", http_reason(status));
    if (status == 301)
        redirect(c, r->head.target, path);
    else
        http_reply_text(c, status, fields, line);
}

/* no-cache: may be kept, but is asked about each time, or a changed page would not be seen. */
static void send_file(struct conn *c, const struct http_request *r, int fd, const struct stat *st,
                      const char *type)
{
    struct file_state state;
    char fields[512];
    file_state(&state, (uint64_t)st->st_size, st->st_mtim, time(NULL));
    int n = snprintf(fields, sizeof fields,
                     "ETag: %s\r\nLast-Modified: %s\r\nCache-Control: no-cache\r\n", state.etag,
                     state.modified);
    int status = file_condition(&r->head, &state);
    if (status != 200) {
        close(fd);
        http_reply(c, status, fields, "", 0);
        return;
    }
    snprintf(fields + n, sizeof fields - (size_t)n,
             "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\nAccept-Ranges: none\r\n", type);
    http_reply_file(c, fd, (uint64_t)st->st_size, fields);
}

bool http_file_answer(struct conn *c, const struct http_request *r)
{
    struct span path = http_path(r->head.target);
    struct stat st;
    char name[FILE_PATH_MAX + EXTENSION];
    if (root < 0)
        return false;
    int status = file_path(name, path);
    int fd = status ? -1 : open_page(name, path.p[path.n - 1] == '/', &st);
    if (fd < 0 && status == 0)
        status = status_of(errno);
    if (status == 404)
        return false;
    bool get = http_is_get(c, r);
    if (get && fd >= 0)
        send_file(c, r, fd, &st, file_type(name));
    else if (get)
        refuse(c, r, path, status);
    else if (fd >= 0)
        close(fd);
    return true;
}
