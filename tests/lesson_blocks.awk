# SPDX-License-Identifier: MIT
# lesson_blocks.awk -v dir=DIR: the fenced blocks of a lesson into files DIR/1, DIR/2, ...; on stdout
# an index, a line each: number, kind (dashes for blanks), line, and the heading it stands below.
# A block that begins behind another heading than the last is no output of that one.
/^```/ && !inside {
    inside = 1
    kind = substr($0, 4)
    gsub(/ /, "-", kind)
    file = dir "/" ++n
    printf "%d %s %d %d\n", n, kind == "" ? "none" : kind, NR + 1, headings
    printf "" >file
    next
}
/^```/ { inside = 0; close(file); next }
inside { print >file; next }
/^#/ { headings++ }
END { if (inside) { print "a block without an end" >"/dev/stderr"; exit 1 } }
