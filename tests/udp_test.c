/* tests/udp_test.c: what is pure in udp_echo: numbers, the tally, tokens, leases, descriptions.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/explain.h"
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNUSED(x) (void)(x)

/* --- numbers --- */

static void a_number_is_seven_digits_and_a_space(void **state)
{
    uint8_t text[NUMBER_LEN + 1];
    UNUSED(state);
    number_write(text, 1);
    assert_string_equal(text, "0000001 ");
    number_write(text, NUMBERS - 1);
    assert_string_equal(text, "9999999 ");
}

static void every_number_written_is_read_back(void **state)
{
    uint8_t text[NUMBER_LEN + 1];
    UNUSED(state);
    for (long number = 0; number < NUMBERS; number += 99991) {
        number_write(text, number);
        assert_int_equal(number_read(text, NUMBER_LEN), number);
    }
}

static long read_exactly(const char *text)
{
    size_t n = strlen(text);
    uint8_t *heap = malloc(n ? n : 1); /* of exactly that size: reading on is noticed */
    memcpy(heap, text, n);
    long number = number_read(heap, n);
    free(heap);
    return number;
}

static void what_is_not_seven_digits_and_a_space_is_no_number(void **state)
{
    UNUSED(state);
    assert_int_equal(read_exactly("0000042 "), 42);
    assert_int_equal(read_exactly("0000042 hello"), 42);
    assert_int_equal(read_exactly(""), -1);
    assert_int_equal(read_exactly("0000042"), -1);
    assert_int_equal(read_exactly("00000042 "), -1);
    assert_int_equal(read_exactly("000004x hello"), -1);
    assert_int_equal(read_exactly("-000042 hello"), -1);
    assert_int_equal(read_exactly("0000042\thello"), -1);
}

/* --- the tally --- */

static struct sequence *sequence_at(long number, size_t out_len)
{
    struct sequence *seq = calloc(1, sizeof *seq);
    seq->number = number;
    seq->out_len = out_len;
    return seq;
}

static bool take(struct sequence *seq, const char *datagram)
{
    memcpy(seq->in, datagram, strlen(datagram));
    return sequence_take(seq, strlen(datagram));
}

static void a_reply_with_the_newest_number_is_the_reply(void **state)
{
    UNUSED(state);
    struct sequence *seq = sequence_at(7, 13);
    assert_true(take(seq, "0000007 hello"));
    assert_int_equal(seq->len, 5);
    assert_memory_equal(seq->reply, "hello", 5);
    assert_int_equal(seq->received, 1);
    assert_int_equal(seq->late, 0);
    free(seq);
}

static void a_reply_with_another_number_is_late_and_not_taken(void **state)
{
    UNUSED(state);
    struct sequence *seq = sequence_at(7, 13);
    assert_false(take(seq, "0000006 hello"));
    assert_false(take(seq, "0000006 hello"));
    assert_int_equal(seq->late, 2);
    assert_int_equal(seq->received, 0);
    free(seq);
}

static void a_reply_without_a_number_is_taken_as_it_is(void **state)
{
    UNUSED(state);
    struct sequence *seq = sequence_at(7, 13);
    assert_true(take(seq, "who is there?"));
    assert_int_equal(seq->len, 13);
    assert_true(take(seq, ""));
    assert_int_equal(seq->len, 0);
    assert_non_null(seq->reply);
    free(seq);
}

/* --- tokens and leases --- */

static struct server_options options = {.max_message = 1000, .max_clients = 2};

static struct udp_service service_at(uint64_t now)
{
    struct udp_service s = {.options = &options, .port = 7002, .now = now};
    assert_int_equal(leases_open(&s), 0);
    return s;
}

static struct peer peer_at(const char *address, int port)
{
    struct peer peer;
    memset(&peer, 0, sizeof peer);
    peer.addr.v4.sin_family = AF_INET;
    peer.addr.v4.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, address, &peer.addr.v4.sin_addr);
    peer.len = sizeof peer.addr.v4;
    return peer;
}

/* Sends text from peer; the answer is left in text. */
static bool answer(struct udp_service *s, const struct peer *peer, char *text)
{
    return udp_answer(s, peer, (uint8_t *)text, strlen(text));
}

static void ask(struct udp_service *s, const struct peer *peer, char *text)
{
    strcpy(text, SUBSCRIPTION);
    assert_true(answer(s, peer, text));
}

static void a_subscription_is_the_word_and_sixteen_digits(void **state)
{
    UNUSED(state);
    assert_true(is_subscription((const uint8_t *)SUBSCRIPTION, 25));
    assert_true(is_subscription((const uint8_t *)"subscribe1234567890123456", 25));
    assert_false(is_subscription((const uint8_t *)"subscribe123456789012345", 24));
    assert_false(is_subscription((const uint8_t *)"subscribe12345678901234567", 26));
    assert_false(is_subscription((const uint8_t *)"subscribe123456789012345x", 25));
    assert_false(is_subscription((const uint8_t *)"Subscribe1234567890123456", 25));
}

static void a_token_depends_on_key_address_port_and_time(void **state)
{
    const struct peer peers[] = {peer_at("127.0.0.1", 5000), peer_at("127.0.0.1", 5001),
                                 peer_at("127.0.0.2", 5000)};
    uint8_t key[2][32] = {{1}, {2}}, first[TOKEN_LEN], other[TOKEN_LEN];
    UNUSED(state);
    token_write(first, key[0], &peers[0], 9);
    token_write(other, key[0], &peers[0], 9);
    assert_memory_equal(first, other, TOKEN_LEN);
    for (int i = 0; i < 4; i++) {
        token_write(other, key[i == 2], &peers[i < 2 ? i + 1 : 0], i == 3 ? 10 : 9);
        assert_memory_not_equal(first, other, TOKEN_LEN);
    }
}

static void who_returns_its_token_is_leased(void **state)
{
    char text[64];
    struct udp_service s = service_at(1000);
    struct peer peer = peer_at("127.0.0.1", 5000);
    UNUSED(state);
    ask(&s, &peer, text);
    assert_true(is_subscription((uint8_t *)text, strlen(text)));
    assert_int_equal(s.leased, 0);
    assert_false(answer(&s, &peer, text));
    assert_int_equal(s.leased, 1);
    leases_close(&s);
}

static void a_token_of_another_address_or_port_is_not_answered(void **state)
{
    char text[64];
    struct udp_service s = service_at(1000);
    struct peer good = peer_at("127.0.0.1", 5000);
    struct peer others[] = {peer_at("127.0.0.1", 5001), peer_at("127.0.0.2", 5000)};
    UNUSED(state);
    ask(&s, &good, text);
    assert_false(answer(&s, &others[0], text));
    assert_false(answer(&s, &others[1], text));
    text[20] = text[20] == '1' ? '2' : '1';
    assert_false(answer(&s, &good, text));
    assert_int_equal(s.leased, 0);
    leases_close(&s);
}

static void a_token_of_the_slot_before_still_holds_and_an_older_one_does_not(void **state)
{
    char text[64];
    struct udp_service s = service_at(TOKEN_MS - 1);
    struct peer peer = peer_at("127.0.0.1", 5000);
    UNUSED(state);
    ask(&s, &peer, text);
    s.now = 2 * TOKEN_MS;
    assert_false(answer(&s, &peer, text));
    assert_int_equal(s.leased, 0);
    s.now = 2 * TOKEN_MS - 1;
    assert_false(answer(&s, &peer, text));
    assert_int_equal(s.leased, 1);
    leases_close(&s);
}

static void a_lease_runs_out_after_a_minute_unless_renewed(void **state)
{
    char text[64];
    struct udp_service s = service_at(1000);
    struct peer peers[] = {peer_at("127.0.0.1", 5000), peer_at("127.0.0.1", 5001)};
    UNUSED(state);
    for (int i = 0; i < 2; i++) {
        ask(&s, &peers[i], text);
        answer(&s, &peers[i], text);
    }
    assert_int_equal(s.leased, 2);
    s.now += LEASE_MS - 1;
    leases_expire(&s);
    assert_int_equal(s.leased, 2);
    answer(&s, &peers[1], text);
    assert_int_equal(s.leased, 2);
    s.now++;
    leases_expire(&s);
    assert_int_equal(s.leased, 1);
    assert_int_equal(peer_port(&s.leases[0].peer), 5001);
    s.now += LEASE_MS;
    leases_expire(&s);
    assert_int_equal(s.leased, 0);
    leases_close(&s);
}

static void when_all_leases_are_taken_the_next_gets_none_but_renewals_do(void **state)
{
    char text[64];
    struct udp_service s = service_at(1000);
    UNUSED(state);
    for (int port = 5000; port < 5004; port++) {
        struct peer peer = peer_at("127.0.0.1", port);
        ask(&s, &peer, text);
        answer(&s, &peer, text);
    }
    assert_int_equal(s.leased, 2);
    struct peer second = peer_at("127.0.0.1", 5001);
    s.now += 10;
    ask(&s, &second, text);
    answer(&s, &second, text);
    assert_int_equal(s.leases[1].until, s.now + LEASE_MS);
    leases_close(&s);
}

/* --- the echo's rules --- */

static void low_ports_and_the_own_port_are_not_answered(void **state)
{
    char text[] = "hello";
    struct udp_service s = {.options = &options, .port = 7002};
    UNUSED(state);
    for (int port = 0; port <= 65535; port += port < 1030 ? 1 : 97) {
        struct peer peer = peer_at("127.0.0.1", port);
        assert_int_equal(answer(&s, &peer, text), port >= 1024);
    }
    struct peer itself = peer_at("127.0.0.1", 7002);
    assert_false(answer(&s, &itself, text));
}

static void an_ipv6_port_is_an_ipv6_port(void **state)
{
    char text[] = "hello";
    struct udp_service s = {.options = &options, .port = 7002};
    struct peer peer = {.addr.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(53)},
                        .len = sizeof peer.addr.v6};
    UNUSED(state);
    assert_false(answer(&s, &peer, text));
    peer.addr.v6.sin6_port = htons(5000);
    assert_true(answer(&s, &peer, text));
}

static void a_datagram_over_max_message_is_dropped(void **state)
{
    uint8_t data[1001] = {0};
    struct udp_service s = {.options = &options, .port = 7002};
    struct peer peer = peer_at("127.0.0.1", 5000);
    UNUSED(state);
    assert_true(udp_answer(&s, &peer, data, 1000));
    assert_false(udp_answer(&s, &peer, data, 1001));
}

static void without_push_a_subscription_is_echoed(void **state)
{
    char text[] = SUBSCRIPTION;
    struct udp_service s = {.options = &options, .port = 7002};
    struct peer peer = peer_at("127.0.0.1", 5000);
    UNUSED(state);
    assert_true(answer(&s, &peer, text));
    assert_string_equal(text, SUBSCRIPTION);
}

/* --- descriptions --- */

static struct step describe(struct describer *d, const char *text)
{
    struct step step = {0};
    size_t n = strlen(text), sum = 0;
    assert_int_equal(udp_describe(d, SENT, (const uint8_t *)text, n, &step), n);
    for (size_t i = 0; i < step.parts; i++)
        sum += step.part[i].len;
    assert_int_equal(sum, n);
    return step;
}

static void each_datagram_is_one_step_that_accounts_for_every_byte(void **state)
{
    struct describer d = {0};
    UNUSED(state);
    struct step step = describe(&d, "0000012 hello");
    assert_string_equal(step.what, "message 12: \"hello\"");
    assert_string_equal(step.part[0].meaning, "number 12");
    assert_string_equal(step.part[1].meaning, "\"hello\"");
    step = describe(&d, "");
    assert_string_equal(step.what, "an empty datagram");
    assert_int_equal(step.parts, 0);
    step = describe(&d, SUBSCRIPTION);
    assert_string_equal(step.what, "subscribe, no token yet");
    assert_int_equal(step.parts, 2);
    step = describe(&d, "subscribe0123456789012345");
    assert_string_equal(step.what, "subscribe, with a token");
    step = describe(&d, "0000012 ");
    assert_string_equal(step.what, "message 12: \"\"");
    step = describe(&d, "tick 1 2");
    assert_string_equal(step.part[0].meaning, "\"tick 1 2\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_seven_digits_and_a_space),
        cmocka_unit_test(every_number_written_is_read_back),
        cmocka_unit_test(what_is_not_seven_digits_and_a_space_is_no_number),
        cmocka_unit_test(a_reply_with_the_newest_number_is_the_reply),
        cmocka_unit_test(a_reply_with_another_number_is_late_and_not_taken),
        cmocka_unit_test(a_reply_without_a_number_is_taken_as_it_is),
        cmocka_unit_test(a_subscription_is_the_word_and_sixteen_digits),
        cmocka_unit_test(a_token_depends_on_key_address_port_and_time),
        cmocka_unit_test(who_returns_its_token_is_leased),
        cmocka_unit_test(a_token_of_another_address_or_port_is_not_answered),
        cmocka_unit_test(a_token_of_the_slot_before_still_holds_and_an_older_one_does_not),
        cmocka_unit_test(a_lease_runs_out_after_a_minute_unless_renewed),
        cmocka_unit_test(when_all_leases_are_taken_the_next_gets_none_but_renewals_do),
        cmocka_unit_test(low_ports_and_the_own_port_are_not_answered),
        cmocka_unit_test(an_ipv6_port_is_an_ipv6_port),
        cmocka_unit_test(a_datagram_over_max_message_is_dropped),
        cmocka_unit_test(without_push_a_subscription_is_echoed),
        cmocka_unit_test(each_datagram_is_one_step_that_accounts_for_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
