#!/bin/sh
# SPDX-License-Identifier: MIT
# curl.sh: http_poll_server and ws_echo_server as curl sees them.  Run by run.sh.
set -u

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

expect() { # expect WHAT GOT WANTED
    [ "$2" = "$3" ] && return
    printf 'FAILED: %s: got\n%s\nwanted\n%s\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

# get OPTION...: the status, the body is left in $work/body, the head in $work/head
get() {
    : >"$work/body"
    curl -sS --max-time 20 --noproxy '*' -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" 2>&1
}

has_field() { # has_field NAME VALUE: in the last head
    tr -d '\r' <"$work/head" | grep -qix "$1: $2" && return
    printf 'FAILED: no "%s: %s" in\n' "$1" "$2"
    cat "$work/head"
    failures=$((failures + 1))
}

# requests of all kinds, to both servers that answer HTTP
for base in "$HTTP_URL" "$PUSH_URL" "$HTTPS_URL" "$PUSHS_URL"; do
    expect "GET /" "$(get "$base/")" 200
    expect "HEAD /" "$(get -I "$base/")" 200
    expect "POST /echo" "$(get --data-binary 'hello, world' "$base/echo")" 200
    expect "its echo" "$(cat "$work/body")" 'hello, world'
    expect "HTTP/1.0" "$(get --http1.0 --data-binary old "$base/echo")" 200
    expect "its echo" "$(cat "$work/body")" old
    has_field Connection close
    expect "HTTP/1.0 keep-alive" "$(get --http1.0 -H 'Connection: keep-alive' "$base/")" 200
    has_field Connection keep-alive
    expect "chunked" \
        "$(get -H 'Transfer-Encoding: chunked' --data-binary 'in chunks' "$base/echo")" 200
    expect "its echo" "$(cat "$work/body")" 'in chunks'
    expect "no such path" "$(get "$base/nothing")" 404
    expect "wrong method" "$(get -X DELETE "$base/")" 405
    has_field Allow 'GET, HEAD'
    expect "no length" "$(get -X POST -H 'Content-Length:' "$base/echo")" 411
    expect "unknown method" "$(get -X BREW "$base/")" 501
    expect "through the proxy's form of a target" \
        "$(get --request-target "$base/" "$base/")" 200

    # three requests over one connection
    common="-sS --max-time 20 --noproxy * -v"
    set -f # the star is curl's
    # shellcheck disable=SC2086 # the words of $common are words
    curl $common -o "$work/1" --data one "$base/echo" --next $common -o "$work/2" --data two \
        "$base/echo" --next $common -o "$work/3" --data three "$base/echo" 2>"$work/log"
    set +f
    expect "keep-alive" "$(cat "$work/1" "$work/2" "$work/3")" onetwothree
    expect "connections" "$(grep -c '^\* Connected to' "$work/log")" 1
done

# large bodies: curl asks first (Expect: 100-continue), and sees the refusal of one too large
dd if=/dev/urandom of="$work/fits" bs=1000 count=1000 2>/dev/null
dd if=/dev/zero of="$work/large" bs=1000 count=5000 2>/dev/null
for base in "$HTTP_URL" "$HTTPS_URL"; do
    expect "a megabyte" \
        "$(get -H 'Expect: 100-continue' --data-binary "@$work/fits" "$base/echo")" 200
    cmp "$work/fits" "$work/body" || failures=$((failures + 1))
    expect "a megabyte, chunked" \
        "$(get -H 'Transfer-Encoding: chunked' -T "$work/fits" -X POST "$base/echo")" 200
    cmp "$work/fits" "$work/body" || failures=$((failures + 1))
    expect "too large, asked first" \
        "$(get -H 'Expect: 100-continue' --data-binary "@$work/large" "$base/echo")" 413
    expect "too large, not asked" \
        "$(get -H 'Expect:' --data-binary "@$work/large" "$base/echo")" 413
    expect "too large, chunked" \
        "$(get -H 'Expect:' -H 'Transfer-Encoding: chunked' -X POST -T "$work/large" \
            "$base/echo")" 413
done

# files
for base in "$HTTP_URL" "$PUSH_URL" "$HTTPS_URL" "$PUSHS_URL"; do
    expect "a large file" "$(get --etag-save "$work/etag" "$base/large")" 200
    cmp "$SITE/large" "$work/body" || failures=$((failures + 1))
    has_field Content-Length 20000000
    has_field Content-Type application/octet-stream
    expect "its head" "$(get -I "$base/large")" 200
    has_field Content-Length 20000000
    expect "what curl has already" "$(get --etag-compare "$work/etag" "$base/large")" 304
    expect "newer than the file" "$(get -z "$SITE/large" "$base/large")" 304
    expect "newer than long ago" "$(get -z '1 Jan 2001' "$base/sub/")" 200
    expect "a part" "$(get -r 0-9 "$base/large")" 200
    cmp "$SITE/large" "$work/body" || failures=$((failures + 1))
    expect "HTTP/1.0" "$(get --http1.0 "$base/large")" 200
    cmp "$SITE/large" "$work/body" || failures=$((failures + 1))
    expect "a folder" "$(get -L -w '%{num_redirects} %{http_code}' "$base/sub")" '1 200'
    has_field Content-Type 'text/html; charset=utf-8'
    expect "Korean" "$(get "$base/%EC%86%8C%EC%BC%93.txt")" 200
    expect "its text" "$(cat "$work/body")" 소켓
    expect "up" "$(get --path-as-is "$base/../certificates")" 404
    expect "up, escaped" "$(get --path-as-is "$base/%2e%2e/certificates")" 404
done
for base in "$HTTP_URL" "$HTTPS_URL"; do
    expect "slowly" "$(get --limit-rate 20M "$base/large")" 200
    cmp "$SITE/large" "$work/body" || failures=$((failures + 1))
done

# polling
expect "without events" "$(get "$HTTP_URL/poll")" 503
expect "from now on" "$(get "$PUSH_URL/poll")" 204
expect "from the beginning" "$(get "$PUSH_URL/poll?after=99999999")" 200
# the history is a few seconds long: on a busy machine the first event may have left it
expect "a gap" "$(head -n 1 "$work/body" | sed 's/[1-9][0-9]*$/SEQ/')" 'gap SEQ'
expect "no number" "$(get "$PUSH_URL/poll?after=x")" 400

expect "held" "$(get "$PUSH_URL/long-poll")" 200
expect "one event" "$(grep -c '^tick [1-9][0-9]* [0-9]*$' "$work/body")" 1

# a stream: everything as it comes, until curl loses patience; and where it left off
stream() { # stream BASE FILE [OPTION]...: the numbers of its events are left in FILE
    base=$1 file=$2
    shift 2
    curl -sS -N --max-time 1 --noproxy '*' "$@" "$base/events" 2>/dev/null |
        sed -n 's/^data: tick \([0-9]*\) [0-9]*$/\1/p' >"$file"
}
for base in "$PUSH_URL" "$PUSHS_URL"; do
    stream "$base" "$work/first"
    last=$(tail -n 1 "$work/first")
    stream "$base" "$work/second" -H "Last-Event-ID: $last"
    cat "$work/first" "$work/second" >"$work/all"
    awk 'NR > 1 && $1 != last + 1 { print last " is followed by " $1; bad = 1 }
        { last = $1 } END { exit bad }' "$work/all" || failures=$((failures + 1))
    [ "$(wc -l <"$work/all")" -ge 100 ] ||
        expect "events in two seconds" "$(wc -l <"$work/all")" 100
done

# what TLS agreed on; and that nobody is believed who is not known
agreed() { # agreed OPTION...
    get -v "$@" "$HTTPS_URL/" | sed -n -e 's/^\* ALPN: server accepted //p' \
        -e 's/^\* SSL connection using \([^ ]*\).*/\1/p' | tr '\n' ' '
}
expect "TLS" "$(agreed)" 'TLSv1.3 http/1.1 '
expect "TLS before" "$(agreed --tls-max 1.2)" 'TLSv1.2 http/1.1 '
unknown=$(CURL_CA_BUNDLE='' SSL_CERT_FILE='' get "$HTTPS_URL/")
expect "a certificate that nobody knows" "${unknown##*
}" 000

# the upgrade: curl does not know it, and shows what is said
upgrade() { # upgrade VERSION
    get --max-time 2 -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
        -H "Sec-WebSocket-Version: $1" -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
        "$PUSH_URL/echo" >/dev/null
}
upgrade 13
has_field Sec-WebSocket-Accept 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
upgrade 12
has_field Sec-WebSocket-Version 13
expect "no upgrade" "$(get "$PUSH_URL/echo")" 426

[ "$failures" = 0 ]
