/* tests/wire_line_test.c: what becomes of packets made by hand, at times made up.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 1000000u
#define SYN 0x02
#define ACK 0x10
#define TCP 6
#define UDP 17

/* A packet from the client's port to the server's 80, or back. */
struct made {
    int from;
    uint16_t port;
    uint8_t protocol, flags;
    uint32_t seq;
    size_t len;
};

static void make(struct parcel *p, const struct made *m)
{
    uint16_t len = (uint16_t)(m->len ? m->len : 60);
    uint16_t port[2] = {m->port, 80};
    memset(p->data, 0, 64);
    memcpy(p->data, (uint8_t[]){0x45, 0, (uint8_t)(len >> 8), (uint8_t)len}, 4);
    p->data[9] = m->protocol;
    for (int i = 0; i < 2; i++) {
        int side = i ^ m->from;
        memcpy(p->data + 12 + 4 * i, (uint8_t[]){198, 18, 0, (uint8_t)(1 + side)}, 4);
        p->data[20 + 2 * i] = (uint8_t)(port[side] >> 8);
        p->data[21 + 2 * i] = (uint8_t)port[side];
    }
    for (int i = 0; i < 4; i++)
        p->data[24 + i] = (uint8_t)(m->seq >> (24 - 8 * i));
    p->data[32] = 5 << 4;
    p->data[33] = m->flags;
    p->len = len;
    p->from = m->from;
}

static struct wire_line *line_of(const char *text)
{
    struct wire_spec spec;
    char why[WIRE_WHY_MAX];
    assert_int_equal(wire_spec_parse(&spec, text, why), 0);
    struct wire_line *line = wire_line_new(&spec);
    assert_non_null(line);
    return line;
}

/* Judges one packet and forgets it; *due may be NULL. */
static enum verdict judge(struct wire_line *line, struct made m, uint64_t now, uint64_t *due)
{
    struct parcel *p = wire_line_parcel(line);
    make(p, &m);
    enum verdict verdict = wire_line_judge(line, p, now);
    if (due)
        *due = p->due;
    wire_line_return(line, p);
    return verdict;
}

static void a_packet_takes_half_the_round_trip_each_way(void **state)
{
    uint64_t due;
    (void)state;
    struct wire_line *line = line_of("rtt=40ms");
    for (int from = 0; from < 2; from++) {
        assert_int_equal(judge(line, (struct made){.from = from}, 7, &due), ON_ITS_WAY);
        assert_int_equal(due, 7 + 20 * MS);
    }
    wire_line_free(line);
    line = line_of("rtt=0.001us"); /* 1 ns: nothing is lost in halving it */
    judge(line, (struct made){.from = 0}, 7, &due);
    assert_int_equal(due, 7);
    judge(line, (struct made){.from = 1}, 7, &due);
    assert_int_equal(due, 8);
    wire_line_free(line);
}

/* 10 mbit/s: 1,250 bytes in 1 ms, 1,500 in 1.2 ms. */
static void a_rate_lets_one_packet_out_after_the_other(void **state)
{
    uint64_t due;
    (void)state;
    struct wire_line *line = line_of("rtt=40ms,rate=10mbit");
    judge(line, (struct made){.len = 1250}, 0, &due);
    assert_int_equal(due, 21 * MS);
    judge(line, (struct made){.len = 1500}, 0, &due);
    assert_int_equal(due, 20 * MS + 2200000);
    judge(line, (struct made){.from = 1, .len = 1250}, 0, &due); /* the other way is free */
    assert_int_equal(due, 21 * MS);
    judge(line, (struct made){.len = 1250}, 10 * MS, &due); /* and this one is again */
    assert_int_equal(due, 31 * MS);
    wire_line_free(line);
}

static void the_queue_before_a_rate_has_an_end(void **state)
{
    size_t taken = 0;
    uint64_t due;
    (void)state;
    struct wire_line *line = line_of("rtt=40ms,rate=10mbit");
    while (judge(line, (struct made){.len = 1500}, 0, &due) == ON_ITS_WAY)
        taken++;
    assert_in_range(taken * 1500, 262144, 262144 + 2 * 1500); /* 40 ms are less: 50,000 B */
    assert_int_equal(judge(line, (struct made){.from = 1, .len = 1500}, 0, &due), ON_ITS_WAY);
    assert_int_equal(judge(line, (struct made){.len = 1500}, 2 * MS, &due), ON_ITS_WAY);
    wire_line_free(line);

    line = line_of("rtt=1s,rate=100mbit"); /* one round trip holds 12.5 MB */
    for (taken = 0; judge(line, (struct made){.len = 1500}, 0, &due) == ON_ITS_WAY;)
        taken++;
    assert_in_range(taken * 1500, 12500000, 12500000 + 2 * 1500);
    wire_line_free(line);
}

static void packets_arrive_in_order_of_due_and_then_as_they_came(void **state)
{
    enum { N = 3000 };
    struct parcel *next;
    (void)state;
    struct wire_line *line = line_of("rtt=0");
    assert_true(wire_line_due(line) == UINT64_MAX);
    struct parcel *p = wire_line_parcel(line);
    for (uint64_t i = 0; i < N; i++) {
        p->due = i * 7919 % 500; /* each six times */
        p->record = i;
        p = wire_line_send(line, p);
        assert_non_null(p);
    }
    wire_line_return(line, p);
    assert_int_equal(wire_line_under_way(line), N);
    uint64_t due = 0, record = 0, n = 0;
    for (uint64_t now = 0; now < 500; now++) {
        assert_int_equal(wire_line_due(line), now);
        for (; (next = wire_line_arrive(line, now)); n++) {
            assert_int_equal(next->due, now);
            assert_true(next->due > due || next->record > record || n == 0);
            due = next->due;
            record = next->record;
            wire_line_return(line, next);
        }
    }
    assert_int_equal(n, N);
    assert_true(wire_line_due(line) == UINT64_MAX);
    wire_line_free(line);
}

static void what_is_under_way_has_an_end_and_room_again(void **state)
{
    (void)state;
    struct wire_line *line = line_of("rtt=10s");
    struct parcel *p = wire_line_parcel(line), *empty;
    size_t n = 0;
    for (p->due = 1; (empty = wire_line_send(line, p)); p = empty, p->due = 1)
        n++;
    assert_int_equal(n, 65536);
    wire_line_return(line, wire_line_arrive(line, 1));
    empty = wire_line_send(line, p);
    assert_non_null(empty);
    wire_line_return(line, empty);
    wire_line_free(line);
}

static void a_listed_packet_of_each_conversation_is_lost(void **state)
{
    (void)state;
    struct wire_line *line = line_of("rtt=1ms,drop=c1+s3");
    for (uint16_t port = 1000; port < 1003; port++)
        for (int n = 1; n <= 5; n++)
            for (int from = 0; from < 2; from++) {
                bool listed = (from == 0 && n == 1) || (from == 1 && n == 3);
                struct made m = {.from = from, .port = port, .protocol = TCP};
                assert_int_equal(judge(line, m, 0, NULL), listed ? LOST : ON_ITS_WAY);
            }
    wire_line_free(line);
}

static void a_new_syn_on_the_same_ports_is_a_new_conversation_a_repeated_one_is_not(void **state)
{
    struct made syn = {.port = 1000, .protocol = TCP, .flags = SYN, .seq = 100};
    struct made syn_ack = {.from = 1, .port = 1000, .protocol = TCP, .flags = SYN | ACK, .seq = 9};
    (void)state;
    struct wire_line *line = line_of("rtt=1ms,drop=c1+s1");
    assert_int_equal(judge(line, syn, 0, NULL), LOST);
    assert_int_equal(judge(line, syn, 0, NULL), ON_ITS_WAY);
    assert_int_equal(judge(line, syn_ack, 0, NULL), LOST);
    assert_int_equal(judge(line, syn_ack, 0, NULL), ON_ITS_WAY);
    syn.seq = 101;
    assert_int_equal(judge(line, syn, 0, NULL), LOST);
    assert_int_equal(judge(line, syn, 0, NULL), ON_ITS_WAY);
    assert_int_equal(judge(line, syn_ack, 0, NULL), LOST);
    wire_line_free(line);
}

static void protocols_with_the_same_ports_are_apart_and_fragments_together(void **state)
{
    struct made udp = {.port = 1000, .protocol = UDP};
    (void)state;
    struct wire_line *line = line_of("rtt=1ms,drop=c2");
    assert_int_equal(judge(line, udp, 0, NULL), ON_ITS_WAY);
    assert_int_equal(judge(line, (struct made){.port = 1000, .protocol = TCP}, 0, NULL),
                     ON_ITS_WAY);
    assert_int_equal(judge(line, udp, 0, NULL), LOST);
    udp.port = 1001;
    for (int part = 0; part < 3; part++) { /* of one datagram */
        struct parcel *p = wire_line_parcel(line);
        make(p, &udp);
        memcpy(p->data + 4, (uint8_t[]){0, 5, part < 2 ? 0x20 : 0, (uint8_t)(part * 5)}, 4);
        assert_int_equal(wire_line_judge(line, p, 0), part == 1 ? LOST : ON_ITS_WAY);
        wire_line_return(line, p);
    }
    wire_line_free(line);
}

enum { DRAWS = 20000 };

/* The fates of DRAWS packets of one conversation, others' packets between them. */
static size_t fates(const char *spec, int others, char fate[DRAWS])
{
    size_t lost = 0;
    struct wire_line *line = line_of(spec);
    judge(line, (struct made){.port = 1, .protocol = UDP}, 0, NULL);
    for (size_t i = 0; i < DRAWS; i++) {
        for (int other = 0; other < others; other++)
            judge(line, (struct made){.port = (uint16_t)(2 + other), .protocol = UDP}, 0, NULL);
        fate[i] = (char)judge(line, (struct made){.port = 1, .protocol = UDP}, 0, NULL);
        lost += fate[i] == LOST;
    }
    wire_line_free(line);
    return lost;
}

static void loss_repeats_by_its_seed_and_by_no_other(void **state)
{
    static char once[DRAWS], twice[DRAWS], other[DRAWS];
    (void)state;
    size_t lost = fates("rtt=1ms,loss=5%,seed=7", 0, once);
    assert_in_range(lost, 850, 1150); /* 1,000 +- 5 sigma */
    fates("rtt=1ms,loss=5%,seed=7", 0, twice);
    assert_memory_equal(once, twice, DRAWS);
    fates("rtt=1ms,loss=5%,seed=8", 0, other);
    assert_memory_not_equal(once, other, DRAWS);
}

static void what_else_is_on_the_wire_changes_no_fate(void **state)
{
    static char alone[DRAWS], beside[DRAWS];
    (void)state;
    fates("rtt=1ms,loss=5%", 0, alone);
    fates("rtt=1ms,loss=5%", 3, beside);
    assert_memory_equal(alone, beside, DRAWS);
}

static void a_drop_list_or_reordering_beside_the_loss_changes_no_draw(void **state)
{
    static char plain[DRAWS], listed[DRAWS], reordered[DRAWS];
    (void)state;
    fates("rtt=1ms,loss=5%", 0, plain);
    fates("rtt=1ms,loss=5%,drop=c2", 0, listed);
    assert_int_equal(listed[0], LOST);
    assert_memory_equal(plain + 1, listed + 1, DRAWS - 1);
    fates("rtt=1ms,loss=5%,reorder=50%", 0, reordered);
    assert_memory_equal(plain, reordered, DRAWS);
}

static void a_higher_loss_loses_the_same_and_more(void **state)
{
    static char few[DRAWS], many[DRAWS];
    (void)state;
    fates("rtt=1ms,loss=2%", 0, few);
    fates("rtt=1ms,loss=10%", 0, many);
    for (size_t i = 0; i < DRAWS; i++)
        assert_true(few[i] != LOST || many[i] == LOST);
}

static void directions_and_conversations_have_fates_of_their_own(void **state)
{
    char fate[3][1000];
    (void)state;
    struct wire_line *line = line_of("rtt=1ms,loss=10%");
    for (size_t i = 0; i < 1000; i++)
        for (int which = 0; which < 3; which++) {
            struct made m = {.from = which == 1, .port = which == 2 ? 2 : 1, .protocol = UDP};
            fate[which][i] = (char)judge(line, m, 0, NULL);
        }
    wire_line_free(line);
    assert_memory_not_equal(fate[0], fate[1], 1000);
    assert_memory_not_equal(fate[0], fate[2], 1000);
    assert_memory_not_equal(fate[1], fate[2], 1000);
}

static void what_is_held_back_is_overtaken(void **state)
{
    static const struct { const char *spec; uint64_t hold; } cases[] = {
        {"rtt=40ms,reorder=10%", 5 * MS}, {"rtt=1ms,reorder=10%", MS}};
    (void)state;
    for (size_t c = 0; c < 2; c++) {
        struct wire_line *line = line_of(cases[c].spec);
        struct parcel *p = wire_line_parcel(line);
        size_t held = 0, late = 0, newest = 0;
        uint64_t delay = c == 0 ? 20 * MS : MS / 2, hold = cases[c].hold;
        for (uint64_t i = 0; i < 5000; i++) {
            make(p, &(struct made){.port = 1, .protocol = UDP});
            assert_int_equal(wire_line_judge(line, p, i * 1000), ON_ITS_WAY);
            assert_int_equal(p->due, i * 1000 + delay + (p->held_back ? hold : 0));
            held += p->held_back;
            p->record = i;
            p = wire_line_send(line, p);
        }
        wire_line_return(line, p);
        while ((p = wire_line_arrive(line, UINT64_MAX))) {
            late += p->record < newest;
            newest = p->record > newest ? p->record : newest;
            wire_line_return(line, p);
        }
        assert_in_range(held, 390, 610); /* 500 +- 5 sigma */
        assert_in_range(late, held * 9 / 10, held);
        wire_line_free(line);
    }
}

static void many_conversations_keep_their_numbers_and_no_memory_is_lost_on_more(void **state)
{
    (void)state;
    struct wire_line *line = line_of("rtt=1ms,drop=c2");
    for (int n = 1; n <= 3; n++)
        for (unsigned port = 1; port <= 28000; port++) {
            struct made m = {.port = (uint16_t)port, .protocol = UDP};
            assert_int_equal(judge(line, m, 0, NULL), n == 2 ? LOST : ON_ITS_WAY);
        }
    for (uint32_t isn = 0; isn < 300000; isn++) { /* new ones, as a long run has them */
        struct made m = {.port = (uint16_t)(isn % 60000), .protocol = TCP, .flags = SYN,
                         .seq = isn};
        assert_int_equal(judge(line, m, 0, NULL), ON_ITS_WAY);
    }
    wire_line_free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_takes_half_the_round_trip_each_way),
        cmocka_unit_test(a_rate_lets_one_packet_out_after_the_other),
        cmocka_unit_test(the_queue_before_a_rate_has_an_end),
        cmocka_unit_test(packets_arrive_in_order_of_due_and_then_as_they_came),
        cmocka_unit_test(what_is_under_way_has_an_end_and_room_again),
        cmocka_unit_test(a_listed_packet_of_each_conversation_is_lost),
        cmocka_unit_test(
            a_new_syn_on_the_same_ports_is_a_new_conversation_a_repeated_one_is_not),
        cmocka_unit_test(protocols_with_the_same_ports_are_apart_and_fragments_together),
        cmocka_unit_test(loss_repeats_by_its_seed_and_by_no_other),
        cmocka_unit_test(what_else_is_on_the_wire_changes_no_fate),
        cmocka_unit_test(a_drop_list_or_reordering_beside_the_loss_changes_no_draw),
        cmocka_unit_test(a_higher_loss_loses_the_same_and_more),
        cmocka_unit_test(directions_and_conversations_have_fates_of_their_own),
        cmocka_unit_test(what_is_held_back_is_overtaken),
        cmocka_unit_test(many_conversations_keep_their_numbers_and_no_memory_is_lost_on_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
