# SPDX-License-Identifier: MIT
# lesson_match.awk EXPECTED CAME: is what came what a lesson shows?  Line by line, runs of blanks
# count as one.  In EXPECTED A..B is any number from A to B, <word> what has no blank in it, ... at
# a line's end the rest of the line, and a line of its own any number of lines.  Exit 1 with the
# first line that fits nothing.
function trimmed(line) {
    gsub(/[ \t\r]+/, " ", line)
    sub(/^ /, "", line)
    sub(/ $/, "", line)
    return line
}

function value(number) {
    gsub(/,/, "", number)
    return number + 0
}

# What a recorded run itself writes as A..B fits literally, too: hence the way back.
function in_range(want, got,    range, low, high, rest) {
    range = substr(want, 1, RLENGTH)
    low = high = range
    sub(/\.\..*/, "", low)
    sub(/.*\.\./, "", high)
    rest = substr(want, length(range) + 1)
    if (!match(got, "^" NUMBER))
        return 0
    if (value(substr(got, 1, RLENGTH)) < value(low) || value(substr(got, 1, RLENGTH)) > value(high))
        return 0
    return fits(rest, substr(got, RLENGTH + 1))
}

function fits(want, got,    i, rest) {
    while (want != "") {
        if (want == "...")
            return 1
        if (match(want, "^" NUMBER "\\.\\." NUMBER) && in_range(want, got))
            return 1
        if (match(want, /^<[a-z][a-z0-9_-]*>/)) {
            rest = substr(want, RLENGTH + 1)
            match(got, /^[^ ]+/)
            for (i = RLENGTH; i > 0; i--)
                if (fits(rest, substr(got, i + 1)))
                    return 1
        }
        if (substr(want, 1, 1) != substr(got, 1, 1))
            return 0
        want = substr(want, 2)
        got = substr(got, 2)
    }
    return got == ""
}

BEGIN { NUMBER = "[0-9]+(,[0-9][0-9][0-9])*(\\.[0-9]+)?" }
FILENAME == ARGV[1] { want[++m] = trimmed($0); next }
{ got[++n] = trimmed($0) }

# reach: up to which line of what came the lines expected so far fit, for each way to fit them.
END {
    reach[0] = 1
    for (i = 1; i <= m; i++) {
        some = 0
        for (j = 0; j <= n; j++)
            next_reach[j] = 0
        for (j = 0; j <= n; j++) {
            if (want[i] == "...")
                next_reach[j] = reach[j] || (j > 0 && next_reach[j - 1])
            else if (j > 0 && reach[j - 1])
                next_reach[j] = fits(want[i], got[j])
            if (next_reach[j])
                some = 1
        }
        if (!some)
            break
        last = -1
        for (j = 0; j <= n; j++) {
            reach[j] = next_reach[j]
            if (reach[j] && last < 0)
                last = j
        }
    }
    if (i > m && reach[n])
        exit 0
    print "  expected: " (i > m ? "no more lines" : want[i])
    print "  came:     " (last + 1 > n ? "no more lines" : got[last + 1])
    if (i > 1 && want[i - 1] == "...")
        print "  (or any line below it)"
    exit 1
}
