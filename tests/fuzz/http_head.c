/* tests/fuzz/http_head.c: a head is read the same however much of it has come, holds no byte that
 * another reader might take for a line's end, and is the same head when written and read again.
 * Input: 0 for a request or 1 for a response, where to cut, then the head.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_head.h"
#include "tests/fuzz/fuzz.h"

#include <strings.h>

static int parse(bool request, struct http_head *head, const void *text, size_t n)
{
    return request ? http_request_parse(head, text, n) : http_response_parse(head, text, n);
}

/* Nothing is decided before its bytes are there, nor otherwise because more have come. */
static void check_prefixes(bool request, const uint8_t *text, size_t n, int cut, int whole)
{
    size_t end = 0;
    for (int turn = 0; end < n; turn++) {
        struct http_head head;
        end = next_cut(end, n, cut, turn);
        uint8_t *prefix = exactly(text, end);
        int rc = parse(request, &head, prefix, end);
        release(prefix, end);
        if (whole >= 0)
            CHECK(rc == ((int)end < whole ? 0 : whole));
        else
            CHECK(rc == 0 || rc == whole);
    }
}

/* Who looks line by line at what has come finds the same. */
static void check_line_by_line(const uint8_t *text, size_t n, int cut, int whole)
{
    size_t end = 0, checked = 0;
    int rc = 0;
    for (int turn = 0; end < n && rc == 0; turn++) {
        size_t before = checked;
        end = next_cut(end, n, cut, turn);
        uint8_t *prefix = exactly(text, end);
        rc = http_request_check_lines((char *)prefix, end, &checked);
        release(prefix, end);
        CHECK(checked >= before && checked <= end);
    }
    if (whole != -431) /* lines are not counted */
        CHECK(rc == (whole > 0 ? 1 : whole));
}

static void check_span(struct span s, const uint8_t *from, size_t n)
{
    const uint8_t *p = (const uint8_t *)s.p;
    CHECK(p >= from && p <= from + n && s.n <= (size_t)(from + n - p));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void check_field(const struct http_head *head, const struct http_field *field,
                        const uint8_t *text, size_t n)
{
    static const char separators[] = "()<>@,;:\\\"/[]?={} \t"; /* RFC 9110 5.6.2 */
    struct span name = field->name, value = field->value;
    char *copy = as_string(name.p, name.n);
    check_span(name, text, n);
    check_span(value, text, n);
    CHECK(name.n > 0 && strlen(copy) == name.n);
    for (size_t i = 0; i < name.n; i++)
        CHECK(copy[i] > ' ' && copy[i] < 0x7f && !strchr(separators, copy[i]));
    CHECK(value.n == 0 || (!is_blank(value.p[0]) && !is_blank(value.p[value.n - 1])));
    CHECK(http_field_count(head, copy) > 0);
    CHECK(http_field(head, copy).p <= value.p);
    free(copy);
}

/* One reader's line is every reader's: CR and LF only together, no folding, no controls. */
static void check_lines(const uint8_t *text, size_t n, size_t fields)
{
    size_t lines = 0;
    for (; n >= 2 && memcmp(text, "\r\n", 2) == 0; n -= 2)
        text += 2; /* empty lines in front */
    for (size_t i = 0; i < n; i++) {
        CHECK(text[i] != 0x7f && text[i] != 0 && (text[i] >= ' ' || strchr("\t\r\n", text[i])));
        CHECK((text[i] == '\r') == (i + 1 < n && text[i + 1] == '\n'));
        CHECK(text[i] != '\n' || i + 1 == n || !is_blank((char)text[i + 1]));
        lines += text[i] == '\n';
    }
    CHECK(lines == fields + 2);
}

/* RFC 9112 3.2: where a target's parts begin and end, byte by byte. */
static void check_target(struct span target)
{
    size_t slashes = 0, path = 0, query, end = target.n;
    char *text = as_string(target.p, target.n), *value = NULL;
    if (strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0)
        while (path < end && slashes + (text[path] == '/') < 3 && text[path] != '?')
            slashes += text[path++] == '/';
    for (query = path; query < end && text[query] != '?';)
        query++;
    struct span got = http_path(target), after = http_query(target, "after");
    CHECK(query > path || path == 0 ? got.p == target.p + path && got.n == query - path
                                    : span_equals(got, "/"));
    for (size_t i = query; i < end && !value; i++)
        if (strchr("?&", text[i]) && strncmp(text + i + 1, "after=", 6) == 0 &&
            (i == query || text[i] == '&'))
            value = text + i + 7;
    CHECK(!after.p == !value);
    CHECK(!value || (after.p - target.p == value - text && after.n == strcspn(value, "&")));
    free(text);
}

static bool same_span(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check_same(const struct http_head *a, const struct http_head *b)
{
    CHECK(same_span(a->method, b->method) && same_span(a->target, b->target));
    CHECK(a->status == b->status && a->minor == b->minor && a->fields == b->fields);
    for (size_t i = 0; i < a->fields; i++)
        CHECK(same_span(a->field[i].name, b->field[i].name) &&
              same_span(a->field[i].value, b->field[i].value));
    CHECK(http_keeps_alive(a) == http_keeps_alive(b));
}

static void say_fields(struct bytes **text, const struct http_head *head)
{
    for (size_t i = 0; i < head->fields; i++) {
        say(text, head->field[i].name.p, head->field[i].name.n);
        say_text(text, ": ");
        say(text, head->field[i].value.p, head->field[i].value.n);
        say_text(text, "\r\n");
    }
}

static void check_request_again(const struct http_head *head)
{
    struct http_head again;
    struct bytes *text = NULL;
    say(&text, head->method.p, head->method.n);
    say_text(&text, " ");
    say(&text, head->target.p, head->target.n);
    say_text(&text, head->minor ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    say_fields(&text, head);
    say_text(&text, "\r\n");
    CHECK(http_request_parse(&again, (char *)text->data, text->len) == (int)text->len);
    check_same(head, &again);
    bytes_free(&text);
}

static void check_response_again(const struct http_head *head)
{
    struct http_head again;
    struct bytes *fields = NULL;
    say_fields(&fields, head);
    say(&fields, "", 1);
    size_t cap = fields->len + 200;
    char *out = malloc(cap);
    CHECK(out != NULL);
    size_t n = http_response_write(out, cap, head->status, "", (char *)fields->data,
                                   HTTP_NO_LENGTH, NULL);
    CHECK(n > 0 && http_response_parse(&again, out, n) == (int)n);
    again.minor = head->minor; /* ours is always 1 */
    check_same(head, &again);
    for (size_t less = 0; less < n; less += 7) { /* and never past the end of what it is given */
        char *small = malloc(less + 1);
        CHECK(http_response_write(small, less, head->status, "", (char *)fields->data,
                                  HTTP_NO_LENGTH, NULL) == 0);
        free(small);
    }
    free(out);
    bytes_free(&fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct http_head head;
    if (n < 3)
        return 0;
    bool request = (data[0] & 1) == 0;
    uint8_t *text = exactly(data + 2, n - 2);
    int rc = parse(request, &head, text, n - 2);
    CHECK(rc <= (int)(n - 2) && (rc >= 0 || (rc <= -400 && http_reason(-rc)[0])));
    check_prefixes(request, text, n - 2, data[1], rc);
    if (request && text[0] != '\r') /* an empty line in front is no line of the head */
        check_line_by_line(text, n - 2, data[1], rc);
    if (rc > 0) {
        check_lines(text, (size_t)rc, head.fields);
        for (size_t i = 0; i < head.fields; i++)
            check_field(&head, &head.field[i], text, (size_t)rc);
        if (request) {
            check_span(head.method, text, (size_t)rc);
            check_span(head.target, text, (size_t)rc);
            check_target(head.target);
            check_request_again(&head);
        } else {
            CHECK(head.status >= 100 && head.status <= 999);
            check_response_again(&head);
        }
    }
    release(text, n - 2);
    return 0;
}
