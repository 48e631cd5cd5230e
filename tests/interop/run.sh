#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh TOOL COMMAND [ARG]...: our servers against others' clients, and the
# other way round.
# Skipped (77) where TOOL is missing.  Starts one server of each kind on a free port, names them in
# TCP_URL, HTTP_URL, WS_URL and PUSH_URL, runs the command, and stops what it started.
set -u

bin=${SOCKLAB_BIN:-build/bin}
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tests/interop/need.sh
. "$here/need.sh"
need "$1"
shift
work=$(mktemp -d) || exit 1
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkfifo "$work/said"

url=
serve() { # serve PROGRAM [OPTION]...: its URL is left in url
    program=$1
    shift
    "$bin/$program" -p 0 "$@" >"$work/said" 2>>"$work/errors" &
    pids="$! $pids"
    read -r line <"$work/said" || line=
    url=${line#listening on }
    [ "$url" != "$line" ] || { echo "$program does not listen: $line"; cat "$work/errors"; exit 1; }
}

serve tcp_echo_server
TCP_URL=$url
serve http_poll_server --max-message 1000000
HTTP_URL=$url
serve ws_echo_server --push-every 5 --protocol chat
WS_URL=$url
PUSH_URL=http${url#ws}
export TCP_URL HTTP_URL WS_URL PUSH_URL
SOCKLAB_BIN=$bin
export SOCKLAB_BIN

cd "$here" || exit 1
"$@"
status=$?

for pid in $pids; do
    kill "$pid"
    wait "$pid" || { echo "a server ended with status $?"; status=1; }
done
pids=
if [ -s "$work/errors" ]; then
    echo "the servers' stderr:"
    cat "$work/errors"
    status=1
fi
exit "$status"
