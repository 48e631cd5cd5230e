/* bench/report/json_read.h: JSON (RFC 8259) read whole, as a list of values.  Pure.
 * Partner: json.c, which writes it.  Stricter than the RFC in three things: U+0000 is refused, for
 * strings end with it here; so is a number that no double holds; and there are limits.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_JSON_READ_H
#define BENCH_JSON_READ_H

#include <stddef.h>
#include <stdint.h>

#define JSON_SIZE_MAX (16u << 20) /* bytes of text */
#define JSON_DEPTH_MAX 32         /* arrays and objects in one another */

enum json_kind {
    JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
};

struct json {
    const char *name;      /* of a member of an object; else NULL */
    const char *text;      /* a string, in UTF-8; a number's first digit or sign, as written */
    double number;
    uint32_t size;         /* of how many values this one is made, itself counted */
    uint32_t line, column; /* where it begins; from 1, columns in bytes */
    enum json_kind kind;
};

/* The first thing wrong with a text. */
struct json_error {
    uint32_t line, column; /* from 1, columns in bytes */
    const char *why;
};

/* Reads n bytes; text[n] must be '\0'.  Strings are unescaped in place and numbers stay there, so
 * the text is changed, and must live as long as what is returned: the value, for free(); or NULL,
 * *error set.  Where a name comes twice in an object, json_member() finds the first.  Numbers are
 * read by strtod(): in a locale with a decimal comma, those with a point are errors. */
struct json *json_read(char *text, size_t n, struct json_error *error);

/* The first value in an array or object, and the one after; NULL when there is none. */
const struct json *json_first(const struct json *list);
const struct json *json_next(const struct json *list, const struct json *value);

/* NULL when the object has no such member, or is none. */
const struct json *json_member(const struct json *object, const char *name);

/* "a number", "an object": for messages. */
const char *json_kind_name(enum json_kind);

#endif
