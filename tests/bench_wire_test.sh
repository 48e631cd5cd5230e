#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_wire_test.sh: the bench over its wire, from outside: what takes how many round trips,
# which packets get lost, what is drawn of them.  Partners: interop/wire.sh asks tshark,
# bench_wire_trouble_test.sh takes the wire away.
# Most of it is waiting for packets: the runs go at the same time.
set -u

bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C # ladders in ASCII
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

skip_without_a_wire() {
    "$bench" handshake --transports udp --count 1 --rounds 1 --wire rtt=1ms >"$work/out" \
        2>"$work/err" || { cat "$work/err"; exit 1; }
    grep 'no wire' "$work/err" || return 0
    [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ] && exit 1
    exit 77
}

run() { # run NAME SPEC ARG...: begins one
    name=$1 spec=$2
    shift 2
    "$bench" "$@" --rounds 1 --seed 1 --wire "$spec" --csv "$work/$name.csv" \
        >"$work/$name.out" 2>"$work/$name.err" &
    pids="$pids $!"
}

wait_for_runs() {
    for pid in $pids; do
        wait "$pid" || broken "a run ended with status $?: $(cat "$work"/*.err)"
    done
    pids=
}

begin_the_table() {
    run table rtt=40ms handshake message push --count 20 \
        --transports tcp,tls,udp,http-keep-alive,http-close,ws,wss
    # Of OpenSSL, and so of server and client alike.
    cat >"$work/tls12.cnf" <<'CNF'
openssl_conf = init
[init]
ssl_conf = modules
[modules]
system_default = limits
[limits]
MaxProtocol = TLSv1.2
CNF
    OPENSSL_CONF=$work/tls12.cnf run tls12 rtt=40ms handshake --count 20 --transports wss \
        --baseline wss
}

# Medians of 20, in round trips: none is less than what must be waited for, nor more than 5 % and
# 2 ms above that.
each_step_takes_its_round_trips() {
    while read -r file measure transport metric tls trips; do
        [ "$tls" != - ] || tls=
        awk -F, -v row="$measure,$transport,$metric,$tls" -v trips="$trips" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            $1 "," $2 "," $at["metric"] "," $at["tls"] != row || $at["depth"] > 1 { next }
            { found++; n = $at["n"]; us = $at["p50"]; least = $at["min"] }
            END {
                must = trips * 40000
                if (found == 1 && n == 20 && least >= must && us <= must * 1.05 + 2000)
                    exit 0
                print row ": " us " us of " n ", none below " least ", not " trips " x 40 ms"
                exit 1
            }' "$work/$file.csv" || return 1
    done <<'TABLE'
table handshake tcp connect - 1
table handshake http-keep-alive first_reply - 2
table message http-keep-alive rtt - 1
table message http-close rtt - 2
table handshake ws total - 2
table message ws rtt - 1
table push ws latency - 0.5
table handshake tls total full 2
table handshake tls first_reply full 3
table handshake wss total full 3
tls12 handshake wss total full 4
table handshake udp first_reply - 1
TABLE
}

# packets OUT: conversation, number, flags, "lost", "again" or both, ms of each packet
packets() {
    awk '/^client 198/ { conversation++ }
        conversation && $2 ~ /^[cs][0-9]+$/ {
            words = substr($0, index($0, $3) + length($3))
            how = words ~ /lost/ && $3 ~ /x/ ? "lost" : "-"
            if (words ~ /  again/)
                how = how "+again"
            gsub(/^[-<>x]+|[-<>x]+$/, "", $3)
            print conversation, $2, $3, how, $1, words
        }' "$1"
}

# Of the packets that both runs have - each run's answers may be acknowledged in its own way - the
# same ones are lost.
same_losses() { # same_losses A B
    packets "$work/$1.out" >"$work/a"
    packets "$work/$2.out" >"$work/b"
    awk 'NR == FNR { how[$1 $2] = $4 ~ /lost/; next }
        $1 $2 in how { both++; differ += how[$1 $2] != ($4 ~ /lost/); lost += $4 ~ /lost/ }
        END { exit !(differ == 0 && lost > 0 && both > 20) }' "$work/a" "$work/b"
}

a_seed_tells_which_packets_are_lost() {
    same_losses seed7 again7 || broken "one seed, and not the same packets are lost"
    same_losses seed7 seed8 && broken "another seed, and the same packets are lost"
}

# how CONVERSATION PACKET FILE
how() {
    awk -v where="$1 $2" '$1 " " $2 == where { print $3, $4 }' "$3"
}

a_lost_syn_costs_a_second_and_is_drawn() {
    packets "$work/dropped.out" >"$work/a"
    for conversation in 1 2; do
        [ "$(how $conversation c1 "$work/a")" = "SYN lost" ] || broken "c1 is no lost SYN"
        [ "$(how $conversation c2 "$work/a")" = "SYN -+again" ] || broken "c2 is no SYN again"
    done
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        $at["metric"] == "connect" && $at["min"] >= 1000000 { late++ }
        END { exit late != 2 }' "$work/dropped.csv" ||
        broken "a lost SYN does not cost a second: $(grep ',connect,us' "$work/dropped.csv")"
}

a_lost_answer_is_sent_again() {
    grep -q '^2 s3 PSH,ACK lost .*lost: 101 Switching Protocols' "$work/a" ||
        broken "s3 of ws is no lost 101: $(grep '^2 s' "$work/a")"
    grep -q '^2 s4 PSH,ACK -+again .*again: 101 Switching Protocols' "$work/a" ||
        broken "s4 of ws is no 101 sent again: $(grep '^2 s' "$work/a")"
}

# Two pictures: as the bench saw it, and from the capture alone.
every_packet_is_an_arrow() {
    "$bench" ladder --svg "$work/captured.svg" "$work/picture.pcap" ||
        broken "bench ladder --svg: exit $?"
    "$bench" ladder "$work/picture.pcap" >"$work/ladder"
    n=$(packets "$work/ladder" | wc -l)
    [ "$n" -gt 20 ] || broken "$n packets drawn of tcp and ws"
    said=$(tr -s ' \n' ' ' <"$work/picture.out" |
        sed -n 's/.*counted: 2 conversations, \([0-9]*\) + \([0-9]*\) packets.*/\1 \2/p')
    # shellcheck disable=SC2086 # two numbers
    [ "$(printf '%s\n' $said | awk '{ sum += $1 } END { print sum }')" = "$n" ] ||
        broken "$said packets counted, $n drawn"
    for picture in "$work/picture.svg" "$work/captured.svg"; do
        arrows=$(grep -cE '<line class="(c|s|again|lost)"' "$picture")
        [ "$arrows" -eq "$n" ] || broken "$picture: $arrows arrows, not $n"
        command -v python3 >/dev/null 2>&1 || continue
        python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' "$picture" ||
            broken "$picture is no XML"
    done
}

nothing_is_wider_than_a_terminal() {
    for out in "$work"/*.out "$work/ladder"; do
        awk 'length > 80 { print; bad = 1 } END { exit bad }' "$out" ||
            broken "$out: a line of more than 80 columns"
    done
}

skip_without_a_wire
begin_the_table
run seed7 rtt=5ms,loss=10%,seed=7 handshake --transports tcp --size 20000 --count 1 --ladder
run again7 rtt=5ms,loss=10%,seed=7 handshake --transports tcp --size 20000 --count 1 --ladder
run seed8 rtt=5ms,loss=10%,seed=8 handshake --transports tcp --size 20000 --count 1 --ladder
run dropped rtt=10ms,drop=c1+s3 handshake --transports tcp,ws --count 1 --ladder
run picture rtt=10ms handshake --transports tcp,ws --count 1 --ladder="$work/picture.svg" \
    --pcap "$work/picture.pcap"
wait_for_runs
if ! each_step_takes_its_round_trips >"$work/said"; then
    begin_the_table # the machine may have been busy
    wait_for_runs
    each_step_takes_its_round_trips || broken "the table of round trips, twice"
fi
a_seed_tells_which_packets_are_lost
a_lost_syn_costs_a_second_and_is_drawn
a_lost_answer_is_sent_again
every_packet_is_an_arrow
nothing_is_wider_than_a_terminal
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
