/* tests/fault_crowd_test.c: hundreds of clients who are a nuisance, each in its own way, while one
 * who is not is served.  Partner: crowd_e2e_test.c, where the many are welcome.
 * SPDX-License-Identifier: MIT */
#include "fault_scene.h"
#include "ws_hand.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum manner {
    DEAD,        /* says nothing */
    HALF_DEAD,   /* says half of what must come first */
    SLOW,        /* says it, a byte at a time */
    FLOODING,    /* talks without end and never listens */
    HALF_CLOSED, /* has said all that it wants to, and does not listen */
    RESETTING,   /* hangs up in mid-sentence, and comes again */
    MANNERS
};

struct nuisance {
    enum manner manner;
    int fd;
    size_t said;
};

#define NUISANCES 300
#define ROUNDS 30

static struct nuisance crowd[NUISANCES];

/* How one begins to talk, and what a flood consists of. */
static uint8_t opening[512], flood[32768];
static size_t opening_len, flood_len;

static void prepare(const struct scene *s)
{
    static const uint8_t hello[] = {22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}; /* TLS, of 512 bytes */
    memset(opening, 'x', sizeof opening);
    memset(flood, 'x', sizeof flood);
    opening_len = sizeof opening;
    flood_len = sizeof flood;
    if (s->tls) {
        memcpy(opening, hello, sizeof hello);
    } else if (!is_tcp(s->e)) {
        opening_len = strlen(HANDSHAKE);
        memcpy(opening, HANDSHAKE, opening_len);
        for (flood_len = 0; flood_len + 20 < sizeof flood;)
            flood_len += make_frame(flood + flood_len, FIN | PING, "what?", 5);
    }
}

/* Returns how much was taken: not always all, and nothing when the connection has been ended. */
static size_t say_some(int fd, const void *data, size_t n)
{
    ssize_t sent = send(fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? (size_t)sent : 0;
}

static void arrive(struct nuisance *n, const struct scene *s)
{
    n->fd = dial_small(s->server.port, 4096);
    n->said = 0;
    if (n->manner == HALF_DEAD || n->manner == RESETTING)
        say_some(n->fd, opening, opening_len / 2);
    if (n->manner == FLOODING || n->manner == HALF_CLOSED)
        say_some(n->fd, opening, opening_len);
    if (n->manner == HALF_CLOSED)
        end_of_talk(n->fd);
}

static void annoy(struct nuisance *n, const struct scene *s)
{
    if (n->manner == SLOW && n->said + 1 < opening_len)
        say_some(n->fd, opening + n->said++, 1);
    if (n->manner == FLOODING)
        n->said = (n->said + say_some(n->fd, flood + n->said, flood_len - n->said)) % flood_len;
    if (n->manner != RESETTING)
        return;
    hang_up(n->fd);
    arrive(n, s);
}

static void at_every_kind_of_server(void (*play)(struct scene *), const char *options)
{
    struct scene s;
    for (int i = 0; i < 2 * exchange_count; i++) {
        if (exchanges[i / 2].pushed || strstr(exchanges[i / 2].name, "close"))
            continue;
        scene_begin(&s, &exchanges[i / 2], i % 2, options, true);
        prepare(&s);
        play(&s);
        scene_end(&s);
    }
}

static void be_a_nuisance(struct scene *s)
{
    for (int k = 0; k < NUISANCES; k++) {
        crowd[k].manner = (enum manner)(k % MANNERS);
        arrive(&crowd[k], s);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < NUISANCES; k++)
            annoy(&crowd[k], s);
        check_neighbour(s);
        check_next(s);
    }
    for (int k = 0; k < NUISANCES; k++)
        close(crowd[k].fd);
}

static void while_hundreds_are_a_nuisance_one_is_served(void **state)
{
    char options[40];
    snprintf(options, sizeof options, "--model %s", MODEL);
    at_every_kind_of_server(be_a_nuisance, options);
}

/* --- when there are too many of them --- */

#define PLACES 50

/* Until there is a place. */
static void await_service(struct scene *s)
{
    char error[ERROR_MAX] = "";
    struct url url = scene_url(s, s->server.port);
    for (double end = now() + PATIENCE / 1000; now() < end; usleep(10000)) {
        enum outcome outcome = s->e->run(&url, s->tls, PATIENCE, error);
        assert_int_not_equal(outcome, WRONG);
        if (outcome == WHOLE)
            return;
        assert_true(is_a_reason(error));
        check_neighbour(s);
    }
    fail_msg("%s: nobody was let go for others: %s", s->e->name, error);
}

static void take_all_places(struct scene *s)
{
    if (is_tcp(s->e) && !s->tls) /* no handshake: tcp_e2e_test.c */
        return;
    for (int k = 0; k < PLACES; k++) {
        crowd[k].manner = (enum manner)(k % (SLOW + 1));
        arrive(&crowd[k], s);
    }
    await_service(s);
    for (int k = 0; k < PLACES; k++) {
        struct pollfd p = {.fd = crowd[k].fd, .events = POLLIN};
        while (poll(&p, 1, 5) == 0) /* a byte now and then does not help */
            annoy(&crowd[k], s);
        close(crowd[k].fd);
    }
}

/* Who says nothing keeps its place for as long as a handshake may take; who speaks slowly, too. */
static void the_silent_and_the_slow_lose_their_places(void **state)
{
    (void)state;
    at_every_kind_of_server(take_all_places,
                            "--model loop --max-clients 51 --handshake-timeout 0.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_UNDER(while_hundreds_are_a_nuisance_one_is_served, "loop"),
        TEST_UNDER(while_hundreds_are_a_nuisance_one_is_served, "thread"),
        TEST(the_silent_and_the_slow_lose_their_places),
    };
    return cmocka_run_group_tests_name("fault crowd", tests, NULL, NULL);
}
