/* bench/phases.c: over loopback TCP_INFO counts, of UDP a tap.
 * SPDX-License-Identifier: MIT */
#include "bench/phases.h"
#include "bench/clock.h"
#include "bench/counts.h"

#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUIET_NS 100000000u /* longer than an acknowledgement is held back */
#define LOOK_NS 2000000u
#define PATIENCE_NS 2000000000u

void phases_begin(struct phases *p, struct job *job, struct link *l, struct traffic *traffic)
{
    *p = (struct phases){.job = job, .link = l, .fd = -1};
    traffic_init(traffic);
    l->traffic = traffic;
}

static struct tally datagrams(const struct traffic *t)
{
    double out = (double)t->calls[SENT], in = (double)t->calls[RECEIVED];
    return (struct tally){{[COUNT_PACKETS_OUT] = out, [COUNT_PACKETS_IN] = in,
                           [COUNT_BYTES_OUT] = (double)t->sent + out * UDP_HEADERS,
                           [COUNT_BYTES_IN] = (double)t->received + in * UDP_HEADERS}};
}

static bool look(const struct phases *p, struct tally *now)
{
    struct packets k;
    if (p->job->transport == &transports[UDP])
        *now = datagrams(p->link->traffic);
    else if (packets_of(p->fd, &k))
        *now = (struct tally){{[COUNT_PACKETS_OUT] = k.sent, [COUNT_PACKETS_IN] = k.received,
                               [COUNT_BYTES_OUT] = k.bytes_sent, [COUNT_AGAIN] = k.again,
                               [COUNT_BYTES_IN] = k.bytes_received}};
    else
        return false;
    now->count[COUNT_ROUND_TRIPS] = (double)p->link->traffic->waits;
    return true;
}

static bool come_to_rest(const struct phases *p, struct tally *now)
{
    struct tally then = {{-1}};
    uint64_t begun = clock_ns(), changed = begun;
    do {
        if (!look(p, now))
            return false;
        if (memcmp(now, &then, sizeof then) != 0)
            changed = clock_ns();
        then = *now;
        if (p->job->transport == &transports[UDP])
            break; /* nothing follows a datagram */
        sleep_until(clock_ns() + LOOK_NS);
    } while (clock_ns() < changed + QUIET_NS && clock_ns() < begun + PATIENCE_NS);
    return true;
}

void phase_begins(struct phases *p, bool rests)
{
    p->fd = dup(p->link->fd);
    (rests ? come_to_rest : look)(p, &p->begun);
}

void phase_tell(struct phases *p, size_t metric, double v)
{
    if (isnan(v))
        job_tell_na(p->job, metric, T_NA_TCP_INFO);
    else
        job_tell_one(p->job, metric, v);
}

struct tally phase_ends(struct phases *p, enum phase phase, size_t times)
{
    struct tally now, spent;
    if (p->fd < 0)
        p->fd = dup(p->link->fd);
    if (phase == PHASE_CLOSE)
        shutdown(p->fd, SHUT_WR); /* which close() did not do, for this descriptor is still there */
    bool known = come_to_rest(p, &now);
    for (size_t i = 0; i < COUNTS; i++) {
        spent.count[i] = known ? (now.count[i] - p->begun.count[i]) / (double)times : NAN;
        phase_tell(p, phase_metric(phase) + i, spent.count[i]);
    }
    p->begun = now;
    return spent;
}

void phase_is_absent(struct phases *p, enum phase phase, enum text why)
{
    for (size_t i = 0; i < COUNTS; i++)
        job_tell_na(p->job, phase_metric(phase) + i, why);
}

void phases_end(struct phases *p)
{
    close(p->fd);
}
