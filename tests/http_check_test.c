/* tests/http_check_test.c: what is refused as soon as a request's head is there.
 * Partner: http_smuggling_e2e_test.c, the same from outside.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_host_is_a_name_or_an_ip_literal(void **state)
{
    static const struct { const char *text; bool ok; } rows[] = {
        {"", true}, {"h", true}, {"h:80", true}, {"h:", true}, {"a.b-c_d~e", true},
        {"127.0.0.1:7003", true}, {"[::1]", true}, {"[::1]:7003", true}, {"[::ffff:1.2.3.4]", true},
        {"%41", true}, {"a!$&'()*+;=", true}, {":80", true}, {"h:65535", true},
        {"a,b", false}, {"a b", false}, {"a\tb", false}, {"u@h", false}, {"h/", false},
        {"h?", false}, {"h#", false}, {"a\\b", false}, {"\"h\"", false}, {"<h>", false},
        {"\xc3\xa9", false}, {"h:80:80", false}, {"h:x", false}, {"h:+80", false},
        {"h:123456", false}, {"::1", false}, {"[::1", false}, {"[::1]x", false}, {"[]", false},
        {"[", false}, {"]", false}, {"[::g]", false}, {"[::1]]", false}, {"a[::1]", false},
        {"[::1%25eth0]", false}, {"h:80 ", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i].text);
        char *heap = malloc(n + 1);
        memcpy(heap, rows[i].text, n);
        heap = realloc(heap, n ? n : 1); /* not a byte more than that */
        if (http_is_authority((struct span){heap, n}) != rows[i].ok)
            fail_msg("%s", rows[i].text);
        free(heap);
    }
    assert_true(http_is_authority((struct span){NULL, 0}));
    assert_false(http_is_authority((struct span){"a\0b", 3}));
}

static void the_first_fault_has_its_status(void **state)
{
    static const struct { const char *line, *fields; int status; } rows[] = {
        {"GET / HTTP/1.1", "Host: h", 0},
        {"GET / HTTP/1.0", "A: b", 0},
        {"OPTIONS * HTTP/1.1", "Host: h", 0},
        {"GET http://h/ HTTP/1.1", "Host: other", 0},
        {"DELETE / HTTP/1.1", "Host: h", 0}, /* known or not is another's business */
        {"get / HTTP/1.1", "Host: h", 0},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: 1000", 0},
        {"POST / HTTP/1.1", "Host: h\r\nTransfer-Encoding: chunked", 0},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: 5\r\nExpect: 100-Continue", 0},
        {"POST / HTTP/1.0", "Content-Length: 5\r\nExpect: x", 0},
        {"GET / HTTP/1.1", "A: b", 400},
        {"GET / HTTP/1.1", "Host: h\r\nHost: h", 400},
        {"GET / HTTP/1.1", "Host: u@h", 400},
        {"GET * HTTP/1.1", "Host: h", 400},
        {"GET h:80 HTTP/1.1", "Host: h", 400},
        {"GET /# HTTP/1.1", "Host: h", 400},
        {"GET http:/// HTTP/1.1", "Host: h", 400},
        {"GET http://:80/ HTTP/1.1", "Host: h", 400},
        {"GET http://u@h/ HTTP/1.1", "Host: h", 400},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: x", 400},
        {"POST / HTTP/1.1", "A: b\r\nTransfer-Encoding: gzip", 400},
        {"CONNECT h:80 HTTP/1.1", "Host: h", 501},
        {"POST / HTTP/1.1", "Host: h\r\nTransfer-Encoding: gzip", 501},
        {"POST / HTTP/1.1", "Host: h", 411},
        {"PUT / HTTP/1.1", "Host: h", 411},
        {"PATCH / HTTP/1.1", "Host: h", 411},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: 1001", 413},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 1001", 413},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: 5\r\nExpect: x", 417},
        {"POST / HTTP/1.1", "Host: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\nExpect: x",
         417},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[500];
        struct http_head head;
        struct http_body body;
        int n = snprintf(text, sizeof text, "%s\r\n%s\r\n\r\n", rows[i].line, rows[i].fields);
        assert_int_equal(http_request_parse(&head, text, (size_t)n), n);
        int status = http_check_request(&head, 1000, &body);
        if (status != rows[i].status)
            fail_msg("%d instead of %d for\n%s", status, rows[i].status, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_a_name_or_an_ip_literal),
        cmocka_unit_test(the_first_fault_has_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
