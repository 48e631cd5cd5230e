/* tests/pcap_test.c: captures written and read again, in all the shapes that others write, cut at
 * every byte, and bad ones.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/pcap.h"
#include "tests/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic traffic;
static const uint8_t *ip; /* a packet of 29 bytes */
enum { IP = 29 };

static int set_up(void **state)
{
    (void)state;
    traffic_begin(&traffic, 4, PACKET_UDP, 20);
    traffic_say(&traffic, 0, 'c', "x");
    traffic_say(&traffic, 20.5, 's', "yes");
    ip = traffic.packet[0].data;
    return traffic.packet[0].len == IP ? 0 : -1;
}

/* --- a file put together by hand --- */

static struct file {
    uint8_t bytes[4096];
    size_t n;
    bool big;
} file;

static void put(size_t size, uint64_t v)
{
    for (size_t i = 0; i < size; i++)
        file.bytes[file.n + (file.big ? size - 1 - i : i)] = (uint8_t)(v >> 8 * i);
    file.n += size;
}

static void put_bytes(const void *data, size_t n)
{
    memcpy(file.bytes + file.n, data, n);
    file.n += n;
}

static void classic(bool big, uint32_t magic, uint32_t link)
{
    file = (struct file){.big = big};
    put(4, magic);
    put(2, 2), put(2, 4);
    put(4, 0), put(4, 0), put(4, 65535), put(4, link);
}

/* One packet behind n bytes of a link layer. */
static void record(const void *link, size_t n)
{
    put(4, 1700000000), put(4, 123456);
    put(4, n + IP), put(4, n + IP);
    put_bytes(link, n);
    put_bytes(ip, IP);
}

static int parse(struct capture *c)
{
    uint8_t *heap = malloc(file.n ? file.n : 1); /* ends where the file ends */
    memcpy(heap, file.bytes, file.n);
    int rc = capture_parse(c, heap, file.n);
    for (size_t i = 0; i < c->n; i++) {
        assert_true(c->packet[i].data >= heap);
        assert_true(c->packet[i].data + c->packet[i].kept <= heap + file.n);
        c->packet[i].data = file.bytes + (c->packet[i].data - heap);
    }
    free(heap);
    return rc;
}

static void assert_why(const char *why)
{
    struct capture c;
    assert_int_equal(parse(&c), -1);
    assert_string_equal(c.why, why);
    capture_free(&c);
}

static void assert_one(uint64_t ns)
{
    struct capture c;
    assert_int_equal(parse(&c), 0);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.packet[0].len, IP);
    assert_int_equal(c.packet[0].kept, IP);
    assert_memory_equal(c.packet[0].data, ip, IP);
    assert_true(c.packet[0].sent == ns);
    assert_int_equal(c.packet[0].fate, FATE_UNKNOWN);
    capture_free(&c);
}

/* --- the classic format --- */

static void what_we_write_is_read_again(void **state)
{
    struct capture c;
    FILE *f = tmpfile();
    (void)state;
    traffic.packet[1].kept = 30; /* of 31 */
    pcap_begin(f);
    for (size_t i = 0; i < traffic.n; i++)
        pcap_add(f, &traffic.packet[i], 1700000000000000000u);
    rewind(f);
    assert_int_equal(capture_read(&c, f), 0);
    assert_int_equal(c.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct packet *was = &traffic.packet[i], *is = &c.packet[i];
        assert_true(is->sent == was->sent + 1700000000000000000u);
        assert_int_equal(is->kept, was->kept);
        assert_int_equal(is->len, was->len);
        assert_memory_equal(is->data, was->data, was->kept);
    }
    capture_free(&c);
    fclose(f);
}

static void both_byte_orders_and_both_units_are_read(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        classic(big, 0xa1b23c4d, 101);
        record("", 0);
        assert_one(1700000000000123456u);
        classic(big, 0xa1b2c3d4, 101);
        record("", 0);
        assert_one(1700000000123456000u);
    }
}

static void every_link_layer_is_stepped_over(void **state)
{
    static const struct { uint32_t link; const char *head; size_t n; } links[] = {
        {101, "", 0}, {12, "", 0}, {14, "", 0}, {228, "", 0},
        {0, "\2\0\0\0", 4}, {108, "\0\0\0\2", 4},
        {1, "dstmacsrcmac\x08\0", 14},
        {1, "dstmacsrcmac\x81\0\0\7\x08\0", 18},
        {1, "dstmacsrcmac\x88\xa8\0\7\x81\0\0\7\x08\0", 22},
        {113, "\0\0\0\1\0\6address.\x08\0", 16},
        {276, "\x08\0\0\0\0\0\0\1\0\1\0\6address.", 20},
    };
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        classic(false, 0xa1b23c4d, links[i].link);
        record(links[i].head, links[i].n);
        assert_one(1700000000000123456u);
    }
}

static void what_is_no_ip_is_counted_and_left_out(void **state)
{
    struct capture c;
    (void)state;
    classic(false, 0xa1b23c4d, 1);
    record("dstmacsrcmac\x08\x06", 14); /* ARP */
    record("dstmacsrcmac\x08\0", 14);
    record("dstmacsrcmac\x81\0\0\7\x08\x06", 18);
    assert_int_equal(parse(&c), 0);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.others, 2);
    capture_free(&c);
}

static void what_ethernet_fills_up_is_not_counted(void **state)
{
    struct capture c;
    (void)state;
    classic(false, 0xa1b23c4d, 1);
    put(4, 0), put(4, 0), put(4, 60), put(4, 60);
    put_bytes("dstmacsrcmac\x08\0", 14);
    put_bytes(ip, IP);
    put_bytes("padding padding padding", 60 - 14 - IP);
    assert_int_equal(parse(&c), 0);
    assert_int_equal(c.packet[0].len, IP);
    assert_int_equal(c.packet[0].kept, IP);
    capture_free(&c);
}

static void every_cut_of_a_file_keeps_what_came_before(void **state)
{
    struct capture c;
    (void)state;
    classic(false, 0xa1b23c4d, 101);
    record("", 0);
    size_t first = file.n;
    record("", 0);
    size_t whole = file.n;
    for (size_t n = 0; n < whole; n++) {
        file.n = n;
        assert_int_equal(parse(&c), n == 24 || n == first ? 0 : -1);
        assert_int_equal(c.n, n >= first ? 1 : 0);
        assert_true((c.why[0] == '\0') == (n == 24 || n == first));
        capture_free(&c);
    }
    file.n = whole - 3;
    assert_why("packet 2: cut short after 26 of 29 bytes");
    file.n = first + 5;
    assert_why("packet 2: cut short within its head");
    file.n = 20;
    assert_why("the file's head is cut short");
    file.n = 0;
    assert_why("the file is empty");
}

static void sizes_out_of_reason_are_refused(void **state)
{
    (void)state;
    classic(false, 0xa1b23c4d, 101);
    record("", 0);
    put(4, 0), put(4, 0), put(4, 4000000000), put(4, 60);
    assert_why("packet 2: claims 4000000000 bytes");
    classic(false, 0xa1b23c4d, 147);
    assert_why("packets of link type 147 can't be read");
    file = (struct file){.n = 0};
    put_bytes("GIF89a......", 12);
    assert_why("neither a pcap nor a pcapng file");
}

/* --- pcapng --- */

static size_t block(uint32_t type)
{
    size_t at = file.n;
    put(4, type), put(4, 0);
    return at;
}

static void end_block(size_t at)
{
    put((4 - (file.n - at) % 4) % 4, 0); /* up to a multiple of 4 */
    size_t end = file.n;
    file.n = at + 4;
    put(4, end + 4 - at);
    file.n = end;
    put(4, end + 4 - at);
}

static void section(bool big)
{
    file.big = big;
    size_t at = block(0x0a0d0d0a);
    put(4, 0x1a2b3c4d), put(2, 1), put(2, 0), put(8, UINT64_MAX);
    end_block(at);
}

/* resolution: -1 = no option; offset in s. */
static void interface(uint32_t link, uint32_t snaplen, int resolution, uint64_t offset)
{
    size_t at = block(1);
    put(2, link), put(2, 0), put(4, snaplen);
    put(2, 2), put(2, 3), put_bytes("lo\0", 4); /* a name */
    if (resolution >= 0)
        put(2, 9), put(2, 1), put(1, (uint64_t)resolution), put(3, 0);
    if (offset)
        put(2, 14), put(2, 8), put(8, offset);
    put(4, 0);
    end_block(at);
}

static void enhanced(uint32_t which, uint64_t ticks)
{
    size_t at = block(6);
    put(4, which), put(4, ticks >> 32), put(4, ticks & UINT32_MAX), put(4, IP), put(4, IP);
    put_bytes(ip, IP);
    end_block(at);
}

static void times_of_all_resolutions_are_read(void **state)
{
    static const struct { int resolution; uint64_t ticks, offset, ns; } times[] = {
        {-1, 1700000000123456, 0, 1700000000123456000},
        {6, 1700000000123456, 0, 1700000000123456000},
        {9, 1700000000123456789, 0, 1700000000123456789},
        {9, 123456789, 1700000000, 1700000000123456789},
        {12, 1700000123456789, 0, 1700000123456}, /* ps */
        {0, 1700000000, 0, 1700000000000000000},
        {0x80 | 1, 3400000001, 0, 1700000000500000000},
        {0x80 | 32, (UINT64_C(1700000000) << 32) | 0x80000000, 0, 1700000000500000000},
        {0x80 | 40, (UINT64_C(1000000) << 40) | UINT64_C(0x4000000000), 0, 1000000250000000},
        {0x80 | 63, UINT64_C(1) << 62, 0, 500000000},
        {0xff, 1, 0, 0}, {0x7f, 1, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        for (int big = 0; big < 2; big++) {
            file = (struct file){.n = 0};
            section(big);
            interface(101, 0, times[i].resolution, times[i].offset);
            enhanced(0, times[i].ticks);
            assert_one(times[i].ns);
        }
}

static void other_blocks_are_skipped_and_sections_begin_anew(void **state)
{
    struct capture c;
    (void)state;
    file = (struct file){.n = 0};
    section(false);
    interface(147, 0, -1, 0);
    interface(101, 20, 9, 0);
    size_t at = block(5); /* statistics */
    put_bytes("whatever", 8);
    end_block(at);
    enhanced(1, 1000);
    section(true); /* written elsewhere */
    interface(101, 20, 9, 0);
    enhanced(0, 2000);
    at = block(3); /* a simple packet: cut to the interface's 20 bytes, and without a time */
    put(4, IP);
    put_bytes(ip, 20);
    end_block(at);
    assert_int_equal(parse(&c), 0);
    assert_int_equal(c.n, 3);
    assert_true(c.packet[0].sent == 1000 && c.packet[1].sent == 2000 && c.packet[2].sent == 2000);
    assert_int_equal(c.packet[2].kept, 20);
    assert_int_equal(c.packet[2].len, IP);
    capture_free(&c);
}

static void every_cut_of_a_pcapng_file_keeps_what_came_before(void **state)
{
    struct capture c;
    (void)state;
    file = (struct file){.n = 0};
    section(false);
    interface(101, 0, 9, 0);
    enhanced(0, 1);
    size_t first = file.n;
    enhanced(0, 2);
    size_t whole = file.n;
    for (size_t n = 0; n < whole; n++) {
        file.n = n;
        int rc = parse(&c);
        assert_int_equal(c.n, n >= first ? 1 : 0);
        assert_true((rc == 0) == (c.why[0] == '\0'));
        assert_true(rc < 0 || n == first || n == 28 || n == 28 + 40);
        capture_free(&c);
    }
    file.n = whole - 8;
    assert_why("packet 2: a block cut short after 56 of 64 bytes");
}

static void blocks_that_lie_are_refused(void **state)
{
    (void)state;
    file = (struct file){.n = 0};
    section(false);
    enhanced(0, 1);
    assert_why("packet 1: of interface 0, which the file does not describe");
    file = (struct file){.n = 0};
    section(false);
    interface(147, 0, 9, 0);
    enhanced(0, 1);
    assert_why("packet 1: packets of link type 147 can't be read");
    file = (struct file){.n = 0};
    section(false);
    interface(101, 0, 9, 0);
    size_t at = file.n;
    enhanced(0, 1);
    file.bytes[at + 20] = 34; /* says that it keeps 34 bytes in a block with room for 32 */
    assert_why("packet 1: cut short after 32 of 34 bytes");
    file.bytes[at + 4] = 0; /* an endless loop for a careless reader */
    assert_why("after packet 0: a block of 0 bytes");
    file.bytes[8] = 0;
    assert_why("after packet 0: a section of no byte order");
    file = (struct file){.n = 0};
    section(false);
    for (int i = 0; i < 65; i++)
        interface(101, 0, 9, 0);
    assert_why("more than 64 interfaces");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_we_write_is_read_again, set_up),
        cmocka_unit_test_setup(both_byte_orders_and_both_units_are_read, set_up),
        cmocka_unit_test_setup(every_link_layer_is_stepped_over, set_up),
        cmocka_unit_test_setup(what_is_no_ip_is_counted_and_left_out, set_up),
        cmocka_unit_test_setup(what_ethernet_fills_up_is_not_counted, set_up),
        cmocka_unit_test_setup(every_cut_of_a_file_keeps_what_came_before, set_up),
        cmocka_unit_test_setup(sizes_out_of_reason_are_refused, set_up),
        cmocka_unit_test_setup(times_of_all_resolutions_are_read, set_up),
        cmocka_unit_test_setup(other_blocks_are_skipped_and_sections_begin_anew, set_up),
        cmocka_unit_test_setup(every_cut_of_a_pcapng_file_keeps_what_came_before, set_up),
        cmocka_unit_test_setup(blocks_that_lie_are_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
