/* lessons/01-sockets/make_listener/check.c: does it listen, where, for how many, and what is left
 * behind when it can't?
 * SPDX-License-Identifier: MIT */
#include "make_listener.h"

#include "lessons/learn/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000, CLIENTS = 16 };

static bool close_changes_errno, fail_listen;

/* In place of the C library's: close() may change errno although it succeeds (errno(3)). */
int close(int fd)
{
    int result = (int)syscall(SYS_close, fd);
    if (close_changes_errno && result == 0)
        errno = EINVAL;
    return result;
}

/* In place of the C library's: it fails only when somebody else was faster on the same port. */
int listen(int fd, int backlog)
{
    if (!fail_listen)
        return (int)syscall(SYS_listen, fd, backlog);
    errno = EADDRINUSE;
    return -1;
}

/* --- Sockets of the check's own --- */

static struct sockaddr_in loopback(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static struct sockaddr_in name_of(int fd)
{
    struct sockaddr_in name;
    socklen_t size = sizeof(name);
    memset(&name, 0, sizeof(name));
    getsockname(fd, (struct sockaddr *)&name, &size);
    return name;
}

static unsigned port_of(int fd)
{
    return ntohs(name_of(fd).sin_port);
}

/* Returns a socket bound to 127.0.0.1, or -1. */
static int bind_one(unsigned port, bool reuse)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = reuse;
    need(fd >= 0, "socket");
    need(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0, "SO_REUSEADDR");
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool can_bind(unsigned port, bool reuse)
{
    int fd = bind_one(port, reuse);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* A free port that is another number, and none for root alone, with its bytes exchanged.  It is
 * below those that kernels give to clients (ip(7): ip_local_port_range), or somebody else's client
 * may have it before the student's function asks for it. */
static unsigned free_port(void)
{
    for (int tries = 0; tries < 1000; tries++) {
        unsigned port = 10000 + check_random(20000);
        if (port % 256 >= 4 && port % 256 != port / 256 && can_bind(port, false))
            return port;
    }
    need(false, "a free port");
    return 0;
}

/* Connects without waiting, or at most PATIENCE_MS.  Returns 0, or why it did not connect. */
static int connect_to(unsigned port, int *client)
{
    struct sockaddr_in address = loopback(port);
    int error = 0;
    socklen_t size = sizeof(error);
    *client = socket(AF_INET, SOCK_STREAM, 0);
    need(*client >= 0 && fcntl(*client, F_SETFL, O_NONBLOCK) == 0, "socket");
    if (connect(*client, (struct sockaddr *)&address, sizeof(address)) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    struct pollfd wait = {.fd = *client, .events = POLLOUT};
    if (poll(&wait, 1, PATIENCE_MS) != 1)
        return ETIMEDOUT;
    need(getsockopt(*client, SOL_SOCKET, SO_ERROR, &error, &size) == 0, "SO_ERROR");
    return error;
}

/* A server's socket that stayed behind: it closed first. */
static unsigned port_in_time_wait(void)
{
    char byte;
    int client, listener = bind_one(free_port(), true);
    need(listener >= 0 && listen(listener, 1) == 0, "listen");
    unsigned port = port_of(listener);
    need(connect_to(port, &client) == 0, "connect");
    close(accept(listener, NULL, NULL));
    struct pollfd wait = {.fd = client, .events = POLLIN};
    need(poll(&wait, 1, 5 * PATIENCE_MS) == 1 && recv(client, &byte, 1, 0) == 0, "a FIN");
    close(client);
    close(listener);
    need(!can_bind(port, false) && can_bind(port, true), "a connection in TIME_WAIT");
    return port;
}

/* --- Calling the student's function --- */

static const char *port_text(unsigned port)
{
    return text(SAY("port %u (0x%04x)", "포트 %u (0x%04x)"), port, port);
}

static const char *result_text(int result)
{
    int error = errno;
    struct sockaddr_in name;
    socklen_t size = sizeof(name);
    if (result < 0)
        return text("%d, errno %d: %s", result, error, strerror(error));
    if (getsockname(result, (struct sockaddr *)&name, &size) < 0)
        return text("%d: %s", result, strerror(errno));
    return text(SAY("descriptor %d, %s", "디스크립터 %d, %s"), result,
                port_text(port_of(result)));
}

/* What a listener usually fails from. */
static const char *reason(int error)
{
    switch (error) {
    case ENOSYS: return SAY("nothing is written yet", "아직 작성하지 않았습니다");
    case EADDRNOTAVAIL:
        return SAY("bind(2): the address is not this machine's; htonl(INADDR_LOOPBACK), ip(7)",
                   "bind(2): 이 컴퓨터의 주소가 아닙니다. htonl(INADDR_LOOPBACK), ip(7)");
    case EAFNOSUPPORT:
        return SAY("bind(2): sin_family must be AF_INET, ip(7)",
                   "bind(2): sin_family는 AF_INET이어야 합니다. ip(7)");
    case EOPNOTSUPP:
        return SAY("listen(2) is for SOCK_STREAM", "listen(2)은 SOCK_STREAM에만 씁니다");
    case EADDRINUSE:
    case EACCES:
        return SAY("bind(2): is it this port? sin_port is in network order, htons(), byteorder(3)",
                   "bind(2): 이 포트가 맞나요? sin_port는 네트워크 바이트 순서입니다: htons(), "
                   "byteorder(3)");
    }
    return SAY("which call failed? perror() after each of them tells",
               "어느 호출이 실패했을까요? 호출마다 perror()를 넣어 보세요");
}

static int call(unsigned port, uint16_t *bound)
{
    step(SAY("make_listener(%u, &bound) is called", "make_listener(%u, &bound)를 호출합니다"), port);
    errno = 0;
    return make_listener((uint16_t)port, bound);
}

static int open_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static int listener_on(unsigned port, uint16_t *bound)
{
    int before = open_descriptors(), fd = call(port, bound), error = errno;
    expect(fd >= 0, SAY("a descriptor, 0 or more", "0 이상의 디스크립터"), result_text(fd),
           reason(error));
    expect_number(SAY("descriptors more than before:", "늘어난 디스크립터:"),
                  open_descriptors() - before, 1,
                  SAY("the one that is returned and no other: close(2)",
                      "돌려주는 것 하나뿐이어야 합니다: close(2)"));
    return fd;
}

/* --- The checks --- */

static void a_client_can_connect(void **state)
{
    (void)state;
    uint16_t bound = 0;
    int client, fd = listener_on(0, &bound);
    expect(name_of(fd).sin_family == AF_INET,
           SAY("an IPv4 socket (AF_INET)", "IPv4 소켓(AF_INET)"), result_text(fd),
           "socket(AF_INET, SOCK_STREAM, 0): ip(7)");
    unsigned port = port_of(fd);
    step(SAY("a client connects to 127.0.0.1:%u, where that descriptor is bound",
             "그 디스크립터가 바인드된 127.0.0.1:%u에 클라이언트가 연결합니다"), port);
    int error = connect_to(port, &client);
    expect(error == 0, SAY("connected", "연결됨"), strerror(error),
           SAY("\"refused\": nobody listens there; is it SOCK_STREAM, and was listen(2) called?",
               "\"refused\"는 그 포트에 리스닝 소켓이 없다는 뜻입니다. SOCK_STREAM인가요? listen(2)을 "
               "호출했나요?"));
    expect((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0, SAY("a blocking socket", "블로킹 소켓"),
           SAY("O_NONBLOCK is set", "O_NONBLOCK이 켜져 있음"),
           SAY("accept() is to wait for clients: no SOCK_NONBLOCK (socket(2))",
               "accept()가 클라이언트를 기다려야 합니다. SOCK_NONBLOCK은 쓰지 마세요(socket(2))"));
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    expect(poll(&wait, 1, PATIENCE_MS) == 1 && accept(fd, NULL, NULL) >= 0,
           SAY("accept() returns this connection", "accept()가 이 연결을 돌려줌"),
           SAY("no connection", "연결이 없음"),
           SAY("return the listening socket itself: accepting is the caller's part",
               "리스닝 소켓 자체를 돌려주세요. accept()는 호출한 쪽이 합니다"));
}

static void tells_the_port_it_got(void **state)
{
    (void)state;
    uint16_t bound = 0;
    int fd = listener_on(0, &bound);
    step(SAY("getsockname() on that descriptor says port %u",
             "그 디스크립터에 getsockname()을 해 보니 포트는 %u입니다"), port_of(fd));
    bool swapped = bound == htons((uint16_t)port_of(fd));
    expect(bound == port_of(fd), text("bound = %s", port_text(port_of(fd))),
           text("bound = %s", port_text(bound)),
           swapped ? SAY("these are its bytes in network order: ntohs(), byteorder(3)",
                         "네트워크 바이트 순서 그대로입니다: ntohs(), byteorder(3)")
                   : SAY("only the kernel knows which port it chose: getsockname(2), after bind(2)",
                         "어떤 포트를 골랐는지는 커널만 압니다. bind(2) 다음에 getsockname(2)으로 "
                         "물어보세요"));
}

static void listens_on_the_port_it_is_told(void **state)
{
    (void)state;
    uint16_t bound = 0;
    unsigned port = free_port();
    int fd = listener_on(port, &bound);
    expect(port_of(fd) == port, port_text(port), port_text(port_of(fd)),
           port_of(fd) == htons((uint16_t)port)
               ? SAY("its bytes are exchanged: sin_port is in network order, htons(), byteorder(3)",
                     "두 바이트가 서로 바뀌었습니다. sin_port는 네트워크 바이트 순서입니다: htons(), "
                     "byteorder(3)")
               : SAY("is bind(2) called? sin_port has 16 bits: htons(), not htonl(), ip(7)",
                     "bind(2)를 호출했나요? sin_port는 16비트입니다. htonl()이 아니라 htons(), "
                     "ip(7)"));
    expect(bound == port, text("bound = %s", port_text(port)), text("bound = %s", port_text(bound)),
           SAY("*bound is set in any case, also to a port that the caller knows already",
               "호출한 쪽이 이미 아는 포트라도 *bound는 언제나 써야 합니다"));
}

static void listens_only_on_loopback(void **state)
{
    (void)state;
    char got[INET_ADDRSTRLEN] = "";
    uint16_t bound = 0;
    struct sockaddr_in name = name_of(listener_on(0, &bound));
    inet_ntop(AF_INET, &name.sin_addr, got, sizeof(got));
    expect(strcmp(got, "127.0.0.1") == 0, "127.0.0.1", got,
           SAY("0.0.0.0 is INADDR_ANY: everybody in the network can connect; ip(7): "
               "htonl(INADDR_LOOPBACK)",
               "0.0.0.0은 INADDR_ANY입니다. 네트워크의 누구나 연결할 수 있습니다. ip(7): "
               "htonl(INADDR_LOOPBACK)"));
}

static void sixteen_clients_can_wait(void **state)
{
    (void)state;
    uint16_t bound = 0;
    unsigned port = port_of(listener_on(0, &bound));
    step(SAY("%d clients connect, one after the other; nobody calls accept()",
             "클라이언트 %d개가 차례로 연결합니다. accept()는 아무도 호출하지 않습니다"), CLIENTS);
    int connected = 0, error = 0, client;
    while (connected < CLIENTS && error == 0) {
        error = connect_to(port, &client);
        connected += error == 0;
    }
    expect(connected == CLIENTS, text(SAY("%d connected", "%d개 연결됨"), CLIENTS),
           text(SAY("%d connected, then: %s", "%d개 연결됨, 그다음은: %s"), connected,
                strerror(error)),
           SAY("the kernel keeps as many as the backlog, listen()'s second argument: listen(2)",
               "커널은 listen()의 두 번째 인자인 백로그만큼만 대기시킵니다: listen(2)"));
}

static void can_be_restarted_at_once(void **state)
{
    (void)state;
    uint16_t bound = 0;
    unsigned port = port_in_time_wait();
    step(SAY("a server on port %u has closed its client's connection first, and ended: TIME_WAIT",
             "포트 %u의 서버가 클라이언트보다 먼저 연결을 닫고 끝났습니다: TIME_WAIT"), port);
    int fd = call(port, &bound);
    expect(fd >= 0 && port_of(fd) == port,
           text(SAY("a descriptor, %s", "디스크립터, %s"), port_text(port)), result_text(fd),
           SAY("set SO_REUSEADDR (socket(7)) before bind(2); TIME_WAIT: RFC 9293 3.6.1",
               "bind(2) 전에 SO_REUSEADDR(socket(7))를 켜세요. TIME_WAIT: RFC 9293 3.6.1"));
}

/* A port on which somebody listens already. */
static unsigned taken_port(void)
{
    int fd = bind_one(0, false);
    need(fd >= 0 && listen(fd, 1) == 0, "listen");
    step(SAY("another server listens on 127.0.0.1:%u", "다른 서버가 127.0.0.1:%u에서 대기하고 있습니다"),
         port_of(fd));
    return port_of(fd);
}

static void expect_error(int result, int error, const char *name, const char *remark)
{
    expect(result == -1 && errno == error,
           text("-1, errno %d: %s (%s)", error, strerror(error), name),
           result_text(result), remark);
}

static void reports_a_port_in_use(void **state)
{
    (void)state;
    uint16_t bound = 0;
    int result = call(taken_port(), &bound);
    expect_error(result, EADDRINUSE, "EADDRINUSE",
                 SAY("bind(2) has failed: a listen() without it takes any port, on any address",
                     "bind(2)가 실패했습니다. 그대로 listen()을 호출하면 아무 포트, 모든 주소에서 "
                     "대기하게 됩니다"));
    listener_on(0, &bound);
    step(SAY("and once more for that port, %u", "그 포트 %u로 한 번 더 호출합니다"), bound);
    expect_error(call(bound, &bound), EADDRINUSE, "EADDRINUSE",
                 SAY("two servers must not share a port: SO_REUSEADDR alone, no SO_REUSEPORT "
                     "(socket(7)); and nothing is kept from one call to the next",
                     "서버 둘이 포트 하나를 나누어 쓰면 안 됩니다. SO_REUSEPORT 없이 SO_REUSEADDR만 "
                     "켜세요(socket(7)). 호출 사이에 남겨 두는 것도 없어야 합니다"));
    fail_listen = true;
    step(SAY("here listen() fails with EADDRINUSE, as when another was faster",
             "여기서는 다른 프로그램이 먼저 시작한 것처럼 listen()이 EADDRINUSE로 실패합니다"));
    result = call(0, &bound);
    fail_listen = false;
    expect_error(result, EADDRINUSE, "EADDRINUSE",
                 SAY("listen(2) can fail, too: look at what it returns",
                     "listen(2)도 실패할 수 있습니다. 반환값을 확인하세요"));
}

static void keeps_errno_while_it_cleans_up(void **state)
{
    (void)state;
    uint16_t bound = 0;
    unsigned port = taken_port();
    step(SAY("here close() changes errno, as it may although it succeeds",
             "여기서는 close()가 성공하면서도 errno를 바꿉니다. 그래도 되는 함수입니다"));
    close_changes_errno = true;
    int result = call(port, &bound);
    close_changes_errno = false;
    expect_error(result, EADDRINUSE, "EADDRINUSE",
                 SAY("keep errno in a variable before close() and put it back after it: errno(3)",
                     "close() 전에 errno를 변수에 담아 두었다가 그 뒤에 되돌려 놓으세요: errno(3)"));
}

static void leaves_no_descriptor_open_when_it_fails(void **state)
{
    (void)state;
    uint16_t bound = 0;
    unsigned port = taken_port();
    int before = open_descriptors();
    int result = call(port, &bound);
    expect(result < 0, "-1", result_text(result), SAY("the port is taken", "이미 쓰이는 포트입니다"));
    expect_number(SAY("descriptors left open:", "열린 채 남은 디스크립터:"),
                  open_descriptors() - before, 0,
                  SAY("what socket(2) gave must be closed on every way out: close(2)",
                      "socket(2)이 준 것은 어느 길로 나가든 닫아야 합니다: close(2)"));
}

static void reports_that_no_descriptor_is_left(void **state)
{
    (void)state;
    uint16_t bound = 0;
    struct rlimit limit;
    int next = dup(STDIN_FILENO);
    need(next >= 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0, "dup");
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)next;
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "RLIMIT_NOFILE");
    step(SAY("the process has as many descriptors as it may (as after ulimit -n %d)",
             "프로세스가 디스크립터를 한도까지 열었습니다 (ulimit -n %d)"), next);
    int result = call(0, &bound), error = errno;
    limit.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &limit);
    errno = error;
    expect_error(result, EMFILE, "EMFILE",
                 SAY("socket(2) itself returned -1: look at that before the next call",
                     "socket(2)부터 -1을 돌려주었습니다. 다음 호출 전에 확인하세요"));
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {
        cmocka_unit_test(a_client_can_connect),
        cmocka_unit_test(tells_the_port_it_got),
        cmocka_unit_test(listens_on_the_port_it_is_told),
        cmocka_unit_test(listens_only_on_loopback),
        cmocka_unit_test(sixteen_clients_can_wait),
        cmocka_unit_test(can_be_restarted_at_once),
        cmocka_unit_test(reports_a_port_in_use),
        cmocka_unit_test(keeps_errno_while_it_cleans_up),
        cmocka_unit_test(leaves_no_descriptor_open_when_it_fails),
        cmocka_unit_test(reports_that_no_descriptor_is_left),
    };
    return run_checks(argc, argv, checks, sizeof(checks) / sizeof(checks[0]));
}
