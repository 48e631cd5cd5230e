#!/bin/sh
# SPDX-License-Identifier: MIT
# wire.sh: what the bench counted on its wire, and drew, beside what tshark reads in the capture.
# Partner: tshark.sh, with captures made up.
set -u

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tests/interop/need.sh
. "$here/need.sh"
need tshark
# shellcheck disable=SC2119 # of any module
need_python
bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export HOME="$work" # nobody's preferences
export LC_ALL=C

measure() { # measure NAME SPEC ARG...: in the background; most of it is waiting
    name=$1 spec=$2
    shift 2
    "$bench" "$@" --count 1 --rounds 1 --seed 1 --wire "$spec" --ladder --pcap "$work/$name.pcap" \
        --json "$work/$name.json" >"$work/$name.out" 2>"$work/$name.err" &
    pids="$pids $!"
}

measure clean rtt=10ms handshake push \
    --transports tcp,tls,udp,http-close,https-keep-alive,ws,wss,sse
measure dropped rtt=10ms,drop=c1+s3+c6 handshake --transports tcp,wss,udp,ws
measure lost rtt=10ms,loss=10%,seed=3 handshake --transports tcp,ws --size 20000
measure reordered rtt=10ms,reorder=20%,seed=2 handshake --transports tcp,tls --size 40000
measure fragments rtt=10ms handshake --transports udp,tcp --size 5000
failures=0
for pid in $pids; do
    wait "$pid" || failures=1
done
pids=
if [ $failures != 0 ]; then
    cat "$work"/*.err
    exit 1
fi
if ! grep -q '"no_wire":null' "$work/clean.json"; then
    grep 'no wire' "$work/clean.err"
    [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ] && exit 1
    exit 77
fi
for name in clean dropped lost reordered fragments; do
    "$bench" ladder "$work/$name.pcap" >"$work/$name.again" &&
        "$python" -B "$here/wire.py" "$work/$name" || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
