# SPDX-License-Identifier: MIT
# tests/processes.sh: who is running, and whose child: for the tests of the bench.  Sourced.
# shellcheck shell=sh

is_gone() { # is_gone PID: ended, reaped or not
    [ -r "/proc/$1/stat" ] || { ! kill -0 "$1" 2>/dev/null; return; }
    case $(cat "/proc/$1/stat" 2>/dev/null) in *') Z '* | '') return 0 ;; esac
    return 1
}

children_of() { # children_of PID [NAME]: their process ids
    if [ -r /proc/self/stat ]; then
        for stat in /proc/[0-9]*/stat; do
            line=$(cat "$stat" 2>/dev/null) || continue
            name=${line#*(}
            # shellcheck disable=SC2086 # the rest of the line is words
            set -- "$1" "${2-}" "${line%% *}" "${name%)*}" ${line##*) }
            case $4 in "${2:-}"*) [ "$6" = "$1" ] && echo "$3" ;; esac
        done
    else
        ps -A -o pid= -o ppid= -o comm= |
            awk -v parent="$1" -v name="${2-}" '$2 == parent && index($3, name) { print $1 }'
    fi
}

wait_for_child() { # wait_for_child PID [NAME]: prints a child's id as soon as there is one
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        found=$(children_of "$1" "${2-}" | tail -n 1)
        [ -n "$found" ] && break
        sleep 0.25
    done
    echo "$found"
}

