/* udp_echo/subscribe.c: listens.  Partner: client.c, which asks.
 * Over UDP nobody is connected: ask, prove the address by returning the token, ask again in time.
 * See the difference: diff tcp_echo/subscribe.c udp_echo/subscribe.c
 * SPDX-License-Identifier: MIT */
#include "udp_echo/client.h"
#include "tcp_echo/clock.h"
#include "tcp_echo/messages.h"
#include "udp_echo/numbered.h"
#include "udp_echo/service.h"

#include <string.h>

#define TRIES 5 /* without any answer */

struct asking {
    uint64_t due; /* ms of the clock */
    int tries;
    bool told; /* of an event: the lease holds */
};

/* Asks when it is due: every opt->timeout_ms until the first event comes, then three times a
 * lease.  Returns ms until the next time. */
static int ask(struct asking *a, struct udp *conn, const struct client_options *opt)
{
    uint64_t now = clock_ns() / 1000000u;
    if (now < a->due)
        return (int)(a->due - now);
    if (a->tries++ == TRIES)
        die("subscribe %s: timed out", opt->url_text);
    if (udp_send(conn, SUBSCRIPTION, SUBSCRIPTION_LEN) < 0)
        die("send %s: %s", opt->url_text, udp_error(conn));
    int wait = a->told ? LEASE_MS / 3 : opt->timeout_ms;
    a->due = now + (uint64_t)wait;
    return wait;
}

/* The server answered with a token: what comes back to it must have come to our address. */
static void return_token(struct udp *conn, const struct client_options *opt, const uint8_t *data)
{
    if (memcmp(data, SUBSCRIPTION, SUBSCRIPTION_LEN) == 0)
        die("subscribe %s: only an echo: the server needs --push-every", opt->url_text);
    if (udp_send(conn, data, SUBSCRIPTION_LEN) < 0)
        die("send %s: %s", opt->url_text, udp_error(conn));
}

/* Prints an event, or the reply to a line.  Returns true for an event. */
static bool print_datagram(const uint8_t *data, size_t n)
{
    size_t skip = number_read(data, n) >= 0 ? NUMBER_LEN : 0;
    print_event(data + skip, n - skip);
    return skip == 0;
}

void subscribe(struct udp *conn, const struct client_options *opt)
{
    struct messages in;
    struct sequence seq = {0};
    struct asking asking = {0};
    long left = opt->count;
    messages_open_stdin(&in);
    while (left != 0) {
        bool pushed = messages_wait(&in, conn->fd, ask(&asking, conn, opt));
        while (messages_take(&in))
            if (sequence_send(&seq, conn, in.data, in.len) < 0)
                die("send %s: %s", opt->url_text, udp_error(conn));
        if (!pushed)
            continue;
        ssize_t n = udp_recv(conn, seq.in, sizeof seq.in);
        if (n < 0)
            die("recv %s: %s", opt->url_text, udp_error(conn));
        asking.tries = 0;
        if (is_subscription(seq.in, (size_t)n)) {
            return_token(conn, opt, seq.in);
        } else if (print_datagram(seq.in, (size_t)n)) {
            asking.told = true;
            left -= left > 0;
        }
    }
    messages_close(&in);
}
