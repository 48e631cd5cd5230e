#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_cli_test.sh: the bench from outside: what it prints, refuses, writes and leaves
# behind.
# Partner: bench_report_test.c checks the same reports from results made up.
set -u

# shellcheck source=tests/processes.sh
. "$SOCKLAB_TOP/tests/processes.sh"
bench=$SOCKLAB_BIN/bench
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

misuse_is_one_line_that_names_the_value() {
    while IFS='|' read -r args value; do
        # shellcheck disable=SC2086
        "$bench" $args >"$work/out" 2>"$work/err"
        status=$?
        [ $status = 2 ] || broken "bench $args: exit $status, not 2"
        [ ! -s "$work/out" ] || broken "bench $args: wrote to stdout"
        [ "$(wc -l <"$work/err")" -eq 1 ] || broken "bench $args: not one line"
        grep -qF -- "$value" "$work/err" || broken "bench $args: does not name $value"
    done <<'LIST'
handshakes|'handshakes'
--transports tcp,quic|'quic'
--transports tcp,quic|http-keep-alive
--baseline sctp|'sctp'
handshake --transports poll|'handshake'
--pin both|'both'
--size x|'x'
--size 0|0
--size 1.5|'1.5'
--count -1|-1
--rounds 0|0
--rounds 1000|1000
--depth 1|1
--seconds 0|0
--seconds never|'never'
--poll-every 0|0
--push-every 0|0
--seed -1|'-1'
--seed 12monkeys|'12monkeys'
--seed 99999999999999999999|99999999999999999999 is not in
--count 99999999999999999999|99999999999999999999 is not in
--subscribers 0|0
--subscribers 20001|20001
--connections 0|0
--workers 0|0
--json|--json
--json - --csv -|--csv
--seconds 1 --count 1|--seconds
--frobnicate|--frobnicate
-z|-z
LIST
}

help_version_and_list_go_to_stdout() {
    for option in --help -h --version -V --list; do
        "$bench" $option >"$work/out" 2>"$work/err" || broken "$option: exit $?"
        { [ -s "$work/out" ] && [ ! -s "$work/err" ]; } || broken "$option: not on stdout alone"
        awk 'length > 80 { exit 1 }' "$work/out" || broken "$option: a line of more than 80 columns"
    done
    "$bench" --list >"$work/out"
    for word in handshake message push idle models floor https-keep-alive wss tls_bytes served; do
        grep -qw -- "$word" "$work/out" || broken "--list does not know $word"
    done
}

a_round_may_be_as_long_as_told() {
    "$bench" --seconds 0.05 --rounds 1 --transports tcp,ws >"$work/out" 2>"$work/err" ||
        broken "--seconds: exit $?: $(cat "$work/err")"
    [ "$(grep -c '^=> ' "$work/out")" = 3 ] ||
        broken "--seconds: not every measure has a conclusion"
}

what_cannot_be_written_is_said_before_measuring() {
    "$bench" --json "$work/no/such/directory" >"$work/out" 2>"$work/err"
    [ $? = 1 ] || broken "an unwritable file is not exit 1"
    grep -qF "$work/no/such/directory: No such file" "$work/err" || broken "it is not named"
    "$bench" --json "$work" >"$work/out" 2>"$work/err"
    [ $? = 1 ] || broken "a directory is not exit 1"
    grep -qF "$work: Is a directory" "$work/err" || broken "a directory is not named"
    [ -w /dev/full ] || return 0
    "$bench" push --quick --rounds 1 --count 1 --transports tcp --csv /dev/full \
        >"$work/out" 2>"$work/err"
    [ $? = 1 ] || broken "a full disk is not exit 1"
    grep -qF "write /dev/full: " "$work/err" || broken "a full disk is not named"
}

two_reports_do_not_share_a_file() {
    for other in "$work/shared" "$work/./shared"; do
        "$bench" --json "$work/shared" --csv "$other" >"$work/out" 2>"$work/err"
        [ $? = 2 ] || broken "two reports in one file are not exit 2"
        [ "$(wc -l <"$work/err")" -eq 1 ] || broken "two reports in one file: not one line"
        grep -qF "$other" "$work/err" || broken "two reports in one file: it is not named"
        [ ! -e "$work/shared" ] || broken "two reports in one file: one is left behind"
    done
}

an_interrupted_run_leaves_no_empty_report() {
    echo kept >"$work/old.csv"
    "$bench" push --transports tcp --count 1000 --json "$work/new.json" --csv "$work/old.csv" \
        >"$work/out" 2>"$work/err" &
    pid=$!
    [ -n "$(wait_for_child $pid)" ] || broken "nobody was measuring"
    kill -KILL $pid
    wait $pid 2>/dev/null
    [ ! -e "$work/new.json" ] || broken "an interrupted run leaves an empty report"
    [ "$(cat "$work/old.csv")" = kept ] || broken "an interrupted run empties an old report"
}

everything_is_measured_and_reported() {
    "$bench" --quick --seed 7 --json "$work/json" --csv "$work/csv" --md "$work/md" \
        >"$work/out" 2>"$work/err" || broken "bench --quick: exit $?: $(tail -n 1 "$work/err")"
    for measure in HANDSHAKE MESSAGE PUSH; do
        grep -q "^$measure: " "$work/out" || broken "no table for $measure"
    done
    [ "$(grep -c '^=> ' "$work/out")" -eq 3 ] || broken "not one conclusion for each measure"
    [ "$(grep -c '^floor ' "$work/out")" -eq 8 ] || broken "floor is not in each table"
    awk 'length > 80 { exit 1 }' "$work/out" || broken "a line of more than 80 columns"
    [ "$(grep -c '^| floor ' "$work/md")" -eq 8 ] || broken "floor is not in each Markdown table"
    for note in 'TLS.s ticket for the next visit' 'https-close resumes its session'; do
        tr -s ' \n' ' ' <"$work/out" | grep -q "$note" || broken "no note of $note"
    done
    grep -q '^bench: [0-9]' "$work/err" && broken "a progress line although stderr is a file"
    awk -F, 'NR > 1 && NF < 34 { exit 1 }' "$work/csv" || broken "a short line of CSV"
    check_json
}

check_json() {
    for word in '"schema":"socklab-bench/1"' '"seed":7' '"wire":null' '"metric":"first_reply"'; do
        grep -qF "$word" "$work/json" || broken "no $word in JSON"
    done
    command -v python3 >/dev/null 2>&1 || return 0
    python3 - "$work/json" "$work/out" <<'CHECK' || broken "the JSON is not as promised"
import json, sys
doc = json.load(open(sys.argv[1]))
common = "floor tcp tls udp ws wss".split()
http = "http-close http-keep-alive https-close https-keep-alive".split()
metrics = {
    "handshake": (common + http, "connect tls upgrade total first_reply round_trips packets"
                  " bytes_out bytes_in cpu_client cpu_server"),
    "message": (common + http, "rtt rate payload_bytes header_bytes tls_bytes tcpip_bytes"
                " cpu_client cpu_server lost"),
    "push": (common + ["poll", "long-poll", "sse"], "latency first median last bytes_per_event"
             " requests_per_event empty_polls missed duplicate cpu_client cpu_server"),
}
rows = {}
for row in doc["rows"]:
    param = row["params"].get
    assert (param("phase") or "") in row["metric"]
    assert bool(param("phase")) == bool(param("counted_by"))
    key = row["measure"], row["transport"], row["metric"], param("depth") or param("tls")
    assert key not in rows, key
    rows[key] = row
    assert row["unit"] and row["params"]["rtt_ms"] == 0
    assert row["params"]["size"] == (None if row["measure"] == "push" else 64)
    assert row["params"]["pin"] in ("same", "split", "none")
    assert "ratio" in row and "predicted" in row, key
    if "na" in row:
        assert row["na"] and "value" not in row and "p50" not in row, key
    elif "n" in row:
        assert len(row["rounds"]) == 6 and len(row["ci95"]) == 2, key
        assert sum(count for _, count in row["hist"]) == row["n"], key
        assert (row["p50"] is not None) == (row["n"] >= 20), key
        assert (row["p99"] is not None) == (row["n"] >= 1000), key
        assert row["min"] <= row["mean"] <= row["max"], key
        if row["ratio"] is None: # tcp has neither to compare with
            assert row["metric"] in ("tls", "upgrade"), key
            continue
        low, high = row["ratio"]["ci95"]
        assert low <= row["ratio"]["value"] <= high and row["ratio"]["to"] == "tcp", key
    else:
        assert isinstance(row["value"], (int, float)), key
for measure, (transports, names) in metrics.items():
    for transport in transports:
        for name in names.split():
            key = measure, transport, name
            assert any(k[:3] == key for k in rows), key
value = lambda m, t, n, d=None: rows[m, t, n, d].get("value")
secure = "tls https-close https-keep-alive wss".split()
trips = {"floor": 1, "tcp": 1, "udp": 0, "http-close": 1, "http-keep-alive": 1, "ws": 2}
assert all(value("handshake", t, "round_trips") == n for t, n in trips.items())
for (measure, transport, name, tls), row in rows.items(): # until ready is the sum of its phases
    if measure == "handshake" and name in ("round_trips", "bytes_out", "bytes_in"):
        parts = (value(measure, transport, f"{p}_{name}", tls)
                 for p in ("connect", "tls", "upgrade"))
        assert row["value"] == sum(part or 0 for part in parts), (transport, name, tls)
plain = lambda t: {"tls": "tcp", "wss": "ws"}.get(t, t.replace("https", "http"))
for t in secure: # one more answer, resumed or not, but then without the certificate
    full, resumed = ({n: rows["handshake", t, n, kind] for n in metrics["handshake"][1].split()}
                     for kind in ("full", "resumed"))
    for row in full["round_trips"], resumed["round_trips"]:
        assert row["value"] == row["predicted"] == trips[plain(t)] + 1, t
    assert resumed["bytes_in"]["value"] < full["bytes_in"]["value"] - 300, t
    assert resumed["cpu_client"]["value"] < full["cpu_client"]["value"], t
    assert full["connect"]["mean"] + full["tls"]["mean"] <= full["total"]["mean"] + 1, t
# Behind a ticket there is a 101, so that it is in wss's bytes; it is no less in the others'.  What
# may differ are a record, ALPN and two acknowledgements: less than half of a ticket's packet.
came = lambda t, kind=None: value("handshake", t, "bytes_in", kind)
added = lambda t, kind: came(t, kind) - came(plain(t))
for kind in "full", "resumed":
    for t in secure:
        assert abs(added(t, kind) - added("wss", kind)) < 150, (t, kind, added(t, kind))
for t in common + http:
    tls = rows["message", t, "tls_bytes", 1]
    assert ("na" in tls) == (t not in secure), t
    assert t not in secure or t == "https-close" or tls["value"] == tls["predicted"] == 44, t
assert value("message", "ws", "header_bytes", 1) == 8
assert value("message", "tcp", "header_bytes", 1) == 0
assert value("message", "udp", "tcpip_bytes", 1) in (56, None)
assert value("push", "ws", "missed") == 0 and value("push", "poll", "requests_per_event") > 0
digits = lambda v: "%.*f" % ( # three of them, as figure() has it
    0 if v >= 99.95 or v == 0 else 1 if v >= 9.995 else 2 if v >= 0.9995 else 3, v)
said = " ".join(open(sys.argv[2]).read().split()).replace(",", "")
for measure, metric, kind, base in (("handshake", "total", "full", None), ("message", "rtt", 1, 1),
                                    ("handshake", "total", "resumed", None)):
    for t in "tls", "wss":
        with_tls = rows[measure, t, metric, kind]["rounds"]
        without = rows[measure, plain(t), metric, base]["rounds"]
        added = sorted(a - b for a, b in zip(with_tls, without))
        words = "%s%s %s us (%s to %s) and " % (t, " resumed" if kind == "resumed" else "", digits(
            (added[2] + added[3]) / 2), digits(added[0]), digits(added[5]))
        assert words in said or added[0] <= 0, (words, said)
CHECK
}

# shellcheck disable=SC3045 # POSIX's ulimit has no -n, but every sh has
what_needs_too_many_descriptors_is_refused_before_measuring() {
    (ulimit -n 128 && exec "$bench" message models --connections 500) >"$work/out" 2>"$work/err"
    [ $? = 1 ] || broken "too few descriptors are not exit 1"
    [ "$(wc -l <"$work/err")" -eq 1 ] || broken "too few descriptors: not one line"
    [ ! -s "$work/out" ] || broken "too few descriptors: wrote to stdout"
    grep -q '500 connections: they need 532 descriptors' "$work/err" ||
        broken "it is not said how many descriptors are needed"
    (ulimit -n 64 && exec "$bench" push --count 1 --rounds 1 --transports tcp) >"$work/out" \
        2>"$work/err" || broken "one connection needs more than 64 descriptors: $(cat "$work/err")"
    grep -q '^1 round of 1 event every' "$work/out" || broken "one event is not one event"
}

many_connections_are_measured_when_asked_for() {
    "$bench" push message --subscribers 20 --quick --json "$work/json" >"$work/out" 2>"$work/err" ||
        broken "push --subscribers: exit $?: $(tail -n 1 "$work/err")"
    grep -q 'to 20 subscribers' "$work/out" || broken "push to 20 does not say so"
    grep -q '^=> Delay until the last subscriber has it' "$work/out" ||
        broken "push to 20: no conclusion"
    "$bench" push --subscribers 1000 --push-every 1 --count 4 --rounds 1 --transports tcp \
        >"$work/out" 2>"$work/err" || broken "push to 1000: exit $?: $(tail -n 1 "$work/err")"
    grep -q 'warning: push over tcp: .* they overlap' "$work/err" ||
        grep -q '^n/a: no event reached all subscribers' "$work/out" ||
        broken "no warning of overlap"
    "$bench" idle models --connections 8 --rounds 1 --csv "$work/csv" >"$work/out" 2>"$work/err" ||
        broken "idle models: exit $?: $(tail -n 1 "$work/err")"
    grep -q 'warning: idle with --connections 8' "$work/err" || broken "few connections: no warning"
    grep -q '^pool .* 5 of 6 ' "$work/out" || [ "$(getconf _NPROCESSORS_ONLN)" != 2 ] ||
        broken "a pool of 5 serves more than 5"
    grep -q '^loop .* 8$' "$work/out" || broken "the loop does not serve everybody"
    grep -q '^HANDSHAKE' "$work/out" && broken "what was not named is measured, too"
    awk 'length > 80 { exit 1 }' "$work/out" || broken "a line of more than 80 columns"
    grep -q '^models,ws,64,0,[a-z]*,,,,,8,pool,[0-9]*,,,,served,1,[0-9]' "$work/csv" ||
        broken "no line of CSV for the pool over ws"
    command -v python3 >/dev/null 2>&1 || return 0
    python3 - "$work/json" <<'CHECK' || broken "the JSON of push to 20 is not as promised"
import json, sys
doc = json.load(open(sys.argv[1]))
cores = doc["host"]["cores"]
assert all(r["params"]["pin"] != "split" for r in doc["rows"] if r["measure"] == "message")
rows = {(r["transport"], r["metric"]): r for r in doc["rows"] if r["measure"] == "push"}
for transport in "floor tcp tls udp poll long-poll sse ws wss".split():
    get = lambda name: rows[transport, name]
    assert all(r["params"]["subscribers"] == 20 for r in rows.values())
    assert cores < 2 or get("last")["params"]["pin"] != "same"
    if "na" in get("last"):
        assert transport == "poll", transport
        continue
    assert get("missed")["value"] == 0 and get("duplicate")["value"] == 0, transport
    assert get("first")["n"] == get("last")["n"] == get("latency")["n"] / 20, transport
    assert get("first")["min"] <= get("median")["min"] <= get("last")["min"], transport
    assert get("last")["max"] == get("latency")["max"], transport
    assert get("first")["min"] == get("latency")["min"], transport
    predicted = get("requests_per_event")["predicted"]
    requests = get("requests_per_event")["value"]
    assert transport == "poll" or abs(requests - predicted) < 0.3, transport
CHECK
}

a_report_on_stdout_stands_alone() {
    "$bench" message --quick --transports tcp,floor --json - >"$work/out" 2>/dev/null ||
        broken "--json -: exit $?"
    head -c 10 "$work/out" | grep -qF '{"schema"' || broken "--json - does not begin with JSON"
    grep -q '^MESSAGE' "$work/out" && broken "--json - prints tables too"
    [ "$(tail -n 1 "$work/out")" = "]}" ] || broken "--json - does not end with JSON"
}

too_few_rounds_give_no_interval_and_say_so() {
    "$bench" message --count 30 --rounds 3 --transports tcp,ws >"$work/out" 2>"$work/err" ||
        broken "--rounds 3: exit $?"
    grep -q 'warning: .*too few' "$work/err" || broken "three rounds are not warned of"
    grep -q https-close "$work/out" && broken "a note of a transport that was not measured"
    grep -q 'no claim about ws' "$work/out" || broken "three rounds are enough for a claim"
}

a_signal_leaves_nobody_behind() {
    for signal in TERM INT; do
        "$bench" push --transports tcp,ws --count 1000 >"$work/out" 2>"$work/err" &
        pid=$!
        sleep 2 # what is counted is mostly over by then; a round takes twelve seconds
        wait_for_child $pid >/dev/null
        left=$(children_of $pid)
        [ -n "$left" ] || broken "SIG$signal: nobody was measuring"
        kill -$signal $pid
        wait $pid
        status=$?
        { [ $status != 0 ] && [ $status != 2 ]; } || broken "SIG$signal: exit $status"
        grep -q '^bench: stopped by signal' "$work/err" || broken "SIG$signal: nothing is said"
        for child in $left; do
            is_gone "$child" || broken "SIG$signal: process $child is still there"
        done
    done
}

a_server_that_dies_half_way_is_named() {
    "$bench" message --transports ws --baseline ws --rounds 1 --seconds 10 \
        >"$work/out" 2>"$work/err" &
    pid=$!
    server='' before=none
    while [ "$server" != "$before" ]; do # the counting run's server goes, the round's stays
        before=$server
        sleep 1
        server=$(wait_for_child $pid ws_echo_server)
    done
    [ -n "$server" ] || broken "no ws_echo_server among the bench's children"
    left=$(children_of $pid)
    kill -KILL "$server"
    wait $pid
    status=$?
    [ $status = 1 ] || broken "a dead server: exit $status"
    grep -qF 'bench: ws_echo_server ended (signal 9) during message over ws' "$work/err" ||
        broken "a dead server: $(cat "$work/err")"
    for child in $left; do
        is_gone "$child" || broken "a dead server: process $child is still there"
    done
}

misuse_is_one_line_that_names_the_value
help_version_and_list_go_to_stdout
a_round_may_be_as_long_as_told
what_cannot_be_written_is_said_before_measuring
two_reports_do_not_share_a_file
an_interrupted_run_leaves_no_empty_report
everything_is_measured_and_reported
what_needs_too_many_descriptors_is_refused_before_measuring
many_connections_are_measured_when_asked_for
a_report_on_stdout_stands_alone
too_few_rounds_give_no_interval_and_say_so
a_signal_leaves_nobody_behind
a_server_that_dies_half_way_is_named
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
