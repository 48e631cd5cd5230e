/* bench/measure.c: what can be measured, in which units.  `bench --list` prints this.
 * SPDX-License-Identifier: MIT */
#include "bench/measure.h"

static const struct metric handshake_metrics[HANDSHAKE_METRICS] = {
    [HANDSHAKE_CONNECT] = {"connect", "us", DISTRIBUTION, false, T_CONNECT},
    [HANDSHAKE_TLS] = {"tls", "us", DISTRIBUTION, false, T_TLS},
    [HANDSHAKE_UPGRADE] = {"upgrade", "us", DISTRIBUTION, false, T_UPGRADE},
    [HANDSHAKE_TOTAL] = {"total", "us", DISTRIBUTION, false, T_TOTAL},
    [HANDSHAKE_FIRST_REPLY] = {"first_reply", "us", DISTRIBUTION, false, T_FIRST_REPLY},
    [HANDSHAKE_ROUND_TRIPS] = {"round_trips", "1", TYPICAL, false, T_ROUND_TRIPS},
    [HANDSHAKE_PACKETS] = {"packets", "1", TYPICAL, false, T_PACKETS},
    [HANDSHAKE_BYTES_OUT] = {"bytes_out", "B", TYPICAL, false, T_BYTES_OUT},
    [HANDSHAKE_BYTES_IN] = {"bytes_in", "B", TYPICAL, false, T_BYTES_IN},
    [HANDSHAKE_CPU_CLIENT] = {"cpu_client", "us", PER_ROUND, false, T_CPU_CONNECTION},
    [HANDSHAKE_CPU_SERVER] = {"cpu_server", "us", PER_ROUND, false, T_CPU_CONNECTION},
};

static const struct metric message_metrics[MESSAGE_METRICS] = {
    [MESSAGE_RTT] = {"rtt", "us", DISTRIBUTION, false, T_RTT},
    [MESSAGE_RATE] = {"rate", "1/s", PER_ROUND, false, T_RATE},
    [MESSAGE_RATE_DEEP] = {"rate", "1/s", PER_ROUND, true, T_RATE_DEEP},
    [MESSAGE_PAYLOAD] = {"payload_bytes", "B", TYPICAL, false, T_PAYLOAD},
    [MESSAGE_HEADER] = {"header_bytes", "B", TYPICAL, false, T_HEADER},
    [MESSAGE_TLS] = {"tls_bytes", "B", TYPICAL, false, T_TLS_BYTES},
    [MESSAGE_TCPIP] = {"tcpip_bytes", "B", TYPICAL, false, T_TCPIP},
    [MESSAGE_CPU_CLIENT] = {"cpu_client", "us", PER_ROUND, false, T_CPU_ECHO},
    [MESSAGE_CPU_SERVER] = {"cpu_server", "us", PER_ROUND, false, T_CPU_ECHO},
    [MESSAGE_CPU_CLIENT_DEEP] = {"cpu_client", "us", PER_ROUND, true, T_CPU_ECHO_DEEP},
    [MESSAGE_CPU_SERVER_DEEP] = {"cpu_server", "us", PER_ROUND, true, T_CPU_ECHO_DEEP},
    [MESSAGE_LOST] = {"lost", "1", TOTAL, false, T_LOST},
};

static const struct metric push_metrics[PUSH_METRICS] = {
    [PUSH_LATENCY] = {"latency", "us", DISTRIBUTION, false, T_LATENCY},
    [PUSH_BYTES] = {"bytes_per_event", "B", TYPICAL, false, T_EVENT_BYTES},
    [PUSH_REQUESTS] = {"requests_per_event", "1", PER_ROUND, false, T_REQUESTS},
    [PUSH_EMPTY] = {"empty_polls", "1", TOTAL, false, T_EMPTY},
    [PUSH_MISSED] = {"missed", "1", TOTAL, false, T_MISSED},
    [PUSH_DUPLICATE] = {"duplicate", "1", TOTAL, false, T_DUPLICATE},
};

const struct measure measures[MEASURES] = {
    [HANDSHAKE] = {"handshake", T_HANDSHAKE_TITLE, T_CONNECTIONS, handshake_metrics,
                   HANDSHAKE_METRICS, HANDSHAKE_TOTAL, 300, 40, false, time_handshakes,
                   count_handshakes},
    [MESSAGE] = {"message", T_MESSAGE_TITLE, T_ECHOES, message_metrics, MESSAGE_METRICS,
                 MESSAGE_RTT, 2000, 400, false, time_messages, count_messages},
    [PUSH] = {"push", T_PUSH_TITLE, T_EVENTS, push_metrics, PUSH_METRICS, PUSH_LATENCY, 18, 4, true,
              time_events, count_events},
};

long measure_count(const struct plan *plan, const struct measure *measure)
{
    if (plan->count)
        return plan->count;
    return plan->quick ? measure->quick_count : measure->count;
}
