/* tests/files_e2e_test.c: what --root serves, as what, and what it does not: nothing outside, hidden,
 * or that is no file.  Partner: files_large_e2e_test.c.
 * SPDX-License-Identifier: MIT */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEST_ALL(f) TEST_BOTH(f), TEST_UNDER(f, "fork"), TEST_UNDER(f, "thread"), \
                    TEST_UNDER(f, "pool --workers 3")

static struct server serve_site(void **state)
{
    return serve("http_poll_server", "--root site --model %s", MODEL);
}

static void check(int fd, const char *path, int status, const char *text)
{
    int got = ask_for(fd, "GET", path, "");
    if (got != status || (text && strcmp(body, text) != 0))
        fail_msg("GET %s: %d '%.100s'", path, got, body);
}

static void check_has(const char *line)
{
    if (!head_has(line))
        fail_msg("no %s in\n%s", line, head);
}

static void a_file_is_what_its_name_says(void **state)
{
    static const struct { const char *path, *text, *type; } rows[] = {
        {"/", "<p>index", "text/html; charset=utf-8"},
        {"/index.html?lang=ko", "<p>index", "text/html; charset=utf-8"},
        {"/index", "<p>index", "text/html; charset=utf-8"},
        {"/chat", "<p>chat", "text/html; charset=utf-8"},
        {"http://any.example/chat", "<p>chat", "text/html; charset=utf-8"},
        {"/a.css", "p {}", "text/css; charset=utf-8"},
        {"/sub/", "<p>sub", "text/html; charset=utf-8"},
        {"/sub/a%20b.js", "'use strict'", "text/javascript; charset=utf-8"},
        {"/%EC%86%8C%ec%bc%93.txt", "한국어", "text/plain; charset=utf-8"},
        {"/empty.txt", "", "text/plain; charset=utf-8"},
    };
    struct server s = serve_site(state);
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(fd, rows[i].path, 200, rows[i].text);
        assert_string_equal(head_field("Content-Type"), rows[i].type);
        assert_int_equal(length, strlen(rows[i].text));
        check_has("X-Content-Type-Options: nosniff");
        check_has("Cache-Control: no-cache");
        check_has("Accept-Ranges: none");
        char with_body[sizeof head];
        strcpy(with_body, strchr(head, '\n'));
        assert_int_equal(ask_for(fd, "HEAD", rows[i].path, ""), 200);
        const char *date = strstr(head, "Date: "), *then = strstr(with_body, "Date: ");
        assert_string_equal(strchr(date, '\n'), strchr(then, '\n'));
    }
    close(fd);
    stop(&s);
}

/* Over one connection: none of these ends it, and what follows is understood. */
static void nothing_outside_or_hidden_is_served(void **state)
{
    static const char *const paths[] = {
        "/../secret.txt", "/..", "/../", "/sub/../../secret.txt", "/sub/..", "/%2e%2e/secret.txt",
        "/.%2e/secret.txt", "/..%2fsecret.txt", "/..%5csecret.txt", "/..\\secret.txt",
        "/%2e%2e%2fsecret.txt", "/%252e%252e/secret.txt", "/%c0%ae%c0%ae/secret.txt",
        "/%c0%ae%c0%ae%c0%afsecret.txt", "/%e0%80%ae%e0%80%ae/secret.txt", "/..;/secret.txt",
        "/....//secret.txt", "/./secret.txt", "//secret.txt", "/%2fetc/passwd", "//etc/passwd",
        "/etc/passwd", "/C:/secret.txt", "http://a/../secret.txt",
        "/.git/config", "/.git/", "/.git", "/.hidden", "/%2ehidden", "/sub/.hidden", "/sub/.hidden.html",
        "/out", "/inner", "/up/secret.txt", "/up/", "/up", "/down/", "/down", "/down/index.html",
        "/pipe", "/pipe/", "/index.html/", "/a.css/a", "/trap/", "/trap/index.html/", "/%00",
        "/secret.txt%00.html", "/index.html%00", "/%", "/%zz", "/a.cs", "/a.css%20", "/A.CSS~",
    };
    struct server s = serve_site(state);
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int status = ask_for(fd, "GET", paths[i], "");
        if ((status != 404 && status != 400) || strstr(body, "secret") || strstr(body, "root:"))
            fail_msg("GET %s: %d %s", paths[i], status, body);
        if (strstr(paths[i], "%00") && status != 400)
            fail_msg("GET %s: %d", paths[i], status);
    }
    check(fd, "/a.css", 200, "p {}");
    close(fd);
    stop(&s);
}

/* Whoever waits for a pipe's other end is not let through. */
static void what_is_no_file_is_not_opened(void **state)
{
    struct server s = serve_site(state);
    int fd = dial(s.port);
    check(fd, "/pipe", 404, NULL);
    assert_int_equal(open("site/pipe", O_WRONLY | O_NONBLOCK), -1);
    assert_int_equal(errno, ENXIO);
    if (geteuid() != 0) /* whom no mode keeps out */
        check(fd, "/closed.txt", 403, NULL);
    close(fd);
    stop(&s);
}

static void a_folder_is_redirected_to_and_nowhere_else(void **state)
{
    static const struct { const char *path, *to; } rows[] = {
        {"/sub", "/sub/"}, {"/sub?lang=ko&a=//b", "/sub/?lang=ko&a=//b"}, {"/%73ub", "/%73ub/"},
        {"http://a.example/sub", "/sub/"}, {"/pages", "/pages/"}, {"//a.example", NULL},
        {"//a.example/..", NULL}, {"/\\a.example", NULL}, {"/%5ca.example/", NULL},
        {"/%2fa.example", NULL}, {"//sub", NULL}, {"/pages/", NULL},
    };
    struct server s = serve_site(state);
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(fd, rows[i].path, rows[i].to ? 301 : 404, NULL);
        const char *to = head_field("Location");
        if (!to != !rows[i].to || (to && strcmp(to, rows[i].to) != 0))
            fail_msg("%s leads to %s", rows[i].path, to);
    }
    char path[2000] = "/sub?";
    memset(path + 5, 'q', 1500);
    check(fd, path, 301, NULL);
    check_has("Location: /sub/"); /* so long a query stays behind */
    close(fd);
    stop(&s);
}

static void who_has_a_file_is_not_sent_it_again(void **state)
{
    char fields[300], etag[100];
    struct server s = serve_site(state);
    int fd = dial(s.port);
    make_large("changing.txt", 9);
    assert_int_equal(ask_for(fd, "GET", "/changing.txt", ""), 200);
    strcpy(etag, head_field("ETag"));
    snprintf(fields, sizeof fields, "If-Modified-Since: %s\r\n", head_field("Last-Modified"));
    assert_int_equal(ask_for(fd, "GET", "/changing.txt", fields), 304);
    snprintf(fields, sizeof fields, "If-None-Match: \"a\", W/%s\r\n", etag);
    assert_int_equal(ask_for(fd, "HEAD", "/changing.txt", fields), 304);
    assert_int_equal(ask_for(fd, "GET", "/changing.txt", fields), 304);
    assert_string_equal(head_field("ETag"), etag);
    check_has("Cache-Control: no-cache");
    assert_null(head_field("Content-Length"));
    make_large("changing.txt", 10);
    assert_int_equal(ask_for(fd, "GET", "/changing.txt", fields), 200);
    assert_string_not_equal(head_field("ETag"), etag);
    snprintf(fields, sizeof fields, "If-Match: %s\r\n", etag);
    assert_int_equal(ask_for(fd, "GET", "/changing.txt", fields), 412);
    close(fd);
    stop(&s);
}

static void a_file_is_only_read(void **state)
{
    static const struct { const char *method, *path; int status; } rows[] = {
        {"POST", "/a.css", 405}, {"PUT", "/a.css", 405}, {"DELETE", "/a.css", 405},
        {"OPTIONS", "/a.css", 405}, {"POST", "/sub", 405}, {"BREW", "/a.css", 501},
        {"POST", "/nothing", 404}, {"DELETE", "/", 405}, {"POST", "/echo", 200},
    };
    struct server s = serve_site(state);
    int fd = dial(s.port);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = ask_for(fd, rows[i].method, rows[i].path, "Content-Length: 0\r\n");
        if (status != rows[i].status)
            fail_msg("%s %s: %d", rows[i].method, rows[i].path, status);
        if (status == 405)
            check_has("Allow: GET, HEAD");
    }
    check(fd, "/a.css", 200, "p {}");
    close(fd);
    stop(&s);
}

static void a_websocket_s_path_has_a_page(void **state)
{
    (void)state;
    struct server s = serve("ws_echo_server", "--root site"), bare = serve("ws_echo_server", "-v");
    int fd = dial(s.port), room = open_with(&s, UPGRADE("/chat", "")), other = dial(bare.port);
    check(fd, "/chat", 200, "<p>chat");
    check_has("Content-Type: text/html; charset=utf-8");
    assert_int_equal(ask_for(fd, "HEAD", "/chat", ""), 200);
    check(fd, "/chat/", 404, NULL);
    assert_int_equal(ask_for(fd, "POST", "/chat", "Content-Length: 0\r\n"), 405);
    check(fd, "/echo", 426, NULL);
    check(fd, "/a.css", 200, "p {}");
    say_message(room, "hello");
    expect_message(room, "hello");
    check(other, "/chat", 426, NULL);
    check(other, "/a.css", 404, NULL);
    check(other, "/", 200, NULL);
    assert_non_null(strstr(body, "POST /echo"));
    close(fd);
    close(room);
    close(other);
    stop(&s);
    stop(&bare);
}

static void a_root_that_is_none_is_one_clear_line(void **state)
{
    static const struct { const char *server, *root, *line; } rows[] = {
        {"http_poll_server", "nowhere", "--root nowhere: No such file or directory\n"},
        {"ws_echo_server", "site/a.css", "--root site/a.css: Not a directory\n"},
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct result r = run("", 0, rows[i].server, "-p 0 --root %s", rows[i].root);
        assert_int_equal(r.status, 1);
        assert_int_equal(r.out_len, 0);
        assert_int_equal(count_lines(r.err), 1);
        assert_non_null(strstr(r.err, rows[i].line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALL(a_file_is_what_its_name_says),
        TEST_BOTH(nothing_outside_or_hidden_is_served),
        TEST_BOTH(what_is_no_file_is_not_opened),
        TEST_BOTH(a_folder_is_redirected_to_and_nowhere_else),
        TEST_BOTH(who_has_a_file_is_not_sent_it_again),
        TEST_BOTH(a_file_is_only_read),
        TEST(a_websocket_s_path_has_a_page),
        TEST(a_root_that_is_none_is_one_clear_line),
    };
    return cmocka_run_group_tests_name("files", tests, make_site, remove_site);
}
