/* tests/ws_rules_e2e_test.c: rules of RFC 6455 that take a real server to break: who may come in,
 * what comes together or late, how much, and how it ends.  Partner: ws_e2e_test.c, the everyday.
 * SPDX-License-Identifier: MIT */
#include "e2e.h"
#include "ws_hand.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "ws_echo_server"
#define CLIENT "ws_echo_client"
#define MIB (1024u * 1024u)

static struct server serve_as(void **state, const char *options)
{
    return serve(SERVER, "--model %s %s", MODEL, options);
}


/* The answer to a request, on a connection of its own. */
static int status_of(const struct server *s, const char *request)
{
    int fd = dial(s->port);
    say_text(fd, request);
    int status = hear_head(fd);
    close(fd);
    return status;
}

/* --- who may come in --- */

static void only_get_opens_a_websocket(void **state)
{
    (void)state;
    struct server s = serve(SERVER, "--model loop --push-every 1000");
    static const char *const methods[] = {"HEAD", "POST", "PUT", "OPTIONS", "DELETE"};
    static const char *const paths[] = {"/echo", "/push", "/chat"};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 3; k++) {
            char request[512];
            snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY
                     "\r\nContent-Length: 0\r\n\r\n",
                     methods[i], paths[k]);
            int status = status_of(&s, request);
            bool by_http = i == 1 && k == 0; /* POST /echo: an upgrade may be ignored */
            if (status != (by_http ? 200 : 405))
                fail_msg("%s %s: %d", methods[i], paths[k], status);
        }
    stop(&s);
}

static int status_for(const struct server *s, const char *host, const char *origin)
{
    char request[512];
    snprintf(request, sizeof request,
             "GET /echo HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\nOrigin: %s\r\n\r\n",
             host, origin);
    return status_of(s, request);
}

static void pages_of_other_origins_are_kept_out(void **state)
{
    struct server s = serve_as(state, "");
    assert_int_equal(status_for(&s, "127.0.0.1:7004", "http://127.0.0.1:7004"), 101);
    assert_int_equal(status_for(&s, "localhost:7004", "http://localhost:7004"), 101);
    assert_int_equal(status_for(&s, "localhost:7004", "http://evil.example"), 403);
    assert_int_equal(status_for(&s, "evil.example:7004", "http://evil.example:7004"), 403);
    assert_int_equal(status_for(&s, "localhost:7004", "https://localhost:7004"), 403);
    assert_int_equal(status_for(&s, "localhost:7004", "null"), 403);
    assert_int_equal(status_of(&s, HANDSHAKE), 101); /* not a browser */
    stop(&s);
    s = serve_as(state, "--origin http://shop.example --origin null");
    assert_int_equal(status_for(&s, "127.0.0.1", "http://shop.example"), 101);
    assert_int_equal(status_for(&s, "shop.example:7004", "http://shop.example:7004"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "null"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "http://127.0.0.1"), 101);
    assert_int_equal(status_for(&s, "127.0.0.1", "https://shop.example"), 403);
    assert_int_equal(status_for(&s, "127.0.0.1", "http://a.shop.example"), 403);
    stop(&s);
    static const char *const bad[] = {"shop.example", "http://shop.example/", "http://h:80", "*"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct result r = run("", 0, SERVER, "--origin %s", bad[i]);
        assert_int_equal(r.status, 2);
        assert_non_null(strstr(r.err, bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_get_opens_a_websocket),
        TEST_BOTH(pages_of_other_origins_are_kept_out),
    };
    return cmocka_run_group_tests_name("ws_rules", tests, NULL, NULL);
}
