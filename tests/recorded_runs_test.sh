#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/recorded_runs_test.sh: what is kept in lessons/recorded is complete, is what its READMEs say,
# and can be drawn.
set -u
cd "$SOCKLAB_TOP/lessons/recorded" || exit 1
bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# What the slides draw is byte for byte what is kept here.
same_in_slides() {
    pcap=
    if [ -f "$1.pcap" ]; then pcap=$(base64 <"$1.pcap" | tr -d '\n'); fi
    { printf 'socklab.recorded("%s", ' "$1" && cat "$1.json" && printf ', "%s");\n' "$pcap"; } |
        cmp -s - "../../slides/recorded/$1.js"
}

names=$(sed -n "/<<'RUNS'/,/^RUNS/p" record | sed '1d;$d' | cut -d ' ' -f 1)
[ -n "$names" ] || broken "no runs are listed"
for name in $names; do
    arguments=$(sed -n "s/^$name //p" record)
    words=$(echo "$arguments" | sed 's/[^ ][^ ]*/"&"/g; s/ /,/g')
    grep -qF "$words" "$name.json" || broken "$name.json was made by another command"
    for readme in README.md README.ko.md; do
        grep -qF "| \`$name\` | \`bench $arguments\` |" $readme || broken "$readme: $name"
    done
    "$bench" report "$name.json" >"$work/report" 2>"$work/err" || broken "report $name.json: $(cat "$work/err")"
    head -n 1 "$work/report" | grep -q '^recorded ' || broken "$name.json is not drawn as recorded"
    same_in_slides "$name" || broken "slides/recorded/$name.js: run lessons/recorded/record --slides"
    wire=${arguments#*--wire }
    [ "$(wc -c <"$name.json")" -lt 250000 ] || broken "$name.json is not small"
    if [ "$wire" = "$arguments" ]; then continue; fi # over loopback: nothing was captured
    grep -q "^WIRE: ${wire%%[, ]*}" "$work/report" || broken "$name.json: no wire"
    "$bench" ladder "$name.pcap" >"$work/ladder" 2>"$work/err" || broken "ladder $name.pcap: $(cat "$work/err")"
    grep -q 'SYN\|UDP' "$work/ladder" || broken "$name.pcap: no ladder"
    LC_ALL=C "$bench" ladder "$name.pcap" | awk 'length > 80 { exit 1 }' || broken "$name.pcap: too wide"
    [ "$(wc -c <"$name.pcap")" -lt 50000 ] || broken "$name.pcap is not small"
done
for file in *.json *.pcap; do
    echo "$names" | grep -qx "${file%.*}" || broken "$file is in no list"
done
for file in ../../slides/recorded/*.js; do
    file=${file##*/}
    echo "$names" | grep -qx "${file%.js}" || broken "slides/recorded/$file is in no list"
done
! grep -q '"/' -- *.json || broken "a path of the machine it was made on"

[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
