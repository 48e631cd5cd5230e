#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lesson_text_test.sh [LESSON]...: reads what lessons (folders, seen from the top; default: all)
# say, in both languages: sections, quotes of the source, links, exercises, length; and that both say
# the same.  Partner: lesson_test.sh, which runs what they show.
set -u

tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
cd "${SOCKLAB_TOP:-${tests%/*}}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failures=0
most_words=1200

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

facts() { awk -v want="$1" -f "$tests/lesson_facts.awk" "$2"; }

same() { # same WHAT LESSON: what en and ko have to say alike
    diff "$work/en" "$work/ko" >"$work/diff" && return
    broken "$2: the languages differ in $1 (< English, > Korean):"
    head -n 12 "$work/diff" >&2
}

check_languages() {
    for kind in structure commands figures links; do
        for file in README.md README.ko.md; do
            facts $kind "$1/$file" >"$work/${file#README}"
        done
        mv "$work/.md" "$work/en"
        mv "$work/.ko.md" "$work/ko"
        if [ $kind != structure ]; then
            sort -u -o "$work/en" "$work/en"
            sort -u -o "$work/ko" "$work/ko"
        fi
        same $kind "$1"
    done
}

check_sections() {
    printf '## %s\n' 'The question' 'Predict' 'Try it' 'What came out, and why' 'The source' \
        'Exercise' 'Check yourself' >"$work/en"
    printf '## %s\n' '질문' '예측' '해 보기' '결과와 그 이유' '소스' '연습' '스스로 확인하기' >"$work/ko"
    for file in en:README.md ko:README.ko.md; do
        facts sections "$1/${file#*:}" >"$work/came"
        diff "$work/${file%:*}" "$work/came" >"$work/diff" && continue
        broken "$1/${file#*:}: the sections are not as in each lesson (> is here):"
        cat "$work/diff" >&2
    done
}

check_one_quote() { # check_one_quote README LINE FILE NAME
    awk -v at="$2" 'NR > at + 1 && /^```/ {exit} NR > at {print}' "$1" >"$work/block"
    if [ "$(head -n 1 "$work/block")" != '```c' ]; then
        broken "$1: line $2: no C right below"
    elif ! awk -v name="$4" -f "$tests/lesson_quote.awk" "$3" >"$work/source" 2>/dev/null; then
        broken "$1: line $2: no function and no region $4 in $3"
    elif ! sed 1d "$work/block" | diff "$work/source" - >"$work/diff"; then
        broken "$1: line $2: $4 is not as in $3 (<):"
        cat "$work/diff" >&2
    fi
}

check_quotes() { # check_quotes README
    grep -n '^<!-- quote ' "$1" | sed 's/:<!-- quote / /; s/ *-->$//' >"$work/quotes"
    while read -r line source name; do
        check_one_quote "$1" "$line" "$source" "$name"
    done <"$work/quotes"
    [ "$(grep -c '^```c$' "$1")" = "$(wc -l <"$work/quotes")" ] ||
        broken "$1: C that quotes nothing"
}

check_links() { # check_links README
    grep -o ']([^)]*)' "$1" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*:' | sort -u >"$work/links"
    while read -r link; do
        [ -z "$link" ] || [ -e "${1%/*}/$link" ] || broken "$1: $link does not exist"
        case $1:$link in
        *.ko.md:README.md | *.ko.md:*.ko.md) ;;
        *.ko.md:*.md)
            [ ! -e "${1%/*}/${link%.md}.ko.md" ] || broken "$1: $link is there in Korean, too"
            ;;
        esac
    done <"$work/links"
    case $1 in
    *.ko.md) grep -qF '(README.md)' "$1" || broken "$1: no link to the English text" ;;
    *) grep -qF '(README.ko.md)' "$1" || broken "$1: no link to the Korean text" ;;
    esac
}

check_exercises() { # check_exercises LESSON README HEADING
    awk -v heading="## $3" '/^## / {inside = $0 == heading} inside' "$1/$2" >"$work/exercises"
    for exercise in "$1"/*/exercise.c; do
        [ -e "$exercise" ] || continue
        name=${exercise%/exercise.c}
        grep -qw "${name##*/}" "$work/exercises" || broken "$1/$2: ${name##*/} is not in $3"
    done
    sed -n 's/.*lessons\/run [a-z]* \([a-z][a-z_]*\).*/\1/p' "$1/$2" | sort -u >"$work/names"
    while read -r name; do
        ls lessons/*/"$name"/exercise.c >/dev/null 2>&1 || broken "$1/$2: no exercise $name"
    done <"$work/names"
}

# The headers' contracts are in English: the Korean task says it all.
check_tasks() { # check_tasks LESSON
    for hints in "$1"/*/hints.ko.txt; do
        [ -e "$hints" ] || continue
        sed -n '/^\[task\]$/,/^\[1\]$/p' "$hints" >"$work/task"
        grep -q '^    [a-z].*(.*[,;]$' "$work/task" || broken "$hints: [task] has no prototype"
        [ "$(grep -c '^- ' "$work/task")" -ge 5 ] || broken "$hints: [task] has no contract"
        grep '^- ' "$work/task" | grep -qe '반환값' -e '돌려줍니다' ||
            broken "$hints: [task] does not say what is returned"
    done
}

check_length() {
    words=$(facts prose "$1/README.md" |
        awk '{for (i = 1; i <= NF; i++) n += $i ~ /[A-Za-z0-9]/} END {print n + 0}')
    echo "$1: $words words"
    [ "$words" -le $most_words ] || broken "$1: $words words, more than $most_words"
}

check_questions() { # check_questions README HEADING
    [ "$(awk -v heading="## $2" '/^## / {inside = $0 == heading} inside' "$1" |
        grep -c '<details>')" = 3 ] || broken "$1: not three questions with <details> in $2"
    [ "$(grep -c '<details>' "$1")" = "$(grep -c '</details>' "$1")" ] ||
        broken "$1: a <details> without its end"
}

check_lesson() {
    for file in README.md README.ko.md; do
        [ -f "$1/$file" ] || { broken "$1: no $file"; return; }
        check_quotes "$1/$file"
        check_links "$1/$file"
    done
    check_languages "$1"
    [ "$1" != lessons ] || return # the way through them is no lesson
    check_sections "$1"
    check_length "$1"
    check_questions "$1/README.md" 'Check yourself'
    check_questions "$1/README.ko.md" '스스로 확인하기'
    check_exercises "$1" README.md Exercise
    check_exercises "$1" README.ko.md 연습
    check_tasks "$1"
}

[ $# -gt 0 ] || set -- lessons lessons/[0-9][0-9]-*
for lesson; do
    case $lesson in
    *'*') continue ;;
    esac
    [ -e "$lesson/README.md" ] || [ -e "$lesson/README.ko.md" ] || continue
    check_lesson "$lesson"
done
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
