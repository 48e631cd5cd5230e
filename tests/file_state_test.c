/* tests/file_state_test.c: who has a file already is not sent it again, and nobody else goes
 * without.
 * SPDX-License-Identifier: MIT */
#include "http_poll/file_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WRITTEN 784111777 /* RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define BEHIND "Mon, 07 Nov 1994 08:49:36 GMT"
#define NOW (WRITTEN + 1000000)

static struct file_state state_of(uint64_t size, time_t written, long ns, time_t now)
{
    struct file_state state;
    file_state(&state, size, (struct timespec){.tv_sec = written, .tv_nsec = ns}, now);
    return state;
}

static void a_file_that_changed_is_in_another_state(void **state)
{
    (void)state;
    struct file_state a = state_of(9, WRITTEN, 5, NOW), b = state_of(9, WRITTEN, 5, NOW + 60);
    assert_string_equal(a.modified, DATE);
    assert_string_equal(a.etag, b.etag);
    assert_true(a.etag[0] == '"' && strlen(a.etag) > 2 && a.etag[strlen(a.etag) - 1] == '"');
    assert_string_not_equal(a.etag, state_of(8, WRITTEN, 5, NOW).etag);
    assert_string_not_equal(a.etag, state_of(9, WRITTEN + 1, 5, NOW).etag);
    assert_string_not_equal(a.etag, state_of(9, WRITTEN, 6, NOW).etag);
    assert_null(strpbrk(a.etag, ", ")); /* which lists are split at */
    state_of(UINT64_MAX, INT64_MIN / 2, 999999999, NOW);
}

static void nothing_was_written_in_the_time_to_come(void **state)
{
    (void)state;
    assert_string_equal(state_of(9, NOW, 0, WRITTEN).modified, DATE);
    assert_int_equal(state_of(9, NOW, 0, WRITTEN).time, WRITTEN);
}

/* An @ in the fields stands for the entity tag. */
static int condition(const char *fields)
{
    struct file_state now = state_of(9, WRITTEN, 5, NOW);
    struct http_head head;
    char text[1024] = "GET / HTTP/1.1\r\n", *at = text + strlen(text);
    for (; *fields; fields++)
        at += *fields == '@' ? sprintf(at, "%s", now.etag) : sprintf(at, "%c", *fields);
    strcpy(at, "\r\n");
    assert_true(http_request_parse(&head, text, strlen(text)) > 0);
    return file_condition(&head, &now);
}

static void conditions_are_evaluated_in_their_order(void **state)
{
    static const struct { int status; const char *fields; } rows[] = {
        {200, ""},
        {304, "If-None-Match: @\r\n"},
        {304, "if-none-match: W/@\r\n"},
        {304, "If-None-Match: *\r\n"},
        {304, "If-None-Match: \"a\", \"b,c\" ,W/@,\"d\"\r\n"},
        {304, "If-None-Match: \"a\"\r\nIf-None-Match: @\r\n"},
        {200, "If-None-Match: \"a\"\r\n"},
        {200, "If-None-Match: \"a\", *\r\n"},
        {200, "If-None-Match: w/@\r\n"},
        {200, "If-None-Match: \"\"\r\n"},
        {200, "If-None-Match:\r\n"},
        {304, "If-Modified-Since: " DATE "\r\n"},
        {304, "If-Modified-Since: " BEHIND "\r\n"},
        {200, "If-Modified-Since: " BEFORE "\r\n"},
        {200, "If-Modified-Since: yesterday\r\n"},
        {200, "If-Modified-Since: " BEHIND " and later\r\n"},
        {200, "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n"},
        {200, "If-Modified-Since: mon, 07 nov 1994 08:49:36 gmt\r\n"},
        {200, "If-Modified-Since: Mon,07Nov1994 08:49:36GMT\r\n"},
        {200, "If-Modified-Since: Mon, 7 Nov 1994 08:49:36 GMT\r\n"},
        {200, "If-Modified-Since: Sun, 07 Nov 1994 08:49:36 GMT\r\n"}, /* it was a Monday */
        {200, "If-Modified-Since: Fri, 31 Feb 1995 08:49:36 GMT\r\n"},
        {200, "If-Modified-Since: " BEHIND "\r\nIf-Modified-Since: " BEHIND "\r\n"},
        {200, "If-None-Match: \"a\"\r\nIf-Modified-Since: " BEHIND "\r\n"},
        {304, "If-None-Match: @\r\nIf-Modified-Since: " BEFORE "\r\n"},
        {200, "If-Match: @\r\n"},
        {200, "If-Match: *\r\n"},
        {412, "If-Match: \"a\"\r\n"},
        {412, "If-Match: W/@\r\n"}, /* compared strongly */
        {412, "If-Match: \"a\"\r\nIf-None-Match: @\r\n"},
        {304, "If-Match: @\r\nIf-None-Match: @\r\n"},
        {200, "If-Unmodified-Since: " DATE "\r\n"},
        {412, "If-Unmodified-Since: " BEFORE "\r\n"},
        {200, "If-Match: @\r\nIf-Unmodified-Since: " BEFORE "\r\n"},
        {200, "If-Range: @\r\nRange: bytes=0-1\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (condition(rows[i].fields) != rows[i].status)
            fail_msg("%d, not %d:\n%s", condition(rows[i].fields), rows[i].status, rows[i].fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_changed_is_in_another_state),
        cmocka_unit_test(nothing_was_written_in_the_time_to_come),
        cmocka_unit_test(conditions_are_evaluated_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
