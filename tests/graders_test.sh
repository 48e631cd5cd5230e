#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/graders_test.sh EXERCISE: proves an exercise's grader: what is right passes, what is wrong
# fails by the check that is to catch it, and rubbish never passes.
# With SOCKLAB_REPEAT=20 only what is right, so often, compiled by gcc and clang, with and without the
# sanitizers.
set -u

name=$1
cd "${SOCKLAB_TOP:-$(dirname -- "$0")/..}" || exit 1
SOCKLAB_TOP=$PWD
export SOCKLAB_TOP
learn=${SOCKLAB_BIN:-build/bin}/learn
cc=${CC:-cc}
folder=$(echo lessons/*/"$name")
[ -r "$folder/check.c" ] || { echo "$name: there is no such exercise" >&2; exit 1; }

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
failures=0

broken() {
    printf 'FAILED: %s: %s\n' "$name" "$*" >&2
    failures=$((failures + 1))
}

# --- submissions: scratch/GROUP/SUBMISSION/NAME.c ---

submit() { # submit GROUP SUBMISSION < SOURCE
    mkdir -p "$scratch/$1/$2" && cat >"$scratch/$1/$2/$name.c"
}

submit_all() { # submit_all GROUP FILE...
    group=$1
    shift
    for file in "$@"; do
        called=$(basename "${file%/*}").$(basename "$file" .c)
        submit "$group" "$called" <"$file"
    done
}

# start_grading GROUP PARTS [OPTION]...: in the background; in parts, for much of it is waiting
start_grading() {
    group=$1 parts=$2 i=0
    shift 2
    for submission in "$scratch/$group"/*; do
        i=$((i + 1))
        mkdir -p "$scratch/$group.$((i % parts))"
        mv "$submission" "$scratch/$group.$((i % parts))/"
    done
    for part in "$scratch/$group".[0-9]; do
        "$learn" grade "$part" --csv --lang en --work "$part.work" "$@" >"$part.csv" 2>"$part.err" &
    done
}

# end_grading GROUP: GROUP.csv gets one line for each submission
end_grading() {
    wait
    cat "$scratch/$1".[0-9].csv | grep ",$name," | sort >"$scratch/$1.csv"
    for part in "$scratch/$1".[0-9]; do
        for submission in "$part"/*; do
            grep -q "^$(basename "$submission"),$name," "$scratch/$1.csv" ||
                broken "$submission was not graded: $(cat "$part.err")"
        done
    done
}

# row GROUP SUBMISSION: sets $verdict, $passed and $failed, which has a blank around each name
row() {
    verdict='' passed=0 failed=''
    line=$(grep "^$2,$name," "$scratch/$1.csv") || return 1 # which was told
    verdict=$(printf '%s\n' "$line" | cut -d, -f3)
    passed=$(printf '%s\n' "$line" | cut -d, -f4)
    failed=" $(printf '%s\n' "$line" | cut -d, -f6) "
    case $verdict in
    pass | fail) return 0 ;;
    esac
    broken "$line"
    return 1
}

must_pass() { # must_pass GROUP SUBMISSION
    row "$1" "$2" || return
    [ "$verdict" = pass ] || broken "$2 is right, but: $line"
}

must_fail() { # must_fail GROUP SUBMISSION CHECK
    row "$1" "$2" || return
    [ "$verdict" = fail ] || broken "$2 passes"
    case $failed in
    *" $3 "*) ;;
    *) broken "$2 is to be caught by $3, not by:$failed" ;;
    esac
}

each_submission() { # each_submission GROUP
    cut -d, -f1 "$scratch/$1.csv"
}

# --- the text around the code ---

sections() { # sections FILE: the names of its checks, in their order
    sed -n 's/^\[\(.*\)\]$/\1/p' "$1" | grep -vx -e task -e '[123]'
}

caught_by() { # caught_by FILE: the check that its first line names
    sed -n '1s/^\/\* caught by \([a-z0-9_]*\): .*\*\/$/\1/p' "$1"
}

# As many lines as were added or removed, whichever is more; the first line is the mutant's own.
lines_changed() { # lines_changed MUTANT
    { echo "$first"; tail -n +2 "$1"; } | diff "$folder/solution.c" - |
        awk '/^</ {gone++} /^>/ {new++} END {print (gone > new ? gone : new) + 0}'
}

compiles_cleanly() { # compiles_cleanly FILE OPTION...
    file=$1
    shift
    # shellcheck disable=SC2086 # words
    $cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror "$@" \
        -I. -I"$folder" "$file" 2>"$scratch/words" || broken "$file: $(head -5 "$scratch/words")"
}

at_least() { # at_least N FILE...
    [ $# -gt "$1" ] || broken "$2: there are only $(($# - 1)) such files"
}

check_texts() {
    sections "$folder/hints.txt" >"$scratch/sections"
    sections "$folder/hints.ko.txt" | diff "$scratch/sections" - ||
        broken "hints.ko.txt has other checks than hints.txt"
    for section in task 1 2 3; do
        for file in hints.txt hints.ko.txt; do
            grep -qx "\[$section\]" "$folder/$file" || broken "$file has no [$section]"
        done
    done
    [ "$(grep -c TODO "$folder/exercise.c")" = 1 ] || broken "exercise.c has not one TODO"
    at_least 5 "$folder"/mutants/*.c
    at_least 2 "$folder"/variants/*.c
}

check_mutants() {
    first=$(head -1 "$folder/solution.c")
    for file in "$folder"/mutants/*.c "$folder/constants.c"; do
        check=$(caught_by "$file")
        grep -qx "$check" "$scratch/sections" ||
            broken "$file: which check is to catch it: $(head -1 "$file")"
        compiles_cleanly "$file" -fsyntax-only
    done
    for file in "$folder"/mutants/*.c; do
        changed=$(lines_changed "$file")
        [ "$changed" -le 5 ] || broken "$file: $changed lines differ"
    done
    while read -r check; do
        grep -q "caught by $check:" "$folder"/mutants/*.c || broken "no mutant is for $check"
    done <"$scratch/sections"
}

# --- what is right ---

submit_right() {
    submit right solution <"$folder/solution.c"
    submit_all right "$folder"/variants/*.c
}

judge_right() {
    for submission in $(each_submission right); do
        must_pass right "$submission"
    done
    "$scratch/right.0.work/.build/$name" --list | diff "$scratch/sections" - ||
        broken "hints.txt and --list do not name the same checks in the same order"
}

# --- what is wrong ---

submit_wrong() {
    submit_all wrong "$folder"/mutants/*.c
    submit wrong constants <"$folder/constants.c"
    submit wrong stub <"$folder/exercise.c"
}

# A mutant that is slow uses up its time, and `learn` does not run its last checks.  So each check by
# itself, as by hand.
judge_alone() { # judge_alone FILE CHECK
    compiles_cleanly "$1" -c -o "$scratch/mutant.o"
    # shellcheck disable=SC2086 # words
    $cc -o "$scratch/mutant" "$scratch/mutant.o" "$scratch"/right.0.work/.build/*check-*.o \
        -lcmocka -lpthread || broken "$1 does not link"
    timeout 5 "$scratch/mutant" "$2" >"$scratch/words" 2>&1 && broken "$1 is not caught by $2"
    [ "$passed" = 0 ] || return 0
    while read -r check; do
        timeout 5 "$scratch/mutant" "$check" >"$scratch/words" 2>&1 && return
    done <"$scratch/sections"
    broken "$1 passes no check"
}

judge_wrong() {
    last=$(tail -n 1 "$scratch/sections")
    for file in "$folder"/mutants/*.c; do
        check=$(caught_by "$file")
        must_fail wrong "mutants.$(basename "$file" .c)" "$check"
        case $failed in
        *" $last "*) judge_alone "$file" "$check" ;;
        esac
    done
    must_fail wrong constants "$(caught_by "$folder/constants.c")"
    must_fail wrong stub "$(head -1 "$scratch/sections")"
}

# --- rubbish ---

headers='#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
'

vandal() { # vandal SUBMISSION STATEMENT: first in the solution's functions, and in the stub
    statement=$2 awk -v headers="$headers" 'NR == 1 {print headers} {print}
        /^[a-z].*\(/ {ours = !/^static/}
        ours && /^{/ {print ENVIRON["statement"]}' "$folder/solution.c" |
        submit rubbish "solution_$1"
    statement=$2 awk -v headers="$headers" 'NR == 1 {print headers} {print}
        /TODO/ {open = 1} open && /\*\// {print ENVIRON["statement"]; open = 0}' \
        "$folder/exercise.c" | submit rubbish "stub_$1"
    for whose in solution stub; do
        grep -qF "$2" "$scratch/rubbish/${whose}_$1/$name.c" ||
            broken "no place for a statement in ${whose}_$1"
    done
}

submit_rubbish() {
    : | submit rubbish empty
    { echo '/*'; sed 's/\*\///g' "$folder/solution.c"; echo '*/'; } | submit rubbish commented_out
    vandal loops 'for (;;) ;'
    vandal prints 'for (;;) puts("and on");'
    vandal fork_bomb 'for (;;) fork();'
    vandal forks 'fork();'
    vandal exits 'exit(0);'
    vandal closes 'for (int fd = 0; fd < 256; fd++) close(fd);'
    rm -r "$scratch/rubbish/stub_loops" # the same, and each takes its time
}

judge_rubbish() {
    for submission in $(each_submission rubbish); do
        row rubbish "$submission"
        [ "$verdict" != pass ] || broken "$submission passes"
    done
}

# --- the two forms ---

prove() {
    check_texts
    submit_right
    submit_wrong
    submit_rubbish
    start_grading right 1
    start_grading wrong 4 --time-limit 1
    start_grading rubbish 2 --time-limit 1
    for file in "$folder/exercise.c" "$folder/solution.c"; do
        compiles_cleanly "$file" -O2 -c -o "$scratch/object"
    done
    check_mutants
    end_grading right
    judge_right
    end_grading wrong
    judge_wrong
    end_grading rubbish
    judge_rubbish
    echo "$name: $(wc -l <"$scratch/right.csv") right, $(wc -l <"$scratch/wrong.csv") wrong," \
        "$(wc -l <"$scratch/rubbish.csv") of rubbish, $(wc -l <"$scratch/sections") checks"
}

# All checks in one process, as by hand, which is one more way in which they must work.
repeat_program() { # repeat_program SUBMISSION [--sanitize]
    program=$scratch/right.0.work/.build/$name
    rm -f "$scratch/failed"
    i=0
    while [ "$i" -lt "$SOCKLAB_REPEAT" ]; do
        i=$((i + 1))
        run=$scratch/run.$i
        { timeout 60 "$program" >"$run" 2>&1 || cp "$run" "$scratch/failed"; } &
        [ $((i % 4)) != 0 ] || wait
    done
    wait
    [ ! -e "$scratch/failed" ] || broken "$1, CC=$CC${2+ $2}: $(cat "$scratch/failed")"
}

repeat_right() { # repeat_right [--sanitize]
    for file in "$folder/solution.c" "$folder"/variants/*.c; do
        rm -rf "$scratch/right.0"
        submission=$(basename "$file" .c)
        submit right "$submission" <"$file"
        start_grading right 1 "$@"
        end_grading right
        must_pass right "$submission"
        repeat_program "$file" "$@"
    done
}

repeat() {
    export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0
    for CC in gcc clang; do
        export CC
        command -v "$CC" >/dev/null || continue
        compiles_cleanly "$folder/exercise.c" -O2 -c -o "$scratch/object"
        repeat_right
        repeat_right --sanitize
        echo "$name: what is right passed $SOCKLAB_REPEAT times and again under the sanitizers, $CC"
    done
}

if [ -n "${SOCKLAB_REPEAT-}" ]; then repeat; else prove; fi
[ "$failures" = 0 ]
