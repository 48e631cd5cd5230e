/* stop_and_wait/check.c: the receiver is a thread that drops, delays and doubles by what it has
 * seen, never by the clock.  Time limits are short where a datagram is dropped, and then many tries
 * are allowed; where it must not be sent again, they are long.  So a slow machine changes no
 * verdict. SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "stop_and_wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SHORT = 30, LONG = 1500, TICK = 20, PATIENCE = 3000 /* ms */, MANY = 100 /* tries */,
       EVENTS = 64 };

/* What the receiver saw and did, in this order. */
enum what { CAME, ACKED, SENT_RUBBISH, SENT_EMPTY, FLOODED, RESCUED };
static struct event {
    enum what what;
    uint8_t bytes[1 + MESSAGE_MAX + 1];
    size_t len;
} events[EVENTS];
static size_t events_n;

static int receiver;
static struct sender sender;
static pthread_t thread;
static atomic_bool over;
static size_t came;                      /* datagrams so far, all messages together */
static void (*react)(const uint8_t *in); /* to the one that made it `came` */
static size_t plan;                      /* what react goes by */
static uint8_t message[MESSAGE_MAX];
static size_t message_n;

/* --- The receiver --- */

static struct event *note(enum what what, const uint8_t *bytes, size_t n)
{
    struct event *e = &events[events_n < EVENTS - 1 ? events_n++ : EVENTS - 1];
    e->what = what;
    e->len = n;
    memcpy(e->bytes, bytes, n);
    return e;
}

static void say(enum what what, const void *bytes, size_t n)
{
    note(what, bytes, n);
    send(receiver, bytes, n, 0);
}

static void ack(uint8_t number)
{
    say(ACKED, &number, 1);
}

static bool take(int flags)
{
    uint8_t in[1 + MESSAGE_MAX + 1];
    ssize_t n = recv(receiver, in, sizeof(in), flags);
    if (n < 0)
        return false;
    note(CAME, in, (size_t)n);
    came++;
    if (!atomic_load(&over) && n > 0)
        react(in);
    return true;
}

/* Whoever waits for an ack without an end gets one at last, so that there is something to tell. */
static void rescue(void)
{
    const struct event *last = &events[events_n - 1];
    if (events_n > 0 && last->len > 0) {
        note(RESCUED, last->bytes, 1);
        send(receiver, last->bytes, 1, 0);
    }
}

static void *receive(void *unused)
{
    for (int idle = 0; !atomic_load(&over); idle++) {
        if (take(0))
            idle = 0;
        else if (idle == PATIENCE / TICK)
            rescue();
    }
    return unused;
}

/* --- The scene --- */

static int udp_socket(struct sockaddr_in *at, int limit_ms)
{
    struct timeval limit = {limit_ms / 1000, limit_ms % 1000 * 1000};
    socklen_t len = sizeof(*at);
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    need(fd >= 0, "socket");
    need(bind(fd, (struct sockaddr *)at, len) == 0, "bind");
    need(getsockname(fd, (struct sockaddr *)at, &len) == 0, "getsockname");
    need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0, "setsockopt");
    return fd;
}

static struct sockaddr_in senders_address;

static void open_sockets(void)
{
    struct sockaddr_in at;
    receiver = udp_socket(&at, TICK);
    sender.fd = udp_socket(&senders_address, PATIENCE + 1000);
    need(connect(sender.fd, (struct sockaddr *)&at, sizeof(at)) == 0, "connect");
    step(SAY("a receiver waits at 127.0.0.1:%d; the sender's socket is connected to it",
             "수신 쪽이 127.0.0.1:%d에서 기다립니다. 송신 쪽 소켓은 여기에 연결되어 있습니다"),
         ntohs(at.sin_port));
    events_n = came = 0;
    atomic_store(&over, false);
}

static void start(void (*how)(const uint8_t *), const char *told)
{
    open_sockets();
    need(connect(receiver, (struct sockaddr *)&senders_address, sizeof(senders_address)) == 0,
         "connect");
    step("%s", told);
    react = how;
    need(pthread_create(&thread, NULL, receive, NULL) == 0, "pthread_create");
}

static const char *told_bytes(const struct event *e)
{
    if (e->len == 0)
        return SAY("an empty datagram", "빈 데이터그램");
    return text(SAY("number %d and %s", "번호 %d, 내용 %s"), e->bytes[0],
                quoted(e->bytes + 1, e->len - 1));
}

static void tell(const struct event *e)
{
    switch (e->what) {
    case CAME:
        step(SAY("  the receiver gets %s", "  수신: %s"), told_bytes(e));
        break;
    case ACKED:
        step(SAY("  the receiver acks %d", "  수신 쪽이 번호 %d의 ACK 전송"), e->bytes[0]);
        break;
    case SENT_EMPTY:
        step(SAY("  the receiver sends an empty datagram", "  수신 쪽이 빈 데이터그램 전송"));
        break;
    case SENT_RUBBISH:
        step(SAY("  the receiver sends two bytes: %d %d", "  수신 쪽이 2바이트 전송: %d %d"),
             e->bytes[0], e->bytes[1]);
        break;
    case RESCUED:
        step(SAY("  nothing comes for 3 s; to go on, the receiver acks %d",
                 "  3초 동안 아무것도 오지 않음. 계속하기 위해 수신 쪽이 번호 %d의 ACK 전송"), e->bytes[0]);
        break;
    case FLOODED:
        step(SAY("  the receiver acks %d again and again, 400 times, 5 ms apart",
                 "  수신 쪽이 번호 %d의 ACK를 5 ms 간격으로 400번 전송"), e->bytes[0]);
        break;
    }
}

static void close_sockets(void)
{
    size_t shown = events_n < 14 ? events_n : 14;
    for (size_t i = 0; i < shown; i++)
        tell(&events[i]);
    if (shown < events_n)
        step(SAY("  and so on: %zu datagrams in all", "  이하 생략: 데이터그램 모두 %zu개"), came);
    close(receiver);
    close(sender.fd);
}

/* Ends the receiver; what is still in its socket counts. */
static void stop(void)
{
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    while (take(MSG_DONTWAIT))
        ;
    close_sockets();
}

static void set_limits(int timeout_ms, int tries)
{
    sender.timeout_ms = timeout_ms;
    sender.tries = tries;
}

static long long took_ms, busy_ms; /* of the last call: by the clock, of the processor */
static bool limits_kept;

static long long ms_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int send_message(size_t n)
{
    message_n = n;
    for (size_t i = 0; i < n; i++)
        message[i] = (uint8_t)('a' + check_random(26));
    step(SAY("stop_and_wait(s, %s, %zu) with number %d, timeout_ms %d, tries %d",
             "stop_and_wait(s, %s, %zu): number %d, timeout_ms %d, tries %d"),
         quoted(message, n), n, sender.number, sender.timeout_ms, sender.tries);
    struct sender before = sender;
    long long cpu = ms_of(CLOCK_PROCESS_CPUTIME_ID), began = ms_of(CLOCK_MONOTONIC);
    errno = 0;
    int result = stop_and_wait(&sender, message, n);
    int error = errno;
    took_ms = ms_of(CLOCK_MONOTONIC) - began;
    busy_ms = ms_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    limits_kept = before.fd == sender.fd && before.timeout_ms == sender.timeout_ms &&
                  before.tries == sender.tries;
    errno = error;
    return result;
}

static const char *outcome(int n, int error)
{
    return n >= 0 ? text(SAY("%d returned", "반환값 %d"), n)
                  : text(SAY("%d returned (%s)", "반환값 %d (%s)"), n, strerror(error));
}

static const struct event *datagram(size_t i)
{
    const struct event *e = events;
    for (size_t at = 0; e < events + events_n; e++)
        if (e->what == CAME && at++ == i)
            return e;
    return NULL;
}

/* That datagram i was these n bytes under this number. */
static void expect_bytes_of(size_t i, uint8_t number, const uint8_t *bytes, size_t n,
                            const char *remark)
{
    struct event right = {.len = 1 + n};
    const struct event *e = datagram(i);
    right.bytes[0] = number;
    memcpy(right.bytes + 1, bytes, n);
    expect(e != NULL && e->len == right.len && memcmp(e->bytes, right.bytes, right.len) == 0,
           text(SAY("datagram %zu: %s", "%zu번째 데이터그램: %s"), i + 1, told_bytes(&right)),
           e ? text(SAY("datagram %zu: %s", "%zu번째 데이터그램: %s"), i + 1, told_bytes(e))
             : SAY("no such datagram", "그런 데이터그램이 없음"), remark);
}

/* That datagram i was the message that was sent last. */
static void expect_datagram(size_t i, uint8_t number, const char *remark)
{
    expect_bytes_of(i, number, message, message_n, remark);
}

/* After stop(): success, and as many datagrams as were reported, at least so many. */
static void expect_sent(int returned, int error, size_t least, const char *remark)
{
    expect(returned > 0, SAY("success: how often it was sent", "성공: 보낸 횟수"),
           outcome(returned, error), remark);
    expect(came >= least, text(SAY("at least %zu datagrams", "데이터그램 %zu개 이상"), least),
           text(SAY("%zu of them, and %d returned", "%zu개, 반환값 %d"), came, returned), remark);
    expect((size_t)returned == came,
           text(SAY("%zu returned: so many datagrams arrived", "반환값 %zu: 도착한 데이터그램 수"),
                came),
           outcome(returned, error),
           SAY("Every datagram that was sent has arrived here; count each send, the first "
               "included.",
               "여기서는 보낸 데이터그램이 모두 도착했습니다. 첫 번째를 포함해 보낸 횟수를 세세요."));
}

/* --- What the receiver does --- */

static void acks_all(const uint8_t *in)
{
    ack(in[0]);
}

static void drops_first(const uint8_t *in) /* `plan` of them */
{
    if (came > plan)
        ack(in[0]);
}

static void acks_another_first(const uint8_t *in)
{
    ack(came == 1 ? (uint8_t)plan : in[0]);
}

static void acks_another_and_then_ours(const uint8_t *in)
{
    ack((uint8_t)plan);
    ack(in[0]);
}

static void sends_rubbish_first(const uint8_t *in)
{
    uint8_t rubbish[2] = {in[0], in[0]};
    if (came > 1) {
        ack(in[0]);
        return;
    }
    say(SENT_EMPTY, rubbish, 0);
    say(SENT_RUBBISH, rubbish, 2);
}

static void acks_the_first_twice(const uint8_t *in)
{
    if (came == 2 && datagram(0)->bytes[0] != in[0])
        return; /* the next message's first copy */
    ack(in[0]);
    if (came == 1)
        ack(in[0]);
}

/* Acks of the message before, until the datagram comes again or 400 of them have been sent. */
static void floods(const uint8_t *in)
{
    uint8_t old = (uint8_t)(in[0] - 1);
    if (came > 1) {
        ack(in[0]);
        return;
    }
    struct event *e = note(FLOODED, &old, 1);
    struct pollfd more = {receiver, POLLIN, 0};
    for (plan = 0; plan < 400 && poll(&more, 1, 5) == 0; plan++)
        send(receiver, &old, 1, 0);
    if (plan < 400)
        e->what = ACKED;
}

/* --- The checks --- */

static void sends_the_number_and_the_message(void **state)
{
    (void)state;
    uint8_t number = (uint8_t)check_random(200);
    sender.number = number;
    set_limits(LONG, 2);
    start(acks_all, SAY("it acks each message at once", "메시지마다 바로 ACK를 보냅니다"));
    int n = send_message(1 + check_random(20)), error = errno;
    static uint8_t first[MESSAGE_MAX];
    size_t first_n = message_n;
    memcpy(first, message, first_n);
    if (n == 1) {
        n = send_message(MESSAGE_MAX);
        error = errno;
    }
    stop();
    const char *remark =
        SAY("A datagram is one byte with the number and then the message, sent by one send(); its "
            "ack has that number (stop_and_wait.h).",
            "데이터그램은 번호 1바이트와 메시지로 이루어지고 send() 한 번으로 보냅니다. ACK에는 그 번호가 "
            "들어 있습니다(stop_and_wait.h).");
    expect_bytes_of(0, number, first, first_n, remark);
    expect_datagram(1, (uint8_t)(number + 1),
                    SAY("A message may have up to MESSAGE_MAX bytes; the number comes on top.",
                        "메시지는 MESSAGE_MAX바이트까지이고, 번호는 거기에 더해집니다."));
    expect(n == 1 && came == 2, SAY("1 returned, after 1 datagram for each message",
                                    "메시지마다 데이터그램 1개, 반환값 1"),
           text(SAY("%s after %zu datagrams", "%s, 데이터그램 %zu개"), outcome(n, error), came),
           SAY("The ack was there at once: no reason to send again, or to wait on.",
               "ACK가 바로 왔으니 다시 보내거나 더 기다릴 이유가 없습니다."));
}

static void numbers_messages_one_by_one(void **state)
{
    (void)state;
    uint8_t number = (uint8_t)(253 + check_random(2)), other = (uint8_t)(50 + check_random(100));
    sender.number = number;
    set_limits(LONG, 2);
    start(acks_all, SAY("it acks each message at once", "메시지마다 바로 ACK를 보냅니다"));
    int wrong = 0, error = 0;
    for (int i = 0; i < 4 && wrong == 0; i++) {
        if (i == 3)
            sender.number = other;
        int n = send_message(i == 2 ? 0 : 5 + check_random(5));
        error = errno;
        wrong = n == 1 ? 0 : n == 0 ? -9 : n;
    }
    stop();
    for (size_t i = 0; i < 4 && i < came; i++) {
        const struct event *e = datagram(i);
        expect_number(SAY("number", "번호"), e->len > 0 ? e->bytes[0] : -1,
                      i == 3 ? other : (uint8_t)(number + i),
                      SAY("s->number is the message's; it goes up by 1, and a uint8_t from 255 to "
                          "0 by itself.",
                          "메시지의 번호는 s->number이고 하나씩 커집니다. uint8_t는 255 다음에 저절로 0이 "
                          "됩니다."));
    }
    expect(wrong == 0, SAY("1 returned for each of the 4 messages", "메시지 4개 모두 반환값 1"),
           outcome(wrong, error), SAY("Each was acked at once.", "모두 바로 ACK를 받았습니다."));
}

static void sends_again_until_the_ack_comes(void **state)
{
    (void)state;
    plan = 2 + check_random(3);
    sender.number = (uint8_t)check_random(200);
    set_limits(SHORT, MANY);
    start(drops_first, text(SAY("it drops the first %zu datagrams and acks all later ones",
                                "처음 %zu개는 버리고 그다음부터는 모두 ACK를 보냅니다"), plan));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect_sent(n, error, plan + 1,
                SAY("UDP does not tell that a datagram was lost; after timeout_ms without its ack, "
                    "it must be sent again (RFC 8085 3.3).",
                    "데이터그램을 잃었다고 UDP가 알려 주지 않습니다. timeout_ms 안에 ACK가 없으면 다시 "
                    "보내야 합니다(RFC 8085 3.3)."));
}

static void a_copy_is_the_same_datagram(void **state)
{
    (void)state;
    uint8_t number = (uint8_t)check_random(200);
    plan = 2 + check_random(3);
    sender.number = number;
    set_limits(SHORT, MANY);
    start(drops_first, text(SAY("it drops the first %zu datagrams and acks all later ones",
                                "처음 %zu개는 버리고 그다음부터는 모두 ACK를 보냅니다"), plan));
    send_message(5 + check_random(10));
    stop();
    for (size_t i = 0; i < plan + 1; i++)
        expect_datagram(i, number,
                        SAY("By its number the receiver knows a copy from a new message: one "
                            "message, one number, however often it is sent.",
                            "수신 쪽은 번호를 보고 재전송인지 새 메시지인지 구별합니다. 몇 번을 보내든 "
                            "메시지 하나에는 번호 하나입니다."));
    expect_number("s->number", sender.number, (uint8_t)(number + 1),
                  SAY("It counts messages, not datagrams.",
                      "이 값은 데이터그램이 아니라 메시지를 셉니다."));
    expect(limits_kept, SAY("s->fd, s->timeout_ms and s->tries as they were",
                            "s->fd, s->timeout_ms, s->tries는 그대로"),
           text("s->timeout_ms %d, s->tries %d", sender.timeout_ms, sender.tries),
           SAY("The next message has the same limits: count in a variable of your own.",
               "다음 메시지도 같은 제한을 씁니다. 횟수는 자기 변수에 세세요."));
}

static void gives_up_after_so_many_tries(void **state)
{
    (void)state;
    int tries = 6 + (int)check_random(2);
    plan = (size_t)tries + 3; /* then an ack, for whoever never gives up */
    sender.number = (uint8_t)check_random(200);
    set_limits(SHORT, tries);
    start(drops_first, SAY("it drops everything", "수신 쪽이 모두 버립니다"));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect(came == (size_t)tries, text(SAY("%d datagrams", "데이터그램 %d개"), tries),
           text(SAY("%zu datagrams", "데이터그램 %zu개"), came),
           SAY("tries says how often it is sent in all, the first time included.",
               "tries는 첫 번째를 포함해 모두 몇 번 보내는지를 뜻합니다."));
    expect(n == -1 && error == ETIMEDOUT,
           text(SAY("-1 returned (%s)", "반환값 -1 (%s)"), strerror(ETIMEDOUT)), outcome(n, error),
           SAY("Nobody has acked: say so, with errno ETIMEDOUT (errno(3)).",
               "ACK가 오지 않았습니다. errno를 ETIMEDOUT으로 하고 -1을 돌려주세요(errno(3))."));
    int least = tries * (SHORT - 2), most = 1600; /* doubled each time, it would be 1890 */
    expect(took_ms >= least && took_ms <= most,
           text(SAY("%d tries, %d ms each", "%d번, 매번 %d ms"), tries, SHORT),
           text(SAY("%lld ms in all", "모두 %lld ms"), took_ms),
           SAY("Each try, the last included, waits for timeout_ms: no less and no more.",
               "마지막을 포함해 매번 timeout_ms만큼, 더도 덜도 말고 기다리세요."));
    expect(busy_ms <= took_ms / 10, SAY("the processor idle while it waits", "기다리는 동안 CPU를 쓰지 않음"),
           text(SAY("%lld ms of CPU time in %lld ms", "CPU 시간 %lld ms(모두 %lld ms)"), busy_ms,
                took_ms),
           SAY("Let poll(2) wait for what is left of the time; a loop that only looks at the clock "
               "takes the processor from all others.",
               "남은 시간은 poll(2)로 기다리세요. 시계만 보며 도는 루프는 다른 프로그램이 쓸 CPU를 "
               "빼앗습니다."));
}

static void waits_for_the_ack_of_the_last_try(void **state)
{
    (void)state;
    sender.number = (uint8_t)check_random(200);
    set_limits(LONG, 1);
    start(acks_all, SAY("it acks each message at once", "메시지마다 바로 ACK를 보냅니다"));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect(n == 1, SAY("1 returned", "반환값 1"), outcome(n, error),
           SAY("The last try deserves its time, too: wait after every send, and give up after "
               "that.",
               "마지막으로 보낸 것도 기다려야 합니다. 보낼 때마다 기다리고, 그다음에 포기하세요."));
}

static void a_message_given_up_uses_up_its_number(void **state)
{
    (void)state;
    uint8_t number = (uint8_t)check_random(200);
    plan = 1;
    sender.number = number;
    set_limits(SHORT, 1);
    start(drops_first, SAY("it drops the first datagram and acks all later ones",
                           "첫 번째는 버리고 그다음부터는 모두 ACK를 보냅니다"));
    send_message(5);
    set_limits(LONG, 2);
    send_message(6);
    stop();
    expect_datagram(1, (uint8_t)(number + 1),
                    SAY("The first message may have arrived, only its ack not: a new message under "
                        "its number would be taken for a copy and thrown away.",
                        "첫 메시지는 도착했고 ACK만 잃었을 수도 있습니다. 같은 번호를 다시 쓰면 새 메시지가 "
                        "재전송으로 여겨져 버려집니다."));
}

static void ignores_acks_of_other_numbers(void **state)
{
    (void)state;
    sender.number = (uint8_t)check_random(100);
    plan = sender.number + 1u + check_random(100);
    set_limits(4 * SHORT, MANY); /* what is sent first comes within it, on a slow machine too */
    start(acks_another_first,
          text(SAY("it answers the first datagram with the ack of number %zu, all later ones with "
                   "their own", "첫 데이터그램에는 번호 %zu의 ACK를, 그다음부터는 제 번호의 ACK를 보냅니다"),
               plan));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect_sent(n, error, 2,
                SAY("An ack counts only for the number in it: compare before you believe.",
                    "ACK는 그 안에 적힌 번호에만 해당합니다. 번호부터 비교하세요."));
}

static void waits_on_after_an_ack_of_another_number(void **state)
{
    (void)state;
    sender.number = (uint8_t)check_random(100);
    plan = sender.number + 1u + check_random(100);
    set_limits(LONG, 2);
    start(acks_another_and_then_ours,
          text(SAY("it answers with two acks, the first of number %zu, then the right one",
                   "ACK를 두 번 보냅니다. 먼저 번호 %zu, 이어서 맞는 번호"), plan));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect(n == 1 && came == 1, SAY("1 returned after 1 datagram", "데이터그램 1개, 반환값 1"),
           text(SAY("%s after %zu datagrams", "%s, 데이터그램 %zu개"), outcome(n, error), came),
           SAY("Only the end of timeout_ms is a reason to send again, not a foreign ack; answering "
               "each with a copy makes ever more of both (RFC 1123 4.2.3.1: the Sorcerer's "
               "Apprentice).",
               "다시 보낼 이유는 timeout_ms가 끝났을 때뿐입니다. 엉뚱한 ACK마다 다시 보내면 ACK와 재전송이 "
               "서로를 끝없이 불러냅니다(RFC 1123 4.2.3.1: Sorcerer's Apprentice)."));
}

static void ignores_what_is_no_ack(void **state)
{
    (void)state;
    sender.number = (uint8_t)check_random(200);
    set_limits(4 * SHORT, MANY); /* what is sent first comes within it, on a slow machine too */
    start(sends_rubbish_first,
          SAY("it answers the first datagram with an empty one and one of two bytes, and acks all "
              "later ones",
              "첫 데이터그램에는 빈 데이터그램과 2바이트짜리로 답하고, 그다음부터는 ACK를 보냅니다"));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect_sent(n, error, 2,
                SAY("An ack has exactly one byte; into a buffer of one byte, a longer datagram "
                    "fits as well: it is cut (recv(2)).",
                    "ACK는 정확히 1바이트입니다. 1바이트 버퍼로 받으면 더 긴 데이터그램도 잘려서 ACK처럼 "
                    "보입니다(recv(2))."));
    expect_datagram(1, (uint8_t)(sender.number - 1),
                    SAY("What was received has overwritten what is sent: use two arrays.",
                        "받은 것이 보낼 것을 덮어썼습니다. 배열을 따로 쓰세요."));
}

static void a_second_ack_does_not_count_for_the_next_message(void **state)
{
    (void)state;
    sender.number = (uint8_t)(1 + check_random(100));
    set_limits(LONG, 2);
    start(acks_the_first_twice,
          SAY("it acks the first message twice, drops the first copy of the second message, and "
              "acks its later ones",
              "첫 메시지에는 ACK를 두 번 보냅니다. 둘째 메시지의 첫 데이터그램은 버리고, 다시 오면 ACK를 "
              "보냅니다"));
    int first = send_message(5);
    set_limits(SHORT, MANY);
    int n = send_message(6), error = errno;
    stop();
    expect(first == 1, SAY("1 returned for the first message", "첫 메시지의 반환값 1"),
           outcome(first, error), SAY("It was acked at once.", "바로 ACK를 받았습니다."));
    came--; /* the first message's */
    expect_sent(n, error, 2,
                SAY("A second ack waits in the socket for the next call: only its number tells "
                    "that it is old.",
                    "두 번째 ACK는 소켓에 남아 다음 호출을 기다립니다. 오래된 것인지는 번호로만 알 수 "
                    "있습니다."));
}

static void old_acks_do_not_restart_the_time_limit(void **state)
{
    (void)state;
    sender.number = (uint8_t)(1 + check_random(100));
    set_limits(200, 20);
    start(floods, SAY("it answers the first datagram with old acks, one every 5 ms, until the "
                      "datagram comes again; then it acks",
                      "첫 데이터그램을 받으면 다시 올 때까지 5 ms마다 오래된 ACK를 보내고, 다시 오면 제 ACK를 "
                      "보냅니다"));
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect(plan < 400, SAY("the datagram again, timeout_ms after the first",
                           "timeout_ms 뒤에 같은 데이터그램이 다시 옴"),
           text(SAY("%zu old acks, and it did not come again", "오래된 ACK %zu개 뒤에도 오지 않음"),
                plan),
           SAY("Every old ack began the wait anew. Note when it ends (clock_gettime(2)), and wait "
               "only for what is left of it.",
               "오래된 ACK가 올 때마다 처음부터 다시 기다렸습니다. 끝나는 시각을 정해 두고"
               "(clock_gettime(2)) 남은 만큼만 기다리세요."));
    expect_sent(n, error, 2, "");
}

/* --- A signal: the fourth brings the ack. --- */

static volatile sig_atomic_t signals;

static void on_alarm(int number)
{
    uint8_t ours = (uint8_t)plan;
    (void)number;
    signals++;
    if (signals == 4 && send(receiver, &ours, 1, 0) < 0)
        abort();
}

static void a_signal_does_not_end_the_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval often = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
    sender.number = (uint8_t)check_random(200);
    plan = sender.number;
    set_limits(LONG, 2);
    open_sockets();
    need(connect(receiver, (struct sockaddr *)&senders_address, sizeof(senders_address)) == 0,
         "connect");
    step(SAY("a signal comes every 10 ms; with the fourth, the receiver acks number %zu",
             "10 ms마다 시그널이 옵니다. 네 번째에 수신 쪽이 번호 %zu의 ACK를 보냅니다"), plan);
    signals = 0;
    react = acks_all;
    atomic_store(&over, true); /* only counts */
    need(sigaction(SIGALRM, &action, &before) == 0, "sigaction");
    need(setitimer(ITIMER_REAL, &often, NULL) == 0, "setitimer");
    int n = send_message(5 + check_random(10)), error = errno;
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    while (take(MSG_DONTWAIT))
        ;
    close_sockets();
    expect(n == 1 && came == 1, SAY("1 returned after 1 datagram", "데이터그램 1개, 반환값 1"),
           text(SAY("%s after %zu datagrams", "%s, 데이터그램 %zu개"), outcome(n, error), came),
           SAY("poll() returns -1 with EINTR when a signal came: that is not its time running out, "
               "so wait for what is left of it (poll(2), signal(7)).",
               "시그널이 오면 poll()은 -1과 EINTR로 돌아옵니다. 시간이 다 된 것이 아니므로 남은 만큼 더 "
               "기다리세요(poll(2), signal(7))."));
}

/* --- A receiver that is not there yet: its port is taken, but open only to itself. --- */

static void *come_late(void *unused)
{
    poll(NULL, 0, 4 * SHORT);
    if (connect(receiver, (struct sockaddr *)&senders_address, sizeof(senders_address)) < 0)
        abort();
    return receive(unused);
}

static void a_refused_datagram_is_a_lost_one(void **state)
{
    (void)state;
    struct sockaddr_in own;
    socklen_t len = sizeof(own);
    sender.number = (uint8_t)check_random(200);
    set_limits(SHORT, MANY);
    open_sockets();
    need(getsockname(receiver, (struct sockaddr *)&own, &len) == 0, "getsockname");
    need(connect(receiver, (struct sockaddr *)&own, len) == 0, "connect");
    step(SAY("but it starts a little later: until then its host refuses what is sent to that port "
             "(ICMP port unreachable)",
             "다만 조금 늦게 시작합니다. 그때까지 그 호스트는 이 포트로 온 것을 거절합니다"
             "(ICMP port unreachable)"));
    struct pollfd refusal = {sender.fd, 0, 0};
    need(send(sender.fd, "", 0, 0) == 0, "send");
    poll(&refusal, 1, 1000);
    step(SAY("one datagram has been refused already: the next send() fails with ECONNREFUSED",
             "이미 하나가 거절되어 다음 send()는 ECONNREFUSED로 실패합니다"));
    react = acks_all;
    need(pthread_create(&thread, NULL, come_late, NULL) == 0, "pthread_create");
    int n = send_message(5 + check_random(10)), error = errno;
    stop();
    expect(n > 0, SAY("success: how often it was sent", "성공: 보낸 횟수"), outcome(n, error),
           SAY("ECONNREFUSED of send() or recv() says that an earlier datagram found nobody "
               "(udp(7)): take it for a loss, wait for the rest of timeout_ms, and send again.",
               "send()나 recv()의 ECONNREFUSED는 앞서 보낸 데이터그램을 받을 곳이 없었다는 뜻입니다"
               "(udp(7)). 손실로 여기고 timeout_ms의 남은 시간을 기다린 뒤 다시 보내세요."));
    int least = (n - 1) * (SHORT - 2);
    expect(took_ms >= least, text(SAY("at least %d ms for %d tries", "%d ms 이상(%d번)"), least, n),
           text(SAY("%lld ms", "%lld ms"), took_ms),
           SAY("A refused try takes its time like any other: who sends again at once has used up "
               "all tries before the receiver is there.",
               "거절된 시도도 다른 시도만큼 기다려야 합니다. 곧바로 다시 보내면 수신 쪽이 시작하기도 전에 "
               "횟수를 다 씁니다."));
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest checks[] = {
        cmocka_unit_test(sends_the_number_and_the_message),
        cmocka_unit_test(numbers_messages_one_by_one),
        cmocka_unit_test(waits_for_the_ack_of_the_last_try),
        cmocka_unit_test(sends_again_until_the_ack_comes),
        cmocka_unit_test(a_copy_is_the_same_datagram),
        cmocka_unit_test(gives_up_after_so_many_tries),
        cmocka_unit_test(a_message_given_up_uses_up_its_number),
        cmocka_unit_test(ignores_acks_of_other_numbers),
        cmocka_unit_test(waits_on_after_an_ack_of_another_number),
        cmocka_unit_test(ignores_what_is_no_ack),
        cmocka_unit_test(a_second_ack_does_not_count_for_the_next_message),
        cmocka_unit_test(old_acks_do_not_restart_the_time_limit),
        cmocka_unit_test(a_signal_does_not_end_the_wait),
        cmocka_unit_test(a_refused_datagram_is_a_lost_one),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
