# SPDX-License-Identifier: MIT
# lesson_facts.awk -v want=KIND FILE: what is to be the same in both languages of a lesson, or to be
# looked up.  KIND is one of
#   structure  headings' levels, comments that are marks, and blocks with all they contain
#   commands   per section what is in `...` and is one of our commands or an option; once each
#   figures    per section the numbers in its prose, but for whole ones of one digit without a unit:
#              those a language may spell out
#   links      targets, without the language and the part behind #
#   sections   names of the level 2
#   prose      all but blocks and comments: tables and headings are prose
function say_figures(text, section,    number, before, behind) {
    gsub(/\]\([^)]*\)/, "]", text)
    while (match(text, /[0-9]+(,[0-9][0-9][0-9])*(\.[0-9]+)?/)) {
        number = substr(text, RSTART, RLENGTH)
        before = RSTART > 1 ? substr(text, RSTART - 1, 1) : ""
        text = substr(text, RSTART + RLENGTH)
        behind = text
        if (before ~ /[A-Za-z_]/)
            continue
        if (number !~ /../ && behind !~ /^ ?(ms|us|\302\265s|ns|%|B|[KM]i?B|RTT)([^A-Za-z]|$)/)
            continue
        gsub(/,/, "", number)
        print section ": " number
    }
}

function say_commands(text, section,    n, i, spans) {
    n = split(text, spans, "`")
    for (i = 2; i < n; i += 2)
        if (spans[i] ~ /^(--[a-z]|build\/bin|bench[ \/]|lessons\/run|tests\/run)/)
            print section ": " spans[i]
}

function say_links(text,    target) {
    while (match(text, /\]\([^)]*\)/)) {
        target = substr(text, RSTART + 2, RLENGTH - 3)
        text = substr(text, RSTART + RLENGTH)
        if (target !~ /^[a-z]+:/) {
            sub(/#.*/, "", target)
            sub(/\.ko\.md$/, ".md", target)
        }
        if (target != "")
            print target
    }
}

/^```/ {
    inside = !inside
    if (want == "structure")
        print
    next
}
inside { if (want == "structure") print "| " $0; next }
/^<!-- (quote|covers) .*-->$/ { if (want == "structure") print; next }
/^<!--.*-->$/ { next }
/^#+ / {
    if (want == "structure")
        print "heading " $1
    if (want == "sections" && $1 == "##")
        print
    section += $1 == "##"
}
want == "commands" { say_commands($0, "section " section + 0) }
want == "commands" && /^    +(build\/bin|bench|lessons\/run|tests\/run)/ { print }
want == "figures" { say_figures($0, "section " section + 0) }
want == "links" { say_links($0) }
want == "prose" { print }
