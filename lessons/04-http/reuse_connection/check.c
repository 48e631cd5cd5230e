/* reuse_connection/check.c: a server of threads, one for each connection, that plays what it was
 * given: the answers, cut at each '|', where it goes on only when all before has been read.  A
 * connection is a pair of stream sockets, so no port is needed.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "reuse_connection.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

enum { CONNECTIONS = 4, REQUESTS = 6, ANSWER = 24000, CAP = 20000, GUARD = 4096 };
enum { SERVER_WAITS = 3, CLIENT_WAITS = 4 /* seconds; they pass only when something is wrong */ };

static struct connection {
    /* The plan */
    char answers[REQUESTS][ANSWER];
    size_t answers_n;
    enum { STAYS, CLOSES_AT_ONCE, CLOSES_WHEN_ASKED } end; /* behind the last answer */
    /* What came of it */
    char requests[REQUESTS][REQUEST_MAX + 1];
    atomic_size_t requests_n;
    atomic_bool client_closed, server_closed, waited_in_vain;
    int fd;
    pthread_t thread;
} connections[CONNECTIONS];

static size_t planned, opened, told;
static struct session session;
static char paths[REQUESTS][8]; /* of the last requests by get_body() */
static size_t paths_n;
static char host[32], body[CAP + GUARD];

/* --- The server --- */

static void wait_until_read(int fd)
{
    int left = 1;
    for (int ms = 0; ms < SERVER_WAITS * 1000 && left > 0; ms++) {
#ifdef SIOCOUTQ
        if (ioctl(fd, SIOCOUTQ, &left) < 0)
            return;
#else
        left = ms < 20;
#endif
        if (left > 0)
            poll(NULL, 0, 1);
    }
}

static void play(int fd, const char *answer)
{
    while (*answer) {
        size_t n = strcspn(answer, "|");
        if (send(fd, answer, n, MSG_NOSIGNAL) < 0)
            return;
        answer += n + (answer[n] == '|');
        if (*answer)
            wait_until_read(fd);
    }
}

/* Of recv(): the other side has closed, having read all or not. */
static bool is_end(ssize_t got)
{
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

/* Returns whether a whole request came. */
static bool take_request(struct connection *c)
{
    char *request = c->requests[c->requests_n];
    for (size_t n = 0; n < REQUEST_MAX; n++) {
        ssize_t got = recv(c->fd, request + n, 1, 0);
        if (got <= 0) {
            c->client_closed = is_end(got);
            c->waited_in_vain = !is_end(got);
            return false;
        }
        if (n >= 3 && memcmp(request + n - 3, "\r\n\r\n", 4) == 0)
            break;
    }
    c->requests_n++;
    return true;
}

static void *serve(void *argument)
{
    struct connection *c = argument;
    size_t n = 0;
    while (!(n == c->answers_n && c->end == CLOSES_AT_ONCE) && n < REQUESTS && take_request(c)) {
        if (n == c->answers_n)
            break;
        play(c->fd, c->answers[n++]);
    }
    shutdown(c->fd, c->end == CLOSES_WHEN_ASKED ? SHUT_WR : SHUT_RDWR);
    c->server_closed = true;
    char rest[64];
    ssize_t got = 1;
    while (c->end == CLOSES_WHEN_ASKED && !c->client_closed && got > 0) {
        got = recv(c->fd, rest, sizeof(rest), 0);
        c->client_closed = is_end(got);
    }
    return NULL;
}

static int open_connection(void *server)
{
    (void)server;
    int fds[2];
    size_t at = opened++;
    if (at >= planned) {
        errno = ECONNREFUSED;
        return -1;
    }
    struct timeval client = {CLIENT_WAITS, 0}, other = {SERVER_WAITS, 0};
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
    need(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &client, sizeof(client)) == 0, "setsockopt");
    need(setsockopt(fds[1], SOL_SOCKET, SO_RCVTIMEO, &other, sizeof(other)) == 0, "setsockopt");
    connections[at].fd = fds[1];
    need(pthread_create(&connections[at].thread, NULL, serve, &connections[at]) == 0,
         "pthread_create");
    return fds[0];
}

/* --- Plans --- */

static void begin(void)
{
    memset(connections, 0, sizeof(connections));
    planned = opened = told = paths_n = 0;
    snprintf(host, sizeof(host), "host%u.test", check_random(1000));
    session = (struct session){open_connection, &connections, host, -1};
}

static struct connection *plan_connection(int end)
{
    struct connection *c = &connections[planned++];
    c->end = end == STAYS ? STAYS : end == CLOSES_AT_ONCE ? CLOSES_AT_ONCE : CLOSES_WHEN_ASKED;
    return c;
}

static void plan_answer(struct connection *c, const char *answer)
{
    snprintf(c->answers[c->answers_n++], ANSWER, "%s", answer);
}

static const char *letters(size_t n)
{
    static char buffers[4][CAP];
    static unsigned turn;
    char *out = buffers[turn++ % 4];
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('a' + check_random(26));
    out[n] = '\0';
    return out;
}

/* A plain answer with this body. */
static const char *answer(const char *with)
{
    return text("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(with), with);
}

/* In two lines when it is long: quoted() leaves out the middle of more than 64 bytes. */
static void tell_answer(const char *a)
{
    const char *length = strstr(a, "Content-L");
    size_t first = length && strlen(a) > 64 ? (size_t)(length - a) : strlen(a);
    step("  - %s", quoted(a, first));
    if (a[first])
        step("    %s", quoted(a + first, strlen(a + first)));
}

/* Says what the connections do that were planned since the last time. */
static void tell_plan(void)
{
    for (; told < planned; told++) {
        const struct connection *c = &connections[told];
        step(SAY("over connection %zu the server answers, request by request (| = a pause, until "
                 "all has been read):",
                 "연결 %zu에서 서버가 요청마다 보내는 응답(|는 거기까지 다 읽을 때까지 멈춤):"), told + 1);
        for (size_t i = 0; i < c->answers_n; i++)
            tell_answer(c->answers[i]);
        if (c->end == CLOSES_AT_ONCE)
            step(SAY("    and closes", "    그리고 닫음"));
        if (c->end == CLOSES_WHEN_ASKED)
            step(SAY("    then reads one more request, and closes", "    그다음 요청을 하나 더 읽고 닫음"));
    }
}

/* --- Calling the exercise --- */

/* Ends all threads and says what they saw. */
static void finish(void)
{
    size_t n = opened < planned ? opened : planned;
    for (size_t i = 0; i < n; i++)
        shutdown(connections[i].fd, SHUT_RDWR);
    for (size_t i = 0; i < n; i++) {
        pthread_join(connections[i].thread, NULL);
        close(connections[i].fd);
        step(SAY("requests that came over connection %zu: %zu", "연결 %zu에 온 요청: %zu개"), i + 1,
             (size_t)connections[i].requests_n);
    }
    if (session.fd >= 0)
        close(session.fd);
}

static ssize_t call(const char *path, size_t cap)
{
    tell_plan();
    step(SAY("get(s, \"%s\", body, %zu) with s->fd %s", "get(s, \"%s\", body, %zu), s->fd는 %s"),
         path, cap, session.fd < 0 ? "-1" : SAY("open", "열린 연결"));
    memset(body, '#', sizeof(body));
    errno = 0;
    ssize_t n = get(&session, path, body, cap);
    int error = errno;
    size_t i = cap;
    while (i < sizeof(body) && body[i] == '#')
        i++;
    expect(i == sizeof(body), SAY("nothing written behind body's cap bytes", "body의 cap바이트 뒤는 그대로"),
           text(SAY("body[%zu] is written", "body[%zu]에 씀"), i),
           SAY("Compare Content-Length with cap before you read the body; what the server says is "
               "not to be trusted.",
               "본문을 읽기 전에 Content-Length를 cap과 비교하세요. 서버가 하는 말을 그대로 믿으면 안 됩니다."));
    errno = error;
    return n;
}

static const char *outcome(ssize_t n, int error)
{
    return n >= 0 ? text(SAY("%zd returned", "반환값 %zd"), n)
                  : text(SAY("%zd returned (%s)", "반환값 %zd (%s)"), n, strerror(error));
}

/* GETs something and expects this body. */
static void get_body(const char *right, const char *remark)
{
    size_t n = strlen(right), last = opened;
    char *path = paths[paths_n++ % REQUESTS];
    for (int i = 0; i < 4; i++)
        path[i] = (char)(i == 0 ? '/' : 'a' + check_random(26));
    ssize_t got = call(path, CAP);
    int error = errno;
    last = opened > 0 && opened <= planned ? opened - 1 : last;
    bool vain = last < planned && connections[last].waited_in_vain;
    expect(!vain,
           text(SAY("%zu returned, as soon as the answer is there", "응답이 오는 대로 반환값 %zu"), n),
           text(SAY("%s, after the server had waited for %d s and closed",
                    "%s, 그것도 서버가 %d초를 기다리다 닫은 뒤"), outcome(got, error), SERVER_WAITS),
           SAY("Each waited for the other: read no more than Content-Length says, counting what "
               "came with the head; and end the request with an empty line (RFC 9112 2.1, 6.2).",
               "서로 상대를 기다렸습니다. 헤더와 함께 온 것까지 세어 Content-Length만큼만 읽고, 요청은 빈 줄로 "
               "끝내세요(RFC 9112 2.1, 6.2)."));
    expect(opened <= planned, text(SAY("%zu connections opened", "연결 %zu개를 엶"), planned),
           text(SAY("%zu connections opened", "연결 %zu개를 엶"), opened), remark);
    expect(got == (ssize_t)n, text(SAY("%zu returned", "반환값 %zu"), n), outcome(got, error), remark);
    expect_bytes(SAY("body", "본문"), body, n, right, n, remark);
}

static void get_error(size_t cap, int right, const char *remark)
{
    ssize_t got = call(text("/%s", letters(4)), cap);
    int error = errno;
    expect(got == -1 && error == right, outcome(-1, right), outcome(got, error), remark);
}

static void expect_opened(size_t n, const char *remark)
{
    expect(opened == n, text(SAY("%zu connections opened", "연결 %zu개를 엶"), n),
           text(SAY("%zu connections opened", "연결 %zu개를 엶"), opened), remark);
}

static void expect_asked(size_t connection, size_t n, const char *remark)
{
    size_t asked = connections[connection].requests_n;
    expect(asked == n, text(SAY("%zu requests over connection %zu", "요청 %zu개, 연결 %zu"), n,
                            connection + 1),
           text(SAY("%zu requests over connection %zu", "요청 %zu개, 연결 %zu"), asked, connection + 1),
           remark);
}

static bool soon(const atomic_bool *what)
{
    for (int ms = 0; ms < 2000 && !*what; ms++)
        poll(NULL, 0, 1);
    return *what;
}

static void expect_dropped(size_t connection, const char *remark)
{
    bool closed = soon(&connections[connection].client_closed);
    expect(closed && session.fd == -1,
           SAY("the connection closed, and s->fd -1", "연결을 닫고 s->fd는 -1"),
           closed ? text("s->fd %d", session.fd)
                  : text(SAY("connection %zu still open, s->fd %d", "연결 %zu: 아직 열려 있음, s->fd %d"),
                         connection + 1, session.fd), remark);
}

/* --- The checks --- */

static void returns_the_body(void **state)
{
    (void)state;
    begin();
    struct connection *c = plan_connection(STAYS);
    const char *with = letters(5 + check_random(30));
    plan_answer(c, answer(with));
    get_body(with, SAY("Open a connection, send the request, read the head, then as many bytes as "
                       "Content-Length says (RFC 9112 6.2).",
                       "연결을 열고 요청을 보낸 뒤, 헤더를 읽고 Content-Length만큼 본문을 읽으세요"
                       "(RFC 9112 6.2)."));
    finish();
}

/* Host: in any case, with blanks around its value or not. */
static bool names_host(const char *request)
{
    const char *field = strcasestr(request, "\r\nHost:");
    if (!field)
        return false;
    field += 7 + strspn(field + 7, " \t");
    size_t n = strlen(host);
    return strncasecmp(field, host, n) == 0 && strspn(field + n, " \t\r") > 0;
}

static void asks_in_http_1_1_and_names_the_host(void **state)
{
    (void)state;
    begin();
    plan_answer(plan_connection(STAYS), answer("abc"));
    const char *path = text("/%s?q=%u", letters(4), check_random(100));
    call(path, CAP);
    finish();
    expect_opened(1, SAY("One request, one connection.", "요청 하나에 연결 하나입니다."));
    const char *request = connections[0].requests[0], *top = text("GET %s HTTP/1.1\r\n", path);
    const char *field = text("\r\nHost: %s\r\n", host), *got = quoted(request, strlen(request));
    expect(strncmp(request, top, strlen(top)) == 0,
           text(SAY("a request that begins with %s", "%s로 시작하는 요청"), quoted(top, strlen(top))),
           got, SAY("Method, path and version, with a space between them and CR LF behind them; an "
                    "HTTP/1.0 request asks for a connection that ends (RFC 9112 3, 9.3).",
                    "메서드, 경로, 버전을 공백으로 나누고 CR LF로 끝냅니다. HTTP/1.0으로 요청하면 연결이 "
                    "유지되지 않습니다(RFC 9112 3, 9.3)."));
    expect(names_host(request),
           text(SAY("%s in the request", "요청 안에 %s"), quoted(field, strlen(field))), got,
           SAY("Many servers share one address: HTTP/1.1 wants the host's name in each request "
               "(RFC 9112 3.2).",
               "여러 서버가 주소 하나를 함께 쓰므로 HTTP/1.1은 요청마다 호스트 이름을 요구합니다"
               "(RFC 9112 3.2)."));
    expect(strcasestr(request, "\r\nConnection: close") == NULL,
           SAY("no Connection: close in the request", "요청에 Connection: close가 없음"), got,
           SAY("It asks the server to close after the answer (RFC 9112 9.6).",
               "응답 뒤에 연결을 닫아 달라는 뜻입니다(RFC 9112 9.6)."));
}

static void reads_a_head_in_pieces(void **state)
{
    (void)state;
    begin();
    const char *with = letters(5 + check_random(10));
    plan_answer(plan_connection(STAYS),
                text("HTTP/1.1 2|00 OK\r\nContent-Len|gth: %zu\r\n\r|\n%s", strlen(with), with));
    get_body(with, SAY("0 from parse_response_head() means: receive more, behind what you have "
                       "(recv(2)).",
                       "parse_response_head()의 0은 이미 받은 것 뒤에 더 받으라는 뜻입니다(recv(2))."));
    finish();
}

static void reads_a_body_in_pieces(void **state)
{
    (void)state;
    begin();
    const char *a = letters(3 + check_random(9)), *b = letters(3 + check_random(9));
    const char *c = letters(7);
    plan_answer(plan_connection(STAYS),
                text("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s|%s|%s",
                     strlen(a) + strlen(b) + strlen(c), a, b, c));
    get_body(text("%s%s%s", a, b, c),
             SAY("One recv() is not one answer: go on until Content-Length bytes are there, each "
                 "piece behind the last (recv(2)).",
                 "recv() 한 번이 응답 하나는 아닙니다. Content-Length만큼 모일 때까지 앞의 것 뒤에 이어 "
                 "받으세요(recv(2))."));
    finish();
    begin();
    static char long_answer[ANSWER];
    const char *padding = letters(HEAD_MAX - 200), *long_body = letters(3 * HEAD_MAX);
    snprintf(long_answer, sizeof(long_answer),
             "HTTP/1.1 200 OK\r\nX: %s\r\nContent-Length: %zu\r\n\r\n%.100s|%s", padding,
             strlen(long_body), long_body, long_body + 100);
    plan_answer(plan_connection(STAYS), long_answer);
    get_body(long_body, SAY("HEAD_MAX limits the head, cap the body: receive the rest straight "
                            "into body (reuse_connection.h).",
                            "HEAD_MAX는 헤더의 한도, cap은 본문의 한도입니다. 나머지는 body에 바로 받으세요"
                            "(reuse_connection.h)."));
    finish();
}

static void uses_one_connection_for_all(void **state)
{
    (void)state;
    begin();
    struct connection *c = plan_connection(STAYS);
    const char *bodies[3] = {letters(3 + check_random(20)), "",
                             letters(3 + check_random(20))};
    for (int i = 0; i < 3; i++)
        plan_answer(c, answer(bodies[i]));
    const char *remark = SAY("HTTP/1.1 keeps the connection when nothing else is said: leave it in "
                             "s->fd, and look there first (RFC 9112 9.3).",
                             "HTTP/1.1은 따로 말이 없으면 연결을 유지합니다. s->fd에 남겨 두고 다음에는 "
                             "거기부터 보세요(RFC 9112 9.3).");
    for (int i = 0; i < 3; i++) {
        get_body(bodies[i], remark);
        expect_opened(1, remark);
        expect(session.fd >= 0, SAY("s->fd open", "s->fd 열려 있음"), text("s->fd %d", session.fd),
               remark);
    }
    finish();
    expect_asked(0, 3, remark);
    for (int i = 0; i < 3; i++) {
        const char *request = connections[0].requests[i], *path = text("GET %s ", paths[i]);
        expect(strncmp(request, path, strlen(path)) == 0,
               text(SAY("request %d begins with %s", "요청 %d의 시작: %s"), i + 1,
                    quoted(path, strlen(path))), quoted(request, strlen(request)),
               SAY("Each request begins behind the empty line of the one before, with its own path "
                   "(RFC 9112 2.1).",
                   "요청은 앞 요청의 빈 줄 바로 뒤에서, 자기 경로로 시작합니다(RFC 9112 2.1)."));
    }
}

static void passes_over_interim_answers(void **state)
{
    (void)state;
    begin();
    struct connection *c = plan_connection(STAYS);
    const char *first = letters(6 + check_random(10)), *second = letters(6 + check_random(10));
    plan_answer(c, text("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n%s", answer(first)));
    plan_answer(c, text("HTTP/1.1 100 Continue\r\n\r\n|HTTP/1.1 103 Early Hints\r\n\r\nHTT|P%s",
                        answer(second) + 4));
    const char *remark = SAY("A status below 200 is not the answer yet; the bytes behind its head "
                             "are the next answer's: keep them (RFC 9110 15.2).",
                             "200보다 작은 상태 코드는 아직 최종 응답이 아닙니다. 그 헤더 뒤의 바이트는 다음 "
                             "응답의 것이니 버리지 마세요(RFC 9110 15.2).");
    get_body(first, remark);
    get_body(second, remark);
    finish();
}

static void opens_anew_after_connection_close(void **state)
{
    (void)state;
    begin();
    const char *first = letters(5 + check_random(10)), *second = letters(5 + check_random(10));
    const char *remark = SAY("The server has said that this was the last answer over this "
                             "connection: drop() it (RFC 9112 9.6).",
                             "서버가 이 연결에서는 이것이 마지막 응답이라고 알렸습니다. drop()을 부르세요"
                             "(RFC 9112 9.6).");
    plan_answer(plan_connection(CLOSES_WHEN_ASKED),
                check_random(2) ? text("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                       "Content-Length: %zu\r\n\r\n%.2s|%s", strlen(first), first,
                                       first + 2)
                                : text("HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%.2s|%s",
                                       strlen(first), first, first + 2));
    plan_answer(plan_connection(STAYS), answer(second));
    get_body(first, remark);
    expect_dropped(0, remark);
    get_body(second, remark);
    finish();
    expect_opened(2, remark);
    expect_asked(0, 1, remark);
}

static void asks_again_when_a_kept_connection_is_dead(void **state)
{
    (void)state;
    const char *remark = SAY("The kept connection had ended, and nothing had come back: open a new "
                             "one and send the request once more (RFC 9112 9.3.1).",
                             "유지하던 연결이 이미 끝났고 돌아온 것이 없습니다. 새로 열어 요청을 한 번 더 "
                             "보내세요(RFC 9112 9.3.1).");
    static const int ends[2] = {CLOSES_WHEN_ASKED, CLOSES_AT_ONCE};
    for (int i = 0; i < 2; i++) {
        begin();
        const char *first = letters(5 + check_random(10)), *second = letters(5 + check_random(10));
        plan_answer(plan_connection(ends[i]), answer(first));
        plan_answer(plan_connection(STAYS), answer(second));
        get_body(first, "");
        if (ends[i] == CLOSES_AT_ONCE) {
            need(soon(&connections[0].server_closed), "the server's close");
            step(SAY("(who sends now without MSG_NOSIGNAL is ended by SIGPIPE)",
                     "(이제 MSG_NOSIGNAL 없이 보내면 SIGPIPE로 끝납니다)"));
        }
        get_body(second, remark);
        finish();
        expect_opened(2, remark);
        expect_asked(1, 1, remark);
    }
}

static void asks_once_only_over_a_new_connection(void **state)
{
    (void)state;
    begin();
    const char *remark = SAY("This connection was opened for this very request: that it ends "
                             "without an answer is the answer; to ask again and again would hammer "
                             "a server in trouble.",
                             "바로 이 요청을 위해 연 연결입니다. 응답 없이 끝났다면 그것이 결과입니다. 되풀이해 "
                             "요청하면 장애가 난 서버에 부담을 더합니다.");
    for (int i = 0; i < 3; i++)
        plan_connection(CLOSES_WHEN_ASKED);
    get_error(CAP, EPROTO, remark);
    expect_opened(1, remark);
    expect_dropped(0, remark);
    finish();
    begin();
    const char *first = letters(5);
    plan_answer(plan_connection(CLOSES_AT_ONCE), answer(first));
    plan_connection(CLOSES_WHEN_ASKED);
    plan_answer(plan_connection(STAYS), answer(letters(5)));
    get_body(first, "");
    get_error(CAP, EPROTO, remark);
    expect_opened(2, remark);
    expect_dropped(1, remark);
    finish();
    begin();
    step(SAY("no connection is to be had: s->open() returns -1, ECONNREFUSED",
             "연결할 수 없습니다: s->open()은 -1, ECONNREFUSED"));
    get_error(CAP, ECONNREFUSED,
              SAY("s->open() has failed: there is nothing to send over; errno is right already.",
                  "s->open()이 실패했습니다. 보낼 곳이 없고 errno는 이미 맞습니다."));
    finish();
}

static void asks_once_only_when_something_came_back(void **state)
{
    (void)state;
    const char *remark = SAY("A part of the answer had come, so this was no kept connection that "
                             "had died meanwhile: whoever called is to hear of it, and decides "
                             "(reuse_connection.h).",
                             "응답의 일부가 왔으니 그사이 끊겨 있던 연결이 아닙니다. 실패를 알리고, 어떻게 "
                             "할지는 호출한 쪽에 맡기세요(reuse_connection.h).");
    begin();
    struct connection *c = plan_connection(CLOSES_AT_ONCE);
    const char *first = letters(5 + check_random(10));
    plan_answer(c, answer(first));
    plan_answer(c, check_random(2) ? "HTTP/1.1 2"
                                   : "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    plan_answer(plan_connection(STAYS), answer(letters(5)));
    get_body(first, "");
    get_error(CAP, EPROTO, remark);
    finish();
    expect_opened(1, remark);
}

static void tells_when_the_body_is_cut_short(void **state)
{
    (void)state;
    begin();
    plan_answer(plan_connection(CLOSES_AT_ONCE),
                text("HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n%s|%s", 20 + check_random(20),
                     letters(5), letters(check_random(5) + 1)));
    get_error(CAP, EPROTO,
              SAY("recv() returned 0 before Content-Length bytes were there: the body is "
                  "incomplete, and must be told so (RFC 9112 8).",
                  "Content-Length만큼 오기 전에 recv()가 0을 돌려주었습니다. 본문이 불완전하다고 알려야 합니다"
                  "(RFC 9112 8)."));
    expect(session.fd == -1, "s->fd -1", text("s->fd %d", session.fd),
           SAY("After a failure nobody knows where the next answer would begin: drop().",
               "실패한 뒤에는 다음 응답이 어디서 시작하는지 알 수 없습니다. drop()을 부르세요."));
    finish();
}

static void refuses_an_answer_without_length(void **state)
{
    (void)state;
    static const char *const wrong[2] = {"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nabc",
                                         "SMTP 220 hello\r\n\r\n"};
    const char *remark = SAY("Without a Content-Length, or without a head at all, nobody can tell "
                             "here where the answer ends: EPROTO (RFC 9112 6.3).",
                             "Content-Length가 없거나 헤더조차 아니면 응답이 어디서 끝나는지 알 수 없습니다: "
                             "EPROTO(RFC 9112 6.3).");
    for (int i = 0; i < 2; i++) {
        begin();
        plan_answer(plan_connection(STAYS), wrong[i]);
        get_error(CAP, EPROTO, remark);
        expect_dropped(0, remark);
        finish();
    }
}

static void refuses_a_body_that_does_not_fit(void **state)
{
    (void)state;
    begin();
    size_t cap = 10 + check_random(20);
    const char *first = letters(cap + 1 + check_random(30)), *second = letters(cap);
    const char *remark = SAY("The body is longer than the buffer: EMSGSIZE, and since the rest of "
                             "it is still to come, this connection is of no more use.",
                             "본문이 버퍼보다 깁니다: EMSGSIZE. 나머지가 아직 남아 있으므로 이 연결은 더 쓸 수 "
                             "없습니다.");
    plan_answer(plan_connection(STAYS), answer(first));
    plan_answer(plan_connection(STAYS), answer(second));
    get_error(cap, EMSGSIZE, remark);
    expect_dropped(0, remark);
    ssize_t n = call("/fits", cap);
    int error = errno;
    expect(n == (ssize_t)cap, text(SAY("%zu returned", "반환값 %zu"), cap), outcome(n, error),
           SAY("A body of exactly cap bytes fits.", "정확히 cap바이트인 본문은 들어갑니다."));
    finish();
    expect_opened(2, remark);
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest checks[] = {
        cmocka_unit_test(returns_the_body),
        cmocka_unit_test(asks_in_http_1_1_and_names_the_host),
        cmocka_unit_test(reads_a_head_in_pieces),
        cmocka_unit_test(reads_a_body_in_pieces),
        cmocka_unit_test(uses_one_connection_for_all),
        cmocka_unit_test(passes_over_interim_answers),
        cmocka_unit_test(opens_anew_after_connection_close),
        cmocka_unit_test(asks_again_when_a_kept_connection_is_dead),
        cmocka_unit_test(asks_once_only_over_a_new_connection),
        cmocka_unit_test(asks_once_only_when_something_came_back),
        cmocka_unit_test(tells_when_the_body_is_cut_short),
        cmocka_unit_test(refuses_an_answer_without_length),
        cmocka_unit_test(refuses_a_body_that_does_not_fit),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
