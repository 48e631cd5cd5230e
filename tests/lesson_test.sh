#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lesson_test.sh LESSON: runs what a lesson (a folder, seen from the top) tells its reader to
# type, from the top and in order, and compares what comes with what the lesson shows.
#   ```sh          commands that end by themselves; each block has a shell of its own
#   ```sh server   one server: awaited until it listens, ended by the next one on its port or at the
#                  lesson's end
#   ```sh wire     as sh, where there is an emulated link
#   ```text        right behind such a block: what it shows, by the rules of lesson_match.awk
#   ```text server what the last server shows by then
# Partner: lesson_text_test.sh, which runs nothing.  Ports 7001..7009 become others, of four digits,
# too, so that the bytes of a head stay what they are; build/ and lessons/work become scratch.
set -u

lesson=$1
attempt=${2:-0}
tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
top=${SOCKLAB_TOP:-${tests%/*}}
bin=${SOCKLAB_BIN:-$top/build/bin}
work=$(mktemp -d) || exit 1
work=$(CDPATH='' cd -P -- "$work" && pwd -P)
groups='' servers='' server_log=''
failures=0 ran=0 compared=0 not_run=0
cd "$top" || exit 1
# English, and ladders as most terminals can show them.
for LC_ALL in en_US.UTF-8 C.UTF-8; do
    export LC_ALL LANGUAGE=
    [ "$(locale charmap 2>/dev/null)" != UTF-8 ] || break
done
export SOCKLAB_TOP="$top" SOCKLAB_WORK="$work/lessons/work"
unset COLUMNS

broken() {
    echo "FAILED: $lesson/README.md: $*" >&2
    failures=$((failures + 1))
}

# Servers are "PORT:PID"; what blocks have left behind is in the group that timeout made for each.
end_servers() { # end_servers PORT|all
    left=
    for server in $servers; do
        case $1 in
        all | "${server%%:*}")
            kill "${server#*:}" 2>/dev/null
            wait "${server#*:}" 2>/dev/null
            ;;
        *) left="$left $server" ;;
        esac
    done
    servers=$left
}

clean_up() {
    end_servers all
    for group in $groups; do
        kill -s TERM -- "-$group" 2>/dev/null
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM

# Ports: ours, and back again; an argument that is nothing but a port, too.
base=$((2000 + ($$ + attempt * 97) % 500 * 10))
put_port() { printf 's/:%s$/:%s/\ns/:%s\\([^0-9]\\)/:%s\\1/g\n' "$1" "$2" "$1" "$2"; }
for n in 1 2 3 4 5 6 7 8 9; do
    put_port "700$n" $((base + n))
    echo "s/^700$n\$/$((base + n))/"
done >"$work/ports.sed"
for n in 1 2 3 4 5 6 7 8 9; do
    put_port $((base + n)) "700$n"
done >"$work/back.sed"
echo "s|$work/||g" >>"$work/back.sed"

# Our programs, each as a script that puts in the port which a reader need not type.
mkdir -p "$work/build/bin" "$work/blocks" "$work/lessons/work"
cat >"$work/program" <<EOF
#!/bin/sh
name=\${0##*/} port= url=
case \$name in
tcp_*) port=7001 url=tcp ;;
udp_*) port=7002 url=udp ;;
http_*) port=7003 url=http ;;
ws_*) port=7004 url=ws ;;
esac
for arg; do
    shift
    case \$arg in
    *:700[1-9]* | 700[1-9]) arg=\$(echo "\$arg" | sed -f "$work/ports.sed") port= ;;
    *://* | -p | --port | --port=*) port= ;;
    esac
    set -- "\$@" "\$arg"
done
[ -n "\$port" ] && port=\$(echo "\$port" | sed -f "$work/ports.sed")
case \$name in
*_server) [ -n "\$port" ] && set -- "\$@" -p "\$port" ;;
*_client) [ -n "\$port" ] && set -- "\$@" "\$url://127.0.0.1:\$port" ;;
esac
exec "$bin/\$name" "\$@"
EOF
chmod +x "$work/program"
for program in "$bin"/*; do
    ln -s "$work/program" "$work/build/bin/${program##*/}"
done

# Commands as they are run here: --check is looked at, not what it would set up.
translated() {
    sed -e '/--check/!s|bench/run\( *$\)|bench/run --quick\1|' \
        -e '/bench\/run --check/!s|bench/run|build/bin/bench|g' \
        -e '/lessons\/run --check/!s|lessons/run|build/bin/learn|g' \
        -e 's|tests/run *$|tests/run --check|' \
        -e "s|build/|$work/build/|g" -e "s|lessons/work|$work/lessons/work|g" "$1"
}

limited() {
    if command -v timeout >/dev/null; then
        exec timeout "${SOCKLAB_LIMIT:-30}" "$@"
    fi
    exec "$@"
}

again() { # another's port was among ours
    [ "$attempt" -lt 5 ] || return 1
    clean_up
    exec sh "$0" "$lesson" $((attempt + 1))
}

start_server() { # start_server BLOCK LINE
    translated "$work/blocks/$1" >"$work/server.sh"
    port=$(sed -n -e 's/.*-p \(700[1-9]\).*/\1/p' -e 's/.*tcp_echo_server.*/7001/p' \
        -e 's/.*udp_echo_server.*/7002/p' -e 's/.*http_poll_server.*/7003/p' \
        -e 's/.*ws_echo_server.*/7004/p' "$work/server.sh" | head -n 1)
    end_servers "$port"
    server_log=$work/server.$1
    : >"$server_log"
    sh -c "exec $(cat "$work/server.sh")" >"$server_log" 2>&1 </dev/null &
    servers="$servers $port:$!"
    tries=0
    while ! grep -q listening "$server_log"; do
        tries=$((tries + 1))
        grep -q 'in use' "$server_log" && again
        if [ $tries -gt 200 ] || { [ $tries -gt 20 ] && [ -s "$server_log" ]; }; then
            broken "line $2: the server does not listen: $(sed -f "$work/back.sed" "$server_log")"
            exit 1 # what follows needs it
        fi
        sleep 0.05
    done
    ran=$((ran + 1))
}

run_block() { # run_block BLOCK LINE: its output is left in $work/out
    translated "$work/blocks/$1" >"$work/block.sh"
    (limited sh "$work/block.sh") >"$work/out.raw" 2>&1 </dev/null &
    groups="$groups $!"
    wait $!
    status=$?
    sed -f "$work/back.sed" "$work/out.raw" >"$work/out"
    ran=$((ran + 1))
    [ $status != 124 ] || broken "line $2: did not end within ${SOCKLAB_LIMIT:-30} s: $(cat "$work/out")"
    [ $status -lt 126 ] || broken "line $2: status $status: $(cat "$work/out")"
}

silent_failure() { # of a block whose output is not shown
    [ "$status" = 0 ] || [ "$status" = 124 ] || [ "$status" -ge 126 ] ||
        { [ "$status" = 1 ] && grep -q '^diff ' "$work/block.sh"; } ||
        broken "line $1: status $status: $(cat "$work/out")"
}

compare() { # compare BLOCK LINE CAME
    compared=$((compared + 1))
    LC_ALL=C awk -f "$tests/lesson_match.awk" "$work/blocks/$1" "$3" >"$work/why" 2>&1 && return
    broken "block $1, line $2: not what came"
    cat "$work/why" >&2
    echo "  all that came:" >&2
    sed 's/^/  | /' "$3" | head -n 60 >&2
}

# What the client has seen, the server may not have said yet.
compare_server() { # compare_server BLOCK LINE
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        sed -f "$work/back.sed" "$server_log" >"$work/out.server"
        LC_ALL=C awk -f "$tests/lesson_match.awk" "$work/blocks/$1" "$work/out.server" \
            >/dev/null 2>&1 && break
        sleep 0.1
    done
    compare "$1" "$2" "$work/out.server"
}

wire=
has_wire() {
    [ -z "$wire" ] || { [ $wire = yes ]; return; }
    wire=no
    "$bin/bench" handshake --transports udp --baseline udp --count 1 --rounds 1 --wire rtt=1ms \
        >/dev/null 2>"$work/wire" || return 1
    ! grep 'no wire' "$work/wire" || return 1
    wire=yes
}

awk -v dir="$work/blocks" -f "$tests/lesson_blocks.awk" "$lesson/README.md" >"$work/index" ||
    broken "a block without an end"
before=none below=0 status=0
while read -r n kind line heading <&3; do
    [ "$heading" = "$below" ] || [ "$kind" != text ] || [ "$before" = none ] || before=elsewhere
    case $before:$kind in
    sh:text) compare "$n" "$line" "$work/out" ;;
    sh-server:text) broken "line $line: what a server shows is \`\`\`text server" ;;
    *:text-server)
        [ -n "$server_log" ] || broken "line $line: no server yet"
        [ -z "$server_log" ] || compare_server "$n" "$line"
        ;;
    sh:*) silent_failure "$line" ;;
    esac
    case $kind in
    sh) run_block "$n" "$line" ;;
    sh-server) start_server "$n" "$line" ;;
    sh-wire)
        if has_wire; then
            run_block "$n" "$line"
            kind='sh'
        else
            not_run=$((not_run + 1))
        fi
        ;;
    text | text-server | c) ;;
    *) broken "line $line: a block of another kind: $kind" ;;
    esac
    [ "$kind" = text-server ] || before=$kind
    below=$heading
done 3<"$work/index"
[ "$before" != sh ] || silent_failure "the last"

[ $ran -gt 0 ] || broken "no command"
echo "$lesson: $ran blocks of commands ran, $compared outputs compared;" \
    "$not_run not run, as there is no wire"
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
