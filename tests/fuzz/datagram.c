/* tests/fuzz/datagram.c: what udp_echo reads in a datagram: its number, a wish to subscribe.
 * Input: the datagram.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"
#include "tests/fuzz/fuzz.h"

static size_t count_digits(const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n && data[i] >= '0' && data[i] <= '9')
        i++;
    return i;
}

static void check_number(const uint8_t *data, size_t n)
{
    uint8_t again[NUMBER_LEN + 1];
    long number = number_read(data, n);
    bool expected = n >= 8 && count_digits(data, n) == 7 && data[7] == ' ';
    CHECK((number >= 0) == expected && number < NUMBERS);
    if (expected) {
        number_write(again, number);
        CHECK(memcmp(again, data, NUMBER_LEN) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t *datagram = exactly(data, n);
    check_number(datagram, n);
    size_t word = n < TOKEN_LEN ? 0 : n - TOKEN_LEN;
    bool expected = n == SUBSCRIPTION_LEN && memcmp(datagram, SUBSCRIPTION, word) == 0 &&
                    count_digits(datagram + word, TOKEN_LEN) == TOKEN_LEN;
    CHECK(is_subscription(datagram, n) == expected);
    release(datagram, n);
    return 0;
}
