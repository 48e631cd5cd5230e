/* tests/fuzz/http_body.c: a body ends where its head says, however it is cut, chunks where a slow
 * reference finds their end; and what the reference has chunked is read back.  Input: 0 for a
 * request, 1 for a response, 2 for one to HEAD, 3 for a body to be chunked; where to cut, then the
 * head with its body.
 * SPDX-License-Identifier: MIT */
#include "http_poll/http_check.h"
#include "tests/fuzz/fuzz.h"

static ssize_t take(void *reader, uint8_t *data, size_t n, struct bytes **said)
{
    struct http_body *body = reader;
    struct span piece;
    ssize_t used = http_body_next(body, data, n, &piece);
    if (used > 0 && piece.n > 0) {
        const uint8_t *p = (const uint8_t *)piece.p;
        CHECK(p >= data && p <= data + used && piece.n <= (size_t)(data + used - p));
        say(said, piece.p, piece.n);
    }
    CHECK(used <= 0 || !body->done || http_body_next(body, data, n, &piece) == 0);
    return used;
}

/* Who reads a body by one field must not have been told otherwise by another. */
static void check_framing(const struct http_body *body, const struct http_head *head)
{
    struct span length = http_field(head, "Content-Length");
    size_t lengths = http_field_count(head, "Content-Length");
    size_t codings = http_field_count(head, "Transfer-Encoding");
    CHECK(lengths <= 1 && codings <= 1 && lengths + codings <= 1);
    CHECK((body->framing == BODY_CHUNKED) == (codings == 1));
    CHECK((body->framing == BODY_LENGTH) == (lengths == 1));
    CHECK(codings == 0 || span_is(http_field(head, "Transfer-Encoding"), "chunked"));
    for (size_t i = 0; i < length.n; i++)
        CHECK(length.p[i] >= '0' && length.p[i] <= '9');
}

#define MAX_BODY 1000

/* What a request is let in with: see RFC 9112 3.2 and 6.3. */
static void check_allowed(const struct http_head *head)
{
    struct http_body body;
    int status = http_check_request(head, MAX_BODY, &body);
    CHECK(status == 0 || (status >= 400 && http_reason(status)[0]));
    if (status != 0)
        return;
    struct span host = http_field(head, "Host"), target = head->target;
    CHECK(http_field_count(head, "Host") == 1 || (head->minor == 0 && !host.p));
    for (size_t i = 0; i < host.n; i++)
        CHECK(host.p[i] > ' ' && !strchr("\"#,/<>?@\\^`{|}", host.p[i]));
    CHECK(target.p[0] == '/' || http_authority(target).n > 0 || span_equals(target, "*"));
    CHECK(!memchr(target.p, '#', target.n) && !span_equals(head->method, "CONNECT"));
    CHECK(body.framing != BODY_LENGTH || body.left <= MAX_BODY);
    check_framing(&body, head);
}

/* --- the reference for a whole chunked body: RFC 9112 7.1 --- */

/* Returns the bytes of a line, without its CRLF, as a string; or NULL when there is none. */
static char *slow_line(const uint8_t *p, size_t n)
{
    size_t end = 0;
    while (end + 1 < n && !(p[end] == '\r' && p[end + 1] == '\n'))
        end++;
    if (end + 1 >= n || memchr(p, '\n', end) || memchr(p, '\0', end))
        return NULL;
    return as_string(p, end);
}

/* Returns a chunk's size, or -1. */
static int64_t slow_size(const char *line)
{
    const char *p = line + strspn(line, "0123456789abcdefABCDEF");
    unsigned long long size = strtoull(line, NULL, 16);
    bool has_extension = p[strspn(p, " \t")] == ';';
    if (p == line || size > INT32_MAX || (*p && !has_extension))
        return -1;
    for (; *p; p++)
        if ((*p >= 0 && *p < ' ' && *p != '\t') || *p == 0x7f)
            return -1;
    return (int64_t)size;
}

/* Trailers are fields, as in a head.  Returns their size with the empty line, or -1. */
static ssize_t slow_trailers(const uint8_t *p, size_t n)
{
    struct http_field field;
    for (size_t at = 0;;) {
        char *line = slow_line(p + at, n - at);
        int size = line ? (int)strlen(line) + 2 : 0;
        bool good = size > 2 && http_field_parse(&field, (char *)p + at, n - at) == size;
        free(line);
        at += (size_t)size;
        if (!good)
            return size == 2 ? (ssize_t)at : -1;
    }
}

/* Returns the size of the body that begins here, or -1 when it is bad or not all there. */
static ssize_t slow_chunked(const uint8_t *p, size_t n)
{
    for (size_t at = 0;;) {
        char *line = slow_line(p + at, n - at);
        int64_t size = line ? slow_size(line) : -1;
        at += line ? strlen(line) + 2 : 0;
        free(line);
        if (size == 0) {
            ssize_t rest = slow_trailers(p + at, n - at);
            return rest < 0 ? -1 : (ssize_t)at + rest;
        }
        if (size < 0 || (uint64_t)size + 2 > n - at || memcmp(p + at + size, "\r\n", 2) != 0)
            return -1;
        at += (size_t)size + 2;
    }
}

static void check_cuts(const struct http_body *body, const uint8_t *wire, size_t n, int cut)
{
    struct http_body one = *body, other = *body;
    struct bytes *whole = NULL, *pieces = NULL;
    ssize_t used = feed(take, &one, wire, n, CUT_NOWHERE, &whole);
    CHECK(feed(take, &other, wire, n, cut, &pieces) == used);
    CHECK(same_bytes(whole, pieces) && one.done == other.done);
    if (body->framing == BODY_CHUNKED && n < HTTP_SPARE) {
        CHECK(one.done == (slow_chunked(wire, n) >= 0));
        CHECK(!one.done || used == slow_chunked(wire, n));
    }
    if (body->framing == BODY_LENGTH)
        CHECK(used == (ssize_t)(n < body->left ? n : body->left));
    bytes_free(&whole);
    bytes_free(&pieces);
}

static void check_message(int kind, int cut, const uint8_t *text, size_t n)
{
    static struct http_head head;
    struct http_body body;
    const char *chars = (const char *)text, *method = kind == 2 ? "HEAD" : "GET";
    int len = (kind == 0 ? http_request_parse : http_response_parse)(&head, chars, n);
    if (len <= 0)
        return;
    if (kind == 0)
        check_allowed(&head);
    int rc = kind == 0 ? http_request_body(&body, &head) : http_response_body(&body, &head, method);
    CHECK(rc <= 0 && rc >= -599);
    if (rc < 0)
        return;
    CHECK(body.done || body.framing != BODY_NONE);
    if (body.framing != BODY_NONE && body.framing != BODY_UNTIL_CLOSE)
        check_framing(&body, &head);
    check_cuts(&body, text + len, n - (size_t)len, cut);
}

/* The reference: each chunk's size, as a peer may write it. */
static void write_chunks(struct bytes **wire, const uint8_t *payload, size_t n, int cut)
{
    static const char *const sizes[] = {"%zx\r\n", "%zX\r\n", "000%zx\r\n", "%zx ;a=\"b\"\r\n"};
    char line[64];
    for (size_t at = 0, end = 0, turn = 0; at < n; at = end, turn++) {
        end = next_cut(at, n, cut, (int)turn);
        snprintf(line, sizeof line, sizes[turn % 4], end - at);
        say_text(wire, line);
        say(wire, payload + at, end - at);
        say_text(wire, "\r\n");
    }
    say_text(wire, cut % 3 ? "0\r\n\r\n" : "0\r\nTrailer: x\r\nAnother: y\r\n\r\n");
}

static void check_chunked(int cut, const uint8_t *payload, size_t n)
{
    static const char post[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    static struct http_head head;
    struct http_body body;
    struct bytes *wire = NULL, *said = NULL, *sent = NULL;
    CHECK(http_request_parse(&head, post, sizeof post - 1) == sizeof post - 1);
    CHECK(http_request_body(&body, &head) == 0);
    write_chunks(&wire, payload, n, cut);
    size_t len = wire->len;
    say(&sent, payload, n);
    say_text(&wire, "GET "); /* the next message must be left alone */
    CHECK(feed(take, &body, wire->data, wire->len, 255 - cut, &said) == (ssize_t)len);
    CHECK(body.done && same_bytes(said, sent));
    bytes_free(&wire);
    bytes_free(&said);
    bytes_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    uint8_t *text = exactly(data + 2, n - 2);
    if (data[0] % 4 == 3)
        check_chunked(data[1], text, n - 2);
    else
        check_message(data[0] % 4, data[1], text, n - 2);
    release(text, n - 2);
    return 0;
}
