/* bench/report/json_read.c: a recursive descent that meets each byte once.  The '\0' behind the
 * text is no byte of JSON, so every step that wants another one stops there.
 * SPDX-License-Identifier: MIT */
#include "bench/report/json_read.h"
#include "ws_echo/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    char *p;                /* what comes next */
    const char *end, *line; /* of the text; the line's first byte */
    uint32_t line_number;
    int depth;
    struct json *values;
    size_t count, cap;
    struct json_error *error;
};

static bool bad(struct reader *r, const char *at, const char *why)
{
    *r->error = (struct json_error){r->line_number, (uint32_t)(at - r->line) + 1,
                                    at == r->end ? "the text ends too early" : why};
    return false;
}

/* Newlines are nowhere else: strings have none. */
static void skip_blank(struct reader *r)
{
    for (; *r->p == ' ' || *r->p == '\t' || *r->p == '\r' || *r->p == '\n'; r->p++)
        if (*r->p == '\n') {
            r->line = r->p + 1;
            r->line_number++;
        }
}

/* --- strings: shorter than they are written, so they fit where they stand --- */

static char *put_character(char *to, uint32_t code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(first[more] | code >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | (code >> (6 * more) & 0x3F));
    return to;
}

/* The \uXXXX at p, or -1 when that is none. */
static long unicode_escape(const char *p)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    long code = 0;
    if (p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char *digit = p[i] ? strchr(digits, p[i]) : NULL;
        if (!digit)
            return -1;
        code = code << 4 | ((digit - digits) & 15);
    }
    return code;
}

static bool read_unicode(struct reader *r, char **to)
{
    const char *at = r->p;
    long code = unicode_escape(at), low;
    if (code < 0)
        return bad(r, at, "\\u without four hexadecimal digits");
    if (code == 0)
        return bad(r, at, "U+0000 in a string");
    r->p += 6;
    if (code >= 0xD800 && code < 0xE000) {
        low = code < 0xDC00 ? unicode_escape(r->p) : -1;
        if (low < 0xDC00 || low >= 0xE000)
            return bad(r, at, "half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        r->p += 6;
    }
    *to = put_character(*to, (uint32_t)code);
    return true;
}

static bool read_escape(struct reader *r, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    if (r->p[1] == 'u')
        return read_unicode(r, to);
    const char *letter = r->p[1] ? strchr(letters, r->p[1]) : NULL;
    if (!letter)
        return bad(r, r->p + 1, "no such escape");
    *(*to)++ = meaning[letter - letters];
    r->p += 2;
    return true;
}

static bool read_string(struct reader *r, const char **string)
{
    struct utf8 utf8 = {0};
    char *to = ++r->p;
    *string = to;
    for (;;) {
        const uint8_t byte = (uint8_t)*r->p;
        if ((byte < 0x80 && !utf8_complete(&utf8)) || !utf8_feed(&utf8, &byte, 1))
            return bad(r, r->p, "a string that is not UTF-8");
        if (byte < 0x20)
            return bad(r, r->p, "a control character in a string");
        if (byte == '"')
            break;
        if (byte != '\\')
            *to++ = *r->p++;
        else if (!read_escape(r, &to))
            return false;
    }
    r->p++;
    *to = '\0';
    return true;
}

/* --- numbers --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char *digits(char *p)
{
    while (is_digit(*p))
        p++;
    return p;
}

/* RFC 8259 6: no plus, no leading zeros, digits on both sides of the point. */
static bool number_follows(struct reader *r)
{
    r->p += *r->p == '-';
    if (!is_digit(*r->p))
        return bad(r, r->p, "a value is missing");
    r->p = *r->p == '0' ? r->p + 1 : digits(r->p);
    if (*r->p == '.') {
        if (!is_digit(*++r->p))
            return bad(r, r->p, "a point without digits behind it");
        r->p = digits(r->p);
    }
    if (*r->p != 'e' && *r->p != 'E')
        return true;
    r->p++;
    r->p += *r->p == '-' || *r->p == '+';
    if (!is_digit(*r->p))
        return bad(r, r->p, "an exponent without digits");
    r->p = digits(r->p);
    return true;
}

static bool read_number(struct reader *r, struct json *value)
{
    char *end;
    value->kind = JSON_NUMBER;
    value->text = r->p;
    if (!number_follows(r))
        return false;
    value->number = strtod(value->text, &end);
    if (end > r->p) /* 01, 0x1; or a locale's decimal comma */
        return bad(r, r->p, "something behind a number");
    if (end < r->p || !isfinite(value->number))
        return bad(r, value->text, "a number that can't be read");
    return true;
}

/* --- values --- */

static struct json *add_value(struct reader *r, const char *name)
{
    if (r->count == r->cap) {
        size_t cap = r->cap * 2 + 64;
        struct json *values = realloc(r->values, cap * sizeof *values);
        if (!values)
            return NULL;
        r->values = values;
        r->cap = cap;
    }
    struct json *value = &r->values[r->count++];
    *value = (struct json){.name = name, .size = 1, .line = r->line_number,
                           .column = (uint32_t)(r->p - r->line) + 1};
    return value;
}

static bool read_value(struct reader *r, const char *name);

static bool read_member(struct reader *r)
{
    const char *name;
    if (*r->p != '"')
        return bad(r, r->p, "a name is missing");
    if (!read_string(r, &name))
        return false;
    skip_blank(r);
    if (*r->p != ':')
        return bad(r, r->p, "a colon is missing");
    r->p++;
    skip_blank(r);
    return read_value(r, name);
}

static bool read_list(struct reader *r, char close)
{
    if (++r->depth > JSON_DEPTH_MAX)
        return bad(r, r->p, "too many arrays and objects in one another");
    r->p++;
    skip_blank(r);
    for (bool more = *r->p != close; more;) {
        if (!(close == '}' ? read_member(r) : read_value(r, NULL)))
            return false;
        skip_blank(r);
        more = *r->p == ',';
        r->p += more;
        skip_blank(r);
    }
    if (*r->p != close)
        return bad(r, r->p, close == '}' ? "a comma or } is missing" : "a comma or ] is missing");
    r->p++;
    r->depth--;
    return true;
}

/* How many of a word's letters stand there. */
static size_t letters_of(const char *word, const char *text)
{
    size_t n = 0;
    while (word[n] && word[n] == text[n])
        n++;
    return n;
}

static bool read_word(struct reader *r, struct json *value)
{
    static const char *const words[] = {
        [JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true"};
    for (enum json_kind kind = JSON_NULL; kind <= JSON_TRUE; kind++) {
        size_t n = letters_of(words[kind], r->p);
        if (n > 0 && (!words[kind][n] || r->p + n == r->end)) {
            value->kind = kind;
            r->p += n;
            return !words[kind][n] || bad(r, r->p, "a value is missing");
        }
    }
    return read_number(r, value);
}

static bool read_value(struct reader *r, const char *name)
{
    size_t at = r->count;
    struct json *value = add_value(r, name);
    bool done;
    if (!value)
        return bad(r, r->p, "no memory");
    switch (*r->p) {
    case '{':
        value->kind = JSON_OBJECT;
        done = read_list(r, '}');
        break;
    case '[':
        value->kind = JSON_ARRAY;
        done = read_list(r, ']');
        break;
    case '"':
        value->kind = JSON_STRING;
        done = read_string(r, &value->text);
        break;
    default: done = read_word(r, value);
    }
    r->values[at].size = (uint32_t)(r->count - at); /* the list may have moved */
    return done;
}

struct json *json_read(char *text, size_t n, struct json_error *error)
{
    struct reader r = {.p = text, .end = text + n, .line = text, .line_number = 1, .error = error};
    bool done = n <= JSON_SIZE_MAX || bad(&r, text, "too long a text");
    if (done) {
        skip_blank(&r);
        done = read_value(&r, NULL);
    }
    if (done) {
        skip_blank(&r);
        done = r.p == r.end || bad(&r, r.p, "something behind the value");
    }
    if (done)
        return r.values;
    free(r.values);
    return NULL;
}

const struct json *json_first(const struct json *list)
{
    return list->size > 1 ? list + 1 : NULL;
}

const struct json *json_next(const struct json *list, const struct json *value)
{
    const struct json *next = value + value->size;
    return next < list + list->size ? next : NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *v = json_first(object); v; v = json_next(object, v))
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

const char *json_kind_name(enum json_kind kind)
{
    static const char *const names[] = {
        [JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true",
        [JSON_NUMBER] = "a number", [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object"};
    return names[kind];
}
