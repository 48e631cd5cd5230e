/* tests/follow_test.c: whose packets are whose, in made-up records.
 * SPDX-License-Identifier: MIT */
#include "bench/follow.h"
#include "tests/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic traffic, other;
static struct follow follow;

static int begin(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 10);
    follow = (struct follow){.whose = {PACKET_TCP, {40000, 7004}}};
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(follow.packet);
    return 0;
}

static void take(const struct traffic *t)
{
    for (size_t i = 0; i < t->n; i++)
        assert_int_equal(follow_take(&follow, &t->packet[i], i + 1), 0);
}

/* What another conversation says, which is like this one but for these. */
static void another_says(int protocol, uint16_t client, uint16_t server)
{
    traffic_begin(&other, 4, protocol, 10);
    other.port[0] = client;
    other.port[1] = server;
    traffic_say(&other, 1, 'c', "theirs");
    traffic_say(&other, 2, 's', "theirs");
    take(&other);
}

static void protocol_and_both_ports_tell_whose_a_packet_is(void **state)
{
    struct conversations all;
    (void)state;
    traffic_connect(&traffic, 0);
    take(&traffic);
    assert_int_equal(follow.now.n, 3);
    another_says(PACKET_UDP, 40000, 7004);
    another_says(PACKET_TCP, 40000, 7005);
    another_says(PACKET_TCP, 40001, 7004);
    another_says(PACKET_TCP, 7004, 40000);
    assert_int_equal(follow.now.n, 3);
    assert_int_equal(conversations_find(&all, other.packet, other.n), 0);
    assert_null(whose_conversation(&follow.whose, &all, UINT64_MAX));
    assert_non_null(whose_conversation(&(struct whose){PACKET_TCP, {7004, 40000}}, &all,
                                       UINT64_MAX));
    conversations_free(&all);
}

/* The same ports by both protocols, at the same time, and again later. */
static void a_conversation_is_the_last_of_its_own_that_began_before(void **state)
{
    struct conversations all;
    struct packet packet[8];
    (void)state;
    traffic_connect(&traffic, 0);
    traffic.next[0] += 5000;
    traffic_connect(&traffic, 100);
    memcpy(packet, traffic.packet, 6 * sizeof *packet);
    traffic_begin(&other, 4, PACKET_UDP, 10);
    traffic_say(&other, 150, 'c', "ping");
    packet[6] = other.packet[0];
    assert_int_equal(conversations_find(&all, packet, 7), 0);
    const struct conversation *c = whose_conversation(&follow.whose, &all, UINT64_MAX);
    assert_int_equal(c->protocol, PACKET_TCP);
    assert_ptr_equal(c->crossing[0].packet, &packet[3]);
    c = whose_conversation(&follow.whose, &all, packet[3].sent);
    assert_ptr_equal(c->crossing[0].packet, &packet[0]);
    assert_null(whose_conversation(&follow.whose, &all, packet[0].sent));
    conversations_free(&all);
}

/* Makes a datagram's packets: MORE FRAGMENTS, and an offset. */
static void say_in_fragments(struct traffic *t, unsigned id, int n)
{
    for (int i = 0; i < n; i++) {
        uint8_t *ip = t->data[traffic_say(t, 1, 'c', "0123456789abcdef")];
        ip[5] = (uint8_t)id;
        ip[6] = i < n - 1 ? 0x20 : 0;
        ip[7] = (uint8_t)(i * 2);
    }
}

static void later_fragments_are_told_apart_by_their_datagram(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 10);
    traffic_begin(&other, 4, PACKET_UDP, 10);
    other.port[0] = 40001;
    follow.whose.protocol = PACKET_UDP;
    say_in_fragments(&traffic, 7, 4);
    say_in_fragments(&other, 8, 4);
    take(&other);
    assert_int_equal(follow.now.n, 0);
    for (size_t i = 0; i < 4; i++) { /* one of each */
        assert_int_equal(follow_take(&follow, &traffic.packet[i], 0), 0);
        assert_int_equal(follow_take(&follow, &other.packet[i], 0), 0);
    }
    assert_int_equal(follow.now.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(follow.packet[i].data, traffic.data[i]);
}

static void what_is_on_its_way_is_looked_at_again(void **state)
{
    (void)state;
    traffic_connect(&traffic, 0);
    traffic_say(&traffic, 30, 'c', "one");
    traffic_say(&traffic, 31, 'c', "two");
    traffic.packet[3].fate = FATE_UNKNOWN;
    take(&traffic);
    assert_int_equal(follow.now.n, 5);
    assert_int_equal(follow.now.moved, UINT64_MAX);
    assert_int_equal(follow.sure.n, 3);
    assert_int_equal(follow.sure.at, 3);
    assert_int_equal(follow.sure.moved, traffic.packet[2].arrived);
    follow.now = follow.sure;
    traffic.packet[3].fate = ARRIVED;
    for (size_t i = 3; i < 5; i++)
        assert_int_equal(follow_take(&follow, &traffic.packet[i], i + 1), 0);
    assert_int_equal(follow.sure.n, 5);
    assert_int_equal(follow.sure.moved, traffic.packet[4].arrived);
}

/* A SYN is sent again after 1 s, 2 s more, 4 s more. */
static void each_loss_in_a_row_is_waited_for_twice_as_long(void **state)
{
    static const double ms[] = {0, 1000, 3000, 7000};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        traffic.next[0] = traffic.isn[0];
        traffic_lose(&traffic, traffic_send(&traffic, ms[i], 'c', FLAG_SYN, NULL, 0));
        assert_int_equal(follow_take(&follow, &traffic.packet[i], i + 1), 0);
        assert_int_equal(follow.sure.moved, traffic.packet[i].sent + (1500000000ull << i));
    }
    traffic_say(&traffic, 15000, 'c', "there");
    traffic_lose(&traffic, traffic_say(&traffic, 15001, 'c', "again"));
    assert_int_equal(follow_take(&follow, &traffic.packet[4], 5), 0);
    assert_int_equal(follow_take(&follow, &traffic.packet[5], 6), 0);
    assert_int_equal(follow.now.lost[0], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(protocol_and_both_ports_tell_whose_a_packet_is, begin, end),
        cmocka_unit_test_setup_teardown(a_conversation_is_the_last_of_its_own_that_began_before,
                                        begin, end),
        cmocka_unit_test_setup_teardown(later_fragments_are_told_apart_by_their_datagram, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_on_its_way_is_looked_at_again, begin, end),
        cmocka_unit_test_setup_teardown(each_loss_in_a_row_is_waited_for_twice_as_long, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
