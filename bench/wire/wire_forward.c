/* bench/wire/wire_forward.c: the wire's middle: whole IP packets from one device, through the line,
 * to the other.  It sleeps until shortly before one is due and asks the clock from there on, since
 * the kernel's wake-up alone may take longer than we may be late.
 * SPDX-License-Identifier: MIT */
#include "bench/clock.h"
#include "bench/wire/wire_line.h"
#include "bench/wire/wire_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define SPIN_NS 50000u
#define BATCH 32 /* packets read from one side before the others get their turn */
#define IP_HEADER 20
#define IPV4 4

struct forwarder {
    struct wire_line *line;
    struct wire_shared *shared;
    struct parcel *empty; /* to read into */
    const int *tun;
    struct in_addr address[2];
};

static void count(_Atomic uint64_t *counter, uint64_t n)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed); /* no one else writes */
    atomic_store_explicit(counter, now + n, memory_order_relaxed);
}

/* --- records --- */

static struct wire_record *record_at(struct wire_shared *shared, size_t at)
{
    return (struct wire_record *)(void *)(shared->records + at);
}

/* Returns its place, or NO_RECORD.  Where one packet finds no room the record ends, though a
 * smaller one might: what is before is whole. */
static size_t record(struct wire_shared *shared, const struct parcel *p, uint64_t now)
{
    size_t at = atomic_load_explicit(&shared->recorded, memory_order_relaxed);
    size_t size = (sizeof(struct wire_record) + p->len + 7) & ~(size_t)7;
    if (!atomic_load_explicit(&shared->recording, memory_order_acquire))
        return NO_RECORD;
    if (shared->unrecorded || size > RECORDS_MAX - at) {
        count(&shared->unrecorded, 1);
        return NO_RECORD;
    }
    struct wire_record *r = record_at(shared, at);
    *r = (struct wire_record){.sent = now, .len = (uint32_t)p->len, .from = (uint32_t)p->from};
    memcpy(r + 1, p->data, p->len);
    atomic_store_explicit(&shared->recorded, at + size, memory_order_release);
    return at;
}

static void record_fate(struct wire_shared *shared, size_t at, enum fate fate, uint64_t when)
{
    if (at == NO_RECORD)
        return;
    atomic_store_explicit(&record_at(shared, at)->arrived, when, memory_order_relaxed);
    atomic_store_explicit(&record_at(shared, at)->fate, (int)fate, memory_order_release);
}

static void drop(struct forwarder *f, const struct parcel *p)
{
    count(&f->shared->dropped[p->from], 1);
    record_fate(f->shared, p->record, DROPPED, 0);
}

/* --- out --- */

static void note_lateness(struct wire_shared *shared, uint64_t late)
{
    count(&shared->late[bucket_of((double)late / 1000)], 1);
    if (late > atomic_load_explicit(&shared->late_max, memory_order_relaxed))
        atomic_store_explicit(&shared->late_max, late, memory_order_relaxed);
}

/* The time is taken before: the write runs the receiving kernel up to the answer it may cause.
 * What became of it is told after: the other side may refuse it. */
static void hand_over(struct forwarder *f, const struct parcel *p, uint64_t now)
{
    note_lateness(f->shared, now - p->due);
    if (write(f->tun[!p->from], p->data, p->len) == (ssize_t)p->len) {
        record_fate(f->shared, p->record, ARRIVED, now);
        return;
    }
    count(&f->shared->refused[p->from], 1);
    drop(f, p);
}

static void deliver_due(struct forwarder *f)
{
    for (;;) {
        uint64_t now = clock_ns();
        struct parcel *p = wire_line_arrive(f->line, now);
        if (!p)
            return;
        hand_over(f, p, now);
        wire_line_return(f->line, p);
    }
}

/* --- in --- */

static void send_on(struct forwarder *f, struct parcel *p, uint64_t now)
{
    if (p->held_back)
        count(&f->shared->reordered[p->from], 1);
    if (p->due <= now) { /* no distance: straight through */
        hand_over(f, p, now);
        return;
    }
    struct parcel *empty = wire_line_send(f->line, p);
    if (empty) {
        f->empty = empty;
        return;
    }
    count(&f->shared->overflowed[p->from], 1);
    drop(f, p);
}

static void take_in(struct forwarder *f, struct parcel *p, uint64_t now)
{
    count(&f->shared->packets[p->from], 1);
    count(&f->shared->bytes[p->from], p->len);
    wire_line_turn(f->line, atomic_load_explicit(&f->shared->turn, memory_order_acquire));
    enum verdict verdict = wire_line_judge(f->line, p, now);
    p->record = record(f->shared, p, now);
    if (verdict == ON_ITS_WAY) {
        send_on(f, p, now);
    } else {
        count(&f->shared->overflowed[p->from], verdict == OVERFLOWED);
        drop(f, p);
    }
}

/* From one end's address to the other's: multicast and IPv6 stay where they are. */
static bool is_ours(const struct forwarder *f, const struct parcel *p)
{
    return p->len >= IP_HEADER && p->data[0] >> 4 == IPV4 &&
           memcmp(p->data + 12, &f->address[p->from], 4) == 0 &&
           memcmp(p->data + 16, &f->address[!p->from], 4) == 0;
}

/* Returns whether there was anything. */
static bool take_from(struct forwarder *f, int from)
{
    for (int i = 0; i < BATCH; i++) {
        struct parcel *p = f->empty;
        ssize_t n = read(f->tun[from], p->data, sizeof p->data);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return i > 0;
        if (n < 0)
            _exit(1); /* the device has gone */
        p->len = (size_t)n;
        p->from = from;
        if (is_ours(f, p))
            take_in(f, p, clock_ns());
    }
    return true;
}

/* --- the loop --- */

static void wait_for_work(const struct forwarder *f)
{
    struct pollfd fds[2] = {{.fd = f->tun[0], .events = POLLIN},
                            {.fd = f->tun[1], .events = POLLIN}};
    uint64_t due = wire_line_due(f->line), now = clock_ns();
    if (due == UINT64_MAX) {
        ppoll(fds, 2, NULL, NULL);
    } else if (due > now + SPIN_NS) {
        uint64_t left = due - now - SPIN_NS;
        struct timespec ts = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
        ppoll(fds, 2, &ts, NULL);
    }
}

_Noreturn void wire_forward(const struct wire_spec *spec, const int tun[2],
                            struct wire_shared *shared)
{
    struct forwarder f = {.line = wire_line_new(spec), .shared = shared, .tun = tun};
    for (int end = 0; end < 2; end++)
        inet_pton(AF_INET, wire_address[end], &f.address[end]);
    f.empty = f.line ? wire_line_parcel(f.line) : NULL;
    if (!f.empty)
        _exit(1);
    for (;;) {
        deliver_due(&f);
        bool busy = take_from(&f, CLIENT_END);
        busy |= take_from(&f, SERVER_END);
        if (!busy)
            wait_for_work(&f);
    }
}
