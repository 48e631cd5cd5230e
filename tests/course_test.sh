#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/course_test.sh: lessons/README.md and README.ko.md lead to every lesson, and say of each thing
# that the notes say, by its id, where it is treated: once, alike in both, and as the lessons
# themselves say (<!-- covers A1 A2 -->).
set -u

tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
cd "${SOCKLAB_TOP:-${tests%/*}}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

ids() {
    for kind in A18 B20 C9 D26 E9 F11 G5 H10; do
        i=1
        while [ $i -le "${kind#?}" ]; do
            echo "${kind%"${kind#?}"}$i"
            i=$((i + 1))
        done
    done
}

places() { # places FILE: lines "ID LESSON", or "ID NN (to come)", or "ID ledger ..."
    sed -n 's/^| \([A-H][0-9]*\) | .* | \([^|]*\) |$/\1 \2/p' "$1" |
        sed 's/\[[0-9]*\](\([^)/]*\)\/[^)]*)/\1/g; s/예정/to come/; s/판정표/ledger/' |
        awk '{id = $1; sub(/^[^ ]* /, ""); n = split($0, a, ", "); for (i = 1; i <= n; i++) print id, a[i]}'
}

check_ids() { # check_ids FILE
    ids | sort >"$work/all"
    sed -n 's/^| \([A-H][0-9]*\) |.*/\1/p' "$1" | sort | diff "$work/all" - >"$work/diff" ||
        broken "$1: ids (< lacks, > has too many): $(grep '^[<>]' "$work/diff" | tr '\n' ' ')"
}

check_ids lessons/README.md
check_ids lessons/README.ko.md
places lessons/README.md >"$work/en"
places lessons/README.ko.md >"$work/ko"
diff "$work/en" "$work/ko" >&2 || broken "the languages differ in where things are treated"

for readme in lessons/[0-9][0-9]-*/README.md; do
    [ -f "$readme" ] || continue
    lesson=${readme#lessons/}
    lesson=${lesson%/README.md}
    for ko in '' .ko; do
        grep -q "^| \[${lesson%%-*} [^]]*\]($lesson/README$ko\.md) |" lessons/README$ko.md ||
            broken "lessons/README$ko.md: no way to $lesson"
    done
    sed -n 's/^<!-- covers \(.*\) -->$/\1/p' "$readme" | tr ' ' '\n' | sed "/^\$/d; s/\$/ $lesson/"
    grep -qwF "$lesson" "$tests/CMakeLists.txt" ||
        broken "$lesson is not run: tests/CMakeLists.txt"
    ! grep " ${lesson%%-*} (to come)" "$work/en" >&2 || broken "$lesson is there"
done >"$work/covered"
sort -o "$work/covered" "$work/covered"
grep '[0-9]-' "$work/en" | sort | diff - "$work/covered" >"$work/diff" ||
    broken "in lessons/README.md (<), in the lessons themselves (>): $(grep '^[<>]' "$work/diff")"

echo "$(wc -l <"$work/all") ids, $(wc -l <"$work/covered") places in lessons"
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
