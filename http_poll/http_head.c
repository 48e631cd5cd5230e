/* http_poll/http_head.c: heads of HTTP/1.x messages.  A server that reads a head otherwise than the
 * proxy before it can be made to see two requests where the proxy saw one: so nothing is guessed
 * here.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_head.h"

#include <string.h>
#include <strings.h>

/* RFC 9110 5.6.2: a bit for each character that a token may have. */
static bool is_token_char(uint8_t c)
{
    static const uint32_t token[8] = {0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff};
    return token[c >> 5] >> (c & 31) & 1;
}

/* RFC 9110 5.5: visible characters, space, tab, and obs-text. */
static bool is_value_char(uint8_t c)
{
    return (c >= ' ' && c != 0x7f) || c == '\t';
}

/* A place in the head; bad is the status to refuse it with, or 0 when bytes were merely missing. */
struct cursor {
    const char *p, *end;
    int bad;
};

static bool fail(struct cursor *at, int status)
{
    at->bad = status;
    return false;
}

static bool read_token(struct cursor *at, struct span *out)
{
    out->p = at->p;
    while (at->p < at->end && is_token_char((uint8_t)*at->p))
        at->p++;
    out->n = (size_t)(at->p - out->p);
    return at->p < at->end && (out->n > 0 || fail(at, 400));
}

static bool read_char(struct cursor *at, char c)
{
    if (at->p == at->end)
        return false;
    return *at->p++ == c || fail(at, 400);
}

/* CRLF: a bare LF or CR ends nothing (RFC 9112 2.2 lets a recipient choose; we choose the safe). */
static bool read_line_end(struct cursor *at)
{
    return read_char(at, '\r') && read_char(at, '\n');
}

static bool read_digit(struct cursor *at, int *value)
{
    if (at->p == at->end)
        return false;
    *value = *at->p++ - '0';
    return (*value >= 0 && *value <= 9) || fail(at, 400);
}

static bool read_version(struct cursor *at, struct http_head *head)
{
    static const char name[] = "HTTP/";
    for (size_t i = 0; i < sizeof name - 1; i++)
        if (!read_char(at, name[i]))
            return false;
    int major;
    if (!read_digit(at, &major) || !read_char(at, '.') || !read_digit(at, &head->minor))
        return false;
    if (major != 1)
        return fail(at, 505);
    head->minor = head->minor > 0; /* a later 1.x is answered as 1.1 (RFC 9110 2.5) */
    return true;
}

static bool read_field(struct cursor *at, struct http_field *field)
{
    /* No space before the colon, and none to begin a line with (obs-fold): RFC 9112 5.1, 5.2. */
    if (!read_token(at, &field->name) || !read_char(at, ':'))
        return false;
    const char *value = at->p;
    while (at->p < at->end && is_value_char((uint8_t)*at->p))
        at->p++;
    const char *value_end = at->p;
    if (!read_line_end(at))
        return false;
    field->value = span_trim(value, value_end);
    return true;
}

/* Fields up to and with the empty line. */
static bool read_fields(struct cursor *at, struct http_head *head)
{
    for (head->fields = 0; at->p < at->end && *at->p != '\r'; head->fields++) {
        if (head->fields == HTTP_FIELDS_MAX)
            return fail(at, 431);
        if (!read_field(at, &head->field[head->fields]))
            return false;
    }
    return read_line_end(at);
}

static int outcome(const struct cursor *at, bool complete, const char *buf)
{
    return complete ? (int)(at->p - buf) : -at->bad;
}

static bool read_target(struct cursor *at, struct span *target)
{
    target->p = at->p;
    while (at->p < at->end && (uint8_t)*at->p > ' ' && (uint8_t)*at->p < 0x7f)
        at->p++;
    target->n = (size_t)(at->p - target->p);
    return at->p < at->end && (target->n > 0 || fail(at, 400));
}

static bool read_request_line(struct cursor *at, struct http_head *head)
{
    return read_token(at, &head->method) && read_char(at, ' ') && read_target(at, &head->target) &&
           read_char(at, ' ') && read_version(at, head) && read_line_end(at);
}

int http_request_parse(struct http_head *head, const char *buf, size_t n)
{
    struct cursor at = {buf, buf + n, 0};
    head->status = 0;
    while (at.end - at.p >= 2 && at.p[0] == '\r' && at.p[1] == '\n')
        at.p += 2; /* old clients send an empty line behind a body: RFC 9112 2.2 */
    if (at.end - at.p == 1 && *at.p == '\r')
        return 0;
    bool complete = read_request_line(&at, head) && read_fields(&at, head);
    return outcome(&at, complete, buf);
}

int http_request_check_lines(const char *buf, size_t n, size_t *checked)
{
    struct cursor at = {buf + *checked, buf + n, 0};
    struct http_head head;
    struct http_field field;
    if (*checked == 0 && !read_request_line(&at, &head))
        return -at.bad;
    do
        *checked = (size_t)(at.p - buf);
    while (at.p < at.end && *at.p != '\r' && read_field(&at, &field));
    bool complete = !at.bad && at.p < at.end && *at.p == '\r' && read_line_end(&at);
    return complete ? 1 : -at.bad;
}

int http_field_parse(struct http_field *field, const char *buf, size_t n)
{
    struct cursor at = {buf, buf + n, 0};
    bool complete = read_field(&at, field);
    return outcome(&at, complete, buf);
}

/* SP 3DIGIT SP reason; the reason may be empty, and its space may be missing. */
static bool read_status(struct cursor *at, struct http_head *head)
{
    if (!read_char(at, ' '))
        return false;
    head->status = 0;
    for (int i = 0; i < 3; i++, at->p++) {
        if (at->p == at->end)
            return false;
        if (*at->p < '0' || *at->p > '9')
            return fail(at, 400);
        head->status = head->status * 10 + (*at->p - '0');
    }
    if (head->status < 100)
        return fail(at, 400);
    if (at->p < at->end && *at->p != ' ' && *at->p != '\r')
        return fail(at, 400);
    while (at->p < at->end && is_value_char((uint8_t)*at->p))
        at->p++;
    return read_line_end(at);
}

int http_response_parse(struct http_head *head, const char *buf, size_t n)
{
    struct cursor at = {buf, buf + n, 0};
    head->method = head->target = (struct span){NULL, 0};
    bool complete = read_version(&at, head) && read_status(&at, head) && read_fields(&at, head);
    return outcome(&at, complete, buf);
}

/* --- writing --- */

const char *http_then_reason(int status)
{
    static const struct { int status; const char *reason; } reasons[] = {
        {200, " OK"}, {100, " Continue"}, {101, " Switching Protocols"}, {204, " No Content"},
        {301, " Moved Permanently"}, {304, " Not Modified"}, {400, " Bad Request"}, {403, " Forbidden"}, {404, " Not Found"},
        {405, " Method Not Allowed"}, {408, " Request Timeout"}, {411, " Length Required"},
        {412, " Precondition Failed"},
        {413, " Content Too Large"}, {414, " URI Too Long"}, {417, " Expectation Failed"},
        {426, " Upgrade Required"}, {431, " Request Header Fields Too Large"},
        {500, " Internal Server Error"}, {501, " Not Implemented"}, {503, " Service Unavailable"},
        {505, " HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "";
}

const char *http_reason(int status)
{
    const char *reason = http_then_reason(status);
    return *reason ? reason + 1 : reason;
}

/* snprintf() would cost more than all the rest of a small reply. */
struct writer {
    char *p, *end;
    bool full;
};

static void put(struct writer *w, const char *text)
{
    size_t n = strlen(text);
    if (n > (size_t)(w->end - w->p)) {
        w->full = true;
        return;
    }
    memcpy(w->p, text, n);
    w->p += n;
}

static void put_number(struct writer *w, uint64_t value)
{
    char digits[21], *p = digits + sizeof digits - 1;
    *p = '\0';
    do
        *--p = (char)('0' + value % 10);
    while (value /= 10);
    put(w, p);
}

size_t http_response_write(char *out, size_t cap, int status, const char *date, const char *fields,
                           uint64_t length, const char *connection)
{
    struct writer w = {out, out + cap, false};
    put(&w, "HTTP/1.1 ");
    put_number(&w, (uint64_t)status);
    put(&w, " ");
    put(&w, http_reason(status));
    put(&w, "\r\n");
    put(&w, date);
    put(&w, fields);
    if (length != HTTP_NO_LENGTH) {
        put(&w, "Content-Length: ");
        put_number(&w, length);
        put(&w, "\r\n");
    }
    if (connection) {
        put(&w, "Connection: ");
        put(&w, connection);
        put(&w, "\r\n");
    }
    put(&w, "\r\n");
    return w.full ? 0 : (size_t)(w.p - out);
}
