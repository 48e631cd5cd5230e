/* lessons/02-byte-streams/write_all/check.c: a peer reads slowly, is interrupted for, or leaves.
 * SPDX-License-Identifier: MIT */
#include "write_all.h"

#include "lessons/learn/check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 8, RECORDS = 16 * 1024, LONG = RECORD * RECORDS, MOST = 3 * LONG };

enum { PAUSE_MS = 200 };

static long busy_ms; /* of the peer's pause */
static int ours, peers; /* the two ends of the connection */
static pthread_t writer, reader;
static atomic_bool returned; /* from write_all() */

static char said[MOST];  /* what is to be sent; what stands behind it is not */
static char heard[MOST]; /* what the peer got: heard_n bytes, or more than fit */
static size_t heard_n;

/* --- The peer, a thread --- */

static ssize_t hear(size_t most)
{
    char *to = heard + heard_n;
    static char surplus[RECORD];
    if (most > MOST - heard_n)
        most = MOST - heard_n;
    ssize_t n = most > 0 ? read(peers, to, most) : read(peers, surplus, sizeof(surplus));
    if (n > 0 && most > 0)
        heard_n += (size_t)n;
    return n;
}

static void *hear_all(void *unused)
{
    while (hear(MOST) > 0)
        ;
    return unused;
}

/* What this process has used the processor for; the peer itself only sleeps. */
static long cpu_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* Twenty times: lets the writer wait for room, interrupts it thrice, and reads a little.  Then as
 * fast as it comes: those who send byte by byte are slow enough. */
static void *hear_slowly(void *unused)
{
    for (int i = 0; i < 60 && !returned; i++) {
        usleep(1000);
        pthread_kill(writer, SIGUSR1);
        if (i % 3 == 2)
            hear(LONG / 16);
    }
    return hear_all(unused);
}

/* By the end of the first sleep the writer has filled what room there is. */
static void *hear_late(void *unused)
{
    usleep(PAUSE_MS * 1000 / 2);
    long before = cpu_ms();
    usleep(PAUSE_MS * 1000);
    busy_ms = cpu_ms() - before;
    return hear_slowly(unused);
}

static void *leave_early(void *unused)
{
    while (heard_n < LONG / 16 && hear(LONG / 16 - heard_n) > 0)
        ;
    close(peers);
    return unused;
}

/* --- The scene --- */

static void do_nothing(int signal)
{
    (void)signal;
}

static void on_signal(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    need(sigaction(signal, &action, NULL) == 0, "sigaction");
}

/* Numbered lines, so that a failure can say which of them are missing or come twice. */
static void prepare(void)
{
    unsigned first = 1000000 + check_random(1000000);
    heard_n = 0;
    returned = false;
    char line[16];
    for (unsigned i = 0; i < RECORDS; i++) {
        snprintf(line, sizeof(line), "%07u\n", first + i);
        memcpy(said + i * RECORD, line, RECORD);
    }
    memset(said + LONG, '#', sizeof(said) - LONG);
    int pair[2], small = 4096;
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    ours = pair[0];
    peers = pair[1];
    need(setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) == 0, "SO_SNDBUF");
    on_signal(SIGPIPE, SIG_IGN, 0);
}

static void begin(void *(*peer)(void *))
{
    writer = pthread_self();
    errno = pthread_create(&reader, NULL, peer, NULL);
    need(errno == 0, "pthread_create");
}

/* The caller goes on with fd, also after an error. */
static void expect_same_fd(void)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof(limit);
    int flags = fcntl(ours, F_GETFL);
    expect(flags >= 0, SAY("fd is still open", "fd가 열려 있음"), SAY("fd is closed", "fd가 닫힘"),
           SAY("whoever opened it closes it", "닫는 것은 연 쪽의 일입니다"));
    getsockopt(ours, SOL_SOCKET, SO_SNDTIMEO, &limit, &size);
    expect((flags & O_NONBLOCK) == 0 && limit.tv_sec == 0 && limit.tv_usec == 0,
           SAY("fd is still blocking", "fd는 여전히 블로킹"),
           SAY("it has O_NONBLOCK or SO_SNDTIMEO set", "O_NONBLOCK이나 SO_SNDTIMEO가 켜져 있음"),
           SAY("the caller goes on with it as it was: let send(2) wait",
               "호출한 쪽이 그대로 계속 씁니다. send(2)가 기다리게 두세요"));
}

/* What is to be sent begins at said + from. */
static int call_from(size_t from, size_t n)
{
    step(SAY("write_all(fd, buf, %zu) is called", "write_all(fd, buf, %zu)를 호출합니다"), n);
    errno = 0;
    int result = write_all(ours, said + from, n);
    int error = errno;
    returned = true;
    expect_same_fd();
    errno = error;
    return result;
}

/* One call, and no more to come. */
static int call(size_t n)
{
    int result = call_from(0, n), error = errno;
    shutdown(ours, SHUT_WR);
    errno = error;
    return result;
}

static const char *result_text(int result, int error)
{
    const char *because = error == 0 ? "" : text(", errno %d: %s", error, strerror(error));
    return text(SAY("it returns %d%s", "반환값 %d%s"), result, result < 0 ? because : "");
}

static void expect_success(int result, const char *remark)
{
    int error = errno;
    if (result < 0 && error == ENOSYS)
        remark = SAY("nothing is written yet", "아직 작성하지 않았습니다");
    if (result < 0 && error == EAGAIN)
        remark = SAY("let send() wait for room: no MSG_DONTWAIT",
                     "send()가 자리를 기다리게 두세요. MSG_DONTWAIT는 쓰지 않습니다");
    expect(result == 0, result_text(0, 0), result_text(result, error), remark);
}

static void expect_failure(int result, const char *remark)
{
    int error = errno;
    expect(result == -1 && (error == EPIPE || error == ECONNRESET), result_text(-1, EPIPE),
           result_text(result, error), remark);
}

/* The peer has read to the end by now. */
static void expect_heard(size_t n, const char *remark)
{
    size_t same = 0, shown = RECORD * 4;
    pthread_join(reader, NULL);
    while (same < n && same < heard_n && heard[same] == said[same])
        same++;
    size_t line = same - same % RECORD;
    expect(same == n || same == heard_n,
           text(SAY("the peer reads from byte %zu on: %s", "상대가 바이트 %zu부터 읽은 것: %s"), line,
                quoted(said + line, n - line < shown ? n - line : shown)),
           text(SAY("the peer reads from byte %zu on: %s", "상대가 바이트 %zu부터 읽은 것: %s"), line,
                quoted(heard + line, heard_n - line < shown ? heard_n - line : shown)),
           remark);
    expect(heard_n == n, text(SAY("the peer reads %zu bytes", "상대가 읽은 바이트: %zu"), n),
           text(SAY("the peer reads %zu bytes", "상대가 읽은 바이트: %zu"), heard_n), remark);
}

/* --- The checks --- */

static void writes_a_message(void **state)
{
    (void)state;
    size_t n = 11 + 2 * check_random(25); /* odd */
    prepare();
    begin(hear_all);
    step(SAY("a peer reads what comes", "상대는 오는 대로 읽습니다"));
    int result = call_from(0, n);
    expect_success(result, SAY("0 means that all of it was taken, whatever its length",
                               "길이가 얼마든 모두 보냈다면 0입니다"));
    size_t next = 80 + check_random(20);
    expect_success(call_from(n, next), SAY("each call begins anew", "호출마다 새로 시작합니다"));
    shutdown(ours, SHUT_WR);
    expect_heard(n + next,
                 SAY("n bytes of buf, no more and no less: sizeof or strlen() do not know them",
                     "buf의 n바이트를 넘지도 모자라지도 않게 보내세요. sizeof나 strlen()으로는 알 수 "
                     "없습니다"));
}

/* What is sent while a slow peer reads and signals come. */
static int write_slowly(int flags, void *(*peer)(void *))
{
    prepare();
    on_signal(SIGUSR1, do_nothing, flags);
    step(SAY("the socket has room for some 4 KiB (SO_SNDBUF); the peer reads little and slowly",
             "소켓의 송신 버퍼는 4 KiB쯤이고(SO_SNDBUF), 상대는 조금씩 천천히 읽습니다"));
    step(flags & SA_RESTART
             ? SAY("signals come (with SA_RESTART): send() returns what it has put by then",
                   "시그널이 옵니다(SA_RESTART). send()는 그때까지 보낸 만큼을 돌려줍니다")
             : SAY("signals come (no SA_RESTART): a send() that has put nothing fails with EINTR",
                   "시그널이 옵니다(SA_RESTART 없음). 아직 하나도 못 보낸 send()는 EINTR로 실패합니다"));
    begin(peer);
    return call(LONG);
}

static void goes_on_after_a_short_write(void **state)
{
    (void)state;
    int result = write_slowly(SA_RESTART, hear_late);
    expect_success(result, SAY("send() returned less than it was given, that is no error",
                               "send()가 일부만 보낸 것은 오류가 아닙니다"));
    expect_heard(LONG,
                 SAY("send(2) may take less: call it again with what is left, from buf + done",
                     "send(2)는 일부만 보낼 수 있습니다. buf + done부터 남은 만큼 다시 보내세요"));
    expect(busy_ms < PAUSE_MS / 20, SAY("the processor idle while it waits for room",
                                       "자리를 기다리는 동안 CPU를 쓰지 않음"),
           text(SAY("%ld ms of CPU time in a pause of %d ms", "CPU 시간 %ld ms(쉰 시간 %d ms)"), busy_ms,
                PAUSE_MS),
           SAY("a blocking send(2) sleeps until there is room; MSG_DONTWAIT in a loop does not",
               "블로킹 send(2)는 자리가 날 때까지 잠듭니다. MSG_DONTWAIT을 되풀이하면 잠들지 않습니다"));
}

static void goes_on_after_a_signal(void **state)
{
    (void)state;
    int result = write_slowly(0, hear_slowly);
    expect_success(result, SAY("a signal interrupted send(), EINTR: try again; send(2), signal(7)",
                               "시그널이 send()를 중단시켰습니다: EINTR, send(2), signal(7). 다시 "
                               "호출하세요"));
    expect_heard(LONG, SAY("after EINTR go on where you were: not a byte was taken",
                           "EINTR이면 한 바이트도 나가지 않았습니다. 하던 곳부터 계속하세요"));
}

static void writes_nothing_when_there_is_nothing(void **state)
{
    (void)state;
    prepare();
    close(peers);
    step(SAY("the peer has gone: any send() would fail, even one of 0 bytes",
             "상대가 떠났습니다. send()는 0바이트라도 실패합니다"));
    expect_success(call(0), SAY("0 bytes of 0 have been sent: look at n before send()",
                                "0바이트를 모두 보낸 셈입니다. send() 전에 n을 확인하세요"));
}

static void reports_a_peer_that_has_gone(void **state)
{
    (void)state;
    prepare();
    close(peers);
    step(SAY("the peer has gone; SIGPIPE is ignored here: send() returns -1, EPIPE",
             "상대가 떠났습니다. 여기서 SIGPIPE는 무시되고 send()는 -1, EPIPE입니다"));
    expect_failure(call(10 + check_random(50)),
                   SAY("an error of send(2) other than EINTR is the caller's to know: return -1",
                       "EINTR이 아닌 send(2)의 오류는 호출한 쪽이 알아야 합니다. -1을 돌려주세요"));
}

static atomic_bool sigpipe_came;

static void note(int signal)
{
    (void)signal;
    sigpipe_came = true;
}

static void survives_a_peer_that_has_gone(void **state)
{
    (void)state;
    prepare();
    on_signal(SIGPIPE, note, 0);
    close(peers);
    step(SAY("the peer has gone; nobody has told the kernel to ignore SIGPIPE",
             "상대가 떠났습니다. SIGPIPE를 무시하라고 한 적은 없습니다"));
    int result = call(10 + check_random(50)), error = errno;
    expect(!sigpipe_came, SAY("no SIGPIPE", "SIGPIPE가 오지 않음"), SAY("SIGPIPE", "SIGPIPE가 옴"),
           SAY("it would have ended the program without a word: MSG_NOSIGNAL, send(2)",
               "프로그램이 말없이 끝났을 것입니다: MSG_NOSIGNAL, send(2)"));
    errno = error;
    expect_failure(result, "send(2)");
}

static void reports_a_peer_that_leaves_in_the_middle(void **state)
{
    (void)state;
    prepare();
    begin(leave_early);
    step(SAY("the peer reads %d bytes and goes away", "상대는 %d바이트를 읽고 떠납니다"), LONG / 16);
    expect_failure(call(LONG), SAY("part of the bytes is not all of them: -1, not 0, not a number",
                                   "일부만 보낸 것은 모두 보낸 것이 아닙니다. 0도 개수도 아닌 -1입니다"));
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {
        cmocka_unit_test(writes_a_message),
        cmocka_unit_test(goes_on_after_a_short_write),
        cmocka_unit_test(goes_on_after_a_signal),
        cmocka_unit_test(writes_nothing_when_there_is_nothing),
        cmocka_unit_test(reports_a_peer_that_has_gone),
        cmocka_unit_test(survives_a_peer_that_has_gone),
        cmocka_unit_test(reports_a_peer_that_leaves_in_the_middle),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
