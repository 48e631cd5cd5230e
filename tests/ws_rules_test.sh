#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/ws_rules_test.sh: ws_echo's table of rules names what is there: files, functions, tests; and
# its two languages the same.
set -u
cd "${SOCKLAB_TOP:-$(dirname -- "$0")/..}" || exit 1
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# A rule's row, without the rule: SECTION|WHERE|TESTS.
rows() { awk -F ' *[|] *' 'NF == 6 && $2 ~ /^[0-9]/ {print $2 "|" $4 "|" $5}' "$1" | tr -d '`'; }

check_function() { # check_function "FILE: NAME"
    file=${1%%: *}
    case $file in
    */*) ;;
    *) file=ws_echo/$file ;;
    esac
    grep -q "^[a-z].*[ *]${1##*: }(.*" "$file" || broken "no function ${1##*: } in $file"
}

# A test is LABEL.NAME: FUNCTION; its first source is in tests/CMakeLists.txt.
check_test() {
    test=${1%%: *}
    source=$(sed -n "s/^socklab_test(${test#*.} ${test%%.*} SOURCES \([a-z0-9_]*\.c\).*/\1/p" \
        tests/CMakeLists.txt)
    if [ -z "$source" ]; then
        broken "no test $test"
    elif ! grep -q "^static void ${1##*: }(void" "tests/$source"; then
        broken "no ${1##*: } in tests/$source"
    elif ! grep -q "(${1##*: })" "tests/$source"; then
        broken "${1##*: } is never run by tests/$source"
    fi
}

each() { # each FUNCTION "ONE; OTHER"
    left="$2; "
    while [ -n "$left" ]; do
        "$1" "${left%%; *}"
        left=${left#*; }
    done
}

check_rows() {
    n=0
    while IFS='|' read -r section where tests; do
        n=$((n + 1))
        [ -n "$section" ] && each check_function "$where" && each check_test "$tests"
    done
    echo "$n rules"
    [ "$n" -ge 40 ] || broken "only $n rules in the table"
}

[ "$(rows ws_echo/README.md)" = "$(rows ws_echo/README.ko.md)" ] ||
    broken "the two languages have different rows"
[ "$(grep -c '^#' ws_echo/README.md)" = "$(grep -c '^#' ws_echo/README.ko.md)" ] ||
    broken "the two languages have different headings"
check_rows <<EOF
$(rows ws_echo/README.md)
EOF
[ "$failures" -eq 0 ] || exit 1
