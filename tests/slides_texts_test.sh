#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/slides_texts_test.sh [DECK.html]...: reads the decks (default: those of slides/) as the
# files they are, without a browser: commands run, quotes are the source, no figure is typed, links
# lead somewhere, nothing comes from a network.  Partner: tests/slides/, which looks at them in browsers.
# What the contract leaves open: a deck has 18 to 22 slides, and each has an id of its own.
set -u

tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
top=${SOCKLAB_TOP:-${tests%/*}}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C
failures=0 ran=0 quotes=0
cd "$top" || exit 1

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

check_sections() { # check_sections DECK
    slides=$(wc -l <"$parts/sections")
    { [ "$slides" -ge 18 ] && [ "$slides" -le 22 ]; } || broken "$1: $slides slides, not 18 to 22"
    sort "$parts/sections" | uniq -d >"$work/twice"
    [ ! -s "$work/twice" ] || broken "$1: ids that occur twice: $(tr '\n' ' ' <"$work/twice")"
    ! grep -vE '^[a-z0-9]+(-[a-z0-9]+)*$' "$parts/sections" >"$work/odd" ||
        broken "$1: ids that are no words-with-dashes: $(tr '\n' ' ' <"$work/odd")"
}

# The commands of a slide become a lesson's: lesson_test.sh knows how to run these.
check_commands() { # check_commands DECK
    rm -rf "$work/slides"
    while read -r _ slide kind file _; do
        case $kind in
        run) fence='sh' ;;
        server) fence='sh server' ;;
        *) continue ;;
        esac
        mkdir -p "$work/slides/$slide"
        { echo "\`\`\`$fence"; sed '1s/^ *//' "$parts/$file"; printf '\n```\n'; } \
            >>"$work/slides/$slide/README.md"
    done <"$parts/code"
    for readme in "$work"/slides/*/README.md; do
        [ -e "$readme" ] || continue
        ran=$((ran + 1))
        SOCKLAB_LIMIT=5 sh "$tests/lesson_test.sh" "${readme%/README.md}" >"$work/out" 2>&1 &&
            continue
        slide=${readme%/README.md}
        broken "$1: the commands of ${slide##*/}:"
        sed "s|$work/slides/||" "$work/out" >&2
    done
}

check_quotes() { # check_quotes DECK
    while read -r line slide kind file source name; do
        [ "$kind" = quote ] || continue
        quotes=$((quotes + 1))
        if ! awk -v name="$name" -f "$tests/lesson_quote.awk" "$source" >"$work/source" 2>&1; then
            broken "$1:$line: $slide: no function and no region $name in $source"
        elif ! { cat "$parts/$file"; echo; } | sed -e '${/^$/d;}' |
            diff "$work/source" - >"$work/diff"; then
            broken "$1:$line: $slide: $name is not as in $source (<):"
            cat "$work/diff" >&2
        fi
    done <"$parts/code"
}

# What a standard or an option of ours defines may be typed; see slides_typed.txt for which.
check_figures() { # check_figures DECK
    sed -n 's/^= //p' "$tests/slides/typed.txt" >"$work/allowed"
    awk -v allowed="$work/allowed" '
        BEGIN { while ((getline one < allowed) > 0) if (one != "") may[++n] = one }
        {
            text = $0
            for (i = 1; i <= n; i++)
                while (k = index(text, may[i]))
                    text = substr(text, 1, k - 1) substr(text, k + length(may[i]))
            if (text ~ /[0-9] ?(us|µs|ms|s|KiB|MiB|B\/s|msg\/s|times|%|×|배|초|밀리초)([^A-Za-z]|$)/)
                print
        }' "$parts/texts" >"$work/typed"
    [ ! -s "$work/typed" ] || {
        broken "$1: typed figures (data-run draws them; else tests/slides/typed.txt says why not):"
        cat "$work/typed" >&2
    }
}

check_links() { # check_links FILE
    while read -r line address; do
        case $address in
        '#'* | data:* | '') ;;
        *:*) broken "$1:$line: $address leads away from here" ;;
        /chat) [ -e "${1%/*}/chat.html" ] || broken "$1:$line: no chat.html" ;;
        *)
            file=${address%%[?#]*}
            [ -e "${1%/*}/$file" ] || broken "$1:$line: no such file: $file"
            ;;
        esac
    done <"$parts/links"
    grep -o 'lessons/[0-9][0-9]-[a-z-]*' "$1" | sort -u >"$work/lessons"
    while read -r lesson; do
        [ -d "$lesson" ] || broken "$1: no such lesson: $lesson"
    done <"$work/lessons"
}

# A slide's notes end with the minutes it may take; index.html has the deck's.
check_minutes() { # check_minutes DECK
    noted=$(tr -s '\n ' ' ' <"$1" |
        grep -oE '(About [0-9]+|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten) minutes' |
        awk 'BEGIN { split("One Two Three Four Five Six Seven Eight Nine Ten", words)
                 for (i in words) number[words[i]] = i }
             { sum += $1 == "About" ? $2 : number[$1] }
             END { print sum + 0 }')
    said=$(tr '\n' ' ' <slides/index.html | sed "s|.*href=\"${1##*/}\"||" |
        grep -oE 'about [0-9]+ minutes' | sed -n '1s/[^0-9]//gp')
    { [ $((noted - said)) -ge -5 ] && [ $((noted - said)) -le 5 ]; } ||
        broken "$1: its notes take $noted minutes, index.html says $said"
}

take_apart() { # take_apart FILE
    parts=$work/parts
    rm -rf "$parts"
    mkdir "$parts"
    touch "$parts/sections" "$parts/code" "$parts/texts" "$parts/links"
    awk -v dir="$parts" -f "$tests/slides/parts.awk" "$1" || broken "$1 could not be read"
}

check_deck() {
    take_apart "$1"
    check_sections "$1"
    check_commands "$1"
    check_quotes "$1"
    check_figures "$1"
    check_links "$1"
    check_minutes "$1"
}

# Namespaces are names, comments may cite, .example belongs to nobody (RFC 2606).
check_everything() {
    find slides -type f ! -path 'slides/recorded/*' \
        \( -name '*.html' -o -name '*.js' -o -name '*.css' \) >"$work/files"
    while read -r file; do
        grep -nE '(https?|wss?):?//[a-z0-9-]+(\.[a-z0-9-]+)+' "$file" |
            grep -vE '^[0-9]+: *(//|/?\*)|http://www\.w3\.org/(2000/svg|1999/)|//127\.|\.example\b' \
                >"$work/away" && broken "$file: goes to a network: $(cat "$work/away")"
    done <"$work/files"
    ! grep -rnE '(^|[^A-Za-z0-9._-])/(work|home|root|tmp/h)/' slides >"$work/paths" ||
        broken "paths of a machine: $(head -n 5 "$work/paths")"
}

if [ $# = 0 ]; then
    set -- slides/sockets.html slides/http-to-websocket.html slides/costs-and-choices.html
    for page in slides/index.html slides/chat.html slides/notes.html; do
        take_apart "$page"
        check_links "$page"
    done
    check_everything
fi
for deck; do
    check_deck "$deck"
done
echo "$# decks: commands of $ran slides ran, $quotes quotes compared"
[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
