#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/json_keys_test.sh: bench/README.md and its Korean twin tell of every key that bench --json
# writes: each `key` in the sources is one in both.
set -u

cd "$SOCKLAB_TOP/bench" || exit 1
failures=0

keys() {
    sed -nE 's/.*(field|key)\(f, "([a-z0-9_]*)".*/\2/p; s/^        \{"([a-z0-9_]*)", .*/\1/p' \
        report/report_json.c report/report_fields.c
    grep -o '\\"[a-z0-9_]*\\":' report/report_json.c | tr -d '\\":'
}

list=$(keys | sort -u)
[ "$(echo "$list" | wc -l)" -gt 60 ] || { echo "only these keys are found: $list" >&2; exit 1; }
for readme in README.md README.ko.md; do
    for key in $list; do
        grep -qF "\`$key\`" "$readme" && continue
        echo "FAILED: bench/$readme does not tell of $key" >&2
        failures=1
    done
done
exit $failures
