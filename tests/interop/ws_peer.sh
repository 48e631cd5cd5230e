#!/bin/sh
# SPDX-License-Identifier: MIT
# ws_peer.sh PEER: one peer and its libraries, found; then ws_peer.py.
set -u

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
cd "$here" || exit 1
# shellcheck source=tests/interop/need.sh
. ./need.sh

need openssl

with_go() { # Debian's Go packages are sources: the peer is built, without network or modules
    need go
    export GO111MODULE=off GOPATH=/usr/share/gocode
    [ -d "$GOPATH/src/github.com/gorilla/websocket" ] || missing "Go package gorilla/websocket"
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    [ -n "${HOME-}" ] || export GOCACHE="$work/cache"
    go build -o "$work/gorilla" gorilla.go || exit 1
    "$python" -B ws_peer.py --serves "$work/gorilla"
}

case $1 in
websockets | wsproto | aiohttp | autobahn)
    need_python "$1"
    exec "$python" -B ws_peer.py --serves "$python" -B "peer_$1.py"
    ;;
esac
need_python
case $1 in
ws | websocket)
    need_npm "$1"
    exec "$python" -B ws_peer.py --serves node "peer_$1.mjs"
    ;;
faye)
    need_npm faye-websocket permessage-deflate
    exec "$python" -B ws_peer.py --serves node peer_faye.mjs
    ;;
undici)
    need_npm undici
    exec "$python" -B ws_peer.py node --no-warnings peer_undici.mjs
    ;;
chromium)
    need node chromium
    exec "$python" -B ws_peer.py node peer_chromium.mjs
    ;;
gorilla) with_go ;;
*)
    echo "no such peer: $1"
    exit 1
    ;;
esac
