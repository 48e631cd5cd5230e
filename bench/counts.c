/* bench/counts.c: TCP_INFO counts every segment of a connection; loopback and Ethernet differ in
 * none of them while a message fits into one segment of 1448 bytes.
 * SPDX-License-Identifier: MIT */
#include "bench/counts.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/tcp.h> /* libc's struct tcp_info ends before the counters */
#endif

#ifdef __linux__
/* Of TCP's states, which only libc's header has, those before the peer's FIN is here. */
enum { ESTABLISHED = 1, SYN_SENT = 2, FIN_WAIT1 = 4, FIN_WAIT2 = 5 };
#define SYN_EXTRA 8 /* MSS, SACK-permitted and window scale are sent in the SYN only */

static bool get_info(int fd, struct tcp_info *info)
{
    socklen_t len = sizeof *info;
    memset(info, 0, sizeof *info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len) == 0 &&
           len > offsetof(struct tcp_info, tcpi_bytes_sent);
}

static bool has_fin(unsigned state)
{
    return state != ESTABLISHED && state != SYN_SENT && state != FIN_WAIT1 && state != FIN_WAIT2;
}

bool packets_of(int fd, struct packets *p)
{
    struct tcp_info info;
    if (!get_info(fd, &info))
        return false;
    if (has_fin(info.tcpi_state)) /* it takes a number of the stream, but no byte */
        info.tcpi_bytes_received--;
    double header = info.tcpi_options & TCPI_OPT_TIMESTAMPS ? 52 : 40;
    p->sent = info.tcpi_segs_out;
    p->received = info.tcpi_segs_in;
    p->bytes_sent = (double)info.tcpi_bytes_sent + p->sent * header + SYN_EXTRA;
    p->bytes_received = (double)info.tcpi_bytes_received + p->received * header + SYN_EXTRA;
    p->again = info.tcpi_total_retrans;
    p->payload = (double)info.tcpi_bytes_sent + (double)info.tcpi_bytes_received;
    return true;
}
#else
bool packets_of(int fd, struct packets *p)
{
    (void)fd, (void)p;
    return false;
}
#endif

static void count_turn(struct traffic *t, enum direction way)
{
    t->waits += way == RECEIVED && t->last == SENT;
    t->last = way;
}

static void count_bytes(struct tap *tap, enum direction way, const void *data, size_t n)
{
    struct traffic *t = (struct traffic *)tap; /* its first member */
    (void)data;
    t->calls[way]++;
    if (way == SENT)
        t->sent += n;
    else
        t->received += n;
    if (t->wire == 0) /* else TLS's records say whose turn it is */
        count_turn(t, way);
}

static void count_wire(struct tap *tap, enum direction way, const void *data, size_t n)
{
    struct traffic *t = (struct traffic *)tap;
    (void)data;
    t->wire += n;
    count_turn(t, way);
}

static void count_opening(struct tap *tap, int fd)
{
    int type = 0;
    socklen_t len = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
    ((struct traffic *)tap)->waits += type == SOCK_STREAM; /* connect() waited for a SYN-ACK */
}

static void count_closing(struct tap *tap)
{
    (void)tap;
}

void traffic_init(struct traffic *t)
{
    *t = (struct traffic){.tap = {count_opening, count_bytes, count_wire, count_closing},
                          .last = RECEIVED};
}
