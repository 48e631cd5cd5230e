#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/pairs_test.sh: the pairs stay readable: clients that differ in their protocol and in nothing
# else, programs that fit on a few screens, and no #include that points upwards.
set -u

changed_max=40 # lines of diff between tcp_echo/client.c and each other client,
allowance=5    # and how many more are let pass
client_max=120 # lines of a client.c
server_max=150 # lines of a server.c

cd "${SOCKLAB_TOP:-$(dirname -- "$0")/..}" || exit 1
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# --- the diff is the lesson ---

for folder in http_poll ws_echo udp_echo; do
    if [ ! -r "$folder/client.c" ]; then
        broken "there is no $folder/client.c"
        continue
    fi
    changed=$(diff tcp_echo/client.c "$folder/client.c" | grep -c '^[<>]')
    echo "diff tcp_echo/client.c $folder/client.c: $changed of $changed_max lines"
    [ "$changed" -le $((changed_max + allowance)) ] ||
        broken "$folder/client.c differs in more than its protocol"
    [ "$changed" -gt 0 ] || broken "$folder/client.c does not differ at all"
done

# --- programs of a few screens ---

check_length() { # check_length FILE MAX
    if [ ! -r "$1" ]; then
        broken "there is no $1"
        return
    fi
    lines=$(($(wc -l <"$1")))
    echo "$1: $lines of $2 lines"
    [ "$lines" -le "$2" ] || broken "$1 has more than $2 lines"
}

for folder in tcp_echo udp_echo http_poll ws_echo; do
    check_length "$folder/client.c" "$client_max"
    check_length "$folder/server.c" "$server_max"
done

# --- layers: ws_echo -> http_poll -> tcp_echo, udp_echo -> tcp_echo ---

is_below() { # is_below HEADER FOLDER...: HEADER is FOLDER/NAME.h, of one of these folders
    header=$1
    shift
    for below in "$@"; do
        case $header in
        *..*) return 1 ;;
        "$below"/*) return 0 ;;
        esac
    done
    return 1
}

check_includes() { # check_includes FOLDER FOLDER-IT-MAY-USE...
    for file in "$1"/*.[ch]; do
        while read -r header; do
            [ -n "$header" ] || continue
            is_below "$header" "$@" ||
                broken "$file includes \"$header\": not below it, or not from the top"
            [ -r "$header" ] || broken "$file includes \"$header\", which is not there"
        done <<END
$(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\(.*\)".*/\1/p' "$file")
END
    done
}

check_includes tcp_echo
check_includes udp_echo tcp_echo
check_includes http_poll tcp_echo
check_includes ws_echo http_poll tcp_echo

[ $failures = 0 ] || exit 1
echo "The pairs are pairs, and the layers are layers."
