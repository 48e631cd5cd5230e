/* bench/report/columns.c: the tables' columns, to be read from the last row of a classroom: what
 * does not fit into 80 columns is in --json and --csv.
 * SPDX-License-Identifier: MIT */
#include "bench/report/grid.h"

static const struct column handshake_time[] = {
    {"connect", "p50 us", HANDSHAKE_CONNECT, SHOW_P50},
    {"tls", "p50 us", HANDSHAKE_TLS, SHOW_P50},
    {"upgrade", "p50 us", HANDSHAKE_UPGRADE, SHOW_P50},
    {"ready", "p50 us", HANDSHAKE_TOTAL, SHOW_P50},
    {"ready", "p90 us", HANDSHAKE_TOTAL, SHOW_P90},
    {"ready", "x %s", HANDSHAKE_TOTAL, SHOW_RATIO},
    {"x %s", "95 %", HANDSHAKE_TOTAL, SHOW_CI},
    {"reply", "p50 us", HANDSHAKE_FIRST_REPLY, SHOW_P50},
    {0},
};
static const struct column handshake_cost[] = {
    {"round trips", "(pred.)", HANDSHAKE_ROUND_TRIPS, SHOW_PREDICTED},
    {"packets", "(pred.)", HANDSHAKE_PACKETS, SHOW_PREDICTED},
    {"B out", "(pred.)", HANDSHAKE_BYTES_OUT, SHOW_PREDICTED},
    {"B in", "(pred.)", HANDSHAKE_BYTES_IN, SHOW_PREDICTED},
    {"CPU us", "client", HANDSHAKE_CPU_CLIENT, SHOW_VALUE},
    {"CPU us", "server", HANDSHAKE_CPU_SERVER, SHOW_VALUE},
    {0},
};
#define PHASE(phase) (HANDSHAKE_PHASES + PHASE_##phase * COUNTS)
static const struct column handshake_packets[] = {
    {"connect", "packets", PHASE(CONNECT) + COUNT_PACKETS_OUT, SHOW_BOTH},
    {"tls", "packets", PHASE(TLS) + COUNT_PACKETS_OUT, SHOW_BOTH},
    {"upgrade", "packets", PHASE(UPGRADE) + COUNT_PACKETS_OUT, SHOW_BOTH},
    {"message", "packets", PHASE(MESSAGE) + COUNT_PACKETS_OUT, SHOW_BOTH},
    {"close", "packets", PHASE(CLOSE) + COUNT_PACKETS_OUT, SHOW_BOTH},
    {0},
};
static const struct column handshake_bytes[] = {
    {"connect", "bytes", PHASE(CONNECT) + COUNT_BYTES_OUT, SHOW_BOTH},
    {"tls", "bytes", PHASE(TLS) + COUNT_BYTES_OUT, SHOW_BOTH},
    {"upgrade", "bytes", PHASE(UPGRADE) + COUNT_BYTES_OUT, SHOW_BOTH},
    {"message", "bytes", PHASE(MESSAGE) + COUNT_BYTES_OUT, SHOW_BOTH},
    {"close", "bytes", PHASE(CLOSE) + COUNT_BYTES_OUT, SHOW_BOTH},
    {0},
};
static const struct column message_time[] = {
    {"p50", "us", MESSAGE_RTT, SHOW_P50},
    {"p90", "us", MESSAGE_RTT, SHOW_P90},
    {"p99", "us", MESSAGE_RTT, SHOW_P99},
    {"p99.9", "us", MESSAGE_RTT, SHOW_P999},
    {"max", "us", MESSAGE_RTT, SHOW_MAX},
    {"p50", "x %s", MESSAGE_RTT, SHOW_RATIO},
    {"x %s", "95 %", MESSAGE_RTT, SHOW_CI},
    {"lost at", "1+%zu", MESSAGE_LOST, SHOW_LOST},
    {0},
};
static const struct column message_cost[] = {
    {"echoes/s", "depth 1", MESSAGE_RATE, SHOW_VALUE},
    {"echoes/s", "depth %zu", MESSAGE_RATE_DEEP, SHOW_VALUE},
    {"header", "B (pred.)", MESSAGE_HEADER, SHOW_PREDICTED},
    {"TLS", "B (pred.)", MESSAGE_TLS, SHOW_PREDICTED},
    {"TCP/IP", "B (pred.)", MESSAGE_TCPIP, SHOW_PREDICTED},
    {"CPU us", "client", MESSAGE_CPU_CLIENT, SHOW_VALUE},
    {"CPU us", "server", MESSAGE_CPU_SERVER, SHOW_VALUE},
    {0},
};
static const struct column push_time[] = {
    {"p50", "us", PUSH_LATENCY, SHOW_P50},
    {"p90", "us", PUSH_LATENCY, SHOW_P90},
    {"max", "us", PUSH_LATENCY, SHOW_MAX},
    {"mean", "us (pred.)", PUSH_LATENCY, SHOW_MEAN},
    {"p50", "x %s", PUSH_LATENCY, SHOW_RATIO},
    {"x %s", "95 %", PUSH_LATENCY, SHOW_CI},
    {0},
};
static const struct column fan_out_time[] = { /* --subscribers N: of each event's N arrivals */
    {"first", "p50 us", PUSH_FIRST, SHOW_P50},
    {"median", "p50 us", PUSH_MEDIAN, SHOW_P50},
    {"last", "p50 us", PUSH_LAST, SHOW_P50},
    {"last", "max us", PUSH_LAST, SHOW_MAX},
    {"last", "x %s", PUSH_LAST, SHOW_RATIO},
    {"x %s", "95 %", PUSH_LAST, SHOW_CI},
    {0},
};
static const struct column push_cost[] = {
    {"packets", "out+in", PUSH_PHASE + COUNT_PACKETS_OUT, SHOW_BOTH},
    {"bytes", "an event", PUSH_BYTES, SHOW_VALUE},
    {"requests", "an event", PUSH_REQUESTS, SHOW_PREDICTED},
    {"empty", "polls", PUSH_EMPTY, SHOW_VALUE},
    {"events", "missed", PUSH_MISSED, SHOW_VALUE},
    {"events", "twice", PUSH_DUPLICATE, SHOW_VALUE},
    {"CPU us", "client", PUSH_CPU_CLIENT, SHOW_VALUE},
    {"CPU us", "server", PUSH_CPU_SERVER, SHOW_VALUE},
    {0},
};
static const struct column idle_memory[] = {
    {"user", "B", IDLE_USER, SHOW_VALUE},
    {"kernel", "B", IDLE_KERNEL, SHOW_VALUE},
    {"together", "B", IDLE_USER, SHOW_SUM},
    {"user", "after, B", IDLE_USER_AFTER, SHOW_VALUE},
    {"kernel", "after, B", IDLE_KERNEL_AFTER, SHOW_VALUE},
    {0},
};
const struct column models_columns[] = {
    {"served", "", MODELS_SERVED, SHOW_SERVED},
    {"p50", "us", MODELS_RTT, SHOW_P50},
    {"p99", "us", MODELS_RTT, SHOW_P99},
    {"max", "us", MODELS_RTT, SHOW_MAX},
    {"processes", "+ threads", MODELS_THREADS, SHOW_SURPRISE},
    {"user", "MiB", MODELS_MEMORY, SHOW_MIB},
    {0},
};

/* Where packets are on their way for longer than all else takes. */
static const struct column handshake_far[] = {
    {"connect", "p50 ms", HANDSHAKE_CONNECT, SHOW_P50_MS},
    {"tls", "p50 ms", HANDSHAKE_TLS, SHOW_P50_MS},
    {"upgrade", "p50 ms", HANDSHAKE_UPGRADE, SHOW_P50_MS},
    {"ready", "p50 ms", HANDSHAKE_TOTAL, SHOW_P50_MS},
    {"in RTTs", "(pred.)", HANDSHAKE_TOTAL, SHOW_RTTS},
    {"reply", "p50 ms", HANDSHAKE_FIRST_REPLY, SHOW_P50_MS},
    {"in RTTs", "(pred.)", HANDSHAKE_FIRST_REPLY, SHOW_RTTS},
    {0},
};
static const struct column message_far[] = {
    {"p50", "ms", MESSAGE_RTT, SHOW_P50_MS},
    {"p90", "ms", MESSAGE_RTT, SHOW_P90_MS},
    {"max", "ms", MESSAGE_RTT, SHOW_MAX_MS},
    {"in RTTs", "(pred.)", MESSAGE_RTT, SHOW_RTTS},
    {"p50", "x %s", MESSAGE_RTT, SHOW_RATIO},
    {"x %s", "95 %", MESSAGE_RTT, SHOW_CI},
    {"lost at", "1+%zu", MESSAGE_LOST, SHOW_LOST},
    {0},
};
static const struct column push_far[] = {
    {"p50", "ms", PUSH_LATENCY, SHOW_P50_MS},
    {"p90", "ms", PUSH_LATENCY, SHOW_P90_MS},
    {"max", "ms", PUSH_LATENCY, SHOW_MAX_MS},
    {"mean", "ms (pred.)", PUSH_LATENCY, SHOW_MEAN_MS},
    {"in RTTs", "(pred.)", PUSH_LATENCY, SHOW_RTTS},
    {"p50", "x %s", PUSH_LATENCY, SHOW_RATIO},
    {"x %s", "95 %", PUSH_LATENCY, SHOW_CI},
    {0},
};
static const struct column fan_out_far[] = {
    {"first", "p50 ms", PUSH_FIRST, SHOW_P50_MS},
    {"median", "p50 ms", PUSH_MEDIAN, SHOW_P50_MS},
    {"last", "p50 ms", PUSH_LAST, SHOW_P50_MS},
    {"last", "max ms", PUSH_LAST, SHOW_MAX_MS},
    {"in RTTs", "(pred.)", PUSH_LAST, SHOW_RTTS},
    {"last", "x %s", PUSH_LAST, SHOW_RATIO},
    {"x %s", "95 %", PUSH_LAST, SHOW_CI},
    {0},
};
static const struct column *const far_columns[] = {
    [HANDSHAKE] = handshake_far, [MESSAGE] = message_far, [PUSH] = push_far};

#define PANELS 4 /* time, cost, and what crossed the wire */
static const struct column *const columns[MEASURES][PANELS] = {
    [HANDSHAKE] = {handshake_time, handshake_cost, handshake_packets, handshake_bytes},
    [MESSAGE] = {message_time, message_cost},
    [PUSH] = {push_time, push_cost},
    [IDLING] = {idle_memory, NULL},
};

const struct column *panel_columns(const struct plan *plan, size_t measure, size_t panel)
{
    bool far = plan_is_far(plan) || (plan->wire_wanted && !plan->wire);
    if (measure == PUSH && panel == 0 && plan->subscribers > 1)
        return far ? fan_out_far : fan_out_time;
    if (far && panel == 0 && measure <= PUSH)
        return far_columns[measure];
    return panel < PANELS ? columns[measure][panel] : NULL;
}
