/* tests/http_service_test.c: the service fed by hand, a byte more each time: no socket puts bytes
 * together, so what it costs to look at them is seen.  Partner: http_limits_e2e_test.c.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "tcp_echo/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD_MAX (1 << 20)

static const struct server_options options = {.max_message = 1 << 20, .max_header = HEAD_MAX};
static struct worker worker;
static struct conn *conn;
static int peer;

static int open_conn(void **state)
{
    int pair[2];
    (void)state;
    if (worker_open(&worker, &options) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return -1;
    struct stream stream = stream_of(pair[0], NULL);
    peer = pair[1];
    conn = conn_open(&worker, &stream, &http_poll_site.service);
    return conn ? 0 : -1;
}

static int close_conn(void **state)
{
    (void)state;
    conn_free(conn);
    close(peer);
    worker_close(&worker);
    return 0;
}

static void expect_status(const char *status)
{
    char reply[1024];
    assert_true(read(peer, reply, sizeof reply) > 12);
    assert_memory_equal(reply, "HTTP/1.1 ", 9);
    assert_memory_equal(reply + 9, status, 3);
}

/* The seconds of CPU for a head of a hundred lines and about n bytes, a byte at a time. */
static double work_of_head(int n)
{
    char *head = malloc((size_t)n + 4000);
    assert_non_null(head);
    size_t size = (size_t)sprintf(head, "HEAD / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 1; i < 100; i++)
        size += (size_t)sprintf(head + size, "A: %*d\r\n", n / 100, i);
    size += (size_t)sprintf(head + size, "\r\n");
    clock_t begin = clock();
    for (size_t i = 1; i < size; i++)
        assert_true(http_data(conn, (uint8_t *)head, i) == 0);
    assert_true(http_data(conn, (uint8_t *)head, size) == (ssize_t)size);
    clock_t end = clock();
    expect_status("200");
    free(head);
    return (double)(end - begin) / CLOCKS_PER_SEC;
}

static void a_head_that_comes_byte_by_byte_is_linear_work(void **state)
{
    (void)state;
    double small = work_of_head(50000), large = work_of_head(200000);
    printf("           50,000 bytes: %.1f ms, 200,000: %.1f ms\n", small * 1e3, large * 1e3);
    assert_true(large < 8 * small + 0.03);
}

/* A fault is noticed when its line is there, not only at the head's end. */
static void a_fault_is_refused_with_its_line(void **state)
{
    static const char head[] = "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n";
    (void)state;
    for (size_t i = 1; i < sizeof head - 1; i++)
        assert_true(http_data(conn, (uint8_t *)(uintptr_t)head, i) == 0 && !conn->closing);
    http_data(conn, (uint8_t *)(uintptr_t)head, sizeof head - 1);
    assert_int_equal(conn->closing, FLUSH_THEN_FIN);
    expect_status("400");
}

#define WITH_CONN(test) cmocka_unit_test_setup_teardown(test, open_conn, close_conn)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CONN(a_head_that_comes_byte_by_byte_is_linear_work),
        WITH_CONN(a_fault_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
