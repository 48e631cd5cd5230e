#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench_recorded_test.sh: what a run recorded with --json is drawn again by `bench report` as
# the run itself drew it; and what becomes of files that are broken, or of another version.
# Partner: json_read_test.c, the reader of JSON itself.
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

same() { # same WHAT FILE FILE
    cmp "$2" "$3" >&2 || broken "$1: not the same"
}

drawn_again_it_is_the_same() { # drawn_again_it_is_the_same ARG...
    "$bench" "$@" --json run.json --csv run.csv --md run.md >run.txt 2>run.err ||
        broken "bench $*: exit $?: $(tail -n 1 run.err)"
    "$bench" report run.json --json again.json --csv again.csv --md=again.md \
        >again.txt 2>again.err || broken "report of $*: exit $?: $(cat again.err)"
    sed 1d again.txt >below.txt
    same "text of $*" run.txt below.txt
    for kind in json csv md; do
        same "--$kind of $*" run.$kind again.$kind
    done
    after=$(grep -c -e 'round medians range' -e 'they overlap' -e '^bench: warning: idle over' \
        -e 'a round ended at' -e '^bench: warning: the wire' -e 'were not recorded' \
        -e ', predicted ' run.err) # on a busy machine counts may be others than predicted
    [ "$(wc -l <again.err)" -eq "$after" ] || broken "report of $*: warns of: $(cat again.err)"
    while IFS= read -r line; do
        grep -qxF -- "$line" run.err || broken "report of $*: the run did not warn of: $line"
    done <again.err
}

most=18446744073709551615 # of 64 bits

every_measure_is_drawn_again_as_the_run_drew_it() {
    drawn_again_it_is_the_same handshake message --quick --transports floor,tcp,udp,tls,ws,wss \
        --size 100
    drawn_again_it_is_the_same --rounds 2 --count 30 --transports tcp,poll,long-poll,ws --pin none
    drawn_again_it_is_the_same push --subscribers 5 --rounds 6 --count 5 --transports tcp,poll,sse
    drawn_again_it_is_the_same idle models --connections 3 --workers 1 --rounds 1 \
        --transports tcp,ws --count 30
    drawn_again_it_is_the_same message --seconds 0.05 --rounds 6 \
        --transports floor,https-close,https-keep-alive --baseline floor --depth 8 --seed "$most"
}

a_run_over_the_wire_is_drawn_again_and_one_that_found_none() {
    drawn_again_it_is_the_same handshake push --wire "rtt=3ms,seed=$most" --pcap 'a b.pcap' \
        --transports tcp,ws --rounds 1
    grep -q '^WIRE: ' run.txt || return 0 # without one, it was the other kind
    grep -q "^{.*\"wire\":{.*\"seed\":$most," run.json || broken "the wire's seed is another"
    refused_after 'a wire, but argv has no --wire' \
        's/"--wire","[^"]*"/"--rounds","1"/;s/"--pcap","a b.pcap",//'
    refused_after 'rtt_ms of connect does not go with' 's/rtt=3ms,/rtt=4ms,/'
    refused_after 'packets is not two numbers' '1s/"packets":\[[0-9]*,/&"x",/'
    refused_after 'dropped is missing' '1s/"dropped":/"fallen":/g'
    drawn 'no wire, no reason' '1s/"wire":{.*}},/"wire":null,/;s/"rtt_ms":3/"rtt_ms":0/
        s/"counted_by":"wire"/"counted_by":"TCP_INFO"/'
    grep -q '^n/a: no wire: the recorded run does not say why$' again.txt ||
        broken "no wire, no reason: $(cat again.txt)"
    hidden='mount -t tmpfs none /dev/net && exec "$@"' # and with it, the TUN devices
    unshare -m sh -c "$hidden" sh true 2>unshare.err || return 0
    sh=$bench bench=with_no_wire
    drawn_again_it_is_the_same handshake --wire rtt=3ms --transports tcp --rounds 1
    bench=$sh
    grep -q '^n/a: no wire: ' again.txt || broken "no wire: $(cat again.txt)"
}

with_no_wire() { # with_no_wire ARG...
    unshare -m sh -c "$hidden" sh "$sh" "$@"
}

# The rest is about one small recorded run.
record() {
    "$bench" message push --quick --transports tcp,udp,ws,poll --seed 7 --js=run.json >run.txt \
        2>run.err || broken "bench --quick: exit $?"
}

a_recorded_run_is_called_one() {
    "$bench" report run.json >again.txt 2>again.err
    head -n 1 again.txt | grep -q '^recorded 20[0-9-]*T[0-9:]*Z: bench message push --quick ' ||
        broken "the first line is $(head -n 1 again.txt)"
    sed 's|"argv":\["[^"]*"|&,"--js=\\u001b[2J\\u009b1m it'"'"'s"|' run.json >odd.json
    "$bench" report odd.json 2>again.err | head -n 1 >again.txt
    grep -qF "'--js=?[2J?1m it's'" again.txt || broken "the terminal gets $(cat again.txt)"
}

it_may_come_through_a_pipe_and_go_to_one() {
    "$bench" report - <run.json 2>again.err | sed 1d >below.txt
    same "a run on stdin" run.txt below.txt
    # shellcheck disable=SC2002 # a pipe it shall be
    cat run.json | "$bench" report --json - - 2>again.err >again.json
    same "a run from pipe to pipe" run.json again.json
}

misuse_is_one_line() {
    for args in 'report' 'report run.json run.json' 'report --frob run.json' 'report --json' \
        'report --csv - --md - run.json' 'report --csv a --md ./a run.json'; do
        # shellcheck disable=SC2086
        "$bench" $args >out 2>err
        [ $? = 2 ] || broken "bench $args: not exit 2"
        { [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ]; } ||
            broken "bench $args: not one line on stderr"
    done
    "$bench" report --help >out 2>err || broken "report --help: exit $?"
    grep -q '^usage: bench report ' out || broken "report --help: $(cat out)"
}

refused() { # refused WORDS FILE: exit 1, one line on stderr that has the words, nothing on stdout
    "$bench" report "$2" >out 2>err
    status=$?
    [ $status = 1 ] || broken "$1: exit $status"
    { [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ]; } || broken "$1: not one line: $(cat out err)"
    grep -qF -- "$1" err || broken "$1: $(cat err)"
}

refused_after() { # refused_after WORDS SED-COMMAND
    sed "$2" run.json >odd.json
    cmp -s run.json odd.json && broken "$2 changes nothing"
    refused "$1" odd.json
}

what_is_no_recorded_run_is_refused_by_name() {
    refused 'read nowhere.json: No such file' nowhere.json
    refused 'read .: Is a directory' .
    refused 'line 1, column 1: the text ends too early' /dev/null
    echo 'tables' >odd.json
    refused 'report odd.json: line 1, column 1: a value is missing' odd.json
    echo '[]' >odd.json
    refused 'an array, not the object that bench --json writes' odd.json
    echo '{}' >odd.json
    refused 'schema is missing' odd.json
    echo '{"schema":"socklab-bench/1"}' >odd.json
    refused 'argv is missing' odd.json
    refused_after 'schema "socklab-bench/2" is not known' 's|socklab-bench/1|socklab-bench/2|'
    refused_after 'line 2, column 12: measure "massage" is not known' '2s/"message"/"massage"/'
    refused_after 'transport "quic" is not known' 's/"transport":"udp"/"transport":"quic"/'
    refused_after 'seed is a string, not a number' 's/"seed":7/"seed":"7"/'
    refused_after 'seed is not a whole number' 's/"seed":7/"seed":-7/'
    refused_after 'seed is not a whole number' 's/"seed":7/"seed":18446744073709551616/'
    refused_after 'p50 is a string, not a number' '2s/"p50":/"p50":"x","x":/'
    refused_after 'n is not a whole number' '2s/"n":[0-9]*/"n":1.5/'
    refused_after 'mean is too large' '2s/"mean":[0-9.]*/"mean":1e300/'
    refused_after 'rounds has what is no figure' '2s/"rounds":\[/&null,/'
    refused_after 'hist has what is no bucket' '2s/"hist":\[/&[1],/'
    refused_after 'hist has what is no bucket' '2s/"hist":\[/&[0.0015,1],/'
    refused_after 'ci95 is not two numbers' '2s/"ci95":\[/&1,/'
    refused_after 'the unit of rtt is not us' '2s/"unit":"us"/"unit":"ms"/'
    refused_after 'argv: bench: --frob is not an option' 's/"argv":\["[^"]*"/&,"--frob"/'
    refused_after 'argv: bench: --pin: ' 's/"argv":\["[^"]*"/&,"--pin=up"/'
    refused_after 'argv: not the command line of a run' 's/"argv":\["[^"]*"/&,"--help"/'
    refused_after 'argv: not the command line of a run' 's/"argv":\["[^"]*"/&,"--list"/'
    refused_after 'argv: not even the program' 's/"argv":\[[^]]*\]/"argv":[]/'
    refused_after 'size of rtt does not go with argv and the other rows' '2s/"size":64/"size":63/'
    refused_after 'a ratio that is not to tcp' '2s/"to":"tcp"/"to":"ws"/'
    refused_after 'takes no part in message' '2s/"transport":"tcp"/"transport":"sse"/'
    refused_after 'rtt of tcp is there twice' '2{h;p;}'
    # shellcheck disable=SC2016 # sed's $
    refused_after 'no rows' '2,$d;s/\[$/[]}/'
}

a_file_cut_short_is_refused_with_the_place() {
    n=$(wc -c <run.json)
    for cut in 1 100 1000 $((n / 2)) $((n - 3)); do
        head -c "$cut" run.json >odd.json
        refused 'the text ends too early' odd.json
    done
}

drawn() { # drawn WHAT SED-COMMAND: exit 0
    sed "$2" run.json >odd.json
    cmp -s run.json odd.json && broken "$1: $2 changes nothing"
    "$bench" report odd.json >again.txt 2>again.err || broken "$1: exit $?: $(cat again.err)"
}

what_another_version_adds_is_ignored_or_left_out_with_a_warning() {
    drawn 'more fields' 's/^{/&"news":{"a":[]},/;s/"metric"/"more":1,&/'
    sed 1d again.txt >below.txt
    same 'more fields' run.txt below.txt
    drawn 'a metric more' '2{p;s/"metric":"rtt"/"metric":"joy\\u001b"/;}'
    sed 1d again.txt >below.txt
    same 'a metric more' run.txt below.txt
    unknown='metric "joy\x1b" is not known to this version: left out'
    grep -qxF "bench: warning: report odd.json: $unknown" again.err ||
        broken "a metric more: $(cat again.err)"
    drawn 'a param more' '2{p;s/"size":64/&,"weather":"fair"/;}'
    sed 1d again.txt >below.txt
    same 'a param more' run.txt below.txt
    grep -qF 'param "weather" is not known to this version: left out' again.err ||
        broken "a param more: $(cat again.err)"
    drawn 'another reason' 's/"na":"no TLS in this transport"/"na":"plain"/'
    grep -q '^n/a: for a reason that the recorded run gives in words of another version$' \
        again.txt || broken "another reason: $(cat again.txt)"
}

what_the_file_lacks_is_not_available() {
    drawn 'no rtt over tcp' 2d
    grep -q '^tcp  *n/a  *n/a  *n/a' again.txt || broken "no rtt over tcp: $(cat again.txt)"
    grep -q '^n/a: the recorded run does not have it$' again.txt ||
        broken "no rtt over tcp: no reason"
    grep -q '^=> Nothing to compare: tcp was not measured\.' again.txt ||
        broken "no rtt: a conclusion"
    for field in p99 max n rounds ratio; do
        drawn "no $field" "2s/\"$field\":/\"no_$field\":/"
        grep -q '^tcp  *n/a  *n/a  *n/a' again.txt || broken "no $field: $(cat again.txt)"
    done
    drawn 'no value' 's/"value":[0-9.]*,"ci95"/"ci95"/'
    grep -q '^tcp  *n/a  *n/a ' again.txt || broken "no value: $(cat again.txt)"
    drawn 'no host, time, measures, hist' \
        's/"host":{[^}]*},//;s/"time":"[^"]*",//;s/"measures":\[[^]]*\],//
        s/,"hist":\[\[[^a-z]*\]\]//'
    sed 1d again.txt >below.txt
    same 'no host, time, measures, hist' run.txt below.txt
    [ "$(head -n 1 again.txt | cut -c1-15)" = 'recorded: bench' ] || broken "$(head -n 1 again.txt)"
}

other_defaults_are_those_of_the_run() {
    drawn 'other defaults' 's/"rounds":6,"count":400/"rounds":5,"count":77/
        s/"poll_every_ms":10/"poll_every_ms":20/'
    grep -q '^5 rounds of 77 echoes, ' again.txt ||
        broken "a caption of other rounds: $(cat again.txt)"
    grep -q 'poll every 20 ms' again.txt || broken "polls come as in this version"
}

every_measure_is_drawn_again_as_the_run_drew_it
a_run_over_the_wire_is_drawn_again_and_one_that_found_none
record
a_recorded_run_is_called_one
it_may_come_through_a_pipe_and_go_to_one
misuse_is_one_line
what_is_no_recorded_run_is_refused_by_name
a_file_cut_short_is_refused_with_the_place
what_another_version_adds_is_ignored_or_left_out_with_a_warning
what_the_file_lacks_is_not_available
other_defaults_are_those_of_the_run
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
