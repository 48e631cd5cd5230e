#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_predict_test.sh: `bench predict` from outside: its tables, and a run beside them.
# Partner: predict_test.c, the rules themselves.
set -u

bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

says() { # says TEXT FILE
    grep -qF -- "$1" "$2" || broken "$2 does not say '$1': $(cat "$2")"
}

fits() { # fits FILE
    awk 'length > 80 { exit 1 }' "$1" || broken "a line of more than 80 columns: $(cat "$1")"
}

misuse_is_one_line_that_names_the_value() {
    while IFS='|' read -r args value; do
        # shellcheck disable=SC2086
        "$bench" predict $args >out 2>err
        status=$?
        [ $status = 2 ] || broken "predict $args: exit $status, not 2"
        [ ! -s out ] || broken "predict $args: wrote to stdout"
        [ "$(wc -l <err)" -eq 1 ] || broken "predict $args: not one line"
        says "$value" err
    done <<'LIST'
handshakes|'handshakes'
idle|'idle'
--transports tcp,quic|'quic'
--size 0|0
--wire 40ms|--wire
--wire rtt=40|--wire
handshake run.json|run.json
run.json --size 9|run.json
--frobnicate|--frobnicate
LIST
    "$bench" predict run.json >out 2>err
    [ $? = 1 ] || broken "a file that is not there: not exit 1"
    says 'run.json: No such file' err
    echo '{' >run.json
    "$bench" predict run.json >out 2>err
    [ $? = 1 ] || broken "a broken file: not exit 1"
}

nothing_connects_and_all_is_told() {
    for args in "" "--size 1048576 --wire rtt=10s,rate=10kbit" "--wire rtt=0ms" \
        "push --transports poll,wss --wire rtt=4ms,drop=c1" "--help"; do
        # shellcheck disable=SC2086
        "$bench" predict $args >out 2>err || broken "predict $args: exit $?: $(cat err)"
        [ ! -s err ] || broken "predict $args: $(cat err)"
        fits out
    done
    "$bench" predict handshake --transports tcp --wire rtt=40ms,loss=1% >out 2>err
    says 'tcp              open                               open  open    open      open' out
    "$bench" predict handshake >out 2>err
    says 'ws               connect 1 + upgrade 1 = 2          80.0 120.0     4+3' out
    says 'wss              connect 1 + tls 1 + upgrade 1 = 3 120.0 160.0     8+5' out
}

a_run_stands_beside_it() {
    "$bench" --transports tcp,ws,wss,poll,udp --rounds 1 --count 30 --json run.json >out 2>err ||
        broken "bench: exit $?: $(cat err)"
    "$bench" predict run.json >out 2>err || broken "predict run.json: exit $?: $(cat err)"
    fits out
    says 'over loopback, where times are open' out
    says ' upgrade' out
    if [ "$(uname)" = Linux ]; then
        says '112+60' out
        says '262+233' out
    fi
}

a_wrong_rtt_is_told() {
    "$bench" predict run.json --wire rtt=40ms >out 2>err || broken "wrong RTT: exit $?"
    fits out
    grep -q '^bench: warning: ws: ready after 0[.0-9]* ms, predicted 80.0 ms: ' err ||
        broken "no warning of ws: $(cat err)"
    [ "$(grep -c ': ready after' err)" -eq 4 ] || broken "not one warning for each: $(cat err)"
    says 'differ from their prediction by more than they may' out
    grep -q '^ws  *connect\*  *40.0 ' out || broken "no mark in the table: $(cat out)"
    "$bench" predict - <run.json >again 2>err || broken "standard input: exit $?"
}

# Records are longer, and the server has no word more when a session is resumed.
tls_1_2_has_its_own_rules() {
    printf '%s\n' 'openssl_conf = a' '[a]' 'ssl_conf = b' '[b]' 'system_default = c' '[c]' \
        'MaxProtocol = TLSv1.2' >tls_1_2.cnf
    export OPENSSL_CONF="$work/tls_1_2.cnf"
    "$bench" handshake message --transports tcp,tls,wss --rounds 1 --count 20 --json run.json \
        >out 2>err || broken "bench over TLS 1.2: exit $?: $(cat err)"
    "$bench" predict run.json >out 2>err || broken "TLS 1.2: exit $?: $(cat err)"
    if [ "$(uname)" = Linux ] && grep -q 'tls_packets\|message_\|upgrade_' err; then
        broken "TLS 1.2: $(cat err)"
    fi
    unset OPENSSL_CONF
}

misuse_is_one_line_that_names_the_value
nothing_connects_and_all_is_told
a_run_stands_beside_it
a_wrong_rtt_is_told
tls_1_2_has_its_own_rules
exit $((failures > 0))
