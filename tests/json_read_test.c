/* tests/json_read_test.c: the JSON reader: what it takes, what it refuses, and where.
 * SPDX-License-Identifier: MIT */
#include "bench/report/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A document in a heap block of exactly its size and its '\0'. */
struct document {
    char *text;
    struct json *root;
    struct json_error error;
};

static struct document reading(const char *text, size_t n)
{
    struct document d = {.text = malloc(n + 1)};
    assert_non_null(d.text);
    memcpy(d.text, text, n);
    d.text[n] = '\0';
    d.root = json_read(d.text, n, &d.error);
    return d;
}

static void done(struct document *d)
{
    free(d->root);
    free(d->text);
}

/* One value of that kind. */
static struct document one(const char *text, enum json_kind kind)
{
    struct document d = reading(text, strlen(text));
    if (!d.root)
        fail_msg("%s: %s at %u", text, d.error.why, d.error.column);
    assert_int_equal(d.root->kind, kind);
    return d;
}

static void assert_string(const char *text, const char *value)
{
    struct document d = one(text, JSON_STRING);
    assert_string_equal(d.root->text, value);
    done(&d);
}

static void assert_number(const char *text, double value)
{
    struct document d = one(text, JSON_NUMBER);
    assert_true(d.root->number == value);
    assert_int_equal(strncmp(d.root->text, text, strlen(text)), 0);
    done(&d);
}

static void assert_wrong_bytes(const char *text, size_t n, uint32_t line, uint32_t column,
                               const char *why)
{
    struct document d = reading(text, n);
    if (d.root)
        fail_msg("%s is taken", text);
    if (d.error.line != line || d.error.column != column || !strstr(d.error.why, why))
        fail_msg("%s: line %u, column %u: %s", text, d.error.line, d.error.column, d.error.why);
    done(&d);
}

static void assert_wrong(const char *text, uint32_t line, uint32_t column, const char *why)
{
    assert_wrong_bytes(text, strlen(text), line, column, why);
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    struct document d = one(" { \"a\" : [ 1 , true,false,null ],\n"
                            "\"b\":{}, \"c\":\"\", \"a\":2 }\r\n\t", JSON_OBJECT);
    const struct json *a = json_member(d.root, "a"), *v = json_first(a);
    assert_int_equal(d.root->size, 9);
    assert_int_equal(a->kind, JSON_ARRAY);
    assert_int_equal(a->size, 5);
    assert_true(v->number == 1);
    v = json_next(a, v);
    assert_int_equal(v->kind, JSON_TRUE);
    v = json_next(a, v);
    assert_int_equal(v->kind, JSON_FALSE);
    v = json_next(a, v);
    assert_int_equal(v->kind, JSON_NULL);
    assert_null(json_next(a, v));
    assert_null(json_first(json_member(d.root, "b")));
    assert_string_equal(json_member(d.root, "c")->text, "");
    assert_int_equal(json_member(d.root, "b")->line, 2);
    assert_int_equal(json_member(d.root, "b")->column, 5);
    assert_null(json_member(d.root, "d"));
    assert_null(json_member(a, "a"));
    done(&d);
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    assert_string("\"\"", "");
    assert_string("\"a b\"", "a b");
    assert_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    assert_string("\"\\u0041\\u00e9\\u20AC\\uc548\"", "A\xC3\xA9\xE2\x82\xAC\xEC\x95\x88");
    assert_string("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
                  "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
    assert_string("\"\\ud83d\\uDE00\\ud800\\udc00\\udbff\\udfff\"",
                  "\xF0\x9F\x98\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
    assert_string("\"\xEC\x95\x88\xEB\x85\x95 \xF0\x9F\x98\x80\"",
                  "\xEC\x95\x88\xEB\x85\x95 \xF0\x9F\x98\x80");
}

static void what_is_no_string_is_refused_where_it_ends(void **state)
{
    (void)state;
    assert_wrong("\"\\x\"", 1, 3, "no such escape");
    assert_wrong("\"a\\u12g4\"", 1, 3, "four hexadecimal digits");
    assert_wrong("\"\\u0000\"", 1, 2, "U+0000");
    assert_wrong("\"\\ud83d\"", 1, 2, "half a surrogate pair");
    assert_wrong("\"\\ud83dx\"", 1, 2, "half a surrogate pair");
    assert_wrong("\"\\ud83d\\u0041\"", 1, 2, "half a surrogate pair");
    assert_wrong("\"\\ude00\"", 1, 2, "half a surrogate pair");
    assert_wrong("\"a\nb\"", 1, 3, "control character");
    assert_wrong("\"a\x1f\"", 1, 3, "control character");
    assert_wrong_bytes("\"a\0b\"", 5, 1, 3, "control character");
    assert_wrong("\"\xff\"", 1, 2, "not UTF-8");
    assert_wrong("\"\xEC\x95\"", 1, 4, "not UTF-8");
    assert_wrong("\"\xEC\x95\\n\"", 1, 4, "not UTF-8");
    assert_wrong("\"\xC0\x80\"", 1, 2, "not UTF-8");
    assert_wrong("\"\xED\xA0\x80\"", 1, 3, "not UTF-8");
    assert_wrong("'a'", 1, 1, "a value is missing");
}

static void numbers_are_read_to_the_last_bit(void **state)
{
    (void)state;
    assert_number("0", 0);
    assert_number("-0", 0);
    assert_number("12.5", 12.5);
    assert_number("-1e3", -1000);
    assert_number("1E+2", 100);
    assert_number("25e-2", 0.25);
    assert_number("0.1", 0.1);
    assert_number("12345678.901234567", 12345678.901234567);
    assert_number("1.7976931348623157e308", 1.7976931348623157e308);
    assert_number("1e-999", 0);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    assert_wrong("+1", 1, 1, "a value is missing");
    assert_wrong(".5", 1, 1, "a value is missing");
    assert_wrong("01", 1, 2, "something behind");
    assert_wrong("[-]", 1, 3, "a value is missing");
    assert_wrong("[1.]", 1, 4, "digits");
    assert_wrong("[1e]", 1, 4, "digits");
    assert_wrong("[1e+]", 1, 5, "digits");
    assert_wrong("0x10", 1, 2, "something behind");
    assert_wrong("[NaN]", 1, 2, "a value is missing");
    assert_wrong("Infinity", 1, 1, "a value is missing");
    assert_wrong("[1, 1e999]", 1, 5, "can't be read");
    assert_wrong("1,5", 1, 2, "something behind");
}

static void the_first_error_is_named_with_its_place(void **state)
{
    (void)state;
    assert_wrong("", 1, 1, "too early");
    assert_wrong("[trux", 1, 2, "a value is missing");
    assert_wrong(" \n ", 2, 2, "too early");
    assert_wrong("[1,\n 2,\n  x]", 3, 3, "a value is missing");
    assert_wrong("[1 2]", 1, 4, "a comma or ] is missing");
    assert_wrong("[1,]", 1, 4, "a value is missing");
    assert_wrong("[,1]", 1, 2, "a value is missing");
    assert_wrong("[1}", 1, 3, "a comma or ] is missing");
    assert_wrong("{\"a\":1]", 1, 7, "a comma or } is missing");
    assert_wrong("{\"a\" 1}", 1, 6, "a colon is missing");
    assert_wrong("{\"a\":1,}", 1, 8, "a name is missing");
    assert_wrong("{a:1}", 1, 2, "a name is missing");
    assert_wrong("{1:1}", 1, 2, "a name is missing");
    assert_wrong("nul", 1, 4, "too early");
    assert_wrong("nulll", 1, 5, "something behind");
    assert_wrong("1 // one", 1, 3, "something behind");
    assert_wrong("\xEF\xBB\xBF{}", 1, 1, "a value is missing");
    assert_wrong_bytes("1\0", 2, 1, 2, "something behind");
    assert_wrong_bytes("[\0]", 3, 1, 2, "a value is missing");
}

static void nesting_has_a_limit(void **state)
{
    char text[2 * JSON_DEPTH_MAX + 3];
    (void)state;
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct document d = reading(text, 2 * depth);
        assert_int_equal(d.root != NULL, depth == JSON_DEPTH_MAX);
        if (!d.root)
            assert_int_equal(d.error.column, depth);
        done(&d);
    }
    assert_wrong("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1, JSON_DEPTH_MAX + 1, "too many");
}

static void many_side_by_side_are_not_nested(void **state)
{
    enum { MANY = 5000 };
    char *text = malloc(3 * MANY + 2);
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        memcpy(text + 1 + 3 * i, "[],", 3);
    text[0] = '[';
    text[3 * MANY] = ']';
    struct document d = reading(text, 3 * MANY + 1);
    assert_non_null(d.root);
    assert_int_equal(d.root->size, MANY + 1);
    done(&d);
    free(text);
}

static void a_text_has_a_size_limit(void **state)
{
    size_t n = JSON_SIZE_MAX + 1;
    char *text = malloc(n + 1);
    struct json_error error;
    (void)state;
    memset(text, ' ', n);
    text[n] = '\0';
    text[0] = '1';
    assert_null(json_read(text, n, &error));
    assert_string_equal(error.why, "too long a text");
    text[n - 1] = '\0';
    struct json *root = json_read(text, n - 1, &error);
    assert_non_null(root);
    free(root);
    free(text);
}

static void a_document_cut_at_any_byte_fails_cleanly(void **state)
{
    static const char *const documents[] = {
        ("{\"schema\":\"socklab-bench/1\",\"time\":null,"
         "\"argv\":[\"a \\\"b\\\"\",\"\\ud83d\\ude00\"]}"),
        "[{\"a\":[[],{},\"\\u0041\\n\"]},true,false,null,[0.5e-1,[\"\xEC\x95\x88\"]]]",
        "{\"rows\":[\n{\"hist\":[[1.5,2],[2.25,3]],\"ratio\":{\"to\":\"tcp\",\"value\":1}}\n]}",
        "\"\xF0\x9F\x98\x80 \\uDBFF\\uDFFF\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        size_t n = strlen(documents[i]);
        for (size_t cut = 0; cut < n; cut++) {
            struct document d = reading(documents[i], cut);
            assert_null(d.root);
            assert_true(d.error.why && d.error.line >= 1 && d.error.column <= cut + 1);
            done(&d);
        }
        struct document whole = reading(documents[i], n);
        assert_non_null(whole.root);
        done(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(what_is_no_string_is_refused_where_it_ends),
        cmocka_unit_test(numbers_are_read_to_the_last_bit),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(the_first_error_is_named_with_its_place),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(many_side_by_side_are_not_nested),
        cmocka_unit_test(a_text_has_a_size_limit),
        cmocka_unit_test(a_document_cut_at_any_byte_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
