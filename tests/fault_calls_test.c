/* tests/fault_calls_test.c: every call of a short exchange that can fail, made to fail in turn:
 * what allocates (no memory), what talks to the kernel (signals, short reads and writes, no
 * descriptor).  A thread is the client, the test the server, one of them has bad luck.  Nothing may
 * crash, hang or leak; a neighbour, and the next client, are served.  Partner: fault_proxy_test.c.
 * SPDX-License-Identifier: MIT */
#include "fault_calls.h"
#include "fault_exchange.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/loop.h"
#include "tcp_echo/push.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/service.h"
#include "tcp_echo/tcp.h"
#include "ws_echo/service.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE 20000 /* ms until a wait has failed */
#define CALLS_MAX 2000 /* of one kind in one exchange: more would be a loop without end */

/* --- the client, in a thread of its own --- */

struct client {
    const struct exchange *e;
    struct url url;
    struct tls *tls;
    const struct fault *fault; /* that it meets; NULL = none */
    size_t nth;
    bool struck;
    enum outcome outcome;
    char error[ERROR_MAX];
    atomic_bool done;
    pthread_t thread;
};

static void *be_client(void *arg)
{
    struct client *c = arg;
    fault_arm(c->fault, c->nth);
    c->outcome = c->e->run(&c->url, c->tls, PATIENCE, c->error);
    c->struck = fault_disarm();
    atomic_store(&c->done, true);
    return NULL;
}

/* --- the server, here --- */

/* Who has bad luck: the server, under the loop, or telling meanwhile what crosses the wire, or with
 * one client after the other; or a client. */
enum sufferer { LOOP, TELLING_LOOP, BLOCKING, CLIENT };

struct house {
    const struct exchange *e;
    enum sufferer who;
    const struct service *service;
    struct server_options options;
    struct loop *loop; /* NULL: one client after the other */
    struct push *push;
    int listener, port;
    int neighbour; /* the other end of a connection that stays; -1 without a loop */
    int descriptors;
    long pieces; /* of memory, when nobody else is there */
};

static void answer(struct conn *c, const struct http_request *request)
{
    struct span path = http_path(request->head.target);
    const struct ws_service *at = span_equals(path, "/chat")   ? &ws_chat_service
                                  : span_equals(path, "/push") ? &ws_push_service
                                                               : &ws_echo_service;
    if (http_field(&request->head, "Upgrade").p)
        ws_accept(c, request, at, &(struct ws_terms){0});
    else
        http_poll_answer(c, request);
}

static const struct http_site site = {HTTP_SERVICE, answer};

static const struct service *service_for(const struct exchange *e)
{
    if (strncmp(e->url, "tcp:", 4) != 0)
        return &site.service;
    return strstr(e->options, "--broadcast") ? &tcp_broadcast_service : &tcp_echo_service;
}

static int count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static void tick(void *push)
{
    push_tick(push);
}

static bool work(void *push)
{
    return push_work(push);
}

/* Somebody who does not come through the door.  Returns the other end; reading from it waits for
 * 1 ms. */
static int take_in(struct house *h, const struct service *service)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct stream stream = stream_of(ends[0], NULL);
    set_io_timeout(ends[1], 1);
    assert_non_null(loop_adopt(h->loop, &stream, service));
    return ends[1];
}

/* What serve_loop() does, but for the running. */
static void open_loop(struct house *h)
{
    h->loop = loop_new(&h->options);
    h->push = push_new();
    assert_true(h->loop && h->push);
    loop_worker(h->loop)->push = h->push;
    loop_always(h->loop, work, h->push);
    worker_tick(loop_worker(h->loop));
    if (h->options.push_every_ms > 0)
        loop_every(h->loop, h->options.push_every_ms, tick, h->push);
    assert_int_equal(loop_listen(h->loop, h->listener, h->service), 0);
    h->neighbour = take_in(h, &tcp_echo_service);
}

static void serve_once(struct house *h)
{
    if (h->loop) {
        assert_int_equal(loop_turn(h->loop, clock_ns() + 1000000), 0);
        return;
    }
    int fd = next_client(h->listener, 1);
    if (fd >= 0)
        serve_one(fd, h->service, &h->options);
}

static void check_neighbour(struct house *h)
{
    char back[6];
    ssize_t n = -1;
    assert_int_equal(send(h->neighbour, "hello", 5, 0), 5);
    for (int64_t end = clock_ms() + PATIENCE; n < 0 && clock_ms() < end;) {
        serve_once(h);
        n = recv(h->neighbour, back, sizeof back, 0);
    }
    assert_int_equal(n, 5);
    assert_memory_equal(back, "hello", 5);
}

static struct tls *trusting, *trusted; /* a client's, a server's */

static void open_house(struct house *h, const struct exchange *e, bool secure, enum sufferer who)
{
    *h = (struct house){.e = e, .who = who, .service = service_for(e),
                        .descriptors = count_descriptors(), .neighbour = -1};
    h->options = (struct server_options){
        .max_clients = 100, .max_message = 1 << 20, .max_header = 16384,
        .explain = who == TELLING_LOOP, .tls = secure ? trusted : NULL,
        .handshake_timeout_ms = PATIENCE, .idle_timeout_ms = PATIENCE,
        .push_every_ms = strstr(e->options, "--push-every") ? 2 : 0};
    h->listener = make_listener("127.0.0.1", 0);
    h->port = local_port(h->listener);
    set_blocking(h->listener, false);
    if (who != BLOCKING) {
        open_loop(h);
        check_neighbour(h);
    }
    h->pieces = pieces_held();
}

static void close_house(struct house *h)
{
    if (h->loop) {
        loop_free(h->loop);
        push_free(h->push);
        close(h->neighbour);
    } else {
        close(h->listener);
    }
    assert_int_equal(count_descriptors(), h->descriptors);
}

/* --- one exchange, one fault --- */

/* Serves one client to its end.  Returns true when the fault has struck. */
static bool host(struct house *h, struct client *c, const struct fault *fault, size_t nth)
{
    bool is_clients = h->who == CLIENT;
    *c = (struct client){.e = h->e, .url = exchange_url(h->e, h->port, h->options.tls), .nth = nth,
                         .tls = trusting, .fault = is_clients ? fault : NULL};
    assert_int_equal(pthread_create(&c->thread, NULL, be_client, c), 0);
    fault_arm(is_clients ? NULL : fault, nth);
    while (!atomic_load(&c->done))
        serve_once(h);
    bool struck = fault_disarm();
    pthread_join(c->thread, NULL);
    return is_clients ? c->struck : struck;
}

static void check_outcome(const struct client *c, const struct fault *fault, bool may_fail)
{
    if (c->outcome == WRONG || (c->outcome == FAILED && !may_fail))
        fail_msg("%s, %s at call %zu: %s", c->e->name, fault->name, c->nth,
                 c->outcome == WRONG ? "something else came back" : c->error);
    if (c->outcome == FAILED && !is_a_reason(c->error))
        fail_msg("%s, %s at call %zu: no reason: '%s'", c->e->name, fault->name, c->nth, c->error);
    bool knows = !url_is_secure(&c->url); /* OpenSSL itself is often at a loss */
    if (c->outcome == FAILED && c->fault && c->fault->error == ENOMEM && knows &&
        !strstr(c->error, "memory"))
        fail_msg("%s: without memory the client says '%s'", c->e->name, c->error);
}

/* Everybody else is served, and what is gone has left nothing behind. */
static void check_house(struct house *h, const struct fault *fault, size_t nth)
{
    struct client next;
    host(h, &next, NULL, 1);
    check_outcome(&next, fault, false);
    if (h->loop)
        check_neighbour(h);
    for (int64_t end = clock_ms() + PATIENCE; pieces_held() != h->pieces && clock_ms() < end;)
        serve_once(h);
    if (pieces_held() != h->pieces)
        fail_msg("%s, %s at call %zu: %ld pieces of memory are left", h->e->name, fault->name, nth,
                 pieces_held() - h->pieces);
}

static void every_call(const struct exchange *e, bool secure, enum sufferer who,
                       const struct fault *fault, bool may_fail)
{
    struct house h;
    struct client c;
    bool struck = true;
    open_house(&h, e, secure, who);
    host(&h, &c, NULL, 1); /* what is made once is there */
    for (size_t nth = 1; struck; nth++) {
        assert_true(nth < CALLS_MAX);
        struck = host(&h, &c, fault, nth);
        check_outcome(&c, fault, struck && may_fail);
        if (nth < 64 || nth % 16 == 0 || !struck) /* OpenSSL makes hundreds of calls */
            check_house(&h, fault, nth);
    }
    close_house(&h);
}

static void in_every_exchange(enum sufferer who, const struct fault *fault, bool may_fail)
{
    for (int i = 0; i < exchange_count; i++) {
        if (exchanges[i].pushed && who == BLOCKING)
            continue;
        every_call(&exchanges[i], false, who, fault, may_fail);
        if (i == 0 || fault->calls != MEMORY)
            every_call(&exchanges[i], true, who, fault, may_fail);
    }
}

#define WHO ((enum sufferer)(uintptr_t)*state)

static const struct fault no_memory = {"no memory", MEMORY, ENOMEM};
static const struct fault no_room = {"no room in epoll", WATCH, ENOSPC};

static void without_memory_one_client_is_lost(void **state)
{
    in_every_exchange(WHO, &no_memory, true);
}

/* What is told would fill pages. */
static int stderr_fd;

static int hush(void **state)
{
    int nowhere = open("/dev/null", O_WRONLY);
    (void)state;
    stderr_fd = dup(STDERR_FILENO);
    return dup2(nowhere, STDERR_FILENO) < 0 || close(nowhere) < 0;
}

static int speak_up(void **state)
{
    (void)state;
    return dup2(stderr_fd, STDERR_FILENO) < 0 || close(stderr_fd) < 0;
}

/* --- a room --- */

static void say_frame(int fd, char letter)
{
    const uint8_t frame[] = {0x81, 0x81, 0, 0, 0, 0, (uint8_t)letter}; /* masked with zeros */
    assert_int_equal(send(fd, frame, sizeof frame, 0), sizeof frame);
}

/* Half a message would spoil all that follow it. */
static void what_cannot_be_said_whole_is_not_said(void **state)
{
    struct house h;
    bool struck = true;
    (void)state;
    for (size_t nth = 1; struck; nth++) {
        uint8_t heard[8] = {0};
        int first, second;
        open_house(&h, &exchanges[0], false, LOOP);
        first = take_in(&h, &ws_chat_service.service);
        second = take_in(&h, &ws_chat_service.service);
        say_frame(first, 'a');
        fault_arm(&no_memory, nth);
        serve_once(&h);
        serve_once(&h);
        struck = fault_disarm();
        say_frame(second, 'b');
        while (heard[2] != 'b') {
            serve_once(&h);
            if (recv(second, heard, 3, 0) == 3)
                assert_true(heard[0] == 0x81 && heard[1] == 1 && heard[2] >= 'a');
        }
        close(first);
        close(second);
        close_house(&h);
    }
}

/* --- the kernel --- */

static void signals_are_noticed_by_nobody(void **state)
{
    static const struct fault interrupted = {"a signal", RECV | SEND | WAIT | ACCEPT | CONNECT,
                                             EINTR};
    in_every_exchange(WHO, &interrupted, false);
}

static void short_reads_and_writes_are_noticed_by_nobody(void **state)
{
    static const struct fault one_byte = {"one byte", RECV | SEND, 0};
    in_every_exchange(WHO, &one_byte, false);
}

/* For who blocks, it means that the time is over. */
static void what_is_not_possible_now_is_done_later(void **state)
{
    static const struct fault not_now = {"not now", RECV | SEND, EAGAIN};
    in_every_exchange(WHO, &not_now, WHO != LOOP);
}

static void a_reset_ends_one_connection(void **state)
{
    static const struct fault reset = {"a reset", RECV | SEND, ECONNRESET};
    in_every_exchange(WHO, &reset, true);
}

static void who_cannot_be_watched_is_turned_away(void **state)
{
    in_every_exchange(WHO, &no_room, true);
}

static void who_left_the_queue_is_forgotten(void **state)
{
    static const struct fault gone[] = {{"left the queue", ACCEPT, ECONNABORTED},
                                        {"nobody in the queue", ACCEPT, EAGAIN}};
    for (int i = 0; i < 2; i++)
        in_every_exchange(WHO, &gone[i], false);
}

static void without_a_descriptor_a_client_waits(void **state)
{
    static const struct fault none = {"no descriptor", ACCEPT, EMFILE};
    every_call(&exchanges[0], false, WHO, &none, false);
}

static void need_epoll(void)
{
#ifdef SOCKLAB_POLL
    skip(); /* a list of our own, which only lacks memory when it grows */
#endif
}

static void await_pieces(struct house *h, long pieces)
{
    for (int64_t end = clock_ms() + PATIENCE; pieces_held() != pieces && clock_ms() < end;)
        serve_once(h);
    assert_int_equal(pieces_held(), pieces);
}

/* One whose second question was left unread while the first was held: it is let go, and cannot be
 * watched any more. */
static void who_cannot_be_watched_again_is_let_go(void **state)
{
    static const char ask[] = "GET /long-poll HTTP/1.1\r\nHost: test\r\n\r\n";
    struct house h;
    int i = 0;
    (void)state;
    need_epoll();
    while (strcmp(exchanges[i].name, "long-poll") != 0)
        i++;
    open_house(&h, &exchanges[i], false, LOOP);
    int fd = take_in(&h, h.service);
    assert_int_equal(send(fd, ask, sizeof ask - 1, 0), sizeof ask - 1);
    assert_int_equal(send(fd, ask, sizeof ask - 1, 0), sizeof ask - 1);
    fault_arm(&no_room, 1);
    await_pieces(&h, h.pieces);
    assert_true(fault_disarm());
    check_house(&h, &no_room, 1);
    close(fd);
    close_house(&h);
}

/* Nobody can be accepted, then somebody leaves, but the listener cannot be watched again yet. */
static void a_listener_that_cannot_be_watched_is_tried_again(void **state)
{
    static const struct fault none = {"no descriptor", ACCEPT, EMFILE};
    struct house h;
    struct client c;
    (void)state;
    need_epoll();
    open_house(&h, &exchanges[0], false, LOOP);
    int fd = take_in(&h, h.service);
    serve_once(&h);
    fault_arm(&none, 1);
    c = (struct client){.e = h.e, .url = exchange_url(h.e, h.port, false)};
    assert_int_equal(pthread_create(&c.thread, NULL, be_client, &c), 0);
    for (bool struck = false; !struck;) {
        serve_once(&h);
        struck = fault_disarm();
        fault_arm(struck ? &no_room : &none, 1);
    }
    close(fd);
    await_pieces(&h, h.pieces);
    assert_true(fault_disarm());
    while (!atomic_load(&c.done))
        serve_once(&h);
    pthread_join(c.thread, NULL);
    check_outcome(&c, &no_room, false);
    close_house(&h);
}

static void without_memory_there_is_no_loop(void **state)
{
    const struct fault none[] = {no_memory, no_room};
    static const struct server_options options = {.max_header = 16384};
    long before = pieces_held();
    int descriptors = count_descriptors();
    (void)state;
    for (int i = 0; i < 2; i++) {
        bool struck = true;
        for (size_t nth = 1; struck; nth++) {
            fault_arm(&none[i], nth);
            struct loop *loop = loop_new(&options);
            struck = fault_disarm();
            assert_int_equal(loop == NULL, struck);
            if (loop)
                loop_free(loop);
            assert_int_equal(pieces_held(), before);
        }
    }
    assert_int_equal(count_descriptors(), descriptors);
}

#define FOR(f, who) {#f " (" #who ")", f, NULL, NULL, (void *)(uintptr_t)who}
#define FOR_SERVERS(f) FOR(f, LOOP), FOR(f, BLOCKING)
#define FOR_ALL(f) FOR_SERVERS(f), FOR(f, CLIENT)

static int set_up_tls(void)
{
    char file[] = "/tmp/socklab-fault-XXXXXX", why[TLS_WHY_MAX];
    int fd = mkstemp(file);
    trusted = tls_server(NULL, NULL, "localhost", why);
    if (fd < 0 || !trusted || tls_write_cert(trusted, file) < 0)
        return -1;
    trusting = tls_client(file, false, why);
    unlink(file);
    close(fd);
    return trusting ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_there_is_no_loop),
        FOR_ALL(without_memory_one_client_is_lost),
        {"without_memory_one_client_is_lost (TELLING_LOOP)", without_memory_one_client_is_lost,
         hush, speak_up, (void *)(uintptr_t)TELLING_LOOP},
        cmocka_unit_test(what_cannot_be_said_whole_is_not_said),
        FOR_ALL(signals_are_noticed_by_nobody),
        FOR_ALL(short_reads_and_writes_are_noticed_by_nobody),
        FOR_ALL(what_is_not_possible_now_is_done_later),
        FOR_ALL(a_reset_ends_one_connection),
        FOR(who_cannot_be_watched_is_turned_away, LOOP),
        cmocka_unit_test(who_cannot_be_watched_again_is_let_go),
        cmocka_unit_test(a_listener_that_cannot_be_watched_is_tried_again),
        FOR_SERVERS(who_left_the_queue_is_forgotten),
        FOR_SERVERS(without_a_descriptor_a_client_waits),
    };
    signal(SIGPIPE, SIG_IGN);
    fault_openssl();
    if (set_up_tls() < 0)
        return 1;
    int failed = cmocka_run_group_tests_name("fault calls", tests, NULL, NULL);
    tls_free(trusted);
    tls_free(trusting);
    return failed;
}
