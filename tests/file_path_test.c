/* tests/file_path_test.c: which file a request's path names, and that it is always one below.
 * SPDX-License-Identifier: MIT */
#include "http_poll/file_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Of a copy that ends where its block ends. */
static int path_of(char out[FILE_PATH_MAX], const char *text, size_t n)
{
    char *heap = malloc(n + (n == 0));
    assert_non_null(heap);
    memcpy(heap, text, n);
    memset(out, 'x', FILE_PATH_MAX);
    int status = file_path(out, (struct span){heap, n});
    free(heap);
    return status;
}

static void check(const char *text, int status, const char *expected)
{
    char out[FILE_PATH_MAX];
    int got = path_of(out, text, strlen(text));
    if (got != status || (status == 0 && strcmp(out, expected) != 0))
        fail_msg("%s: %d '%.60s', not %d '%s'", text, got, got ? "" : out, status, expected);
}

static void a_path_names_a_file_below(void **state)
{
    static const struct { const char *text, *file; } rows[] = {
        {"/", "index.html"}, {"/a", "a"}, {"/a/", "a/index.html"}, {"/a/b.css", "a/b.css"},
        {"/a.b", "a.b"}, {"/a..", "a.."}, {"/a/b../c", "a/b../c"}, {"/-", "-"}, {"/~root", "~root"},
        {"/%41%6a", "Aj"}, {"/%4A%4a", "JJ"}, {"/a%20b", "a b"}, {"/a+b", "a+b"},
        {"/%25", "%"}, {"/%252e%252e/", "%2e%2e/index.html"}, {"/%3fq", "?q"},
        {"/%EC%86%8C%ec%bc%93", "소켓"}, {"/C:", "C:"}, {"/\"'<>", "\"'<>"}, {"/a;b=c", "a;b=c"},
        {"/http://a", NULL}, {"/a%ff", "a\xff"}, {"/%c0%ae%c0%ae/a", "\xc0\xae\xc0\xae/a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(rows[i].text, rows[i].file ? 0 : 404, rows[i].file);
}

static void nothing_leads_up_or_to_what_is_hidden(void **state)
{
    static const char *const no_such_file[] = {
        "/..", "/../", "/../a", "/.", "/./a", "/a/..", "/a/../b", "/a/.", "/a/./b", "/...",
        "/%2e%2e", "/%2E./a", "/.%2e/a", "/a/%2e%2e/%2e%2e/b", "/..%2fa", "/..%5ca", "/a/..\\b",
        "/.git", "/.git/config", "/a/.b", "/%2egit", "//", "//a", "//a.example/", "/a//b", "/a//",
        "/%2f", "/%2fa", "/a%2fb", "/a/%2F/b", "/\\", "/\\a.example", "/%5ca", "/a%5c..%5cb",
        "/a%0ab", "/a%0d%0aSet-Cookie:%20a", "/%1b[2J", "/%7f", "/a%09",
    };
    static const char *const no_path[] = {"", "a", "*", "%2f", "/%", "/%4", "/%zz", "/%4g", "/%-1",
                                          "/% 1", "/a%", "/a/%2", "/%00", "/a%00.html", "/%u002e"};
    (void)state;
    for (size_t i = 0; i < sizeof no_such_file / sizeof *no_such_file; i++)
        check(no_such_file[i], 404, NULL);
    for (size_t i = 0; i < sizeof no_path / sizeof *no_path; i++)
        check(no_path[i], 400, NULL);
}

static void a_path_has_a_limit(void **state)
{
    char text[FILE_TARGET_MAX + 2], out[FILE_PATH_MAX];
    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = '/';
    assert_int_equal(path_of(out, text, FILE_TARGET_MAX), 0);
    assert_int_equal(strlen(out), FILE_TARGET_MAX - 1);
    assert_int_equal(path_of(out, text, FILE_TARGET_MAX + 1), 404);
    text[FILE_TARGET_MAX - 1] = '/'; /* index.html is behind it */
    assert_int_equal(path_of(out, text, FILE_TARGET_MAX), 0);
    assert_int_equal(strlen(out), FILE_TARGET_MAX - 1 + strlen(FILE_INDEX));
}

static void an_extension_says_what_a_file_is(void **state)
{
    (void)state;
    assert_string_equal(file_type("index.html"), "text/html; charset=utf-8");
    assert_string_equal(file_type("a.b/c.CSS"), "text/css; charset=utf-8");
    assert_string_equal(file_type("a.min.js"), "text/javascript; charset=utf-8");
    assert_string_equal(file_type("here.json"), "application/json");
    assert_string_equal(file_type("here.pcap"), "application/vnd.tcpdump.pcap");
    static const char *const unknown[] = {"a", "a.", "html", "a.html/b", "a.htmlx", "a.html~", "소켓"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_string_equal(file_type(unknown[i]), "application/octet-stream");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_names_a_file_below),
        cmocka_unit_test(nothing_leads_up_or_to_what_is_hidden),
        cmocka_unit_test(a_path_has_a_limit),
        cmocka_unit_test(an_extension_says_what_a_file_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
