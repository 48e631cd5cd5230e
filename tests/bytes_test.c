/* tests/bytes_test.c: the growing run of bytes against an array that only remembers.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void appending_nothing_holds_no_memory(void **state)
{
    struct bytes *b = NULL;
    (void)state;
    assert_int_equal(bytes_append(&b, "x", 0), 0);
    assert_null(b);
    bytes_consume(&b, 0);
    assert_null(b);
    bytes_free(&b);
    assert_null(b);
}

static void the_last_byte_consumed_frees_it(void **state)
{
    struct bytes *b = NULL;
    (void)state;
    assert_int_equal(bytes_append(&b, "abc", 3), 0);
    bytes_consume(&b, 2);
    assert_non_null(b);
    assert_int_equal(b->len, 1);
    assert_int_equal(b->data[b->head], 'c');
    bytes_consume(&b, 1);
    assert_null(b); /* and the leak sanitizer sees that it is gone */
}

static void free_forgets_everything(void **state)
{
    struct bytes *b = NULL;
    (void)state;
    assert_int_equal(bytes_append(&b, "abc", 3), 0);
    bytes_free(&b);
    assert_null(b);
    assert_int_equal(bytes_append(&b, "d", 1), 0);
    assert_int_equal(b->len, 1);
    assert_int_equal(b->data[b->head], 'd');
    bytes_free(&b);
}

/* Random steps; what must be there is all[from .. to). */
static void bytes_come_back_in_order_whatever_was_consumed_before(void **state)
{
    static uint8_t all[1 << 18];
    struct bytes *b = NULL;
    size_t from = 0, to = 0;
    unsigned random = 1;
    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 7 + i / 251);
    while (to + 300 < sizeof all) {
        random = random * 1103515245u + 12345u;
        size_t n = (random >> 16) % 300;
        if (random >> 30 == 0) {
            assert_int_equal(bytes_reserve(&b, n), 0);
            assert_true(b->head + b->len + n <= b->cap);
        } else if (random >> 30 == 1) {
            n = n > to - from ? to - from : n;
            bytes_consume(&b, n);
            from += n;
        } else {
            assert_int_equal(bytes_append(&b, all + to, n), 0);
            to += n;
        }
        assert_int_equal(b ? b->len : 0, to - from);
        if (b) {
            assert_true(b->head + b->len <= b->cap);
            assert_memory_equal(b->data + b->head, all + from, b->len);
        }
    }
    bytes_free(&b);
}

static void room_that_was_made_is_filled_without_moving(void **state)
{
    (void)state;
    for (size_t before = 0; before < 40; before++)
        for (size_t gone = 0; gone <= before; gone++)
            for (size_t n = 1; n < 40; n += 3) {
                struct bytes *b = NULL;
                uint8_t data[40] = {0};
                bytes_append(&b, data, before);
                bytes_consume(&b, gone);
                assert_int_equal(bytes_reserve(&b, n), 0);
                const struct bytes *was = b;
                size_t head = b->head;
                assert_int_equal(bytes_append(&b, data, n), 0);
                assert_ptr_equal(b, was);
                assert_int_equal(b->head, head);
                bytes_free(&b);
            }
}

static void many_small_pieces_move_the_bytes_seldom(void **state)
{
    struct bytes *b = NULL;
    int grown = 0;
    size_t cap = 0;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(bytes_append(&b, "x", 1), 0);
        grown += b->cap != cap;
        cap = b->cap;
        assert_true(b->cap <= b->len + b->len / 2 + 1);
    }
    assert_true(grown < 60);
    bytes_free(&b);
}

/* A queue that never runs empty must not grow for ever. */
static void room_in_front_is_used_again(void **state)
{
    struct bytes *b = NULL;
    uint8_t data[100] = {0};
    (void)state;
    bytes_append(&b, data, 10);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(bytes_append(&b, data, sizeof data), 0);
        bytes_consume(&b, sizeof data);
        assert_true(b->cap < 400);
    }
    assert_int_equal(b->len, 10);
    bytes_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_nothing_holds_no_memory),
        cmocka_unit_test(the_last_byte_consumed_frees_it),
        cmocka_unit_test(free_forgets_everything),
        cmocka_unit_test(bytes_come_back_in_order_whatever_was_consumed_before),
        cmocka_unit_test(room_that_was_made_is_filled_without_moving),
        cmocka_unit_test(many_small_pieces_move_the_bytes_seldom),
        cmocka_unit_test(room_in_front_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
