/* tests/packet_test.c: headers of made-up packets, cut at every byte, and those that lie.
 * SPDX-License-Identifier: MIT */
#include "tests/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic traffic;

/* Decodes a copy that ends where its block ends.  The payload's place is made relative to it. */
static bool decode(struct segment *s, const uint8_t *ip, size_t n, size_t *payload_at)
{
    uint8_t *heap = malloc(n ? n : 1);
    memcpy(heap, ip, n);
    bool fine = packet_decode(s, heap, n);
    *payload_at = fine ? (size_t)(s->payload - heap) : 0;
    free(heap);
    return fine;
}

static struct segment decoded(const struct packet *p)
{
    struct segment s;
    assert_true(packet_decode(&s, p->data, p->kept));
    return s;
}

static void the_headers_of_a_tcp_segment_are_read(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    traffic_connect(&traffic, 0);
    traffic_say(&traffic, 41, 'c', "hello");
    struct segment syn = decoded(&traffic.packet[0]), data = decoded(&traffic.packet[3]);
    assert_int_equal(syn.version, 4);
    assert_int_equal(syn.protocol, PACKET_TCP);
    assert_memory_equal(syn.from, "\xc6\x12\0\1\0", 5);
    assert_memory_equal(syn.to, "\xc6\x12\0\2\0", 5);
    assert_int_equal(syn.from_port, 40000);
    assert_int_equal(syn.to_port, 7004);
    assert_int_equal(syn.flags, FLAG_SYN);
    assert_int_equal(syn.seq, traffic.isn[0]);
    assert_int_equal(syn.mss, 1460);
    assert_int_equal(syn.scale, 7);
    assert_true(syn.sack_permitted && syn.has_times);
    assert_int_equal(segment_span(&syn), 1);
    assert_int_equal(data.flags, FLAG_PSH | FLAG_ACK);
    assert_int_equal(data.seq, traffic.isn[0] + 1);
    assert_int_equal(data.ack, traffic.isn[1] + 1);
    assert_int_equal(data.scale, -1);
    assert_int_equal(data.time, 142);
    assert_int_equal(data.echo, 121);
    assert_int_equal(data.len, 57);
    assert_int_equal(data.payload_len, 5);
    assert_memory_equal(data.payload, "hello", 5);
    assert_int_equal(segment_span(&data), 5);
}

static void sack_blocks_are_read(void **state)
{
    (void)state;
    traffic_begin(&traffic, 6, PACKET_TCP, 20);
    traffic_connect(&traffic, 0);
    traffic.sack[0] = 100;
    traffic.sack[1] = 200;
    traffic_send(&traffic, 50, 's', FLAG_ACK, NULL, 0);
    struct segment s = decoded(&traffic.packet[3]);
    assert_int_equal(s.version, 6);
    assert_int_equal(s.sacks, 1);
    assert_int_equal(s.sack[0].from, traffic.isn[0] + 100);
    assert_int_equal(s.sack[0].to, traffic.isn[0] + 200);
    assert_true(s.has_times);
}

static void every_cut_of_a_packet_is_read_as_far_as_its_headers_go(void **state)
{
    (void)state;
    for (int version = 4; version <= 6; version += 2)
        for (int udp = 0; udp < 2; udp++) {
            traffic_begin(&traffic, version, udp ? PACKET_UDP : PACKET_TCP, 20);
            traffic_say(&traffic, 0, 'c', "payload");
            const struct packet *p = &traffic.packet[0];
            size_t headers = p->len - 7, at;
            for (size_t n = 0; n <= p->len; n++) {
                struct segment s;
                assert_int_equal(decode(&s, p->data, n, &at), n >= headers);
                if (n < headers)
                    continue;
                assert_int_equal(at, headers);
                assert_int_equal(s.payload_len, 7); /* by the header, however much was kept */
                assert_int_equal(s.payload_kept, n - headers);
            }
        }
}

static void what_fills_up_a_frame_is_no_payload(void **state)
{
    uint8_t frame[100] = {0};
    struct segment s;
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 'c', "x");
    memcpy(frame, traffic.packet[0].data, traffic.packet[0].len);
    assert_true(packet_decode(&s, frame, sizeof frame));
    assert_int_equal(s.len, 29);
    assert_int_equal(s.payload_len, 1);
    assert_int_equal(s.payload_kept, 1);
}

static void a_total_length_of_0_leaves_the_size_open(void **state)
{
    struct segment s;
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    traffic_say(&traffic, 0, 'c', "to be cut by the card");
    memset(traffic.data[0] + 2, 0, 2);
    assert_true(packet_decode(&s, traffic.data[0], traffic.packet[0].kept));
    assert_int_equal(s.len, 0);
    assert_int_equal(s.payload_len, 21);
}

static void only_the_first_fragment_has_ports(void **state)
{
    struct segment s;
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 'c', "a part");
    uint8_t *ip = traffic.data[0];
    ip[6] = 0x20; /* more fragments */
    assert_true(packet_decode(&s, ip, traffic.packet[0].kept));
    assert_true(s.fragment && !s.later);
    assert_int_equal(s.to_port, 7004);
    ip[7] = 185; /* at 1480 */
    assert_true(packet_decode(&s, ip, traffic.packet[0].kept));
    assert_true(s.fragment && s.later);
    assert_int_equal(s.id, 1);
    assert_int_equal(s.to_port, 0);
    assert_int_equal(s.payload_len, 8 + 6);
}

static void extension_headers_are_skipped(void **state)
{
    uint8_t ip[128] = {0};
    struct segment s;
    (void)state;
    traffic_begin(&traffic, 6, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 'c', "payload");
    const uint8_t *plain = traffic.packet[0].data;
    memcpy(ip, plain, 40);
    ip[5] = (uint8_t)(ip[5] + 8 + 16 + 12 + 8);
    ip[6] = 0;                                     /* hop by hop, 8 bytes */
    memcpy(ip + 40, "\x3c\0", 2);                  /* then destination options, 16 bytes */
    memcpy(ip + 48, "\x33\1", 2);                  /* then authentication, 12 bytes */
    memcpy(ip + 64, "\x2c\1", 2);                  /* then a fragment: the only one */
    memcpy(ip + 76, "\x11\0\0\0\0\0\x30\x39", 8);  /* then UDP */
    memcpy(ip + 84, plain + 40, 15);
    assert_true(packet_decode(&s, ip, 99));
    assert_int_equal(s.to_port, 7004);
    assert_int_equal(s.payload_len, 7);
    assert_int_equal(s.id, 12345);
    assert_false(s.fragment);
    ip[79] = 0xb8; /* an offset */
    assert_true(packet_decode(&s, ip, 99));
    assert_true(s.later && s.to_port == 0);
    for (size_t n = 40; n < 84; n++)
        assert_false(packet_decode(&s, ip, n));
}

static void options_that_lie_end_the_options(void **state)
{
    static const uint8_t lies[][2] = {{8, 0}, {8, 1}, {8, 255}, {2, 3}, {3, 2}, {4, 200}};
    struct segment s;
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        traffic_begin(&traffic, 4, PACKET_TCP, 20);
        traffic_say(&traffic, 0, 'c', "");
        memcpy(traffic.data[0] + 40, lies[i], 2);
        assert_true(packet_decode(&s, traffic.data[0], traffic.packet[0].kept));
        assert_int_equal(s.mss, 0);
        assert_int_equal(s.scale, -1);
    }
}

static void what_is_no_ip_packet_is_refused(void **state)
{
    uint8_t ip[40];
    struct segment s;
    (void)state;
    traffic_begin(&traffic, 4, PACKET_TCP, 20);
    traffic_say(&traffic, 0, 'c', "");
    memcpy(ip, traffic.packet[0].data, 40);
    ip[0] = 0x55;
    assert_false(packet_decode(&s, ip, 40)); /* version 5 */
    ip[0] = 0x44;
    assert_false(packet_decode(&s, ip, 40)); /* a head of 16 bytes */
    ip[0] = 0x45;
    ip[3] = 30;
    assert_false(packet_decode(&s, ip, 40)); /* ends within TCP's head */
    ip[3] = 40;
    ip[32] = 0x40;
    assert_false(packet_decode(&s, ip, 40)); /* TCP's head of 16 bytes */
    ip[9] = 1;
    assert_true(packet_decode(&s, ip, 40)); /* ICMP: an IP packet without ports */
    assert_int_equal(s.from_port, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_headers_of_a_tcp_segment_are_read),
        cmocka_unit_test(sack_blocks_are_read),
        cmocka_unit_test(every_cut_of_a_packet_is_read_as_far_as_its_headers_go),
        cmocka_unit_test(what_fills_up_a_frame_is_no_payload),
        cmocka_unit_test(a_total_length_of_0_leaves_the_size_open),
        cmocka_unit_test(only_the_first_fragment_has_ports),
        cmocka_unit_test(extension_headers_are_skipped),
        cmocka_unit_test(options_that_lie_end_the_options),
        cmocka_unit_test(what_is_no_ip_packet_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
