/* tests/fault_proxy_test.c: real servers behind a bad network: an exchange of every protocol, cut
 * at every byte of either direction.  The client hears an answer, or the reason why not; the server
 * keeps nothing; everybody else is served.  Partner: fault_calls_test.c, where the machine fails.
 * SPDX-License-Identifier: MIT */
#include "fault_proxy.h"
#include "fault_scene.h"

#include <stdio.h>
#include <string.h>

static const char *const mishaps[] = {"nothing", "byte by byte", "gathered", "a pause", "a reset",
                                      "a half-close"};

/* --- a server and the way to it --- */

struct street {
    struct scene scene;
    const char *model;
    struct proxy proxy;
    size_t bytes[2]; /* of an exchange: the client's, the server's */
};

/* Returns what came of it. */
static enum outcome run_through(struct street *s, enum mishap mishap, bool answers, size_t at)
{
    char error[ERROR_MAX] = "";
    struct url url = scene_url(&s->scene, s->proxy.port);
    bool anew = s->scene.tls && is_tcp(s->scene.e); /* the others resume a session */
    struct tls *fresh = anew ? tls_client(s->scene.cert, false, error) : NULL;
    assert_int_equal(proxy_begin(&s->proxy, mishap, answers, at), 0);
    enum outcome outcome = s->scene.e->run(&url, anew ? fresh : s->scene.tls, PATIENCE, error);
    proxy_end(&s->proxy);
    tls_free(fresh);
    if (s->proxy.stuck || outcome == WRONG ||
        (outcome == FAILED && (!is_a_reason(error) || strstr(error, "timed out"))))
        fail_msg("%s%s, %s at byte %zu of the %s: %s", s->scene.e->name,
                 s->scene.tls ? " over TLS" : "", mishaps[mishap], at,
                 answers ? "server" : "client",
                 outcome == WRONG ? "something else came" : s->proxy.stuck ? "not closed" : error);
    return outcome;
}

static void begin(struct street *s, const struct exchange *e, bool secure, const char *model,
                  bool neighbour)
{
    char options[40];
    s->model = model;
    snprintf(options, sizeof options, "--model %s", model);
    scene_begin(&s->scene, e, secure, options, neighbour);
    assert_int_equal(proxy_open(&s->proxy, s->scene.server.port), 0);
    assert_int_equal(run_through(s, NOTHING, false, 0), WHOLE);
    memcpy(s->bytes, s->proxy.passed, sizeof s->bytes);
}

static void end(struct street *s)
{
    proxy_close(&s->proxy);
    scene_end(&s->scene);
}

/* --- every exchange --- */

/* Under TLS, a few are enough: what is inside was seen without. */
static bool is_possible(const struct exchange *e, bool secure, const char *model)
{
    return e->pushed ? !secure && strcmp(model, "loop") == 0
                     : !secure || !strstr(e->name, "close");
}

static void in_every_exchange(const char *model, bool neighbour, void (*play)(struct street *))
{
    struct street s;
    for (int i = 0; i < 2 * exchange_count; i++)
        if (is_possible(&exchanges[i / 2], i % 2, model)) {
            begin(&s, &exchanges[i / 2], i % 2, model, neighbour);
            play(&s);
            end(&s);
        }
}

static void in_pieces(struct street *s)
{
    for (int answers = 0; answers < 2; answers++) {
        assert_int_equal(run_through(s, BYTE_BY_BYTE, answers, 0), WHOLE);
        assert_int_equal(run_through(s, GATHERED, answers, 0), WHOLE);
    }
}

static void pieces_of_any_size_are_one_stream(void **state)
{
    in_every_exchange(MODEL, false, in_pieces);
}

/* Or, where TLS has been seen at every byte, every few. */
static void at_every_byte(struct street *s, enum mishap mishap, size_t tls_step)
{
    size_t step = s->scene.tls ? tls_step : 1;
    for (int answers = 0; answers < 2; answers++)
        for (size_t at = 0; at < s->bytes[answers]; at += step) {
            enum outcome outcome = run_through(s, mishap, answers, at);
            if (mishap == A_PAUSE)
                assert_int_equal(outcome, WHOLE);
            check_neighbour(&s->scene);
            if (at % 16 == 0)
                check_next(&s->scene);
        }
}

static void pausing(struct street *s)
{
    at_every_byte(s, A_PAUSE, 7);
}

static void a_pause_at_any_byte_changes_nothing(void **state)
{
    in_every_exchange(MODEL, true, pausing);
}

static void cutting(struct street *s)
{
    bool closely = is_tcp(s->scene.e) && strcmp(s->model, "loop") == 0;
    at_every_byte(s, A_RESET, closely ? 1 : 7);
    at_every_byte(s, A_HALF_CLOSE, closely ? 1 : 7);
}

static void a_cut_at_any_byte_harms_nobody_else(void **state)
{
    in_every_exchange(MODEL, true, cutting);
}

/* --- the clients as people see them --- */

static void run_client(struct street *s, const char *program, enum mishap mishap, bool answers,
                       size_t at)
{
    char text[URL_TEXT_MAX];
    struct url url = scene_url(&s->scene, s->proxy.port);
    assert_int_equal(proxy_begin(&s->proxy, mishap, answers, at), 0);
    struct result r = run("", 0, program, "-n 1 -s 6 --cacert %s %s", s->scene.cert,
                          url_format(&url, text));
    proxy_end(&s->proxy);
    check_printable(r.err);
    if (s->proxy.stuck || r.status > 1 || count_lines(r.err) != (size_t)r.status ||
        strstr(r.err, "timed out"))
        fail_msg("%s, %s at byte %zu of the %s: status %d, stderr: %s", program, mishaps[mishap],
                 at, answers ? "server" : "client", r.status, r.err);
}

static const char *client_for(const struct exchange *e)
{
    return strcmp(e->name, "tcp") == 0               ? "tcp_echo_client"
           : strcmp(e->name, "http keep-alive") == 0 ? "http_poll_client"
           : strcmp(e->name, "ws") == 0              ? "ws_echo_client"
                                                     : NULL;
}

static void a_client_that_is_cut_off_says_so_in_one_line(void **state)
{
    struct street s;
    (void)state;
    for (int i = 0; i < 2 * exchange_count; i++) {
        const char *program = client_for(&exchanges[i / 2]);
        if (!program)
            continue;
        begin(&s, &exchanges[i / 2], i % 2, "loop", true);
        for (int way = 0; way < 4; way++)
            for (size_t at = 0; at < s.bytes[way % 2]; at += s.bytes[way % 2] / 9 + 1)
                run_client(&s, program, way < 2 ? A_RESET : A_HALF_CLOSE, way % 2, at);
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(pieces_of_any_size_are_one_stream),
        TEST_UNDER(pieces_of_any_size_are_one_stream, "fork"),
        TEST_UNDER(pieces_of_any_size_are_one_stream, "thread"),
        TEST_UNDER(pieces_of_any_size_are_one_stream, "pool"),
        TEST_UNDER(a_pause_at_any_byte_changes_nothing, "loop"),
        TEST_UNDER(a_cut_at_any_byte_harms_nobody_else, "loop"),
        TEST_UNDER(a_cut_at_any_byte_harms_nobody_else, "thread"),
        TEST(a_client_that_is_cut_off_says_so_in_one_line),
    };
    return cmocka_run_group_tests_name("fault proxy", tests, NULL, NULL);
}
