/* tests/site.c: a folder to be served, and requests for it.
 * SPDX-License-Identifier: MIT */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[] = "/tmp/socklab_site_XXXXXX";
char body[PATTERN + 1];
size_t length;

static void make(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

int make_site(void **state)
{
    static const char *const folders[] = {"site", "site/sub", "site/trap", "site/trap/index.html",
                                          "site/.git", "site/pages", "site/pages.html"};
    (void)state;
    if (!mkdtemp(place) || chdir(place) < 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(folders[i], 0777) < 0)
            return -1;
    make("secret.txt", "secret");
    make("site/.git/config", "secret");
    make("site/.hidden", "secret");
    make("site/sub/.hidden.html", "secret");
    make("site/closed.txt", "secret");
    make("site/index.html", "<p>index");
    make("site/chat.html", "<p>chat");
    make("site/a.css", "p {}");
    make("site/empty.txt", "");
    make("site/소켓.txt", "한국어");
    make("site/sub/index.html", "<p>sub");
    make("site/sub/a b.js", "'use strict'");
    return symlink("../secret.txt", "site/out") | symlink("index.html", "site/inner") |
           symlink("..", "site/up") | symlink("sub", "site/down") |
           mkfifo("site/pipe", 0666) | chmod("site/closed.txt", 0);
}

int remove_site(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", place);
    return chdir("/") | system(command);
}

void make_large(const char *name, size_t n)
{
    char path[64], pattern[PATTERN];
    fill_pattern(pattern, sizeof pattern, false);
    snprintf(path, sizeof path, "site/%s", name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (size_t left = n, piece; left > 0; left -= piece) {
        piece = left < PATTERN ? left : PATTERN;
        assert_int_equal(fwrite(pattern, 1, piece, f), piece);
    }
    assert_int_equal(fclose(f), 0);
}

void ask(int fd, const char *method, const char *path, const char *fields)
{
    char text[4096];
    snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", method, path, fields);
    say_text(fd, text);
}

int hear_start(int fd)
{
    int status = hear_head(fd);
    const char *n = head_field("Content-Length");
    length = n ? (size_t)atoll(n) : 0;
    return status;
}

int hear_answer(int fd, const char *method)
{
    int status = hear_start(fd);
    size_t n = strcmp(method, "HEAD") == 0 || status == 304 ? 0 : length;
    assert_in_range(n, 0, sizeof body - 1);
    hear(fd, body, n);
    body[n] = '\0';
    return status;
}

int ask_for(int fd, const char *method, const char *path, const char *fields)
{
    ask(fd, method, path, fields);
    return hear_answer(fd, method);
}

void hear_large(int fd, size_t from, size_t n)
{
    static char pattern[PATTERN], got[PATTERN];
    fill_pattern(pattern, sizeof pattern, false);
    for (size_t end = from + n, at = from, piece; at < end; at += piece) {
        size_t place_in = at % PATTERN;
        piece = PATTERN - place_in < end - at ? PATTERN - place_in : end - at;
        hear(fd, got, piece);
        if (memcmp(got, pattern + place_in, piece) != 0)
            fail_msg("other bytes in %zu .. %zu", at, at + piece);
    }
}
