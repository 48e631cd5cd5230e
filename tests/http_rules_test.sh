#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/http_rules_test.sh: what http_poll/README.md says is refused, is refused where it says, and
# tested by what it says; and the Korean twin says the same.
# shellcheck disable=SC2016 # the backquotes are Markdown's
set -u

cd "${SOCKLAB_TOP:-$(dirname -- "$0")/..}" || exit 1
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# The rows' last three cells, a row a line: rule | `file: function` | `test: function`
rows() {
    sed -n 's/^| .* | \([^|]* | `[a-z_]*\.c: [a-z_]*` | `[a-z0-9_.]*: [A-Za-z0-9_]*`\) |$/\1/p' "$1"
}

# The source of a CTest name: unit.http_head is the first of SOURCES in tests/CMakeLists.txt.
source_of() {
    sed -n "s/^socklab_test(${1#*.} ${1%%.*} SOURCES \([a-z0-9_]*\.c\).*/\1/p" tests/CMakeLists.txt
}

english=$(rows http_poll/README.md)
count=$(printf '%s\n' "$english" | grep -c .)
[ "$count" -ge 30 ] || broken "only $count rows in http_poll/README.md"
[ "$english" = "$(rows http_poll/README.ko.md)" ] ||
    broken "README.md and README.ko.md have other rules, places or tests"

places=$(printf '%s\n' "$english" | sed 's/.* | `\(.*\): \(.*\)` | `.*/\1 \2/' | sort -u)
while read -r file function; do
    grep -q "^[a-z].*[ *]$function(" "http_poll/$file" || broken "no $function in http_poll/$file"
done <<END
$places
END

tests=$(printf '%s\n' "$english" | sed 's/.* | `\(.*\): \(.*\)`$/\1 \2/' | sort -u)
while read -r test function; do
    file=$(source_of "$test")
    if [ -z "$file" ]; then
        broken "no test is called $test"
        continue
    fi
    runs=$(grep -cw "$function" "tests/$file")
    [ "$runs" -ge 2 ] || broken "no $function, or it is not run, in tests/$file"
done <<END
$tests
END

# Every source file has its row in both languages.
for file in http_poll/*.c; do
    for readme in http_poll/README.md http_poll/README.ko.md; do
        grep -q "^|.*\`${file#*/}\`" "$readme" || broken "$readme does not name ${file#*/}"
    done
done

echo "$count rules"
[ "$failures" -eq 0 ]
