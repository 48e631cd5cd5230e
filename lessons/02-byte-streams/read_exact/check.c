/* lessons/02-byte-streams/read_exact/check.c: a peer on a real TCP connection speaks in pieces, the
 * next one when the last has been read, so that no two of them come together by chance.
 * SPDX-License-Identifier: MIT */
#include "read_exact.h"

#include "lessons/learn/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* --- The peer, a thread --- */

enum deed { NOTHING, SEND, PAUSE, INTERRUPT, END, RESET };
enum { PAUSE_MS = 200 };

struct act {
    enum deed deed;
    size_t n; /* bytes to send, or signals */
};

/* Each check has its own: when one fails, its peer may still be waiting. */
static struct scene {
    int ours, peers; /* the two ends of the connection */
    pthread_t reader;
    struct act script[8];
    uint8_t said[4 * 1024]; /* all that the peer will send */
    long busy_ms; /* of the pause */
} scenes[8], *scene = scenes;

static void do_nothing(int signal)
{
    (void)signal;
}

static void await_read(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (poll(&wait, 1, 0) == 1)
        usleep(200);
}

static void interrupt(pthread_t reader, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        usleep(1000);
        pthread_kill(reader, SIGUSR1);
    }
}

/* What this process has used the processor for; the peer itself only sleeps. */
static long cpu_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void *play(void *mine)
{
    struct scene *at = mine;
    const uint8_t *next = at->said;
    const struct linger at_once = {.l_onoff = 1};
    for (const struct act *act = at->script; act->deed != NOTHING; act++) {
        await_read(at->ours);
        if (act->deed == SEND) {
            send(at->peers, next, act->n, 0);
            next += act->n;
        } else if (act->deed == PAUSE) {
            long before = cpu_ms();
            usleep(PAUSE_MS * 1000);
            at->busy_ms = cpu_ms() - before;
        } else if (act->deed == INTERRUPT) {
            interrupt(at->reader, act->n);
        } else {
            if (act->deed == RESET)
                setsockopt(at->peers, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
            close(at->peers);
        }
    }
    return NULL;
}

/* --- The scene --- */

static void make_connection(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
    need(listen(listener, 1) == 0, "listen");
    need(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    scene->ours = socket(AF_INET, SOCK_STREAM, 0);
    need(connect(scene->ours, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
    scene->peers = accept(listener, NULL, NULL);
    need(scene->peers >= 0, "accept");
    need(setsockopt(scene->peers, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "TCP_NODELAY");
    close(listener);
}

static void tell(const struct act *act, size_t at)
{
    if (act->deed == SEND && at == 0)
        step(SAY("the peer sends %zu bytes: %s", "상대가 %zu바이트를 보냅니다: %s"), act->n,
             quoted(scene->said, act->n));
    else if (act->deed == SEND)
        step(SAY("when all is read, the peer sends %zu bytes: %s",
                 "다 읽고 나면 상대가 %zu바이트를 보냅니다: %s"),
             act->n, quoted(scene->said + at, act->n));
    else if (act->deed == PAUSE)
        step(SAY("for %d ms nothing comes", "%d ms 동안 아무것도 오지 않습니다"), PAUSE_MS);
    else if (act->deed == INTERRUPT)
        step(SAY("%zu signals come, about one a millisecond, and no byte",
                 "시그널이 1밀리초에 하나쯤, 모두 %zu개 옵니다. 바이트는 오지 않습니다"),
             act->n);
    else if (act->deed == END)
        step(SAY("the peer ends: recv() returns 0 from now on",
                 "상대가 연결을 끝냅니다. 이제부터 recv()는 0을 돌려줍니다"));
    else
        step(SAY("the peer breaks the connection off (RST): the next recv() returns -1, ECONNRESET",
                 "상대가 연결을 끊습니다(RST). 다음 recv()는 -1, ECONNRESET입니다"));
}

/* Calls read_exact() for n bytes, while the peer does count acts. */
static ssize_t read_from(const struct act *acts, size_t count, uint8_t *buf, size_t n)
{
    size_t at = 0;
    pthread_t thread;
    struct sigaction quiet = {.sa_handler = do_nothing}; /* without SA_RESTART */
    scene = scene + 1 < scenes + 8 ? scene + 1 : scenes;
    make_connection();
    step(SAY("read_exact(fd, buf, %zu) is called; fd is a TCP connection",
             "TCP 연결 fd로 read_exact(fd, buf, %zu)를 호출합니다"), n);
    memcpy(scene->script, acts, count * sizeof(*acts));
    for (size_t i = 0; i < sizeof(scene->said); i++) /* no string: byte 1 is zero */
        scene->said[i] = (uint8_t)(i == 1 ? 0 : 'a' + check_random(26));
    for (size_t i = 0; i < count; at += acts[i].deed == SEND ? acts[i].n : 0, i++)
        tell(&acts[i], at);
    scene->reader = pthread_self();
    need(sigaction(SIGUSR1, &quiet, NULL) == 0, "sigaction");
    errno = pthread_create(&thread, NULL, play, scene);
    need(errno == 0, "pthread_create");
    return read_exact(scene->ours, buf, n);
}

static const char *result_text(ssize_t result, int error)
{
    if (result < 0 && error != 0)
        return text("%zd, errno %d: %s", result, error, strerror(error));
    return text("%zd", result);
}

/* The caller goes on with fd, also after an error. */
static void expect_same_fd(void)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof(limit);
    int fd = scene->ours, flags = fcntl(fd, F_GETFL);
    expect(flags >= 0, SAY("fd is still open", "fd가 열려 있음"), SAY("fd is closed", "fd가 닫힘"),
           SAY("whoever opened it closes it", "닫는 것은 연 쪽의 일입니다"));
    getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, &size);
    expect((flags & O_NONBLOCK) == 0 && limit.tv_sec == 0 && limit.tv_usec == 0,
           SAY("fd is still blocking", "fd는 여전히 블로킹"),
           SAY("it has O_NONBLOCK or SO_RCVTIMEO set", "O_NONBLOCK이나 SO_RCVTIMEO가 켜져 있음"),
           SAY("the caller goes on with it as it was: let recv(2) wait",
               "호출한 쪽이 그대로 계속 씁니다. recv(2)가 기다리게 두세요"));
}

static void expect_result(ssize_t got, ssize_t expected, const char *remark)
{
    int error = errno;
    if (got < 0 && error == ENOSYS)
        remark = SAY("nothing is written yet", "아직 작성하지 않았습니다");
    if (got < 0 && error == EAGAIN)
        remark = SAY("let recv() wait: no MSG_DONTWAIT, no time limit",
                     "recv()가 기다리게 두세요. MSG_DONTWAIT도, 시간 제한도 쓰지 않습니다");
    expect(got == expected, text(SAY("it returns %zd", "반환값 %zd"), expected),
           text(SAY("it returns %s", "반환값 %s"), result_text(got, error)), remark);
    expect_same_fd();
}

/* --- The checks --- */

enum { MOST = 64 };

static size_t some(size_t least)
{
    return least + check_random(20);
}

static void reads_a_message_that_is_there(void **state)
{
    (void)state;
    uint8_t buf[MOST] = {0};
    size_t n = some(5);
    ssize_t got = read_from((struct act[]){{SEND, n}}, 1, buf, n);
    expect_result(got, (ssize_t)n,
                  SAY("return what recv() counted (no strlen(): bytes may be 0); 0 means the end",
                      "recv()가 센 수를 돌려주세요(0인 바이트도 있으니 strlen()은 안 됩니다). 0은 "
                      "상대가 끝냈다는 뜻입니다"));
    expect_bytes("buf", buf, n, scene->said, n, "recv(2)");
}

static void reads_all_of_a_split_message(void **state)
{
    (void)state;
    static uint8_t buf[4 * 1024];
    size_t a = some(2), b = some(2), c = 3000 + some(2), n = a + b + c;
    ssize_t got = read_from((struct act[]){{SEND, a}, {PAUSE, 0}, {SEND, b}, {SEND, c}}, 4, buf, n);
    expect_result(got, (ssize_t)n,
                  SAY("recv(2) returns when anything has come: call it again for what is missing",
                      "recv(2)는 조금이라도 오면 돌아옵니다. 모자란 만큼 다시 호출하세요"));
    expect_bytes("buf", buf, n, scene->said, n,
                 SAY("each piece belongs behind the one before: buf + done",
                     "조각은 앞 조각의 바로 뒤에 놓아야 합니다: buf + done"));
    expect(scene->busy_ms < PAUSE_MS / 40, SAY("the processor idle while it waits",
                                              "기다리는 동안 CPU를 쓰지 않음"),
           text(SAY("%ld ms of CPU time in a pause of %d ms", "CPU 시간 %ld ms(쉰 시간 %d ms)"),
                scene->busy_ms, PAUSE_MS),
           SAY("a blocking recv(2) sleeps until bytes come; MSG_DONTWAIT in a loop does not",
               "블로킹 recv(2)는 바이트가 올 때까지 잠듭니다. MSG_DONTWAIT을 되풀이하면 잠들지 않습니다"));
}

static void leaves_the_next_message_alone(void **state)
{
    (void)state;
    uint8_t buf[4 * MOST], untouched[MOST], next[4 * MOST];
    size_t a = some(4), b = some(4), n = a + b;
    memset(buf, '.', sizeof(buf));
    memset(untouched, '.', sizeof(untouched));
    ssize_t got = read_from((struct act[]){{SEND, a}, {SEND, b + n}}, 2, buf, n);
    const char *remark = SAY("ask for what is missing, n - done: the rest is the next message's",
                             "모자란 만큼(n - done)만 요청하세요. 그 뒤는 다음 메시지입니다");
    expect_result(got, (ssize_t)n, remark);
    expect_bytes("buf", buf, n, scene->said, n, remark);
    expect_bytes(SAY("in memory behind buf", "buf 뒤의 메모리"), buf + n, 8, untouched, 8, remark);
    ssize_t left = recv(scene->ours, next, sizeof(next), MSG_DONTWAIT | MSG_PEEK);
    expect_bytes(SAY("left in the socket", "소켓에 남은 것"), next, left < 0 ? 0 : (size_t)left,
                 scene->said + n, n, remark);
}

static void says_how_many_came_before_the_end(void **state)
{
    (void)state;
    uint8_t buf[2 * MOST] = {0};
    size_t a = some(2), n = a + some(2);
    ssize_t got = read_from((struct act[]){{SEND, a}, {END, 0}}, 2, buf, n);
    expect_result(got, (ssize_t)a,
                  SAY("an end in the middle is neither an error (-1) nor a clean end (0)",
                      "중간에 끝난 것은 오류(-1)도, 메시지 사이에서 끝난 것(0)도 아닙니다"));
    expect_bytes("buf", buf, a, scene->said, a, SAY("what came counts", "온 것은 버리지 마세요"));
    step(SAY("and again: read_exact(fd, buf, %zu)", "한 번 더: read_exact(fd, buf, %zu)"), n);
    expect_result(read_exact(scene->ours, buf, n), 0,
                  SAY("each call begins anew (no static variables), and finds the end at once",
                      "호출마다 새로 시작합니다(static 변수 금지). 이번에는 바로 끝입니다"));
}

static void says_0_when_the_end_comes_first(void **state)
{
    (void)state;
    uint8_t buf[MOST];
    ssize_t got = read_from((struct act[]){{END, 0}}, 1, buf, some(2));
    expect_result(got, 0,
                  SAY("recv() says 0 when the peer has ended: that is an orderly end, no error",
                      "상대가 끝내면 recv()는 0을 돌려줍니다. 대화가 끝난 것이지 오류가 아닙니다"));
}

static void goes_on_after_a_signal(void **state)
{
    (void)state;
    uint8_t buf[2 * MOST] = {0};
    size_t a = some(2), b = some(2), n = a + b;
    ssize_t got = read_from((struct act[]){{SEND, a}, {INTERRUPT, 20}, {SEND, b}}, 3, buf, n);
    expect_result(got, (ssize_t)n,
                  SAY("a signal ends recv() early, by EINTR or with fewer bytes: go on (signal(7))",
                      "시그널이 오면 recv()는 EINTR로, 또는 일부만 읽고 돌아옵니다. 계속하세요 "
                      "(signal(7))"));
    expect_bytes("buf", buf, n, scene->said, n,
                 SAY("no byte is lost by a signal", "시그널로 잃는 바이트는 없습니다"));
}

static void tells_an_error_from_the_end(void **state)
{
    (void)state;
    uint8_t buf[2 * MOST];
    size_t a = some(2), n = a + some(2);
    ssize_t got = read_from((struct act[]){{SEND, a}, {RESET, 0}}, 2, buf, n);
    int error = errno;
    expect(got == -1 && error == ECONNRESET,
           text(SAY("it returns -1, errno %d: %s", "반환값 -1, errno %d: %s"), ECONNRESET,
                strerror(ECONNRESET)),
           text(SAY("it returns %s", "반환값 %s"), result_text(got, error)),
           SAY("return -1 after any error but EINTR: asked again, recv() says 0 as if all was well",
               "EINTR이 아닌 오류라면 -1을 돌려주세요. 다시 물으면 recv()는 아무 일 없었다는 듯 0을 "
               "돌려줍니다"));
    expect_same_fd();
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {
        cmocka_unit_test(reads_a_message_that_is_there),
        cmocka_unit_test(reads_all_of_a_split_message),
        cmocka_unit_test(leaves_the_next_message_alone),
        cmocka_unit_test(says_how_many_came_before_the_end),
        cmocka_unit_test(says_0_when_the_end_comes_first),
        cmocka_unit_test(goes_on_after_a_signal),
        cmocka_unit_test(tells_an_error_from_the_end),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
