/* tests/conversation_test.c: made-up traffic grouped, numbered and counted; what a capture lets one
 * know of fates, beside what the wire knew.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/conversation.h"
#include "tests/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic traffic, other;
static struct conversations all;

static const struct conversation *only(void)
{
    assert_int_equal(conversations_find(&all, traffic.packet, traffic.n), 0);
    assert_int_equal(all.n, 1);
    return &all.of[0];
}

/* "c1 s1 c2* s2!": * again, ! dropped, ? unknown. */
static const char *told(const struct conversation *c)
{
    static char out[4096];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < c->n; i++) {
        const struct crossing *x = &c->crossing[i];
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%c%u%s%s", i ? " " : "",
                              x->from_server ? 's' : 'c', x->number, x->again ? "*" : "",
                              x->fate == DROPPED ? "!" : x->fate == ARRIVED ? "" : "?");
    }
    return out;
}

/* What the wire knew, then what the same packets tell without it. */
static void assert_told(const char *live, const char *captured)
{
    assert_string_equal(told(only()), live);
    conversations_free(&all);
    traffic_forget(&traffic);
    assert_string_equal(told(only()), captured);
    conversations_free(&all);
}

static void begin(void)
{
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    traffic_connect(&traffic, 0);
}

/* --- grouping --- */

static void conversations_are_told_apart_by_ports_protocol_and_version(void **state)
{
    struct packet mixed[64];
    size_t n = 0;
    (void)state;
    begin();
    memcpy(mixed, traffic.packet, 3 * sizeof *mixed);
    n = 3;
    traffic_begin(&other, 4, PACKET_TCP, 20);
    other.port[0] = 40001;
    traffic_connect(&other, 5);
    mixed[n++] = other.packet[0];
    mixed[n++] = other.packet[1];
    static struct traffic third, fourth;
    traffic_begin(&third, 4, PACKET_UDP, 20);
    traffic_say(&third, 6, 'c', "x");
    mixed[n++] = third.packet[0];
    traffic_begin(&fourth, 6, PACKET_UDP, 20);
    traffic_say(&fourth, 7, 'c', "x");
    mixed[n++] = fourth.packet[0];
    mixed[n++] = (struct packet){.data = (const uint8_t *)"nonsense", .kept = 8, .len = 8};
    assert_int_equal(conversations_find(&all, mixed, n), 0);
    assert_int_equal(all.n, 4);
    assert_int_equal(all.others, 1);
    assert_int_equal(all.of[0].n, 3);
    assert_int_equal(all.of[1].n, 2);
    assert_int_equal(all.of[1].port[OUT], 40001);
    assert_int_equal(all.of[2].protocol, PACKET_UDP);
    assert_int_equal(all.of[3].version, 6);
    conversations_free(&all);
}

static void a_new_syn_on_the_same_ports_begins_a_new_conversation(void **state)
{
    (void)state;
    begin();
    traffic.isn[0] = traffic.next[0] = 777;
    traffic.isn[1] = traffic.next[1] = 888;
    size_t syn = traffic_send(&traffic, 100, 'c', FLAG_SYN, NULL, 0);
    traffic_again(&traffic, 1100, syn); /* which is no other one */
    traffic_send(&traffic, 1120, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    assert_int_equal(conversations_find(&all, traffic.packet, traffic.n), 0);
    assert_int_equal(all.n, 2);
    assert_string_equal(told(&all.of[0]), "c1 s1 c2");
    assert_string_equal(told(&all.of[1]), "c1 c2* s1");
    conversations_free(&all);
}

static void the_client_is_who_sent_the_syn_wherever_the_capture_begins(void **state)
{
    (void)state;
    begin();
    traffic_say(&traffic, 50, 's', "I speak first");
    traffic_forget(&traffic);
    for (size_t from = 0; from < 2; from++) { /* with the SYN, with the SYN-ACK */
        assert_int_equal(conversations_find(&all, traffic.packet + from, traffic.n - from), 0);
        assert_int_equal(all.of[0].port[OUT], 40000);
        assert_int_equal(all.of[0].port[IN], 7004);
        conversations_free(&all);
    }
    assert_int_equal(conversations_find(&all, traffic.packet + 3, traffic.n - 3), 0);
    assert_int_equal(all.of[0].port[OUT], 7004); /* all that is known is who spoke first */
    conversations_free(&all);
}

static void on_a_wire_of_ours_the_wire_says_who_is_the_client(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 's', "tick");
    traffic_say(&traffic, 10, 'c', "subscribe");
    const struct conversation *c = only();
    assert_int_equal(c->port[OUT], 40000);
    assert_string_equal(told(c), "s1 c1");
    conversations_free(&all);
}

static void later_fragments_belong_to_the_first_one(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 'c', "first part");
    traffic_say(&traffic, 1, 'c', "second part");
    traffic.data[0][6] = 0x20;
    traffic.data[1][7] = 2;
    assert_int_equal(conversations_find(&all, traffic.packet, traffic.n), 0);
    assert_int_equal(all.others, 1); /* of another datagram */
    conversations_free(&all);
    traffic.data[1][5] = traffic.data[0][5];
    assert_string_equal(told(only()), "c1 c2");
    conversations_free(&all);
}

/* --- repetitions and counts --- */

static void what_begins_below_the_highest_number_sent_is_a_repetition(void **state)
{
    (void)state;
    begin(); /* and the client's numbers wrap around after 15 bytes */
    size_t first = traffic_say(&traffic, 41, 'c', "0123456789");
    size_t second = traffic_say(&traffic, 42, 'c', "abcdefghij");
    traffic_again(&traffic, 43, second);
    traffic_again(&traffic, 44, first);
    traffic_send(&traffic, 45, 'c', FLAG_ACK, NULL, 0);
    size_t fin = traffic_send(&traffic, 46, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_again(&traffic, 47, fin);
    assert_string_equal(told(only()), "c1 s1 c2 c3 c4 c5* c6* c7 c8 c9*");
    conversations_free(&all);
}

static void an_interval_begins_with_its_first_and_ends_before_its_last_nanosecond(void **state)
{
    (void)state;
    begin();
    size_t i = traffic_say(&traffic, 41, 'c', "hello");
    traffic_lose(&traffic, i);
    traffic_again(&traffic, 300, i);
    const struct conversation *c = only();
    uint64_t at = traffic.packet[i].sent;
    struct wire_counts before = conversation_count(c, 0, at);
    struct wire_counts from = conversation_count(c, at, at + 1);
    struct wire_counts sum = conversation_count(c, 0, UINT64_MAX);
    assert_true(before.packets[OUT] == 2 && before.packets[IN] == 1);
    assert_true(before.bytes[OUT] == 112 && before.bytes[IN] == 60);
    assert_true(from.packets[OUT] == 1 && from.dropped[OUT] == 1 && from.retransmissions[OUT] == 0);
    assert_true(sum.packets[OUT] == 4 && sum.retransmissions[OUT] == 1 && sum.bytes[OUT] == 226);
    conversations_free(&all);
}

/* --- fates --- */

static void what_is_acknowledged_has_arrived(void **state)
{
    (void)state;
    begin();
    traffic_say(&traffic, 41, 'c', "hello");
    traffic_send(&traffic, 61, 's', FLAG_ACK, NULL, 0);
    traffic_say(&traffic, 62, 's', "hello");
    assert_told("c1 s1 c2 c3 s2 s3", "c1 s1 c2? c3 s2? s3?");
}

static void a_lost_syn_is_told_by_its_repetition(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    size_t syn = traffic_send(&traffic, 0, 'c', FLAG_SYN, NULL, 0);
    traffic_lose(&traffic, syn);
    size_t second = traffic_again(&traffic, 1000, syn);
    traffic_lose(&traffic, second);
    traffic_again(&traffic, 3000, syn);
    traffic_send(&traffic, 3020, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    traffic_send(&traffic, 3040, 'c', FLAG_ACK, NULL, 0);
    assert_told("c1! c2*! c3* s1 c4", "c1! c2*! c3* s1 c4?");
}

static void a_lost_syn_that_nobody_answered_is_lost_too(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    size_t syn = traffic_send(&traffic, 0, 'c', FLAG_SYN, NULL, 0);
    traffic_lose(&traffic, syn);
    traffic_lose(&traffic, traffic_again(&traffic, 1000, syn));
    assert_told("c1! c2*!", "c1! c2*?"); /* that the last one was, only the wire knows */
}

static void a_lost_syn_ack_is_told_from_a_lost_syn(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    size_t syn = traffic_send(&traffic, 0, 'c', FLAG_SYN, NULL, 0);
    size_t answer = traffic_send(&traffic, 20, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    traffic_lose(&traffic, answer);
    traffic_again(&traffic, 1000, syn);
    traffic_again(&traffic, 1020, answer);
    traffic_send(&traffic, 1040, 'c', FLAG_ACK, NULL, 0);
    assert_told("c1 s1! c2* s2* c3", "c1 s1! c2*? s2* c3?"); /* s2 may answer the first SYN */
}

static void lost_data_is_told_by_its_repetition(void **state)
{
    (void)state;
    begin();
    size_t data = traffic_say(&traffic, 41, 'c', "hello");
    traffic_lose(&traffic, data);
    traffic_again(&traffic, 300, data);
    traffic_send(&traffic, 320, 's', FLAG_ACK, NULL, 0);
    assert_told("c1 s1 c2 c3! c4* s2", "c1 s1 c2? c3! c4* s2?");
}

static void a_hole_among_arrived_segments_is_told_by_sack(void **state)
{
    (void)state;
    begin();
    size_t hole = traffic_say(&traffic, 41, 'c', "0123456789");
    traffic_lose(&traffic, hole);
    traffic_say(&traffic, 42, 'c', "abcdefghij");
    traffic.sack[0] = 11, traffic.sack[1] = 21;
    traffic_send(&traffic, 62, 's', FLAG_ACK, NULL, 0);
    traffic_again(&traffic, 90, hole);
    traffic_send(&traffic, 110, 's', FLAG_ACK, NULL, 0);
    assert_told("c1 s1 c2 c3! c4 s2 c5* s3", "c1 s1 c2? c3! c4 s2? c5* s3?");
}

static void a_lost_answer_is_told_from_lost_data(void **state)
{
    (void)state;
    begin();
    traffic_say(&traffic, 41, 'c', "question");
    size_t answer = traffic_say(&traffic, 62, 's', "answer");
    traffic_lose(&traffic, answer);
    traffic_again(&traffic, 310, answer);
    traffic_send(&traffic, 330, 'c', FLAG_ACK, NULL, 0);
    assert_told("c1 s1 c2 c3 s2! s3* c4", "c1 s1 c2? c3 s2! s3* c4?");
}

static void a_lost_ack_cannot_be_known_but_what_it_acknowledged_can(void **state)
{
    (void)state;
    begin();
    size_t data = traffic_say(&traffic, 41, 'c', "hello");
    traffic_lose(&traffic, traffic_send(&traffic, 61, 's', FLAG_ACK, NULL, 0));
    traffic_again(&traffic, 300, data);
    traffic.sack[0] = 1, traffic.sack[1] = 6; /* a duplicate: RFC 2883 */
    traffic_send(&traffic, 320, 's', FLAG_ACK, NULL, 0);
    assert_told("c1 s1 c2 c3 s2! c4* s3", "c1 s1 c2? c3 s2? c4* s3?");
}

static void a_fin_repeated_too_early_was_not_lost(void **state)
{
    (void)state;
    begin();
    size_t fin = traffic_send(&traffic, 41, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_again(&traffic, 101, fin); /* a tail loss probe, while the peer delays its ACK */
    traffic.sack[0] = 1, traffic.sack[1] = 2;
    traffic_send(&traffic, 121, 's', FLAG_ACK, NULL, 0);
    assert_told("c1 s1 c2 c3 c4* s2", "c1 s1 c2? c3 c4* s2?");
}

static void a_time_stamp_says_that_the_repetition_was_needless(void **state)
{
    (void)state;
    begin();
    size_t data = traffic_say(&traffic, 41, 'c', "hello");
    traffic.packet[data].arrived += 300000000; /* held up on its way */
    traffic_again(&traffic, 300, data);
    traffic.packet[data + 1].arrived += 100000000;
    traffic_send(&traffic, 361, 's', FLAG_ACK, NULL, 0); /* echoes the first one's time */
    assert_told("c1 s1 c2 c3 c4* s2", "c1 s1 c2? c3? c4*? s2?"); /* not called lost */
}

static void a_capture_of_one_side_shows_no_losses_but_those_of_syns(void **state)
{
    (void)state;
    begin();
    size_t data = traffic_say(&traffic, 41, 'c', "hello");
    traffic_again(&traffic, 300, data);
    traffic.packet[1] = traffic.packet[2];
    traffic.packet[2] = traffic.packet[3];
    traffic.packet[3] = traffic.packet[4];
    traffic.n = 4;
    traffic_forget(&traffic);
    assert_string_equal(told(only()), "c1? c2? c3? c4*?");
    conversations_free(&all);
}

static void the_round_trip_comes_out_wherever_the_capture_was_made(void **state)
{
    (void)state;
    for (int at = 0; at < 3; at++) { /* both ends, the client, the server */
        begin();
        traffic_say(&traffic, 41, 'c', "hello");
        traffic_say(&traffic, 62, 's', "hello");
        traffic_send(&traffic, 83, 'c', FLAG_ACK, NULL, 0);
        for (size_t i = 0; i < traffic.n; i++)
            if (at > 0 && traffic.packet[i].from_server == (at == 1))
                traffic.packet[i].sent = traffic.packet[i].arrived;
        traffic_forget(&traffic);
        assert_in_range(conversation_rtt(only()), 40000000, 41000000);
        conversations_free(&all);
    }
}

static void nothing_makes_no_conversation(void **state)
{
    (void)state;
    assert_int_equal(conversations_find(&all, NULL, 0), 0);
    assert_int_equal(all.n, 0);
    conversations_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversations_are_told_apart_by_ports_protocol_and_version),
        cmocka_unit_test(a_new_syn_on_the_same_ports_begins_a_new_conversation),
        cmocka_unit_test(the_client_is_who_sent_the_syn_wherever_the_capture_begins),
        cmocka_unit_test(on_a_wire_of_ours_the_wire_says_who_is_the_client),
        cmocka_unit_test(later_fragments_belong_to_the_first_one),
        cmocka_unit_test(what_begins_below_the_highest_number_sent_is_a_repetition),
        cmocka_unit_test(an_interval_begins_with_its_first_and_ends_before_its_last_nanosecond),
        cmocka_unit_test(what_is_acknowledged_has_arrived),
        cmocka_unit_test(a_lost_syn_is_told_by_its_repetition),
        cmocka_unit_test(a_lost_syn_that_nobody_answered_is_lost_too),
        cmocka_unit_test(a_lost_syn_ack_is_told_from_a_lost_syn),
        cmocka_unit_test(lost_data_is_told_by_its_repetition),
        cmocka_unit_test(a_hole_among_arrived_segments_is_told_by_sack),
        cmocka_unit_test(a_lost_answer_is_told_from_lost_data),
        cmocka_unit_test(a_lost_ack_cannot_be_known_but_what_it_acknowledged_can),
        cmocka_unit_test(a_fin_repeated_too_early_was_not_lost),
        cmocka_unit_test(a_time_stamp_says_that_the_repetition_was_needless),
        cmocka_unit_test(a_capture_of_one_side_shows_no_losses_but_those_of_syns),
        cmocka_unit_test(the_round_trip_comes_out_wherever_the_capture_was_made),
        cmocka_unit_test(nothing_makes_no_conversation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
