/* bench/columns.c: the tables' columns, to be read from the last row of a classroom: what does not
 * fit into 80 columns is in --json and --csv.
 * SPDX-License-Identifier: MIT */
#include "bench/columns.h"

bool column_ends(const struct column *c)
{
    return !c->name && c->head == T_NONE;
}

const struct panel panels[MEASURES][PANELS] = {
    [HANDSHAKE] = {
        {{{NULL, "p50 us", T_H_CONNECT, T_NONE, HANDSHAKE_CONNECT, SHOW_P50, false},
          {NULL, "p50 us", T_H_UPGRADE, T_NONE, HANDSHAKE_UPGRADE, SHOW_P50, false},
          {NULL, "p50 us", T_H_READY, T_NONE, HANDSHAKE_TOTAL, SHOW_P50, false},
          {NULL, "p99 us", T_H_READY, T_NONE, HANDSHAKE_TOTAL, SHOW_P99, false},
          {NULL, NULL, T_H_READY, T_H_TIMES, HANDSHAKE_TOTAL, SHOW_RATIO, false},
          {NULL, "95 %", T_H_TIMES, T_NONE, HANDSHAKE_TOTAL, SHOW_CI, false},
          {NULL, "p50 us", T_H_REPLY, T_NONE, HANDSHAKE_FIRST_REPLY, SHOW_P50, false}}},
        {{{NULL, NULL, T_H_TRIPS, T_PREDICTED, HANDSHAKE_ROUND_TRIPS, SHOW_VALUE, true},
          {NULL, NULL, T_H_PACKETS, T_PREDICTED, HANDSHAKE_PACKETS, SHOW_VALUE, true},
          {NULL, NULL, T_H_OUT, T_PREDICTED, HANDSHAKE_BYTES_OUT, SHOW_VALUE, true},
          {NULL, NULL, T_H_IN, T_PREDICTED, HANDSHAKE_BYTES_IN, SHOW_VALUE, true},
          {NULL, NULL, T_H_CPU, T_H_CLIENT, HANDSHAKE_CPU_CLIENT, SHOW_VALUE, false},
          {NULL, NULL, T_H_CPU, T_H_SERVER, HANDSHAKE_CPU_SERVER, SHOW_VALUE, false}}},
    },
    [MESSAGE] = {
        {{{"p50", "us", T_NONE, T_NONE, MESSAGE_RTT, SHOW_P50, false},
          {"p90", "us", T_NONE, T_NONE, MESSAGE_RTT, SHOW_P90, false},
          {"p99", "us", T_NONE, T_NONE, MESSAGE_RTT, SHOW_P99, false},
          {"p99.9", "us", T_NONE, T_NONE, MESSAGE_RTT, SHOW_P999, false},
          {"max", "us", T_NONE, T_NONE, MESSAGE_RTT, SHOW_MAX, false},
          {"p50", NULL, T_NONE, T_H_TIMES, MESSAGE_RTT, SHOW_RATIO, false},
          {NULL, "95 %", T_H_TIMES, T_NONE, MESSAGE_RTT, SHOW_CI, false}}},
        {{{NULL, NULL, T_H_RATE, T_H_DEPTH, MESSAGE_RATE, SHOW_VALUE, false},
          {NULL, NULL, T_H_RATE, T_H_DEPTH, MESSAGE_RATE_DEEP, SHOW_VALUE, false},
          {NULL, "B", T_H_PAYLOAD, T_NONE, MESSAGE_PAYLOAD, SHOW_VALUE, false},
          {NULL, NULL, T_H_HEADER, T_H_B_PREDICTED, MESSAGE_HEADER, SHOW_VALUE, true},
          {NULL, NULL, T_H_TCPIP, T_H_B_PREDICTED, MESSAGE_TCPIP, SHOW_VALUE, true},
          {NULL, NULL, T_H_CPU, T_H_CLIENT, MESSAGE_CPU_CLIENT, SHOW_VALUE, false},
          {NULL, NULL, T_H_CPU, T_H_SERVER, MESSAGE_CPU_SERVER, SHOW_VALUE, false}}},
    },
    [PUSH] = {
        {{{"p50", "us", T_NONE, T_NONE, PUSH_LATENCY, SHOW_P50, false},
          {"p90", "us", T_NONE, T_NONE, PUSH_LATENCY, SHOW_P90, false},
          {"max", "us", T_NONE, T_NONE, PUSH_LATENCY, SHOW_MAX, false},
          {NULL, NULL, T_H_MEAN, T_H_US_PREDICTED, PUSH_LATENCY, SHOW_MEAN, true},
          {"p50", NULL, T_NONE, T_H_TIMES, PUSH_LATENCY, SHOW_RATIO, false},
          {NULL, "95 %", T_H_TIMES, T_NONE, PUSH_LATENCY, SHOW_CI, false}}},
        {{{NULL, NULL, T_H_BYTES, T_H_PER_EVENT, PUSH_BYTES, SHOW_VALUE, false},
          {NULL, NULL, T_H_REQUESTS, T_H_PER_EVENT, PUSH_REQUESTS, SHOW_VALUE, true},
          {NULL, NULL, T_H_EMPTY, T_H_POLLS, PUSH_EMPTY, SHOW_VALUE, false},
          {NULL, NULL, T_H_MISSED, T_H_LOST, PUSH_MISSED, SHOW_VALUE, false},
          {NULL, NULL, T_H_MISSED, T_H_TWICE, PUSH_DUPLICATE, SHOW_VALUE, false}}},
    },
};
