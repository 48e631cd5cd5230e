/* bench/phases.c: the wire has recorded each packet; over loopback TCP_INFO counts, of UDP a tap.
 * SPDX-License-Identifier: MIT */
#include "bench/phases.h"
#include "bench/clock.h"
#include "bench/counts.h"
#include "bench/wire/wire.h"

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACK_NS 100000000u     /* longer than a young connection holds back an acknowledgement */
#define FAR_ACK_NS 250000000u /* longer than one is ever held back */
#define LOOK_NS 2000000u
#define PATIENCE_NS 10000000000u

uint64_t phase_quiet_ns(const struct job *job)
{
    return job->wire ? FAR_ACK_NS : ACK_NS;
}

void phases_begin(struct phases *p, struct job *job, struct link *l, struct traffic *traffic)
{
    *p = (struct phases){.job = job, .link = l, .fd = -1};
    traffic_init(traffic);
    l->traffic = traffic;
    p->begun_ns = clock_ns();
    if (job->wire)
        p->follow.sure.at = wire_recorded(job->wire);
}

/* --- over a wire --- */

static uint16_t port_of(int fd, int (*name)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;
    if (name(fd, (struct sockaddr *)&addr, &len) < 0)
        return 0;
    return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

static struct whose whose_socket(const struct phases *p)
{
    bool udp = p->job->transport == &transports[UDP];
    return (struct whose){udp ? PACKET_UDP : PACKET_TCP,
                          {port_of(p->fd, getsockname), port_of(p->fd, getpeername)}};
}

static struct tally tally_of(const struct conversation *c)
{
    struct wire_counts k = conversation_count(c, 0, UINT64_MAX);
    double payload = 0, again = (double)(k.retransmissions[OUT] + k.retransmissions[IN]);
    for (size_t i = 0; i < c->n; i++)
        payload += (double)c->crossing[i].segment.payload_len;
    return (struct tally){{[COUNT_PACKETS_OUT] = (double)k.packets[OUT],
                           [COUNT_PACKETS_IN] = (double)k.packets[IN],
                           [COUNT_BYTES_OUT] = (double)k.bytes[OUT],
                           [COUNT_BYTES_IN] = (double)k.bytes[IN],
                           [COUNT_AGAIN] = again}, payload};
}

static struct tally count_packets(const struct phases *p)
{
    struct conversations all;
    struct tally now = {{0}, 0};
    if (conversations_find(&all, p->follow.packet, p->follow.now.n) < 0)
        job_fail(p->job, "no memory");
    const struct conversation *c = whose_conversation(&p->told.whose, &all, UINT64_MAX);
    if (c) /* of UDP none, when nothing was sent */
        now = tally_of(c);
    conversations_free(&all);
    return now;
}

/* --- over loopback --- */

static struct tally datagrams(const struct traffic *t)
{
    double out = (double)t->calls[SENT], in = (double)t->calls[RECEIVED];
    return (struct tally){{[COUNT_PACKETS_OUT] = out, [COUNT_PACKETS_IN] = in,
                           [COUNT_BYTES_OUT] = (double)t->sent + out * UDP_HEADERS,
                           [COUNT_BYTES_IN] = (double)t->received + in * UDP_HEADERS},
                          (double)(t->sent + t->received)};
}

static bool look_here(const struct phases *p, struct tally *now)
{
    struct packets k;
    if (p->job->transport == &transports[UDP])
        *now = datagrams(p->link->traffic);
    else if (packets_of(p->fd, &k))
        *now = (struct tally){{[COUNT_PACKETS_OUT] = k.sent, [COUNT_PACKETS_IN] = k.received,
                               [COUNT_BYTES_OUT] = k.bytes_sent, [COUNT_AGAIN] = k.again,
                               [COUNT_BYTES_IN] = k.bytes_received}, k.payload};
    else
        return false;
    return true;
}

/* Returns false where there is nothing to be seen.  *moved: the last packet, as far as is known;
 * over a wire *now is left for when all is quiet. */
static bool look(struct phases *p, struct tally *now, uint64_t *moved)
{
    struct tally then = *now;
    if (p->job->wire) {
        if (follow_wire(&p->follow, p->job->wire) < 0)
            job_fail(p->job, "no memory");
        *moved = p->follow.now.moved;
        return !wire_is_full(p->job->wire);
    }
    if (!look_here(p, now))
        return false;
    now->count[COUNT_ROUND_TRIPS] = then.count[COUNT_ROUND_TRIPS];
    if (memcmp(now, &then, sizeof then) != 0)
        *moved = clock_ns();
    return true;
}

/* A packet on its way has not moved for the last time: that moment is still to come. */
static uint64_t latest(uint64_t begun, uint64_t moved)
{
    uint64_t now = clock_ns();
    return moved > now ? now : moved > begun ? moved : begun;
}

/* Nothing follows a datagram by itself.  rests: or else only looks. */
static bool come_to_rest(struct phases *p, struct tally *now, bool rests)
{
    bool waits = rests && (p->job->wire || p->job->transport != &transports[UDP]);
    uint64_t quiet = phase_quiet_ns(p->job), begun = clock_ns(), moved = begun;
    bool known = look(p, now, &moved);
    while (known && waits && clock_ns() < latest(begun, moved) + quiet &&
           clock_ns() < begun + quiet + PATIENCE_NS) {
        sleep_until(clock_ns() + LOOK_NS);
        known = look(p, now, &moved);
    }
    if (known && p->job->wire)
        *now = count_packets(p);
    now->count[COUNT_ROUND_TRIPS] = (double)p->link->traffic->waits;
    return known;
}

/* --- phases --- */

void phases_keep_socket(struct phases *p)
{
    if (p->fd >= 0)
        return;
    p->fd = dup(p->link->fd);
    p->told.whose = p->follow.whose = whose_socket(p);
}

void phase_begins(struct phases *p, bool rests)
{
    phases_keep_socket(p);
    come_to_rest(p, &p->begun, rests);
    p->told.begun = p->begun_ns = clock_ns();
}

struct tally phase_spends(struct phases *p, enum phase phase, bool rests)
{
    struct tally now = p->begun, spent;
    uint64_t took = clock_ns() - p->begun_ns;
    phases_keep_socket(p);
    if (phase == PHASE_CLOSE)
        shutdown(p->fd, SHUT_WR); /* which close() did not do, for this descriptor is still there */
    bool known = come_to_rest(p, &now, rests);
    spent.payload = known ? now.payload - p->begun.payload : NAN;
    for (size_t i = 0; i < COUNTS; i++)
        spent.count[i] = known ? now.count[i] - p->begun.count[i] : NAN;
    p->begun = now;
    p->begun_ns = clock_ns();
    p->told.phase[p->told.phases].phase = phase;
    p->told.phase[p->told.phases].took = took;
    p->told.phase[p->told.phases].end = p->begun_ns;
    p->told.phase[p->told.phases++].round_trips = spent.count[COUNT_ROUND_TRIPS];
    return spent;
}

void phase_tell(struct phases *p, size_t metric, double v)
{
    if (isnan(v))
        job_tell_na(p->job, metric, p->job->wire ? T_NA_RECORD : T_NA_TCP_INFO);
    else
        job_tell_one(p->job, metric, v);
}

struct tally phase_ends(struct phases *p, enum phase phase, size_t times)
{
    struct tally spent = phase_spends(p, phase, true);
    for (size_t i = 0; i < COUNTS; i++) {
        spent.count[i] /= (double)times;
        phase_tell(p, phase_metric(phase) + i, spent.count[i]);
    }
    return spent;
}

void phase_is_absent(struct phases *p, enum phase phase, enum text why)
{
    for (size_t i = 0; i < COUNTS; i++)
        job_tell_na(p->job, phase_metric(phase) + i, why);
}

/* Or the server, which is stopped soon, would end the conversation, and how far it gets is chance.
 */
static void see_farewell(struct phases *p)
{
    size_t n = p->told.phases;
    if (n > 0 && p->told.phase[n - 1].phase == PHASE_CLOSE)
        return; /* seen */
    shutdown(p->fd, SHUT_WR);
    come_to_rest(p, &p->begun, true);
}

void phases_end(struct phases *p)
{
    if (p->job->wire) {
        see_farewell(p);
        p->told.whole = !wire_is_full(p->job->wire);
        job_tell_conversation(p->job, &p->told);
    }
    close(p->fd);
    free(p->follow.packet);
}
