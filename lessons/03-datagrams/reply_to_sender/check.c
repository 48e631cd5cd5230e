/* reply_to_sender/check.c: one server's socket, up to three clients, all on 127.0.0.1.  A datagram
 * is there before the server is called, so that nothing has to wait but what is wrong.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "reply_to_sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CAP = 512, LONGEST = 65507 /* bytes of payload, UDP over IPv4 */,
       PATIENCE = 2 /* seconds; all of them pass only when something is wrong */ };

struct client {
    int fd, port;
    char name; /* 'A' ... */
};

static int server;
static struct client clients[3];
static char last[LONGEST]; /* what a client sent last */

/* --- The scene --- */

static void give_up_after(int fd, time_t seconds, suseconds_t us)
{
    struct timeval limit = {seconds, us};
    need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0, "setsockopt");
}

static int udp_socket(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    need(fd >= 0, "socket");
    need(bind(fd, (struct sockaddr *)&at, len) == 0, "bind");
    need(getsockname(fd, (struct sockaddr *)&at, &len) == 0, "getsockname");
    *port = ntohs(at.sin_port);
    give_up_after(fd, PATIENCE, 0);
    return fd;
}

static void set_scene(int n)
{
    int port;
    server = udp_socket(&port);
    step(SAY("a UDP server listens at 127.0.0.1:%d", "UDP 서버가 127.0.0.1:%d에서 기다립니다"), port);
    for (int i = 0; i < n; i++) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        clients[i].name = (char)('A' + i);
        clients[i].fd = udp_socket(&clients[i].port);
        need(connect(clients[i].fd, (struct sockaddr *)&at, sizeof(at)) == 0, "connect");
    }
}

static void clear_scene(int n)
{
    close(server);
    for (int i = 0; i < n; i++)
        close(clients[i].fd);
}

static const char *called(const struct client *c)
{
    return text(SAY("client %c (port %d)", "클라이언트 %c(포트 %d)"), c->name, c->port);
}

static void make_message(size_t n)
{
    for (size_t i = 0; i < n; i++)
        last[i] = (char)('a' + check_random(26));
}

static void send_message(struct client *c, size_t n)
{
    step(SAY("%s sends %s: %zu bytes", "%s: %s 전송, %zu바이트"), called(c), quoted(last, n), n);
    need(send(c->fd, last, n, 0) == (ssize_t)n, "send");
}

static bool waits_otherwise; /* the server's socket, than before the last call */

/* Calls the exercise with a buffer of cap bytes, behind which there is one that is not its own. */
static ssize_t call(size_t cap)
{
    enum { GUARD = 0x5a };
    unsigned char *buf = malloc(cap + 1);
    need(buf != NULL, "malloc");
    memset(buf, '?', cap);
    buf[cap] = GUARD;
    step(SAY("the server calls reply_to_sender(fd, buf, %zu)",
             "서버가 reply_to_sender(fd, buf, %zu) 호출"), cap);
    struct timeval before, after;
    socklen_t size = sizeof(before);
    getsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &before, &size);
    errno = 0;
    ssize_t n = reply_to_sender(server, buf, cap);
    int error = errno, guard = buf[cap], flags = fcntl(server, F_GETFL);
    free(buf);
    if (flags >= 0 && getsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &after, &size) == 0)
        waits_otherwise = (flags & O_NONBLOCK) != 0 || before.tv_sec != after.tv_sec ||
                          before.tv_usec != after.tv_usec;
    expect(guard == GUARD, text(SAY("buf[%zu] untouched", "buf[%zu]: 그대로"), cap),
           text(SAY("0x%02x written into it", "그 자리에 0x%02x를 씀"), guard),
           SAY("buf has cap bytes, the last is buf[cap - 1]; a zero byte behind the data needs "
               "room of its own, and a datagram needs none (recv(2)).",
               "buf는 cap바이트이고 마지막은 buf[cap - 1]입니다. 데이터그램 끝에는 0 바이트를 붙일 "
               "필요가 없습니다(recv(2))."));
    errno = error;
    return n;
}

static const char *outcome(ssize_t n)
{
    const char *why = n < 0 ? text(" (%s)", strerror(errno)) : "";
    return text(SAY("%zd returned%s", "반환값 %zd%s"), n, why);
}

/* What errno says for certain goes before what a wrong result usually comes from. */
static const char *cause(ssize_t got, const char *usual)
{
    if (got < 0 && errno == EBADF)
        return SAY("The socket is the caller's, who goes on with it: do not close it.",
                   "소켓은 호출한 쪽의 것이고 계속 쓰입니다. 닫지 마세요.");
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return SAY("Receive one datagram and reply to it: here the call either did not wait "
                   "(MSG_DONTWAIT), or it waited for 2 s for a second one (recv(2)).",
                   "데이터그램 하나를 받고 응답하면 됩니다. 기다리지 않았거나(MSG_DONTWAIT), 오지 않을 "
                   "두 번째를 2초 동안 기다렸습니다(recv(2)).");
    return usual;
}

static void expect_returned(ssize_t got, size_t expected, const char *remark)
{
    expect(got == (ssize_t)expected, text(SAY("%zu returned", "반환값 %zu"), expected), outcome(got),
           cause(got, remark));
}

/* The client something is there for, or NULL when nothing came within the patience. */
static struct client *who_hears(int n)
{
    struct pollfd fds[3];
    for (int i = 0; i < n; i++)
        fds[i] = (struct pollfd){clients[i].fd, POLLIN, 0};
    if (poll(fds, (nfds_t)n, PATIENCE * 1000) <= 0)
        return NULL;
    for (int i = 0; i < n; i++)
        if (fds[i].revents)
            return &clients[i];
    return NULL;
}

static void expect_reply(struct client *c, int among, size_t n, const char *remark)
{
    static char reply[LONGEST];
    const char *whole = text(SAY("%s receives %s: %zu bytes", "%s: %s 수신, %zu바이트"), called(c),
                             quoted(last, n), n);
    struct client *heard = who_hears(among);
    expect(heard == c, whole,
           heard ? text(SAY("the reply goes to %s", "응답이 %s에게 감"), called(heard))
                 : SAY("no reply at all", "응답이 전혀 없음"),
           heard ? SAY("Each datagram brings its sender's address with it; the reply goes to that "
                       "one (recvmsg(2): msg_name, recvfrom(2): src_addr).",
                       "데이터그램마다 보낸 쪽의 주소가 함께 옵니다. 응답은 그 주소로 보냅니다"
                       "(recvmsg(2)의 msg_name, recvfrom(2)의 src_addr).")
                 : remark);
    ssize_t got = recv(c->fd, reply, sizeof(reply), 0);
    need(got >= 0, "recv");
    expect((size_t)got == n && memcmp(reply, last, n) == 0, whole,
           text(SAY("%s receives %s: %zd bytes", "%s: %s 수신, %zd바이트"), called(c),
                quoted(reply, (size_t)got), got), remark);
}

/* --- The checks --- */

static void sends_the_datagram_back(void **state)
{
    (void)state;
    set_scene(1);
    size_t n = 20 + check_random(20);
    make_message(n);
    send_message(&clients[0], n);
    int free_before = dup(server);
    close(free_before);
    ssize_t got = call(CAP);
    expect_returned(got, n,
                    SAY("recvmsg() or recvfrom() gives you the bytes and their sender's address; "
                        "sendto() with both returns how many bytes it sent.",
                        "recvmsg()나 recvfrom()은 바이트와 보낸 쪽의 주소를 함께 줍니다. 이 둘로 "
                        "sendto()를 부르면 보낸 바이트 수가 나옵니다."));
    expect_reply(&clients[0], 1, n, SAY("See sendto(2).", "sendto(2)를 보세요."));
    expect(!waits_otherwise, SAY("the socket as it was", "소켓은 그대로"),
           SAY("its O_NONBLOCK or SO_RCVTIMEO is another", "O_NONBLOCK이나 SO_RCVTIMEO가 바뀜"),
           SAY("The socket is the caller's: how it waits is not yours to change (socket(7)).",
               "소켓은 호출한 쪽의 것입니다. 기다리는 방식을 바꾸지 마세요(socket(7))."));
    int free_now = dup(server);
    close(free_now);
    expect_number(SAY("lowest free descriptor", "가장 작은 빈 디스크립터"), free_now, free_before,
                  SAY("What you open, you close: close(2).", "연 것은 닫아야 합니다: close(2)."));
    clear_scene(1);
}

static void sends_exactly_the_bytes_that_came(void **state)
{
    (void)state;
    static const char *const remark[2] = {
        "Send as many bytes as were received: neither the whole buffer, nor what strlen() counts; "
        "a datagram may contain zero bytes and does not end with one (udp(7)).",
        "받은 만큼만 보내세요. 버퍼 전체도, strlen()이 센 길이도 아닙니다. 데이터그램 안에는 0 바이트가 "
        "있을 수 있고, 끝에 0 바이트가 붙지도 않습니다(udp(7))."};
    set_scene(1);
    size_t n = 10 + check_random(20);
    make_message(n);
    last[3] = '\0';
    send_message(&clients[0], n);
    ssize_t got = call(CAP);
    expect_returned(got, n, SAY(remark[0], remark[1]));
    expect_reply(&clients[0], 1, n, SAY(remark[0], remark[1]));
    clear_scene(1);
}

static void answers_each_client_at_its_own_address(void **state)
{
    (void)state;
    set_scene(3);
    int order[6] = {0, 1, 2}; /* each once, then at random */
    for (int i = 3; i < 6; i++)
        order[i] = (int)check_random(3);
    for (int i = 0; i < 6; i++) {
        size_t n = 4 + check_random(8);
        make_message(n);
        send_message(&clients[order[i]], n);
        ssize_t got = call(CAP);
        bool deaf = got < 0 && errno != EBADF;
        expect(!deaf, text(SAY("%zu returned", "반환값 %zu"), n), outcome(got),
               SAY("One socket serves all clients: once it is connected to one of them, it hears "
                   "no other (connect(2), udp(7)).",
                   "소켓 하나가 모든 클라이언트를 맡습니다. 그중 하나에 connect()하면 다른 클라이언트의 "
                   "데이터그램은 받지 못합니다(connect(2), udp(7))."));
        expect_returned(got, n, SAY("Each call takes one datagram, the oldest (recv(2)).",
                                    "호출마다 가장 오래된 데이터그램 하나를 꺼냅니다(recv(2))."));
        expect_reply(&clients[order[i]], 3, n, SAY("See sendto(2).", "sendto(2)를 보세요."));
    }
    clear_scene(3);
}

static void answers_an_empty_datagram(void **state)
{
    (void)state;
    set_scene(1);
    send_message(&clients[0], 0);
    ssize_t got = call(CAP);
    expect_returned(got, 0,
                    SAY("0 is the datagram's length; only a stream of bytes has an end (recv(2)).",
                        "0은 데이터그램의 길이입니다. 끝이 있는 것은 바이트 스트림뿐입니다(recv(2))."));
    expect_reply(&clients[0], 1, 0,
                 SAY("An empty datagram is a packet with a header and no payload; it can be "
                     "received and sent like any other (recv(2), RFC 768).",
                     "빈 데이터그램은 헤더만 있고 페이로드가 없는 패킷입니다. 다른 것과 똑같이 받고 "
                     "보낼 수 있습니다(recv(2), RFC 768)."));
    clear_scene(1);
}

static void answers_a_datagram_that_just_fits(void **state)
{
    (void)state;
    set_scene(1);
    size_t n = 8 + check_random(30);
    make_message(n);
    send_message(&clients[0], n);
    ssize_t got = call(n);
    const char *remark =
        SAY("A full buffer does not tell whether something is missing: MSG_TRUNC does, in "
            "msg_flags of recvmsg(2).",
            "버퍼가 꽉 찼다고 해서 잘린 것은 아닙니다. 잘렸는지는 recvmsg(2)가 msg_flags의 "
            "MSG_TRUNC로 알려 줍니다.");
    expect_returned(got, n, remark);
    expect_reply(&clients[0], 1, n, remark);
    n = LONGEST - check_random(1000);
    make_message(n);
    send_message(&clients[0], n);
    remark = SAY("A datagram may have up to 65,507 bytes; cap says how many fit, not an array of "
                 "your own (udp(7)).",
                 "데이터그램은 65,507바이트까지 됩니다. 몇 바이트가 들어가는지는 cap이 정합니다(udp(7)).");
    got = call(n);
    expect_returned(got, n, remark);
    expect_reply(&clients[0], 1, n, remark);
    clear_scene(1);
}

static const char mark[] = "(the check's own)";

static ssize_t send_own(const struct client *c)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return sendto(server, mark, sizeof(mark), 0, (struct sockaddr *)&at, sizeof(at));
}

/* Nothing may have been sent to c: what the check sends now must be the first that arrives. */
static void expect_no_reply(struct client *c)
{
    char reply[CAP * 2];
    need(send_own(c) > 0, "sendto");
    ssize_t n = recv(c->fd, reply, sizeof(reply), 0);
    need(n >= 0, "recv");
    expect(n == sizeof(mark) && memcmp(reply, mark, sizeof(mark)) == 0,
           SAY("nothing is sent back", "아무것도 돌려보내지 않음"),
           text(SAY("%s receives %s: %zd bytes", "%s: %s 수신, %zd바이트"), called(c),
                quoted(reply, (size_t)n), n),
           SAY("Half a message is worse than none: look for MSG_TRUNC before you send "
               "(recvmsg(2)).",
               "절반만 보내느니 보내지 않는 것이 낫습니다. 보내기 전에 MSG_TRUNC를 확인하세요"
               "(recvmsg(2))."));
}

static void leaves_a_truncated_datagram_unanswered(void **state)
{
    (void)state;
    set_scene(1);
    size_t cap = 8 + check_random(30), n = cap + 1 + check_random(3);
    make_message(n);
    send_message(&clients[0], n);
    make_message(5);
    send_message(&clients[0], 5);
    ssize_t got = call(cap);
    int error = errno;
    expect_no_reply(&clients[0]);
    errno = error;
    expect(got == -1 && error == EMSGSIZE,
           text(SAY("-1 returned (%s)", "반환값 -1 (%s)"), strerror(EMSGSIZE)), outcome(got),
           SAY("The kernel cuts a datagram that does not fit and throws the rest away; only the "
               "flag MSG_TRUNC tells (recv(2)).",
               "커널은 버퍼보다 긴 데이터그램을 자르고 나머지를 버립니다. 그 사실은 MSG_TRUNC 플래그로만 "
               "알 수 있습니다(recv(2))."));
    got = call(cap);
    expect_returned(got, 5,
                    SAY("The rest of a truncated datagram is gone; the next call receives the next "
                        "datagram.",
                        "잘린 데이터그램의 나머지는 사라지고, 다음 호출은 다음 데이터그램을 받습니다."));
    expect_reply(&clients[0], 1, 5, "");
    clear_scene(1);
}

/* --- Signals: three that only disturb, and a fourth that brings the datagram. --- */

static volatile sig_atomic_t signals;
static size_t message_size;

static void on_alarm(int number)
{
    (void)number;
    signals++;
    if (signals == 4 && send(clients[0].fd, last, message_size, 0) < 0)
        abort();
}

static void start_alarms(struct sigaction *before)
{
    struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART */
    struct itimerval often = {{0, 10000}, {0, 10000}};
    signals = 0;
    need(sigaction(SIGALRM, &action, before) == 0, "sigaction");
    need(setitimer(ITIMER_REAL, &often, NULL) == 0, "setitimer");
}

static void stop_alarms(const struct sigaction *before)
{
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, before, NULL);
}

static void goes_on_after_a_signal(void **state)
{
    (void)state;
    struct sigaction before;
    set_scene(1);
    message_size = 5 + check_random(10);
    make_message(message_size);
    step(SAY("a signal comes every 10 ms; with the fourth, %s sends %s",
             "10 ms마다 시그널이 옵니다. 네 번째에 %s: %s 전송"),
         called(&clients[0]), quoted(last, message_size));
    start_alarms(&before);
    ssize_t got = call(CAP);
    int error = errno;
    stop_alarms(&before);
    errno = error;
    expect_returned(got, message_size,
                    SAY("EINTR says that a signal came before any datagram did: call again "
                        "(signal(7)).",
                        "EINTR은 데이터그램보다 시그널이 먼저 왔다는 뜻입니다. 다시 호출하세요"
                        "(signal(7))."));
    expect_reply(&clients[0], 1, message_size, "");
    clear_scene(1);
}

/* Linux tells an unconnected socket of refused datagrams only when asked to; others always do. */
static void want_refusals(void)
{
#ifdef IP_RECVERR
    int on = 1;
    need(setsockopt(server, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) == 0, "setsockopt IP_RECVERR");
#endif
}

static void goes_on_after_a_refused_reply(void **state)
{
    (void)state;
    set_scene(2);
    want_refusals();
    size_t n = 5 + check_random(10);
    make_message(n);
    send_message(&clients[0], n);
    step(SAY("%s closes its socket", "%s: 소켓 닫음"), called(&clients[0]));
    close(clients[0].fd);
    expect_returned(call(CAP), n, SAY("The reply is sent; nobody knows yet that it will be "
                                      "refused.",
                                      "응답은 보내졌습니다. 거절될지는 아직 아무도 모릅니다."));
    step(SAY("the reply is refused: nobody has port %d any more (ICMP port unreachable)",
             "응답이 거절됨: 포트 %d에는 이제 아무도 없습니다(ICMP port unreachable)"),
         clients[0].port);
    struct pollfd refusal = {server, 0, 0};
    poll(&refusal, 1, 1000);
    make_message(n);
    send_message(&clients[1], n);
    expect_returned(call(CAP), n,
                    SAY("ECONNREFUSED is about an earlier datagram of ours, not about the one to "
                        "be received now: call again (udp(7)).",
                        "ECONNREFUSED는 앞서 보낸 데이터그램의 결과이지 지금 받을 것과는 관계가 없습니다. "
                        "다시 호출하세요(udp(7))."));
    clients[0] = clients[1];
    expect_reply(&clients[0], 1, n, "");
    clear_scene(1);
}

static void returns_other_errors(void **state)
{
    (void)state;
    set_scene(0);
    give_up_after(server, 0, 20000);
    step(SAY("the socket is set to give up receiving after 20 ms (SO_RCVTIMEO); nobody sends",
             "소켓은 20 ms 뒤에 받기를 그만두도록 설정했고(SO_RCVTIMEO), 아무도 보내지 않습니다"));
    ssize_t got = call(CAP);
    expect(got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK),
           text(SAY("-1 returned (%s)", "반환값 -1 (%s)"), strerror(EAGAIN)), outcome(got),
           SAY("Only EINTR and ECONNREFUSED are reasons to wait on; the caller decides about all "
               "others and needs errno for it (errno(3)).",
               "계속 기다릴 이유는 EINTR과 ECONNREFUSED뿐입니다. 나머지는 호출한 쪽이 errno를 보고 "
               "결정합니다(errno(3))."));
    clear_scene(0);
    set_scene(1);
    make_message(5);
    send_message(&clients[0], 5);
    shutdown(server, SHUT_WR); /* on Linux it works, although it says ENOTCONN */
    bool works = send_own(&clients[0]) < 0 && errno == EPIPE;
    if (works) {
        step(SAY("the socket can receive, but no longer send: shutdown(fd, SHUT_WR); sending fails",
                 "소켓은 받을 수만 있고 보낼 수는 없습니다: shutdown(fd, SHUT_WR). 보내기는 실패합니다"));
        got = call(CAP);
        expect(got == -1 && errno != 0,
               text(SAY("-1 returned (%s)", "반환값 -1 (%s)"), strerror(EPIPE)), outcome(got),
               SAY("Nothing was sent: what sendto(2) returns is your result, too.",
                   "아무것도 보내지 못했습니다. sendto(2)의 반환값도 결과에 반영하세요."));
    }
    clear_scene(1);
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest checks[] = {
        cmocka_unit_test(sends_the_datagram_back),
        cmocka_unit_test(sends_exactly_the_bytes_that_came),
        cmocka_unit_test(answers_each_client_at_its_own_address),
        cmocka_unit_test(answers_an_empty_datagram),
        cmocka_unit_test(answers_a_datagram_that_just_fits),
        cmocka_unit_test(leaves_a_truncated_datagram_unanswered),
        cmocka_unit_test(goes_on_after_a_signal),
        cmocka_unit_test(goes_on_after_a_refused_reply),
        cmocka_unit_test(returns_other_errors),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
