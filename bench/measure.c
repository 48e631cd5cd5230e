/* bench/measure.c: what can be measured, in which units.  `bench --list` prints this.
 * SPDX-License-Identifier: MIT */
#include "bench/measure.h"

const char *const phase_names[PHASES] = {
    [PHASE_CONNECT] = "connect", [PHASE_TLS] = "tls", [PHASE_UPGRADE] = "upgrade",
    [PHASE_MESSAGE] = "message", [PHASE_CLOSE] = "close", [PHASE_PUSH] = "push"};

size_t phase_metric(enum phase phase)
{
    return phase == PHASE_PUSH ? PUSH_PHASE : HANDSHAKE_PHASES + phase * COUNTS;
}

#define COUNTED(at, phase)                                                                         \
    [(at) + COUNT_ROUND_TRIPS] = {phase "_round_trips", "1", TYPICAL, false, T_PHASE_TRIPS, phase},\
    [(at) + COUNT_PACKETS_OUT] = {phase "_packets_out", "1", TYPICAL, false, T_PHASE_OUT, phase},  \
    [(at) + COUNT_PACKETS_IN] = {phase "_packets_in", "1", TYPICAL, false, T_PHASE_IN, phase},     \
    [(at) + COUNT_BYTES_OUT] = {phase "_bytes_out", "B", TYPICAL, false, T_PHASE_BYTES_OUT, phase},\
    [(at) + COUNT_BYTES_IN] = {phase "_bytes_in", "B", TYPICAL, false, T_PHASE_BYTES_IN, phase},   \
    [(at) + COUNT_AGAIN] = {phase "_retransmissions", "1", TYPICAL, false, T_PHASE_AGAIN, phase}

static const struct metric handshake_metrics[HANDSHAKE_METRICS] = {
    [HANDSHAKE_CONNECT] = {"connect", "us", DISTRIBUTION, false, T_CONNECT, NULL},
    [HANDSHAKE_TLS] = {"tls", "us", DISTRIBUTION, false, T_TLS, NULL},
    [HANDSHAKE_UPGRADE] = {"upgrade", "us", DISTRIBUTION, false, T_UPGRADE, NULL},
    [HANDSHAKE_TOTAL] = {"total", "us", DISTRIBUTION, false, T_TOTAL, NULL},
    [HANDSHAKE_FIRST_REPLY] = {"first_reply", "us", DISTRIBUTION, false, T_FIRST_REPLY, NULL},
    [HANDSHAKE_ROUND_TRIPS] = {"round_trips", "1", TYPICAL, false, T_ROUND_TRIPS, NULL},
    [HANDSHAKE_PACKETS] = {"packets", "1", TYPICAL, false, T_PACKETS, NULL},
    [HANDSHAKE_BYTES_OUT] = {"bytes_out", "B", TYPICAL, false, T_BYTES_OUT, NULL},
    [HANDSHAKE_BYTES_IN] = {"bytes_in", "B", TYPICAL, false, T_BYTES_IN, NULL},
    [HANDSHAKE_CPU_CLIENT] = {"cpu_client", "us", PER_ROUND, false, T_CPU_CONNECTION, NULL},
    [HANDSHAKE_CPU_SERVER] = {"cpu_server", "us", PER_ROUND, false, T_CPU_CONNECTION, NULL},
    COUNTED(HANDSHAKE_PHASES + PHASE_CONNECT * COUNTS, "connect"),
    COUNTED(HANDSHAKE_PHASES + PHASE_TLS * COUNTS, "tls"),
    COUNTED(HANDSHAKE_PHASES + PHASE_UPGRADE * COUNTS, "upgrade"),
    COUNTED(HANDSHAKE_PHASES + PHASE_MESSAGE * COUNTS, "message"),
    COUNTED(HANDSHAKE_PHASES + PHASE_CLOSE * COUNTS, "close"),
};

static const struct metric message_metrics[MESSAGE_METRICS] = {
    [MESSAGE_RTT] = {"rtt", "us", DISTRIBUTION, false, T_RTT, NULL},
    [MESSAGE_RATE] = {"rate", "1/s", PER_ROUND, false, T_RATE, NULL},
    [MESSAGE_RATE_DEEP] = {"rate", "1/s", PER_ROUND, true, T_RATE_DEEP, NULL},
    [MESSAGE_PAYLOAD] = {"payload_bytes", "B", TYPICAL, false, T_PAYLOAD, NULL},
    [MESSAGE_HEADER] = {"header_bytes", "B", TYPICAL, false, T_HEADER, NULL},
    [MESSAGE_TLS] = {"tls_bytes", "B", TYPICAL, false, T_TLS_BYTES, NULL},
    [MESSAGE_TCPIP] = {"tcpip_bytes", "B", TYPICAL, false, T_TCPIP, NULL},
    [MESSAGE_CPU_CLIENT] = {"cpu_client", "us", PER_ROUND, false, T_CPU_ECHO, NULL},
    [MESSAGE_CPU_SERVER] = {"cpu_server", "us", PER_ROUND, false, T_CPU_ECHO, NULL},
    [MESSAGE_CPU_CLIENT_DEEP] = {"cpu_client", "us", PER_ROUND, true, T_CPU_ECHO_DEEP, NULL},
    [MESSAGE_CPU_SERVER_DEEP] = {"cpu_server", "us", PER_ROUND, true, T_CPU_ECHO_DEEP, NULL},
    [MESSAGE_LOST] = {"lost", "1", TOTAL, false, T_LOST, NULL},
    [MESSAGE_LOST_DEEP] = {"lost", "1", TOTAL, true, T_LOST_DEEP, NULL},
};

static const struct metric push_metrics[PUSH_METRICS] = {
    [PUSH_LATENCY] = {"latency", "us", DISTRIBUTION, false, T_LATENCY, NULL},
    [PUSH_FIRST] = {"first", "us", DISTRIBUTION, false, T_FIRST, NULL},
    [PUSH_MEDIAN] = {"median", "us", DISTRIBUTION, false, T_MEDIAN, NULL},
    [PUSH_LAST] = {"last", "us", DISTRIBUTION, false, T_LAST, NULL},
    [PUSH_BYTES] = {"bytes_per_event", "B", TYPICAL, false, T_EVENT_BYTES, NULL},
    [PUSH_REQUESTS] = {"requests_per_event", "1", PER_ROUND, false, T_REQUESTS, NULL},
    [PUSH_EMPTY] = {"empty_polls", "1", TOTAL, false, T_EMPTY, NULL},
    [PUSH_MISSED] = {"missed", "1", TOTAL, false, T_MISSED, NULL},
    [PUSH_DUPLICATE] = {"duplicate", "1", TOTAL, false, T_DUPLICATE, NULL},
    [PUSH_CPU_CLIENT] = {"cpu_client", "us", PER_ROUND, false, T_CPU_EVENT, NULL},
    [PUSH_CPU_SERVER] = {"cpu_server", "us", PER_ROUND, false, T_CPU_EVENT, NULL},
    COUNTED(PUSH_PHASE, "push"),
};

static const struct metric idle_metrics[IDLE_METRICS] = {
    [IDLE_USER] = {"user_bytes", "B", PER_ROUND, false, T_USER_BYTES, NULL},
    [IDLE_KERNEL] = {"kernel_bytes", "B", PER_ROUND, false, T_KERNEL_BYTES, NULL},
    [IDLE_USER_AFTER] = {"user_bytes_after", "B", PER_ROUND, false, T_USER_AFTER, NULL},
    [IDLE_KERNEL_AFTER] = {"kernel_bytes_after", "B", PER_ROUND, false, T_KERNEL_AFTER, NULL},
};

static const struct metric models_metrics[MODELS_METRICS] = {
    [MODELS_SERVED] = {"served", "1", TYPICAL, false, T_SERVED, NULL},
    [MODELS_RTT] = {"rtt", "us", DISTRIBUTION, false, T_RTT_SERVED, NULL},
    [MODELS_THREADS] = {"threads", "1", TYPICAL, false, T_THREADS, NULL},
    [MODELS_MEMORY] = {"memory", "B", PER_ROUND, false, T_MEMORY, NULL},
};

const struct measure measures[MEASURES] = {
    [HANDSHAKE] = {"handshake", T_HANDSHAKE_TITLE, T_HANDSHAKE_NOTE, T_CONNECTION_ONE,
                   T_CONNECTIONS, handshake_metrics, HANDSHAKE_METRICS, 120, 40, 4, 9, 6, 6, true,
                   false, time_handshakes, count_handshakes},
    [MESSAGE] = {"message", T_MESSAGE_TITLE, T_MESSAGE_NOTE, T_ECHO_ONE, T_ECHOES, message_metrics,
                 MESSAGE_METRICS, 1120, 400, 4, 9, 6, 6, true, false, time_messages,
                 count_messages},
    [PUSH] = {"push", T_PUSH_TITLE, T_PUSH_NOTE, T_EVENT_ONE, T_EVENTS, push_metrics,
              PUSH_METRICS, 12, 5, 4, 9, 6, 6, true, true, time_events, count_events},
    [IDLING] = {"idle", T_IDLE_TITLE, T_IDLE_NOTE, T_CONNECTION_ONE, T_CONNECTIONS, idle_metrics,
                IDLE_METRICS, 1, 1, 1, 3, 1, 1, false, true, time_idle, NULL},
    [MODELS] = {"models", T_MODELS_TITLE, T_MODELS_NOTE, T_ECHO_ONE, T_ECHOES, models_metrics,
                MODELS_METRICS, 2000, 200, 20, 2, 1, 1, false, false, time_models, NULL},
};

long measure_count(const struct plan *plan, const struct measure *measure)
{
    if (plan->count)
        return plan->count;
    if (plan_is_far(plan))
        return measure->far_count;
    return plan->quick ? measure->quick_count : measure->count;
}

size_t measure_rounds(const struct plan *plan, const struct measure *measure)
{
    if (plan->rounds)
        return plan->rounds;
    if (plan_is_far(plan))
        return measure->far_rounds;
    return plan->quick ? measure->quick_rounds : measure->rounds;
}

size_t measure_headline(const struct plan *plan, size_t measure)
{
    static const size_t headline[MEASURES] = {HANDSHAKE_TOTAL, MESSAGE_RTT, PUSH_LATENCY, IDLE_USER,
                                              MODELS_SERVED};
    return measure == PUSH && plan->subscribers > 1 ? PUSH_LAST : headline[measure];
}
