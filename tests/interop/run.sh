#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [NEED]... COMMAND [ARG]...: our servers for others' clients, and the programs for the other
# way round.  NEED is what must be here: is:PROGRAM, npm:PACKAGE or python:MODULE, and `python` as
# COMMAND is the one that has it.  One server of each kind, plain and over TLS, is named in TCP_URL,
# HTTP_URL, WS_URL, PUSH_URL and TCPS_URL, HTTPS_URL, WSS_URL, PUSHS_URL; all that we start trusts
# their certificates, which are in $SSL_CERT_FILE.  $CERT and $KEY are for others' servers.  Who
# answers HTTP serves the files in $SITE.
set -u

bin=${SOCKLAB_BIN:-build/bin}
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tests/interop/need.sh
. "$here/need.sh"
need openssl
while :; do
    case $1 in
    npm:*) need_npm "${1#npm:}" ;;
    python:*) need_python "${1#python:}" ;;
    is:*) need "${1#is:}" ;;
    *) break ;;
    esac
    shift
done
if [ "$1" = python ]; then
    shift
    set -- "$python" -B "$@"
fi
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

serve_tls() { # the same over TLS
    serve "$@" --tls --cert-out "$work/certificate"
    cat "$work/certificate" >>"$work/certificates"
}

SITE=$work/site
mkdir -p "$SITE/sub"
echo '<p>sub' >"$SITE/sub/index.html"
echo '소켓' >"$SITE/소켓.txt"
dd if=/dev/urandom of="$SITE/large" bs=1000 count=20000 2>/dev/null
serve tcp_echo_server
TCP_URL=$url
serve http_poll_server --max-message 1000000 --root "$SITE"
HTTP_URL=$url
serve ws_echo_server --push-every 5 --protocol chat --root "$SITE"
WS_URL=$url
PUSH_URL=http${url#ws}
serve_tls tcp_echo_server
TCPS_URL=$url
serve_tls http_poll_server --max-message 1000000 --root "$SITE"
HTTPS_URL=$url
serve_tls ws_echo_server --push-every 5 --protocol chat --root "$SITE"
WSS_URL=$url
PUSHS_URL=https${url#wss}
export TCP_URL HTTP_URL WS_URL PUSH_URL TCPS_URL HTTPS_URL WSS_URL PUSHS_URL SITE
CERT=$work/cert.pem KEY=$work/key.pem
make_cert "$CERT" "$KEY" DNS:localhost,IP:127.0.0.1
SSL_CERT_FILE=$work/certificates
NODE_EXTRA_CA_CERTS=$SSL_CERT_FILE
CURL_CA_BUNDLE=$SSL_CERT_FILE
export CERT KEY SSL_CERT_FILE NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE
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
