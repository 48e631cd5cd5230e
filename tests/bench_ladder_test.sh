#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_ladder_test.sh SCENES_PCAP: `bench ladder` from outside.  What it draws is tested in
# ladder_test.c; SCENES_PCAP writes captures to draw.
set -u

bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

ladder() { # ladder STATUS [ARG]...: its output is left in $work/out and $work/err
    wanted=$1
    shift
    LC_ALL=${locale-C} "$bench" ladder "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ "$status" = "$wanted" ] || broken "ladder $*: exit $status, not $wanted: $(cat "$work/err")"
}

says() { # says FILE TEXT
    grep -qF -e "$2" "$work/$1" || broken "no '$2' in std$1: $(cat "$work/$1")"
}

one_line() { # one_line TEXT: on stderr, and nothing else
    [ "$(wc -l <"$work/err")" -eq 1 ] || broken "not one line: $(cat "$work/err")"
    says err "$1"
}

"$1" "$work" || exit 1
cat "$work/tcp.pcap" >"$work/two.pcap"
tail -c +25 "$work/udp.pcap" >>"$work/two.pcap" # without the file's head

# Draws all conversations, or one, or the beginning of each.
ladder 0 "$work/two.pcap"
[ "$(grep -c '^client ' "$work/out")" -eq 2 ] || broken "not two ladders: $(cat "$work/out")"
says out "client 198.18.0.1:40000, server 198.18.0.2:7004"
says out ' c1 -SYN----------->    60  mss 1460'
says out ' c3 -PSH,ACK------->    58  "hello\n"'
ladder 0 --stream 2 "$work/two.pcap"
[ "$(grep -c -- ' c[0-9] *-UDP-' "$work/out")" -eq 3 ] ||
    broken "not the second alone: $(cat "$work/out")"
ladder 0 --packets 2 "$work/tcp.pcap"
says out "... 9 packets more are not drawn"

# Signs as the locale allows, columns as wished.
utf8=$(locale -a 2>/dev/null | grep -i -m 1 '^C\.utf-*8$')
if [ -n "$utf8" ]; then
    locale=$utf8
    ladder 0 "$work/tcp.pcap"
    says out '─SYN───────────►'
    ladder 0 --ascii "$work/tcp.pcap"
    says out '-SYN----------->'
    unset locale
fi
ladder 0 --width 120 "$work/tcp.pcap"
says out 'a line that is longer than the wi'

# A picture, to a file or to standard output.
ladder 0 --svg "$work/tcp.svg" "$work/tcp.pcap"
[ ! -s "$work/out" ] || broken "text beside the picture"
ladder 0 --svg - "$work/tcp.pcap"
cmp -s "$work/out" "$work/tcp.svg" || broken "another picture on standard output"
says out '</svg>'

# Standard input.
"$bench" ladder - <"$work/tcp.pcap" >"$work/out" || broken "ladder - fails"
grep -q 'client 198' "$work/out" || broken "nothing drawn from standard input"

# What was read before a bad place is drawn.
head -c 200 "$work/tcp.pcap" >"$work/cut.pcap"
ladder 1 "$work/cut.pcap"
one_line "bench ladder: read $work/cut.pcap: packet 3: cut short after 8 of 52 bytes"
says out ' s1 <-------SYN,ACK-'

# Failures at run time.
ladder 1 "$work/none"
one_line "bench ladder: read $work/none: No such file or directory"
ladder 1 "$work"
one_line "bench ladder: read $work: Is a directory"
ladder 1 "$1"
one_line "neither a pcap nor a pcapng file"
ladder 1 /dev/null
one_line "the file is empty"
head -c 24 "$work/tcp.pcap" >"$work/empty.pcap"
ladder 1 "$work/empty.pcap"
one_line "no conversation over TCP or UDP in 0 packets"
ladder 1 --svg "$work/none/x.svg" "$work/tcp.pcap"
one_line "bench ladder: write $work/none/x.svg: No such file or directory"
[ ! -w /dev/full ] || {
    LC_ALL=C "$bench" ladder "$work/tcp.pcap" >/dev/full 2>"$work/err" && broken "/dev/full is fine"
    one_line "bench ladder: write standard output: No space left on device"
}

# Misuse.
ladder 2
one_line "a capture is needed"
ladder 2 "$work/tcp.pcap" "$work/udp.pcap"
one_line "one capture at a time, not $work/udp.pcap"
ladder 2 --width 71 "$work/tcp.pcap"
one_line "--width: 71 is not in 72..1000"
ladder 2 --packets 0 "$work/tcp.pcap"
one_line "--packets: 0 is not in 1.."
ladder 2 --stream 3 "$work/two.pcap"
one_line "--stream: 3 is not in 1..2"
ladder 2 --colour "$work/tcp.pcap"
one_line "--colour"
ladder 0 --help
says out "usage: bench ladder [OPTION]... FILE"

[ "$failures" -eq 0 ]
