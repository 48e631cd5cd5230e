#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_no_wire_test.sh BENCH: a bench for systems that have no wires runs over loopback, and
# says why.  Partner: bench_wire_trouble_test.sh, where there could be one.
set -u

why="an emulated wire needs Linux (network namespaces and TUN devices)"
said=$("$1" wire --wire rtt=1ms 2>&1)
if [ $? != 1 ] || [ "$said" != "bench: --wire: $why" ]; then
    echo "FAILED: bench wire: $said" >&2
    exit 1
fi
if ! said=$("$1" handshake --transports floor --baseline floor --count 20 --rounds 1 \
    --wire rtt=1ms --json - 2>&1) || ! echo "$said" | grep -qF "bench: warning: no wire: $why" ||
    ! echo "$said" | grep -qF "\"no_wire\":\"$why\",\"wire\":null"; then
    echo "FAILED: over loopback: $said" >&2
    exit 1
fi
