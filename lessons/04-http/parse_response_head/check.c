/* parse_response_head/check.c: heads put together at random, whole, cut, and spoilt.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "parse_response_head.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 4 * HEAD_MAX, SHOWN = 10 /* lines */ };

static struct response_head head;

/* --- Calling the exercise --- */

/* The bytes line by line, each as C would write it. */
static void show(const char *bytes, size_t n)
{
    const char *end = bytes + n;
    for (int line = 0; bytes < end && line < SHOWN; line++) {
        const char *lf = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t len = (size_t)(lf ? lf + 1 - bytes : end - bytes);
        step("    %s", quoted(bytes, len));
        bytes += len;
    }
    if (bytes < end)
        step(SAY("    ... and %td bytes more", "    ... 그리고 %td바이트 더"), end - bytes);
}

/* Behind the bytes there is rubbish that ends at a zero byte, for who takes them for a C string. */
static int parse_quietly(const char *bytes, size_t n)
{
    static const char rubbish[] = "\r\nContent-Length: 77777\r\nConnection: close\r\n\r\n";
    char *copy = malloc(n + sizeof(rubbish));
    need(copy != NULL, "malloc");
    memcpy(copy, bytes, n);
    memcpy(copy + n, rubbish, sizeof(rubbish));
    memset(&head, 0xa5, sizeof(head));
    head.keeps_alive = check_random(2);
    int size = parse_response_head(&head, copy, n);
    free(copy);
    return size;
}

static int parse_bytes(const char *bytes, size_t n)
{
    step(SAY("parse_response_head(head, buf, %zu) with these bytes at buf:",
             "parse_response_head(head, buf, %zu), buf의 바이트:"), n);
    show(bytes, n);
    return parse_quietly(bytes, n);
}

static int parse(const char *bytes)
{
    return parse_bytes(bytes, strlen(bytes));
}

static const char *told(int size)
{
    return size > 0    ? text(SAY("%d returned: a head of so many bytes", "반환값 %d: 헤더의 길이"), size)
           : size == 0 ? SAY("0 returned: more bytes needed", "반환값 0: 바이트가 더 필요함")
                       : text(SAY("%d returned: no head", "반환값 %d: 헤더가 아님"), size);
}

static void expect_size(int got, size_t expected, const char *remark)
{
    expect(got == (int)expected, told((int)expected), told(got), remark);
}

/* Parses what must be a good head without a body. */
static void parse_good(const char *bytes, const char *remark)
{
    expect_size(parse(bytes), strlen(bytes), remark);
}

static void parse_bad(const char *bytes, const char *remark)
{
    expect_size(parse(bytes), (size_t)-1, remark);
}

static void expect_length(long long expected, const char *remark)
{
    expect_number("content_length", head.content_length, expected, remark);
}

static void expect_kept(bool kept, const char *remark)
{
    expect(head.keeps_alive == kept, kept ? "keeps_alive true" : "keeps_alive false",
           head.keeps_alive ? "keeps_alive true" : "keeps_alive false", remark);
}

static const char *word(void)
{
    static const char *const words[] = {"OK", "Fine", "Not Found", "Moved", "See Other", "Teapot"};
    return words[check_random(6)];
}

static unsigned random_status(void)
{
    return 100 + check_random(900);
}

/* --- The checks --- */

static void reads_the_status(void **state)
{
    (void)state;
    unsigned status = random_status();
    parse_good(text("HTTP/1.1 %u %s\r\nDate: today\r\n\r\n", status, word()),
               SAY("A head ends with its first empty line, which belongs to it: \\r\\n\\r\\n "
                   "(RFC 9112 2.1).",
                   "헤더는 첫 빈 줄에서 끝나고 빈 줄까지가 헤더입니다: \\r\\n\\r\\n(RFC 9112 2.1)."));
    const char *remark = SAY("HTTP/1.1, a space, and the three digits (RFC 9112 4).",
                             "HTTP/1.1, 공백, 숫자 세 개입니다(RFC 9112 4).");
    expect_number("status", head.status, status, remark);
    status = random_status();
    parse_good(text("HTTP/1.1 %u \r\nDate: today\r\n\r\n", status),
               SAY("The reason may be empty; the space before it stays (RFC 9112 4).",
                   "상태 코드 뒤의 설명(reason phrase)은 비어 있어도 됩니다. 그 앞의 공백은 남습니다(RFC 9112 4)."));
    expect_number("status", head.status, status, remark);
    parse_good(text("HTTP/1.1 %u %s\r\n\r\n", status, word()),
               SAY("There may be no field at all (RFC 9112 2.1).",
                   "필드가 하나도 없을 수 있습니다(RFC 9112 2.1)."));
    parse_good(text("HTTP/1.1 %u OK\r\nServer:\r\nConnection: \r\n\r\n", status),
               SAY("A value may be empty (RFC 9110 5.5).", "값은 비어 있어도 됩니다(RFC 9110 5.5)."));
}

static void finds_where_the_body_begins(void **state)
{
    (void)state;
    const char *top = text("HTTP/1.1 200 %s\r\nServer: s%u\r\nContent-Length: 40\r\n\r\n", word(),
                           check_random(1000));
    static char long_body[3 * HEAD_MAX];
    size_t size = strlen(top); /* text()'s buffers are used again below */
    const char *whole = text("%sfirst\r\n\r\nContent-Length: 9\r\nthird\nlast.", top);
    memset(long_body, 'x', sizeof(long_body));
    memcpy(long_body, whole, strlen(whole));
    expect_size(parse(whole), size,
                SAY("The body begins right behind the first empty line; what it contains, be it "
                    "empty lines, is not the head's (RFC 9112 2.1).",
                    "본문은 첫 빈 줄 바로 뒤에서 시작합니다. 본문 안에 빈 줄이 있어도 헤더와는 상관이 "
                    "없습니다(RFC 9112 2.1)."));
    expect_size(parse_bytes(long_body, sizeof(long_body)), size,
                SAY("HEAD_MAX limits the head; how much of the body is behind it does not matter.",
                    "HEAD_MAX는 헤더의 한도입니다. 그 뒤에 본문이 얼마나 왔는지는 상관없습니다."));
    expect_length(40, SAY("Fields end with the head; the body's lines are no fields.",
                          "필드는 헤더에만 있습니다. 본문의 줄은 필드가 아닙니다."));
}

static void asks_for_more_at_every_cut(void **state)
{
    (void)state;
    char whole[128]; /* text()'s buffers are used again and again below */
    snprintf(whole, sizeof(whole), "HTTP/1.1 %u %s\r\nContent-Length: %u\r\nA: b\r\n\r\n",
             random_status(), word(), check_random(1000));
    size_t n = strlen(whole), page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(pages != MAP_FAILED, "mmap");
    need(mprotect(pages + page, page, PROT_NONE) == 0, "mprotect");
    step(SAY("a head of %zu bytes:", "%zu바이트인 헤더:"), n);
    show(whole, n);
    step(SAY("parse_response_head(head, buf, n) for each n from 0 to %zu, with the head's first n "
             "bytes at buf; the byte behind them cannot be read: who does crashes (SIGSEGV)",
             "n을 0부터 %zu까지 바꾸며 parse_response_head(head, buf, n) 호출. buf에는 헤더의 처음 n바이트만 "
             "있고, 그 뒤 바이트는 읽을 수 없어 읽으면 죽습니다(SIGSEGV)"), n);
    for (size_t i = 0; i <= n; i++) {
        char *buf = memcpy(pages + page - i, whole, i);
        int size = parse_response_head(&head, buf, i);
        int right = i < n ? 0 : (int)n;
        expect(size == right, text("n = %zu: %s", i, told(right)),
               text("n = %zu: %s", i, told(size)),
               SAY("TCP may deliver a head in any pieces: as long as the empty line is not there, "
                   "nothing is wrong, there is only too little (RFC 9293 3.8).",
                   "TCP에서는 헤더가 어떤 조각으로든 나뉘어 올 수 있습니다. 빈 줄이 아직 없다면 틀린 것이 "
                   "아니라 모자란 것입니다(RFC 9293 3.8)."));
    }
    munmap(pages, 2 * page);
}

static void reads_the_content_length(void **state)
{
    (void)state;
    static const char *const blanks[] = {" ", "", "\t", "   ", " \t "};
    const long long lengths[] = {check_random(10), 100 + check_random(10000),
                                 5000000000LL + check_random(1000), LLONG_MAX};
    parse_good(text("HTTP/1.1 200 OK\r\nContent-Length: %030lld\r\n\r\n", lengths[1]),
               SAY("Zeros in front are digits, too: how many digits there are says nothing "
                   "(RFC 9110 8.6).",
                   "앞에 붙은 0도 숫자입니다. 자릿수만으로는 알 수 없습니다(RFC 9110 8.6)."));
    expect_length(lengths[1], SAY("Zeros in front change nothing.", "앞에 붙은 0은 값을 바꾸지 않습니다."));
    for (int i = 0; i < 4; i++) {
        const char *before = blanks[check_random(5)];
        const char *after = i == 0 ? "" : blanks[check_random(5)];
        parse_good(text("HTTP/1.1 200 OK\r\nAge: 3\r\nContent-Length:%s%lld%s\r\nVia: x\r\n\r\n",
                        before, lengths[i], after),
                   SAY("Spaces and tabs around a value do not belong to it; there may be none "
                       "(RFC 9112 5).",
                       "값 앞뒤의 공백과 탭은 값이 아니며 없을 수도 있습니다(RFC 9112 5)."));
        expect_length(lengths[i],
                      SAY("A length may be more than an int has room for: count in long long.",
                          "길이는 int에 담기지 않을 만큼 클 수 있습니다. long long으로 세세요."));
    }
}

static void tells_no_length_from_length_zero(void **state)
{
    (void)state;
    parse_good(text("HTTP/1.1 %u OK\r\nContent-Length: 0\r\n\r\n", random_status()), "");
    expect_length(0, SAY("The body is empty, and known to be.", "본문이 비어 있음을 아는 경우입니다."));
    parse_good(text("HTTP/1.1 %u OK\r\nContent-Type: text/plain\r\n\r\n", random_status()), "");
    expect_length(-1, SAY("Without Content-Length the body goes on until the connection ends; that "
                          "is not an empty body (RFC 9112 6.3).",
                          "Content-Length가 없으면 본문은 연결이 끝날 때까지 이어집니다. 빈 본문이 "
                          "아닙니다(RFC 9112 6.3)."));
}

static void matches_names_in_any_case(void **state)
{
    (void)state;
    char name[] = "content-length", connection[] = "connection", close[] = "close";
    char *all[] = {name, connection, close};
    for (int i = 0; i < 3; i++) {
        all[i][0] = (char)(all[i][0] - 'a' + 'A');
        for (size_t k = 1; all[i][k]; k++)
            if (all[i][k] != '-' && (k == 1 || check_random(2)))
                all[i][k] = (char)(all[i][k] - 'a' + 'A');
    }
    unsigned length = check_random(1000);
    parse_good(text("HTTP/1.1 200 OK\r\n%s: %u\r\n%s: %s\r\n\r\n", name, length, connection, close),
               "");
    const char *remark = SAY("Names of fields, and words in Connection, are the same in capital "
                             "and small letters (RFC 9110 5.1, 7.6.1).",
                             "필드 이름과 Connection의 단어는 대소문자를 구별하지 않습니다"
                             "(RFC 9110 5.1, 7.6.1).");
    expect_length(length, remark);
    expect_kept(false, remark);
    parse_good("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", "");
    expect_kept(true, remark);
}

static void matches_whole_names_only(void **state)
{
    (void)state;
    const char *others[] = {"X-Content-Length", "Content-Length-Old", "Content-Leng", "Content",
                            "Proxy-Connection", "Connection-Id", "Connect"};
    unsigned length = check_random(1000);
    for (int i = 0; i < 7; i++) {
        parse_good(text("HTTP/1.1 200 OK\r\n%s: %s\r\nContent-Length: %u\r\n\r\n", others[i],
                        i < 4 ? "12345" : "close", length), "");
        const char *remark = text(SAY("\"%s\" is another field: compare the whole name up to the "
                                      "colon (RFC 9110 5.1).",
                                      "\"%s\"는 다른 필드입니다. 콜론 앞까지 이름 전체를 비교하세요"
                                      "(RFC 9110 5.1)."), others[i]);
        expect_length(length, remark);
        expect_kept(true, remark);
    }
    parse_good("HTTP/1.1 200 OK\r\nX-Note: Content-Length: 12, Connection: close\r\n\r\n", "");
    const char *remark = SAY("What stands in another field's value is no field.",
                             "다른 필드의 값 안에 있는 것은 필드가 아닙니다.");
    expect_length(-1, remark);
    expect_kept(true, remark);
}

static void believes_connection_close(void **state)
{
    (void)state;
    parse_good(text("HTTP/1.1 %u OK\r\nContent-Length: 2\r\n\r\n", random_status()), "");
    expect_kept(true, SAY("HTTP/1.1 keeps the connection unless told otherwise (RFC 9112 9.3).",
                          "HTTP/1.1은 따로 말이 없으면 연결을 유지합니다(RFC 9112 9.3)."));
    unsigned minor = 2 + check_random(8);
    const char *later = SAY("HTTP/1.1 or later: the minor version is a digit, and only 0 closes "
                            "(RFC 9112 2.3, 9.3).",
                            "HTTP/1.1과 그 뒤의 버전은 연결을 유지합니다. 닫는 것은 마이너 버전 0뿐입니다"
                            "(RFC 9112 2.3, 9.3).");
    parse_good(text("HTTP/1.%u %u OK\r\nContent-Length: 2\r\n\r\n", minor, random_status()), later);
    expect_kept(true, later);
    parse_good(text("HTTP/1.1 %u OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n",
                    random_status()), "");
    expect_kept(false, SAY("The server says that it will close (RFC 9112 9.6).",
                           "서버가 연결을 닫겠다고 알렸습니다(RFC 9112 9.6)."));
}

static void closes_http_1_0_unless_told(void **state)
{
    (void)state;
    parse_good(text("HTTP/1.0 %u OK\r\nContent-Length: 2\r\n\r\n", random_status()), "");
    expect_kept(false, SAY("HTTP/1.0 closes after each response unless told otherwise "
                           "(RFC 9112 9.3).",
                           "HTTP/1.0은 따로 말이 없으면 응답마다 연결을 닫습니다(RFC 9112 9.3)."));
    parse_good(text("HTTP/1.0 %u OK\r\nConnection: %s\r\n\r\n", random_status(),
                    check_random(2) ? "keep-alive" : "x, keep-alive"), "");
    expect_kept(true, SAY("\"keep-alive\" is how an HTTP/1.0 server keeps a connection "
                          "(RFC 9112 9.3).",
                          "HTTP/1.0 서버는 \"keep-alive\"로 연결을 유지한다고 알립니다(RFC 9112 9.3)."));
}

static void finds_words_in_the_list(void **state)
{
    (void)state;
    enum { LISTS = 11 };
    static const struct { int minor; const char *list; bool kept; } lists[LISTS] = {
        {1, "close, TE", false}, {1, "TE,close", false}, {1, "foo ,\tClose\t, bar", false},
        {1, "keep-alive, close", false}, {1, "closed", true}, {1, "not-close", true},
        {1, "upgrade, keep-alive", true}, {1, ", ,close", false}, {0, "keep-alive, close", false},
        {0, "close, keep-alive", false}, {0, "keep-alive-not", false},
    };
    unsigned first = check_random(LISTS);
    for (unsigned i = 0; i < LISTS; i++) {
        unsigned at = (first + i) % LISTS;
        parse_good(text("HTTP/1.%d 200 OK\r\nConnection: %s\r\n\r\n", lists[at].minor,
                        lists[at].list), "");
        expect_kept(lists[at].kept,
                    SAY("Connection is a list: cut it at the commas, take off the blanks, and "
                        "compare whole words (RFC 9110 5.6.1, 7.6.1).",
                        "Connection은 목록입니다. 쉼표로 나누고 앞뒤 공백을 떼어 낸 다음 단어 전체를 "
                        "비교하세요(RFC 9110 5.6.1, 7.6.1)."));
    }
}

static void refuses_a_length_that_is_no_number(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "-5", "+5", "5x", "0x10", "1 2", "1,2", "five", "3.0",
                                        "\v5"};
    unsigned first = check_random(10);
    for (unsigned i = 0; i < 10; i++)
        parse_bad(text("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n", wrong[(first + i) % 10]),
                  SAY("Digits only, and at least one: who guesses finds another end of the body "
                      "than the server meant (RFC 9110 8.6).",
                      "숫자만, 적어도 하나 있어야 합니다. 짐작하면 서버가 뜻한 곳과 다른 곳에서 본문이 "
                      "끝납니다(RFC 9110 8.6)."));
}

static void refuses_a_length_that_overflows(void **state)
{
    (void)state;
    static const char *const wrong[] = {"9223372036854775808", "18446744073709551617",
                                        "99999999999999999999", "1000000000000000000000000000005"};
    unsigned first = check_random(4);
    for (unsigned i = 0; i < 4; i++)
        parse_bad(text("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n", wrong[(first + i) % 4]),
                  SAY("More than LLONG_MAX: look before you multiply, because signed overflow is "
                      "undefined, and strtoll() tells it in errno only (RFC 9110 8.6).",
                      "LLONG_MAX보다 큽니다. 부호 있는 정수의 오버플로는 정의되지 않으므로 곱하기 전에 "
                      "살피세요. strtoll()은 errno로만 알려 줍니다(RFC 9110 8.6)."));
}

static void refuses_a_second_content_length(void **state)
{
    (void)state;
    unsigned length = check_random(100);
    for (unsigned other = 0; other < 2; other++)
        parse_bad(text("HTTP/1.1 200 OK\r\nContent-Length: %u\r\nAge: 1\r\n"
                       "Content-Length: %u\r\n\r\n", length, length + 1 - other),
                  SAY("Two lengths: where one reader ends the body, another does not; that is how "
                      "messages are smuggled (RFC 9112 6.3, 11.2).",
                      "길이가 둘이면 읽는 쪽마다 본문의 끝이 달라집니다. 메시지를 몰래 끼워 넣는 공격(request "
                      "smuggling)이 여기서 나옵니다(RFC 9112 6.3, 11.2)."));
}

static void refuses_a_bare_line_feed(void **state)
{
    (void)state;
    const char *remark = SAY("Only CR LF ends a line here (RFC 9112 2.2): who takes less sees "
                             "fields where others see a value.",
                             "여기서는 CR LF만 줄을 끝냅니다(RFC 9112 2.2). 덜 엄격하면 남들이 값으로 보는 "
                             "것을 필드로 보게 됩니다.");
    parse_bad("HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\n", remark);
    parse_bad("HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n", remark);
    parse_bad("HTTP/1.1 200 OK\r\nA: b\rContent-Length: 5\r\n\r\n", remark);
    parse_bad("HTTP/1.1 200 OK\r\nA: b\r\r\nContent-Length: 5\r\n\r\n", remark);
    int size = parse("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello");
    expect(size <= 0, SAY("0 or -1 returned: this is no head yet, and never will be",
                          "반환값 0 또는 -1: 헤더가 아님"), told(size), remark);
}

static void refuses_broken_fields(void **state)
{
    (void)state;
    static const char *const wrong[] = {"Content-Length : 5", "Content-Length\t: 5", " folded",
                                        "\tfolded: too", "no colon", ": no name",
                                        "Content Length: 5"};
    unsigned first = check_random(7);
    for (unsigned i = 0; i < 7; i++)
        parse_bad(text("HTTP/1.1 200 OK\r\nAge: 1\r\n%s\r\n\r\n", wrong[(first + i) % 7]),
                  SAY("A field is a name without blanks, right away a colon, and a value; a line "
                      "that begins with a blank is an obsolete continuation (RFC 9112 5.1, 5.2).",
                      "필드는 공백 없는 이름, 바로 이어지는 콜론, 값으로 이루어집니다. 공백으로 시작하는 줄은 "
                      "앞줄에 이어 쓰는 옛 방식으로, 폐기되었습니다(RFC 9112 5.1, 5.2)."));
}

static void refuses_broken_status_lines(void **state)
{
    (void)state;
    enum { WRONG = 16 };
    static const char *const wrong[WRONG] = {
        "HTTP/2.0 200 OK", "http/1.1 200 OK", "ICY 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
        "HTTP/1.1  200 OK", "HTTP/1.1 x00 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 20x OK",
        "HTTP/1.1 -20 OK", "HTTP/1.1 200", "HTTP/1.1 200:OK", "HTTP/1.x 200 OK",
        "HTTP/1.11 200 OK", "HTTP/1.1200 OK", ""};
    unsigned first = check_random(WRONG);
    for (unsigned i = 0; i < WRONG; i++)
        parse_bad(text("%s\r\nContent-Length: 1\r\n\r\n", wrong[(first + i) % WRONG]),
                  SAY("HTTP/1. and one digit, a space, three digits, a space (RFC 9112 4; HTTP is "
                      "in capitals, RFC 9112 2.3).",
                      "HTTP/1.과 숫자 하나, 공백, 숫자 세 개, 공백입니다(RFC 9112 4). HTTP는 대문자로 "
                      "씁니다(RFC 9112 2.3)."));
}

/* A head of this size, its empty line included, or one without an end. */
static size_t make_head(char *out, size_t size, bool with_end)
{
    static const char top[] = "HTTP/1.1 200 OK\r\n", field[] = "X-Padding: abcdefghijklmn\r\n";
    size_t n = sizeof(top) - 1;
    memcpy(out, top, n);
    for (; n + 2 * (sizeof(field) - 1) + 4 < size; n += sizeof(field) - 1)
        memcpy(out + n, field, sizeof(field) - 1);
    memcpy(out + n, "X: ", 3);
    memset(out + n + 3, 'x', size - n - 3);
    if (with_end)
        memcpy(out + size - 4, "\r\n\r\n", 4);
    return size;
}

static void refuses_a_head_without_end(void **state)
{
    (void)state;
    static char big[ROOM];
    size_t more = HEAD_MAX + 1 + check_random(HEAD_MAX);
    const char *remark = SAY("A head of more than HEAD_MAX bytes is refused: a client must not "
                             "collect without a limit what a server sends (RFC 9112 3 and 5 leave "
                             "the limit to each; RFC 9110 17.5).",
                             "HEAD_MAX보다 긴 헤더는 거절합니다. 서버가 보내는 것을 한없이 모아서는 안 "
                             "됩니다. 한도는 각자 정합니다(RFC 9110 17.5).");
    expect_size(parse_bytes(big, make_head(big, HEAD_MAX, true)), HEAD_MAX,
                SAY("HEAD_MAX bytes are allowed, empty line included.",
                    "빈 줄까지 HEAD_MAX바이트는 허용됩니다."));
    expect_size(parse_bytes(big, HEAD_MAX - 1), 0,
                SAY("One byte more may still end it within HEAD_MAX.",
                    "한 바이트만 더 오면 HEAD_MAX 안에서 끝날 수 있습니다."));
    const size_t sizes[2] = {HEAD_MAX + 1, more};
    for (int i = 0; i < 2; i++) {
        expect_size(parse_bytes(big, make_head(big, sizes[i], false)), (size_t)-1, remark);
        expect_size(parse_bytes(big, make_head(big, sizes[i], true)), (size_t)-1, remark);
    }
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest checks[] = {
        cmocka_unit_test(reads_the_status),
        cmocka_unit_test(finds_where_the_body_begins),
        cmocka_unit_test(asks_for_more_at_every_cut),
        cmocka_unit_test(reads_the_content_length),
        cmocka_unit_test(tells_no_length_from_length_zero),
        cmocka_unit_test(matches_names_in_any_case),
        cmocka_unit_test(matches_whole_names_only),
        cmocka_unit_test(believes_connection_close),
        cmocka_unit_test(closes_http_1_0_unless_told),
        cmocka_unit_test(finds_words_in_the_list),
        cmocka_unit_test(refuses_a_length_that_is_no_number),
        cmocka_unit_test(refuses_a_length_that_overflows),
        cmocka_unit_test(refuses_a_second_content_length),
        cmocka_unit_test(refuses_a_bare_line_feed),
        cmocka_unit_test(refuses_broken_fields),
        cmocka_unit_test(refuses_broken_status_lines),
        cmocka_unit_test(refuses_a_head_without_end),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
