/* tests/ladder_test.c: ladders of made-up conversations, beside those in tests/ladder: SCENE.80.txt,
 * in UTF-8, and SCENE.120.txt, in ASCII.  LADDER_WRITE=1 in the environment writes them anew.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder.h"
#include "tests/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic t;
static struct conversations all;
static struct ladder ladder;
static struct ladder_phase phases[8];

static uint64_t at(double ms)
{
    return t.packet[0].sent + (uint64_t)(ms * 1e6);
}

/* --- scenes --- */

static void tcp_scene(void)
{
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_say(&t, 40.1, 'c', "hello\n");
    traffic_say(&t, 60.2, 's', "hello\n");
    traffic_send(&t, 80.3, 'c', FLAG_ACK, NULL, 0);
    traffic_say(&t, 90, 'c', "\xec\x95\x88\xeb\x85\x95\xed\x95\x98\xec\x84\xb8\xec\x9a\x94\n"); /* Hangul */
    traffic_say(&t, 110.1, 's', "\x1b[2J\x80\xff <&> a line that is longer than the widest ladder's "
                                "words, and then some more of it\n");
    traffic_send(&t, 130.2, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(&t, 150.3, 's', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(&t, 170.4, 'c', FLAG_ACK, NULL, 0);
    ladder.title = "tcp, rtt=40ms: \xec\x97\xb0\xea\xb2\xb0";
    phases[0] = (struct ladder_phase){"connect", at(40.05), 1, 0};
    phases[1] = (struct ladder_phase){"message", at(85), 1, 0};
    ladder.phases = 2;
}

static void ws_scene(void)
{
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_say(&t, 40.1, 'c', "GET /echo HTTP/1.1\r\nHost: 198.18.0.2:7004\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    traffic_say(&t, 60.4, 's', "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    traffic_send(&t, 80.5, 'c', FLAG_ACK, NULL, 0);
    traffic_send(&t, 80.6, 'c', FLAG_PSH | FLAG_ACK, "\x81\x85\1\2\3\4ignmn", 11);
    traffic_send(&t, 100.7, 's', FLAG_PSH | FLAG_ACK, "\x81\5hello\x89\0", 9); /* and a ping */
    traffic_send(&t, 120.8, 'c', FLAG_PSH | FLAG_ACK, "\x88\x82\1\2\3\4\2\xea", 8);
    traffic_send(&t, 140.9, 's', FLAG_PSH | FLAG_ACK, "\x88\2\3\xe8", 4);
    traffic_send(&t, 140.95, 's', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(&t, 161, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(&t, 181.1, 's', FLAG_ACK, NULL, 0);
    ladder.title = "ws, rtt=40ms";
    phases[0] = (struct ladder_phase){"connect", at(40.05), 1, 0};
    phases[1] = (struct ladder_phase){"upgrade", at(80.55), 1.01, 0};
    phases[2] = (struct ladder_phase){"message", at(120.7), 1, 0};
    phases[3] = (struct ladder_phase){"close", at(500), -1, 0};
    ladder.phases = 4;
    ladder.rtt = 40000000;
}

static size_t record(uint8_t *out, unsigned type, size_t len, unsigned first)
{
    memset(out, 'e', 5 + len);
    memcpy(out, (uint8_t[]){(uint8_t)type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len}, 5);
    if (type == 22)
        memcpy(out + 5, (uint8_t[]){(uint8_t)first, 0, (uint8_t)((len - 4) >> 8),
                                    (uint8_t)(len - 4)}, 4);
    return 5 + len;
}

static void tls_scene(void)
{
    static uint8_t bytes[8192];
    size_t n = record(bytes, 22, 300, 1), half = 1448;
    traffic_begin(&t, 6, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_send(&t, 40.1, 'c', FLAG_PSH | FLAG_ACK, bytes, n);
    n = record(bytes, 22, 118, 2);
    n += record(bytes + n, 20, 1, 0);
    n += record(bytes + n, 23, 3700, 0);
    traffic_send(&t, 61, 's', FLAG_ACK, bytes, half);
    traffic_send(&t, 61.01, 's', FLAG_ACK, bytes + half, half);
    traffic_send(&t, 61.02, 's', FLAG_PSH | FLAG_ACK, bytes + 2 * half, n - 2 * half);
    n = record(bytes, 20, 1, 0);
    n += record(bytes + n, 23, 69, 0);
    traffic_send(&t, 81.2, 'c', FLAG_PSH | FLAG_ACK, bytes, n);
    n = record(bytes, 23, 5000, 0);
    traffic_send(&t, 82, 'c', FLAG_ACK, bytes, half); /* and no more of it */
    ladder.title = "wss, rtt=40ms";
}

static void loss_scene(void)
{
    traffic_begin(&t, 4, PACKET_TCP, 20);
    size_t syn = traffic_send(&t, 0, 'c', FLAG_SYN, NULL, 0);
    traffic_lose(&t, syn);
    traffic_again(&t, 1030, syn);
    traffic_send(&t, 1050, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    traffic_send(&t, 1070, 'c', FLAG_ACK, NULL, 0);
    size_t hole = traffic_say(&t, 1070.1, 'c', "POST /echo HTTP/1.1\r\nHost: x\r\n");
    traffic_lose(&t, hole);
    traffic_say(&t, 1070.2, 'c', "Content-Length: 5\r\n\r\nhello");
    t.sack[0] = 32, t.sack[1] = 58;
    traffic_send(&t, 1090.3, 's', FLAG_ACK, NULL, 0);
    size_t second = traffic_again(&t, 1120, hole);
    traffic_lose(&t, second);
    traffic_again(&t, 1340, hole);
    size_t answer = traffic_say(&t, 1360.1, 's', "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    traffic_send(&t, 1380.2, 'c', FLAG_ACK, NULL, 0);
    traffic_again(&t, 1400, answer); /* needless */
    t.sack[0] = 1, t.sack[1] = 44;
    traffic_send(&t, 1420.1, 'c', FLAG_ACK, NULL, 0);
    traffic_send(&t, 1500, 'c', FLAG_RST | FLAG_ACK, NULL, 0);
    ladder.title = "http, rtt=40ms,drop=c1+c3+c5";
    ladder.rtt = 40000000;
}

static void udp_scene(void)
{
    traffic_begin(&t, 4, PACKET_UDP, 20);
    traffic_say(&t, 0, 'c', "hello");
    traffic_say(&t, 20.1, 's', "hello");
    traffic_lose(&t, traffic_send(&t, 50, 'c', 0, "", 0));
    traffic_say(&t, 60, 'c', "\xea\xb0\x80");
    ladder.title = "udp, rtt=40ms,drop=c2";
    phases[0] = (struct ladder_phase){"message", at(45), 1, 0};
    ladder.phases = 1;
    ladder.rtt = 40000000;
}

static const struct scene {
    const char *name;
    void (*play)(void);
} scenes[] = {{"tcp", tcp_scene}, {"ws", ws_scene}, {"tls", tls_scene}, {"loss", loss_scene},
              {"udp", udp_scene}};
#define SCENES (sizeof scenes / sizeof *scenes)

static void play(const struct scene *scene)
{
    ladder = (struct ladder){.phase = phases};
    scene->play();
    assert_int_equal(conversations_find(&all, t.packet, t.n), 0);
    assert_int_equal(all.n, 1);
    ladder.conversation = &all.of[0];
}

/* --- drawing --- */

static char *drawn(size_t width, bool ascii)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_int_equal(ladder_text(f, &ladder, width, ascii), 0);
    fclose(f);
    return text;
}

static char *svg(const struct ladder *l, size_t count)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_int_equal(ladder_svg(f, l, count), 0);
    fclose(f);
    return text;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

static char *whole_file(const char *path)
{
    char *text = calloc(1, 65536);
    FILE *f = fopen(path, "r");
    if (f) {
        assert_true(fread(text, 1, 65535, f) < 65535);
        fclose(f);
    }
    return text;
}

static void assert_golden(const char *scene, size_t width, bool ascii)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/ladder/%s.%zu.txt", getenv("SOCKLAB_TOP"), scene, width);
    char *text = drawn(width, ascii);
    if (getenv("LADDER_WRITE")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(text, f);
        fclose(f);
    }
    char *golden = whole_file(path);
    assert_string_equal(text, golden);
    free(golden);
    free(text);
}

/* --- tests --- */

static void every_scene_is_drawn_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        play(&scenes[i]);
        assert_golden(scenes[i].name, 80, false);
        assert_golden(scenes[i].name, 120, true);
        conversations_free(&all);
    }
}

/* The columns that a line takes; Hangul, three bytes long in UTF-8, takes two, all else one. */
static size_t columns(const char *line, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)line[i];
        sum += (byte & 0xc0) != 0x80;
        sum += byte >= 0xea && byte <= 0xed;
    }
    return sum;
}

static void no_line_is_wider_than_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++)
        for (size_t width = LADDER_WIDTH_MIN; width <= 130; width++) {
            play(&scenes[i]);
            char *text = drawn(width, width % 2);
            for (char *line = text; *line; line += strcspn(line, "\n") + 1)
                assert_in_range(columns(line, strcspn(line, "\n")), 1, width);
            free(text);
            conversations_free(&all);
        }
}

static void ascii_and_utf8_differ_in_signs_only(void **state)
{
    static const char *const signs[][2] = {
        {"\u2500", "-"}, {"\u25ba", ">"}, {"\u25c4", "<"}, {"\u2717", "x"},
        {"\xec\x97\xb0", "?"}, {"\xea\xb2\xb0", "?"}};
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        play(&scenes[i]);
        char *utf8 = drawn(100, false), *ascii = drawn(100, true), *in = utf8, *out = utf8;
        while (*in) {
            size_t k = 0;
            while (k < 6 && strncmp(in, signs[k][0], strlen(signs[k][0])) != 0)
                k++;
            *out++ = k < 6 ? *signs[k][1] : *in;
            in += k < 6 ? strlen(signs[k][0]) : 1;
        }
        *out = '\0';
        assert_string_equal(utf8, ascii);
        for (const char *p = ascii; *p; p++)
            assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
        free(utf8);
        free(ascii);
        conversations_free(&all);
    }
}

static void each_packet_has_one_line_and_one_arrow(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        play(&scenes[i]);
        char *text = drawn(80, true), *picture = svg(&ladder, 1);
        size_t packets = 0;
        for (char *line = text; *line; line += strcspn(line, "\n") + 1)
            packets += *line == ' ' && strspn(line, " 0123456789.") >= 11;
        assert_int_equal(packets, t.n);
        assert_int_equal(count(picture, "stroke-width=\"2.2\"") +
                             count(picture, "stroke-width=\"1.2\""), t.n);
        free(text);
        free(picture);
        conversations_free(&all);
    }
}

static void a_long_ladder_says_how_much_it_leaves_out(void **state)
{
    (void)state;
    play(&scenes[0]);
    ladder.most = 3;
    char *text = drawn(80, true), *picture = svg(&ladder, 1);
    assert_non_null(strstr(text, "\n       ... 8 packets more are not drawn\n"));
    assert_null(strstr(text, "hello"));
    assert_non_null(strstr(text, "\n-- 7 + 4 packets, "));
    assert_non_null(strstr(picture, "8 packets more are not drawn."));
    free(text);
    free(picture);
    conversations_free(&all);
}

static void numbers_and_sizes_get_the_columns_they_need(void **state)
{
    (void)state;
    traffic_begin(&t, 4, PACKET_UDP, 20);
    for (int i = 0; i < 500; i++)
        traffic_say(&t, 4000.0 * i, 'c', "x");
    assert_int_equal(conversations_find(&all, t.packet, t.n), 0);
    ladder = (struct ladder){.conversation = &all.of[0]};
    char *text = drawn(80, true);
    assert_non_null(strstr(text, "\n     0.000 c1   -UDP"));
    assert_non_null(strstr(text, "\n   1996000 c500 -UDP"));
    free(text);
    conversations_free(&all);
}

/* --- words --- */

static char **words_of(void)
{
    assert_int_equal(conversations_find(&all, t.packet, t.n), 0);
    char **words = ladder_words(&all.of[0]);
    assert_non_null(words);
    return words;
}

static void end_words(char **words)
{
    ladder_words_free(words, all.of[0].n);
    conversations_free(&all);
}

static void a_stream_out_of_order_is_read_in_order(void **state)
{
    (void)state;
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_say(&t, 41, 'c', "GET /echo ");
    traffic_say(&t, 42, 'c', "HTTP/1.1\r\nHost: ");
    traffic_say(&t, 43, 'c', "x\r\n\r\n");
    struct packet first = t.packet[3];
    t.packet[3] = t.packet[5];
    t.packet[5] = first;
    traffic_forget(&t);
    char **words = words_of();
    assert_string_equal(words[3], "GET /echo");
    assert_string_equal(words[4], "again: 16 of 31 B: GET /echo");
    assert_string_equal(words[5], "again: 10 of 31 B: GET /echo");
    end_words(words);
}

static void what_the_capture_missed_is_stepped_over(void **state)
{
    (void)state;
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_send(&t, 41, 'c', FLAG_PSH | FLAG_ACK, "\x16\3\1\0\5\1\0\0\1h", 10);
    traffic_send(&t, 42, 'c', FLAG_PSH | FLAG_ACK, "\x17\3\3\0\2ab", 7);
    traffic_send(&t, 62, 's', FLAG_PSH | FLAG_ACK, "\x17\3\3\0\2ab", 7);
    traffic_send(&t, 83, 'c', FLAG_PSH | FLAG_ACK, "\x17\3\3\0\2ab", 7);
    t.packet[4] = t.packet[5];
    t.packet[5] = t.packet[6];
    t.n = 6;
    traffic_forget(&t);
    char **words = words_of();
    assert_string_equal(words[3], "ClientHello");
    assert_non_null(words[5]); /* though 7 bytes before it are missing */
    end_words(words);
}

static void a_capture_that_keeps_only_heads_says_so(void **state)
{
    (void)state;
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    traffic_say(&t, 41, 'c', "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    t.packet[3].kept -= 10;
    traffic_forget(&t);
    char **words = words_of();
    assert_non_null(strstr(words[3], "10 B not captured"));
    end_words(words);
}

static void a_step_longer_than_a_line_is_kept_within_limits(void **state)
{
    (void)state;
    traffic_begin(&t, 4, PACKET_TCP, 20);
    traffic_connect(&t, 0);
    uint8_t many[1400];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = (uint8_t)("\x17\3\3\0\2ab"[i % 7]);
    traffic_send(&t, 41, 'c', FLAG_PSH | FLAG_ACK, many, sizeof many);
    char **words = words_of();
    assert_in_range(strlen(words[3]), 100, 500);
    end_words(words);
}

/* --- pictures --- */

static void a_picture_is_xml_whatever_is_in_it(void **state)
{
    (void)state;
    play(&scenes[0]);
    struct ladder two[2] = {ladder, ladder};
    two[0].title = "<script>&\"'</script>\x1b\x80\xed\xa0\x80 \xea\xb0\x80";
    char *picture = svg(two, 2);
    assert_int_equal(count(picture, "<?xml"), 1);
    assert_int_equal(count(picture, "<svg"), 1);
    assert_int_equal(count(picture, "<g>"), 2);
    assert_int_equal(count(picture, "<script"), 0);
    assert_non_null(strstr(picture, "&lt;script&gt;&amp;\"'&lt;/script&gt;????? \xea\xb0\x80<"));
    assert_null(strstr(picture, "nan"));
    assert_null(strstr(picture, "inf"));
    for (const char *p = picture; *p; p++)
        assert_true(*p == '\n' || (uint8_t)*p >= ' ');
    free(picture);
    conversations_free(&all);
}

static void arrows_of_a_silence_are_as_far_apart_as_it_is_cut(void **state)
{
    (void)state;
    play(&scenes[3]);
    char *picture = svg(&ladder, 1);
    assert_int_equal(count(picture, "ms without a packet, cut short"), 3);
    assert_non_null(strstr(picture, "1020 ms without a packet"));
    const char *box = strstr(picture, "viewBox=\"0 0 1200 ");
    assert_non_null(box);
    assert_in_range(atoi(box + 18), 600, 1500); /* px: not the 10,000 of 1.5 s to scale */
    free(picture);
    conversations_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scene_is_drawn_as_before),
        cmocka_unit_test(no_line_is_wider_than_asked_for),
        cmocka_unit_test(ascii_and_utf8_differ_in_signs_only),
        cmocka_unit_test(each_packet_has_one_line_and_one_arrow),
        cmocka_unit_test(a_long_ladder_says_how_much_it_leaves_out),
        cmocka_unit_test(numbers_and_sizes_get_the_columns_they_need),
        cmocka_unit_test(a_stream_out_of_order_is_read_in_order),
        cmocka_unit_test(what_the_capture_missed_is_stepped_over),
        cmocka_unit_test(a_capture_that_keeps_only_heads_says_so),
        cmocka_unit_test(a_step_longer_than_a_line_is_kept_within_limits),
        cmocka_unit_test(a_picture_is_xml_whatever_is_in_it),
        cmocka_unit_test(arrows_of_a_silence_are_as_far_apart_as_it_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
