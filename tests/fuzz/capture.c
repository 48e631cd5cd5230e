/* tests/fuzz/capture.c: headers of packets and captures in files: nothing is read beyond what is
 * there, what was read can be written and read again, and each packet is counted once and drawn in
 * one line.  Input: what it is (bit 0: a packet; else a file), then that.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder.h"
#include "bench/capture/pcap.h"
#include "tests/fuzz/fuzz.h"
#include "ws_echo/utf8.h"

static void check_packet(const uint8_t *data, size_t n)
{
    struct segment s;
    uint8_t *ip = exactly(data, n);
    if (packet_decode(&s, ip, n)) {
        CHECK(s.version == 4 || s.version == 6);
        CHECK(s.payload >= ip && s.payload + s.payload_kept <= ip + n);
        CHECK(s.payload_kept <= s.payload_len && (s.len == 0 || s.payload_len < s.len));
        CHECK(s.sacks <= SACKS_MAX);
        CHECK(!s.later || (s.from_port == 0 && s.to_port == 0 && s.flags == 0));
    }
    release(ip, n);
}

static void check_again(const struct capture *c)
{
    struct capture again;
    char *file = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&file, &n);
    CHECK(f != NULL);
    pcap_begin(f);
    for (size_t i = 0; i < c->n; i++)
        pcap_add(f, &c->packet[i], 0);
    CHECK(fclose(f) == 0);
    CHECK(capture_parse(&again, (uint8_t *)file, n) == 0 && again.n == c->n);
    for (size_t i = 0; i < c->n; i++) {
        CHECK(again.packet[i].len == c->packet[i].len && again.packet[i].kept == c->packet[i].kept);
        CHECK(memcmp(again.packet[i].data, c->packet[i].data, c->packet[i].kept) == 0);
    }
    capture_free(&again);
    free(file);
}

static void check_ladder(const struct conversation *c)
{
    struct ladder ladder = {.conversation = c};
    char *text = NULL;
    size_t n = 0, lines = 0;
    FILE *f = open_memstream(&text, &n);
    CHECK(f != NULL && ladder_text(f, &ladder, 80, false) == 0);
    CHECK(ladder_svg(f, &ladder, 1) == 0 && fclose(f) == 0);
    for (const char *line = text; strncmp(line, "<?xml", 5) != 0; line = strchr(line, '\n') + 1)
        lines++;
    CHECK(lines >= c->n + 3 && lines <= c->n + 4); /* ends, columns, totals in one line or two */
    CHECK(utf8_valid(text, n));
    free(text);
}

static void check_conversations(const struct capture *c)
{
    struct conversations all;
    size_t sum = 0;
    CHECK(conversations_find(&all, c->packet, c->n) == 0);
    for (size_t i = 0; i < all.n; i++) {
        struct wire_counts w = conversation_count(&all.of[i], 0, UINT64_MAX);
        sum += all.of[i].n;
        CHECK(w.packets[OUT] + w.packets[IN] <= all.of[i].n); /* one at the end of time is not */
        check_ladder(&all.of[i]);
    }
    CHECK(sum + all.others == c->n);
    conversations_free(&all);
}

static void check_file(const uint8_t *data, size_t n)
{
    struct capture c;
    uint8_t *file = exactly(data, n);
    CHECK((capture_parse(&c, file, n) == 0) == (c.why[0] == '\0'));
    for (size_t i = 0; i < c.n; i++) {
        const struct packet *p = &c.packet[i];
        CHECK(p->data >= file && p->data + p->kept <= file + n);
        CHECK(p->kept > 0 && p->kept <= p->len);
    }
    check_again(&c);
    check_conversations(&c);
    capture_free(&c);
    release(file, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1)
        return 0;
    if (data[0] & 1)
        check_packet(data + 1, n - 1);
    else
        check_file(data + 1, n - 1);
    return 0;
}
