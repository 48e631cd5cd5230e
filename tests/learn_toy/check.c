/* tests/learn_toy/check.c: two checks, one of which uses a descriptor of its own.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "twice.h"

#include <unistd.h>

static void doubles_a_number(void **state)
{
    (void)state;
    int ends[2], n = (int)check_random(1000) + 1;
    need(pipe(ends) == 0, "pipe");
    step(SAY("called twice(%d)", "twice(%d)를 불렀습니다"), n);
    expect_number("twice()", twice(n), 2 * n, "2 * n");
    need(close(ends[0]) == 0, "close");
    need(close(ends[1]) == 0, "close");
}

static void doubles_zero(void **state)
{
    (void)state;
    expect_number("twice(0)", twice(0), 0, "");
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {
        cmocka_unit_test(doubles_a_number),
        cmocka_unit_test(doubles_zero),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
