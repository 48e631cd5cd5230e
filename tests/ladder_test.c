/* tests/ladder_test.c: ladders of made-up conversations, beside those in tests/ladder: in UTF-8
 * SCENE.80.txt, in ASCII SCENE.120.txt.  LADDER_WRITE=1 in the environment writes them anew.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder.h"
#include "tests/scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct traffic t;
static struct conversations all;
static struct ladder ladder;

static void play(const struct scene *scene)
{
    ladder = (struct ladder){.title = NULL};
    scene->play(&t, &ladder);
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
