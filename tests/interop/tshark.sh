#!/bin/sh
# SPDX-License-Identifier: MIT
# tshark.sh SCENES_PCAP: what tshark makes of our captures, and we of Wireshark's own.  SCENES_PCAP
# writes captures, and beside each what we know of its packets.
set -u

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tests/interop/need.sh
. "$here/need.sh"
need tshark editcap mergecap
bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export HOME="$work" # nobody's preferences
failures=0

same() { # same WHAT EXPECTED_FILE FILE
    diff -u "$2" "$3" && return
    echo "FAILED: $1" >&2
    failures=$((failures + 1))
}

ask() { # ask CAPTURE [ARG]...: tshark with every checksum checked
    capture=$1
    shift
    tshark -n -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -r "$capture" "$@" 2>"$work/errors" || { cat "$work/errors"; exit 1; }
}

# A capture made by the senders is in their order: what tshark takes for out of order is a
# repetition that came within a round trip.  (The made-up TLS records hold nothing.)
packets() { # packets CAPTURE: number, time, bytes, sent before
    ask "$1" -T fields -E separator=/s -e frame.number -e frame.time_epoch -e frame.len \
        -e tcp.analysis.retransmission -e tcp.analysis.out_of_order |
        awk '{ print $1, $2, $3, (NF > 3) }'
}

"$1" "$work" || exit 1
for scene in tcp ws tls loss udp; do
    packets "$work/$scene.pcap" >"$work/theirs"
    same "$scene: packets, times in ns, bytes, retransmissions" "$work/$scene.txt" "$work/theirs"
    bad=$(ask "$work/$scene.pcap" -Y '(_ws.malformed && !tls) || ip.checksum.status == "Bad" ||
        tcp.checksum.status == "Bad" || udp.checksum.status == "Bad"' | wc -l)
    good=$(ask "$work/$scene.pcap" -Y 'tcp.checksum.status == "Good" ||
        udp.checksum.status == "Good"' | wc -l)
    if [ "$bad" -ne 0 ] || [ "$good" -ne "$(wc -l <"$work/$scene.txt")" ]; then
        echo "FAILED: $scene: $bad packets with bad checksums, $good with good ones" >&2
        failures=$((failures + 1))
    fi
    "$bench" ladder "$work/$scene.pcap" >"$work/ours" || failures=$((failures + 1))
    for format in pcapng nsecpcap pcap; do
        editcap -F $format "$work/$scene.pcap" "$work/saved" || exit 1
        "$bench" ladder "$work/saved" >"$work/again" || failures=$((failures + 1))
        same "$scene: saved as $format" "$work/ours" "$work/again"
    done
done

# Two interfaces in one file, their packets by time.
editcap -t 1 "$work/tls.pcap" "$work/later" &&
    mergecap -F pcapng -w "$work/merged" "$work/udp.pcap" "$work/later" || exit 1
"$bench" ladder --stream 1 "$work/merged" >"$work/again"
"$bench" ladder "$work/udp.pcap" >"$work/ours"
same "merged: the first conversation" "$work/ours" "$work/again"
"$bench" ladder --stream 2 "$work/merged" >"$work/again"
"$bench" ladder "$work/tls.pcap" >"$work/ours"
same "merged: the second conversation" "$work/ours" "$work/again"

[ "$failures" -eq 0 ]
