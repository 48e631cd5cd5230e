#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_wire_trouble_test.sh: the bench where it can't have a wire, where what is asked of the
# wire makes no sense, and where somebody dies: what is said, and that nothing is left behind.
# Partner: bench_wire_test.sh, where all goes well.
set -u

# shellcheck source=tests/processes.sh
. "$SOCKLAB_TOP/tests/processes.sh"
bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/tmp" "$work/bin"
export TMPDIR="$work/tmp" LC_ALL=C
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# --- misuse ---

misuse_is_one_line_that_names_the_value() {
    while IFS='|' read -r args said; do
        # shellcheck disable=SC2086
        (cd "$work/tmp" && exec "$bench" $args) >"$work/out" 2>"$work/err"
        status=$?
        [ $status = 2 ] || broken "bench $args: exit $status, not 2"
        [ ! -s "$work/out" ] || broken "bench $args: wrote to stdout"
        [ "$(wc -l <"$work/err")" -eq 1 ] || broken "bench $args: not one line"
        grep -qF -- "$said" "$work/err" || broken "bench $args: $(cat "$work/err"), not: $said"
    done <<'LIST'
--wire|--wire needs a value
--wire 40ms|--wire: '40ms' is none of rtt, loss, rate, reorder, drop, seed
--wire rtt|--wire: 'rtt' has no value
--wire rtt=|'rtt=' has no value
--wire rtt=40|--wire: rtt=40: '40' is not a number in us, ms or s
--wire rtt=-1ms|'-1ms'
--wire rtt=nanms|'nanms'
--wire rtt=0x10ms|'0x10ms'
--wire rtt=11s|rtt=11s: more than 10s
--wire rtt=99999999999999999999s|rtt=99999999999999999999s
--wire loss=1%|'loss=1%' names no rtt
--wire rtt=1ms,|'' is none of
--wire rtt=1ms,rtt=1ms|rtt is given twice
--wire rtt=1ms,los=1%|'los=1%'
--wire rtt=1ms;loss=1%|'1ms;loss=1%'
--wire rtt=1ms,loss=1|loss=1: '1' is not a number in %
--wire rtt=1ms,loss=100%|loss=100%: not below 100%
--wire rtt=1ms,reorder=-1%|'-1%'
--wire rtt=1ms,rate=10|rate=10: '10' is not a number in kbit, mbit or gbit
--wire rtt=1ms,rate=0mbit|rate=0mbit: not in 1kbit..100gbit
--wire rtt=1ms,drop=1|drop=1: '1' is no packet
--wire rtt=1ms,drop=c0|'c0' is no packet
--wire rtt=1ms,drop=c1+|'' is no packet
--wire rtt=1ms,drop=c1+c1|c1 is there twice
--wire rtt=1ms,seed=-1|'-1'
--wire rtt=1ms,seed=18446744073709551616|18446744073709551616
--pcap f|--pcap: only a wire shows packets: add --wire rtt=40ms
--ladder|--ladder: only a wire shows packets: add --wire rtt=40ms
--ladder=f.svg|--ladder: only a wire
--wire rtt=1ms --pcap f --json f|two reports in one file: f
--wire rtt=1ms --ladder=f --pcap ./f|two reports in one file: f
--wire rtt=1ms --pcap - --csv -|is on stdout already
wire --wire rtt=x|--wire: rtt=x: 'x' is not a number
wire now|'now' is not understood
LIST
    [ -z "$(ls "$work/tmp")" ] || broken "misuse leaves a file: $(ls "$work/tmp")"
}

what_cannot_be_written_is_said_before_measuring() {
    for option in --pcap= --ladder=; do
        "$bench" --wire rtt=1ms "$option$work/no/such" >"$work/out" 2>"$work/err"
        [ $? = 1 ] || broken "$option to nowhere is not exit 1"
        [ "$(cat "$work/err")" = "bench: write $work/no/such: No such file or directory" ] ||
            broken "$option to nowhere: $(cat "$work/err")"
    done
    if [ ! -w /dev/full ]; then return; fi
    "$bench" handshake --transports udp --count 1 --rounds 1 --wire rtt=1ms --pcap /dev/full \
        >"$work/out" 2>"$work/err"
    [ $? = 1 ] || broken "a capture on a full disk is not exit 1"
    grep -q 'write /dev/full: ' "$work/err" || broken "a full disk is not named"
}

# --- no wire ---

# without NAME REASON COMMAND...: the command takes rights away and runs its arguments.  20
# handshakes have a median, so that "n/a" is said of what needs a wire alone.
without() {
    name=$1 reason=$2
    shift 2
    "$@" "$work/bin/bench" handshake --transports tcp,ws --count 20 --rounds 1 --wire rtt=20ms \
        --ladder --pcap "$work/tmp/f.pcap" --json "$work/tmp/json" >"$work/out" 2>"$work/err"
    status=$?
    if [ $status != 0 ]; then
        broken "$name: exit $status: $(cat "$work/err")"
        return
    fi
    mv "$work/tmp/json" "$work/json"
    if [ -z "$reason" ]; then
        grep -q '"no_wire":null,"wire":{"rtt_ms":20' "$work/json" ||
            broken "$name: no wire: $(cat "$work/err")"
        rm -f "$work/tmp/f.pcap"
        return
    fi
    [ "$(grep -c wire "$work/err")" -eq 1 ] || broken "$name: not one line: $(cat "$work/err")"
    grep -qF "bench: warning: no wire: $reason" "$work/err" ||
        broken "$name: $(cat "$work/err"), not: $reason"
    grep -qF "\"no_wire\":\"$reason" "$work/json" || broken "$name: JSON has another reason"
    grep -qF '"wire":null,"rows"' "$work/json" || broken "$name: JSON has a wire"
    [ ! -e "$work/tmp/f.pcap" ] || broken "$name: a capture of nothing"
    tr -s ' \n' ' ' <"$work/out" | grep -qF "n/a: no wire: ${reason%% (*}" ||
        broken "$name: the cells do not say why they are empty"
    grep -q '^tcp .* n/a .* n/a .* n/a$' "$work/out" || broken "$name: figures in RTTs"
}

in_a_user_namespace() { # in_a_user_namespace LIMIT COMMAND...: LIMIT of user.max_*_namespaces is 0
    # shellcheck disable=SC2016 # for the other shell
    unshare --map-root-user sh -c 'echo 0 >"/proc/sys/user/$1" && shift && exec "$@"' sh "$@"
}

# with_tun MODE COMMAND...: /dev/net/tun has this mode, or is not there ("none")
with_tun() {
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount -t tmpfs none /dev/net && mode=$1 && shift &&
        { [ "$mode" = none ] || mknod -m "$mode" /dev/net/tun c 10 200; } && exec "$@"' sh "$@"
}

without_rights_a_run_goes_on_over_loopback() {
    cp "$SOCKLAB_BIN"/* "$work/bin"
    chmod 711 "$work" "$work/bin" # nobody may run what is there, but not look at it
    chmod 711 "$work/bin"/*
    chmod 1777 "$work/tmp"
    if unshare --map-root-user true 2>/dev/null; then
        without "no network namespace" "make a network namespace: No space left on device (no \
network namespace is left: raise sysctl user.max_net_namespaces)" \
            in_a_user_namespace max_net_namespaces
        without "no user namespace" "make a user namespace: No space left on device (run as root, \
or raise sysctl user.max_user_namespaces)" \
            in_a_user_namespace max_user_namespaces setpriv --bounding-set=-all
    fi
    if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
        return # a chroot has no mounts of its own
    fi
    without "no tun" "open /dev/net/tun: No such file or directory (modprobe tun; in a container, \
start it with --device /dev/net/tun)" with_tun none
    nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
    # shellcheck disable=SC2086 # words
    without "tun of root's" "open /dev/net/tun: Permission denied (run as root, or let this user \
open it: chmod 666 /dev/net/tun)" with_tun 600 $nobody
    # shellcheck disable=SC2086 # words
    if [ -c /dev/net/tun ] && $nobody unshare --map-root-user true 2>/dev/null; then
        without "nobody" "" with_tun 666 $nobody
    fi
}

# --- nothing left behind ---

networks_of() { # networks_of /proc/PID...: the network namespaces that they are in or hold
    for process in "$@"; do
        set -- "$@" "$process/ns/net" "$process/fd"
        shift
    done
    # shellcheck disable=SC2012 # names are numbers, and where they point is asked
    ls -l "$@" 2>/dev/null | sed -n 's/.* -> \(net:.*\)/\1/p' |
        grep -vxF "$(readlink /proc/self/ns/net)" | sort -u
}

is_forwarder() {
    # shellcheck disable=SC2010
    ls -l "/proc/$1/fd" 2>/dev/null | grep -q '/net/tun$'
}

# begin ARG...: a run over a wire, in the background; it has everything when this returns.
begin() {
    grep -o '^ *[^:]*:' /proc/net/dev >"$work/devices"
    rm -f "$work/j" "$work/p"
    "$bench" message --transports ws --baseline ws --rounds 1 --seconds 20 --wire rtt=40ms \
        --json "$work/j" --pcap "$work/p" >"$work/out" 2>"$work/err" &
    pid=$!
    pids=$pid
    [ -n "$(wait_for_child $pid ws_echo_server)" ] || broken "$1: no server"
    sleep 1
    left=$(children_of $pid)
    forwarder=
    for child in $left; do
        is_forwarder "$child" && forwarder=$child
    done
    # shellcheck disable=SC2046,SC2086 # one path a process
    networks=$(networks_of $(printf '/proc/%s ' $left))
    [ -n "$forwarder" ] || broken "$1: no forwarder"
    [ "$(echo "$networks" | wc -l)" -eq 2 ] || broken "$1: not two networks: $networks"
}

# all_is_gone NAME: what begin() saw; the killed one's children may need a moment.
all_is_gone() {
    for child in $left; do
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            is_gone "$child" && break
            sleep 0.2
        done
        is_gone "$child" || broken "$1: process $child is still there"
    done
    kept=$(networks_of /proc/[0-9]* | grep -xF "$networks")
    [ -z "$kept" ] || broken "$1: $kept is still there"
    grep -o '^ *[^:]*:' /proc/net/dev | cmp -s - "$work/devices" || broken "$1: devices changed"
    [ -z "$(ls -A "$work/tmp")" ] || broken "$1: files are left: $(ls -A "$work/tmp")"
}

ended_early() { # ended_early NAME STATUS LINE: and says so in one line
    wait $pid 2>/dev/null # or the shell tells who was killed, too
    status=$?
    pids=
    [ $status = "$2" ] || broken "$1: exit $status, not $2"
    # LeakSanitizer grumbles when a child is killed while it looks through it.
    said=$(grep -v -e '^bench: warning: ' -e '^==[0-9]*==Unable to get registers' "$work/err")
    [ "$said" = "$3" ] || broken "$1: '$said', not '$3'"
    for file in j p; do
        [ ! -e "$work/$file" ] || broken "$1: half a report is left"
    done
    all_is_gone "$1"
}

a_signal_ends_everybody() {
    for signal in INT:2 TERM:15; do
        begin "SIG${signal%:*}"
        kill -"${signal%:*}" "$pid"
        ended_early "SIG${signal%:*}" 1 \
            "bench: stopped by signal ${signal#*:} during message over ws"
    done
    begin "SIGKILL"
    kill -KILL "$pid"
    ended_early "SIGKILL" 137 ""
}

# Ctrl-C reaches the children, too; kill does not.
a_signal_ends_the_check() {
    for signal in INT:2 TERM:15; do
        grep -o '^ *[^:]*:' /proc/net/dev >"$work/devices"
        "$bench" wire >"$work/out" 2>"$work/err" &
        pid=$! networks=none
        pids=$pid
        sleep 1
        left=$(children_of $pid)
        begun=$(date +%s%N)
        # shellcheck disable=SC2086 # one word a process
        if [ $signal = INT:2 ]; then kill -INT $pid $left; else kill -TERM $pid; fi
        ended_early "bench wire, SIG${signal%:*}" 1 \
            "bench: stopped by signal ${signal#*:} during the wire's check"
        [ $(($(date +%s%N) - begun)) -lt 1000000000 ] || broken "bench wire does not stop at once"
    done
}

a_dead_forwarder_is_named() {
    begin "a dead forwarder"
    kill -KILL "$forwarder"
    ended_early "a dead forwarder" 1 "bench: the wire ended (signal 9) during message over ws"
}

a_missing_server_is_named() {
    mkdir "$work/alone"
    cp "$bench" "$work/alone"
    grep -o '^ *[^:]*:' /proc/net/dev >"$work/devices"
    "$work/alone/bench" message --transports ws --baseline ws --wire rtt=1ms --json "$work/j" \
        >"$work/out" 2>"$work/err" &
    pid=$! left='' networks=none
    ended_early "no server" 1 "bench: run $work/alone/ws_echo_server: No such file \
or directory (it is built beside the bench)"
    [ -z "$(children_of $pid)" ] || broken "no server: processes are left"
}

a_run_that_ends_well_leaves_its_reports_alone() {
    mkdir "$work/here"
    (cd "$work/here" && exec "$bench" handshake --transports udp,wss --baseline wss --count 1 \
        --rounds 1 --wire rtt=1ms --json j --pcap p --ladder=l.svg) >"$work/out" 2>"$work/err" ||
        broken "a run over a wire: exit $?: $(cat "$work/err")"
    [ "$(cd "$work/here" && echo *)" = "j l.svg p" ] || broken "left: $(ls "$work/here")"
    left='' networks=none
    all_is_gone "a run"
}

has_a_wire() {
    "$bench" handshake --transports udp --count 1 --rounds 1 --wire rtt=1ms --json - \
        2>"$work/err" >"$work/json" || broken "a wire: exit $?"
    grep 'no wire' "$work/err"
    grep -q '"no_wire":null' "$work/json"
}

misuse_is_one_line_that_names_the_value
without_rights_a_run_goes_on_over_loopback
if has_a_wire; then
    what_cannot_be_written_is_said_before_measuring
    a_signal_ends_everybody
    a_signal_ends_the_check
    a_dead_forwarder_is_named
    a_missing_server_is_named
    a_run_that_ends_well_leaves_its_reports_alone
fi
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
