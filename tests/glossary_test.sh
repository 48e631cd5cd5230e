#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/glossary_test.sh: lessons/glossary.md is in order, and none of the words it avoids occurs in a
# Korean text of the project.  A word may be part of one of the glossary's own: 체크 of 체크섬.
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

# One row is "English|Korean|avoided, avoided".
sed -n 's/^| *\(.*[^ ]\) *| *\(.*[^ ]\) *| *\(.*[^ ]\{0,1\}\) *|$/\1|\2|\3/p' lessons/glossary.md |
    sed '/^English|/d; /^---/d; s/ *$//' >"$work/rows"
[ "$(wc -l <"$work/rows")" -ge 70 ] || broken "only $(wc -l <"$work/rows") terms"
cut -d '|' -f 1 "$work/rows" >"$work/terms"
sort -f "$work/terms" | diff - "$work/terms" >&2 || broken "the terms are not in order"
sort -f "$work/terms" | uniq -di >"$work/twice"
[ ! -s "$work/twice" ] || broken "twice: $(cat "$work/twice")"

# Programs speak Korean in their literals, exercises in SAY(); slides hold both languages.
{
    find README.ko.md bench http_poll tcp_echo udp_echo ws_echo lessons slides -name '*.ko.*' -type f
    find lessons -name '*.[ch]' -type f
    find slides -name '*.html' -type f
    find slides -name '*.js' -type f ! -path 'slides/recorded/*'
} >"$work/files"
grep -v '^lessons/work/' "$work/files" >"$work/texts"
[ "$(wc -l <"$work/texts")" -ge 5 ] || broken "only $(wc -l <"$work/texts") texts found"

cat >"$work/find.awk" <<'AWK'
FILENAME == ARGV[1] {
    split($0, cell, "|")
    right[++rights] = cell[2]
    n = split(cell[3], words, ", *")
    for (i = 1; i <= n; i++)
        if (words[i] ~ /[^ ]/) {
            avoid[++avoided] = words[i]
            better[avoided] = cell[2]
        }
    next
}

function occurs(word, line,    i) {
    if (!index(line, word))
        return 0
    for (i = 1; i <= rights; i++)
        if (index(right[i], word))
            gsub(right[i], "", line)
    return index(line, word)
}

{
    for (k = 1; k <= avoided; k++)
        if (occurs(avoid[k], $0))
            print FILENAME ":" FNR ": " avoid[k] " (say " better[k] "): " $0
}
AWK
tr '\n' '\0' <"$work/texts" | xargs -0 awk -f "$work/find.awk" "$work/rows" >"$work/found" ||
    broken "the texts could not be read"
[ ! -s "$work/found" ] || { cat "$work/found" >&2; broken "avoided words"; }

echo "$(wc -l <"$work/terms") terms, $(wc -l <"$work/texts") texts"
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
