#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every command of the two READMEs, which must show the same ones: each ```sh block in a shell
# of its own, from the project's top, with any free port instead of the fixed ones.
set -eu
top=${SOCKLAB_TOP:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${SOCKLAB_BIN:-$top/build/bin}
work=$(mktemp -d)
export work
trap 'rm -rf "$work"' EXIT
cd "$top"

fail() { echo "readme: $*" >&2; exit 1; }

# Block number N of the ```sh blocks of a file; nothing behind the last one.
block() {
    awk -v want="$2" '/^```sh$/ {inside = ++n == want; next} /^```/ {inside = 0} inside' "$1"
}
blocks() { grep -c '^```sh$' "$1"; }

same_commands() {
    awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$1"
}
same_commands README.md >"$work/en"
same_commands README.ko.md >"$work/ko"
diff "$work/en" "$work/ko" || fail "the READMEs show different commands"

# A server takes any free port; it is awaited, and its clients are told.  The two commands that
# build everything are checked, not run again from within themselves: the bench runs for a short
# look.
translate() {
    # shellcheck disable=SC2016 # $port and $url belong to the block
    sed -e "s|build/bin/|$bin/|g" \
        -e "s|^bench/run$|$bin/bench --quick|" \
        -e "s|^bench/run |$bin/bench |" \
        -e "s|^tests/run$|tests/run --check|" \
        -e "s|^lessons/run |$bin/learn |" \
        -e "s|^\(.*_server\)\(.*\) &$|serve \1 -p 0\2|" \
        -e 's|^server=\$!$||' -e 's|^kill \$!$|stop|' -e 's|^kill \$server$|stop|' \
        -e 's|127.0.0.1:7004|127.0.0.1:$port|' \
        -e 's|build/cert.pem|$work/cert.pem|' -e 's|build/syn-lost|$work/syn-lost|' \
        -e 's|^\(.*http_poll_client [^:]*\)$|\1 http://127.0.0.1:$port|' \
        -e 's|^\(.*_echo_client[^:]*\)$|\1 $url|'
}

cat >"$work/prelude" <<'EOF'
set -eu
serve() {
    mkfifo "$work/said"
    "$@" >"$work/said" &
    server=$!
    read -r _ _ url <"$work/said"
    port=${url##*:}
}
stop() { kill "$server"; wait "$server"; rm "$work/said"; }
EOF

run_block() { # run_block N: its output is left in $work/out
    { cat "$work/prelude"; block README.md "$1" | translate; } >"$work/block.sh"
    sh "$work/block.sh" >"$work/out" 2>"$work/err" </dev/null && return 0
    status=$?
    grep -q '^diff ' "$work/block.sh" && [ "$status" = 1 ] && return 0 # diff found what it is for
    cat "$work/block.sh" "$work/out" "$work/err" >&2
    fail "block $1 ended with status $status"
}

n=$(blocks README.md)
[ "$n" -ge 8 ] || fail "only $n blocks of commands found"
i=1
while [ "$i" -le "$n" ]; do
    run_block "$i"
    case $(block README.md "$i") in
    *"echo hello"*) grep -qx hello "$work/out" || fail "block $i: no echo" ;;
    */chat*) [ "$(grep -cx 'is anybody there?' "$work/out")" = 2 ] || fail "block $i: no chat" ;;
    *'--subscribe '*)
        [ "$(grep -c '^tick [0-9]* [0-9]*$' "$work/out")" = 12 ] || fail "block $i: no ticks" ;;
    *' report -'*) grep -q '^recorded 20' "$work/out" || fail "block $i: no recorded run" ;;
    *--json*) grep -q '"schema":"socklab-bench/1"' "$work/out" || fail "block $i: no JSON" ;;
    esac
    case $(block README.md "$i") in
    *--cacert*) [ "$(grep -cx hello "$work/out")" = 2 ] || fail "block $i: no echo over TLS"
        grep -q 'self-signed' "$work/err" || fail "block $i: nobody was refused" ;;
    *--explain*) grep -q 'masking key' "$work/err" || fail "block $i: nothing explained" ;;
    esac
    i=$((i + 1))
done

# The programs, files and links that the text names are there.
# shellcheck disable=SC2016 # the backticks are Markdown
for name in $(grep -o '`[a-z]*_[a-z]*_\(server\|client\)`' README.md | tr -d '`' | sort -u); do
    [ -x "$bin/$name" ] || fail "$name is not built"
done
for link in $(grep -oh '](\([A-Za-z./_]*\))' README.md README.ko.md | tr -d '])(' | sort -u); do
    [ -e "$link" ] || fail "$link does not exist"
done
echo "readme: $n blocks of commands ran"
