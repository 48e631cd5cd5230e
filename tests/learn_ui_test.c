/* tests/learn_ui_test.c: what `learn` shows and remembers, as far as it needs no terminal and no
 * file.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/csv.h"
#include "lessons/learn/progress.h"
#include "lessons/learn/suggest.h"
#include "lessons/learn/text.h"
#include "lessons/learn/wrap.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- texts --- */

/* "%s%zu" of "%s: line %zu, 100 %%" */
static void directives(char out[64], const char *format)
{
    size_t n = 0;
    for (; *format; format++) {
        if (*format != '%')
            continue;
        size_t length = strspn(format + 1, "0123456789.-zl") + 2;
        if (format[1] != '%')
            for (size_t i = 0; i < length; i++)
                out[n++] = format[i];
        format += length - 1;
    }
    out[n] = '\0';
}

static void both_languages_take_the_same_values(void **state)
{
    (void)state;
    for (int i = 0; i < TEXT_COUNT; i++) {
        char english[64], korean[64];
        directives(english, text_in((enum text)i, false));
        directives(korean, text_in((enum text)i, true));
        assert_string_equal(english, korean);
    }
}

static void labels_of_a_pair_are_equally_wide(void **state)
{
    (void)state;
    for (int korean = 0; korean < 2; korean++) {
        assert_int_equal(columns(text_in(T_EXPECTED, korean)), columns(text_in(T_GOT, korean)));
        assert_int_equal(columns(text_in(T_READ, korean)), columns(text_in(T_EDIT, korean)));
    }
}

static void the_environment_chooses_the_language(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "ko_KR.UTF-8", 1);
    setenv("LANG", "C", 1);
    assert_string_equal(text_default_language(), "ko");
    setenv("LC_ALL", "C", 1);
    assert_string_equal(text_default_language(), "en");
    setenv("LC_ALL", "kok_IN", 1); /* Konkani */
    assert_string_equal(text_default_language(), "en");
    setenv("LC_ALL", "ko", 1);
    assert_string_equal(text_default_language(), "ko");
}

/* --- columns --- */

static void hangul_is_two_columns_wide_and_marks_none(void **state)
{
    (void)state;
    assert_int_equal(columns("abc"), 3);
    assert_int_equal(columns("한글"), 4);
    assert_int_equal(columns("\u1112\u1161\u11ab"), 2); /* the same syllable in pieces */
    assert_int_equal(columns("e\u0301"), 1);
    assert_int_equal(columns("\xff\xc3"), 2); /* no UTF-8: one column a byte */
}

/* Lines of at most room columns that hold all words. */
static void check_wrapping(const char *words, int room)
{
    char joined[256] = "";
    for (size_t next; *words; words += next) {
        char line[256];
        size_t n = wrap_line(words, room, &next);
        assert_in_range(next, 1, strlen(words));
        snprintf(line, sizeof(line), "%.*s", (int)n, words);
        assert_in_range(columns(line), 0, room);
        strcat(strcat(joined, *joined ? "|" : ""), line);
    }
    if (room == 10)
        assert_string_equal(joined, "하나 two|셋 four|aaaaaaaaaa|aaaaaa b");
}

static void lines_break_at_blanks_and_hold_every_word(void **state)
{
    (void)state;
    for (int room = 2; room < 60; room++)
        check_wrapping("하나 two   셋 four aaaaaaaaaaaaaaaa b", room);
}

static void a_long_name_breaks_at_its_joints(void **state)
{
    size_t next;
    (void)state;
    assert_int_equal(wrap_line("returns_all_of_it", 11, &next), strlen("returns_"));
    assert_int_equal(next, strlen("returns_"));
    assert_int_equal(wrap_line("lessons/work/x.c is", 15, &next), strlen("lessons/work/"));
}

/* --- progress --- */

static const char whole[] = "socklab-progress 1\n"
                            "make_listener started 2026-11-21 hints 2 passed 2026-11-22\n"
                            "of_another_version started 2026-11-21\n"
                            "write_all started 2026-11-22 gave_up 2026-11-23 failed keeps_all\n";

static void progress_is_written_as_it_was_read(void **state)
{
    struct progress p;
    static char out[PROGRESS_TEXT];
    (void)state;
    assert_int_equal(progress_parse(&p, whole), 0);
    progress_format(&p, out);
    assert_string_equal(out, whole);
}

static void the_longest_progress_fits(void **state)
{
    struct progress p = {.n = PROGRESS_MAX};
    char *out = malloc(PROGRESS_TEXT); /* the sanitizers see what is written behind it */
    (void)state;
    for (size_t i = 0; i < p.n; i++) {
        p.entry[i] = (struct entry){.started = "2026-11-21", .passed = "2026-11-22",
                                    .gave_up = "2026-11-23", .hints = INT_MAX};
        snprintf(p.entry[i].name, 64, "%063zu", i);
        memset(p.entry[i].failed, 'x', 63);
    }
    progress_format(&p, out);
    assert_true(strlen(out) < PROGRESS_TEXT);
    free(out);
}

static void what_is_damaged_costs_only_itself(void **state)
{
    struct progress p;
    (void)state;
    assert_int_equal(progress_parse(&p, "socklab-progress 2\nread_exact passed 2026-11-21\n"), 1);
    assert_non_null(progress_find(&p, "read_exact"));
    assert_int_equal(progress_parse(&p, "read_exact passed 2026-11-21\n"), 1); /* no version */
    assert_string_equal(progress_find(&p, "read_exact")->passed, "2026-11-21");
    assert_int_equal(progress_parse(&p, "socklab-progress 1\n\nread_exact hints x passed "
                                        "2026-11-21\nwrite_all passed soon\n\x01\xff\n"), 3);
    assert_int_equal(p.n, 2);
    assert_string_equal(progress_find(&p, "read_exact")->passed, "2026-11-21");
}

static void progress_survives_every_cut(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof(whole); n++) {
        struct progress p;
        char *cut = malloc(n + 1);
        memcpy(cut, whole, n);
        cut[n] = '\0';
        progress_parse(&p, cut);
        assert_in_range(p.n, 0, 3);
        free(cut);
    }
}

static void the_last_started_one_that_has_not_passed_is_current(void **state)
{
    struct progress p;
    (void)state;
    progress_parse(&p, "");
    assert_string_equal(progress_current(&p)->name, exercises[0].name);
    progress_parse(&p, whole);
    assert_string_equal(progress_current(&p)->name, "write_all");
    progress_parse(&p, "socklab-progress 1\nmake_listener passed 2026-11-21\n");
    assert_string_equal(progress_current(&p)->name, exercises[1].name);
    for (size_t i = 0; i < exercises_n; i++) {
        snprintf(p.entry[i].name, sizeof(p.entry[i].name), "%s", exercises[i].name);
        snprintf(p.entry[i].passed, sizeof(p.entry[i].passed), "2026-11-21");
    }
    p.n = exercises_n;
    assert_null(progress_current(&p));
}

/* --- names and tables --- */

static void a_slip_of_the_finger_is_understood(void **state)
{
    static const char *const names[] = {"read_exact", "write_all", "stop_and_wait"};
    (void)state;
    assert_string_equal(nearest("read_exakt", names, 3), "read_exact");
    assert_string_equal(nearest("raed_exact", names, 3), "read_exact");
    assert_string_equal(nearest("wait", names, 3), "stop_and_wait");
    assert_null(nearest("x", names, 3));
    assert_null(nearest("", names, 3));
}

static void cells_are_quoted_and_never_formulas(void **state)
{
    static const char *const cells[] = {"plain", "a,b", "say \"no\"", "two\nlines", "", "=1+1",
                                        "-kim", "@a,b", "a=b"};
    char out[256] = "";
    FILE *f = tmpfile();
    (void)state;
    csv_row(f, cells, sizeof(cells) / sizeof(cells[0]));
    rewind(f);
    out[fread(out, 1, sizeof(out) - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(out, "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",,'=1+1,'-kim,"
                             "\"'@a,b\",a=b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_take_the_same_values),
        cmocka_unit_test(labels_of_a_pair_are_equally_wide),
        cmocka_unit_test(the_environment_chooses_the_language),
        cmocka_unit_test(hangul_is_two_columns_wide_and_marks_none),
        cmocka_unit_test(lines_break_at_blanks_and_hold_every_word),
        cmocka_unit_test(a_long_name_breaks_at_its_joints),
        cmocka_unit_test(progress_is_written_as_it_was_read),
        cmocka_unit_test(the_longest_progress_fits),
        cmocka_unit_test(what_is_damaged_costs_only_itself),
        cmocka_unit_test(progress_survives_every_cut),
        cmocka_unit_test(the_last_started_one_that_has_not_passed_is_current),
        cmocka_unit_test(a_slip_of_the_finger_is_understood),
        cmocka_unit_test(cells_are_quoted_and_never_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
