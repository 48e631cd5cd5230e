# SPDX-License-Identifier: MIT
# parts.awk -v dir=DIR DECK.html: what a deck is made of, for slides_texts_test.sh.  Files:
#   DIR/sections   a line each: id (- where there is none)
#   DIR/code       LINE SECTION KIND FILE [QUOTED]: KIND is run, server, shown or quote; the text is
#                  in DIR/FILE, its entities decoded
#   DIR/texts      LINE SECTION TEXT: what is read, without code, scripts and comments
#   DIR/links      LINE ADDRESS: every href and src
# A deck's code holds no elements, so that what begins a tag is the only < there is.
function attribute(tag, name,    value) {
    if (!match(tag, "[ \n]" name "=\"[^\"]*\""))
        return ""
    value = substr(tag, RSTART, RLENGTH)
    sub("^[ \n]" name "=\"", "", value)
    return substr(value, 1, length(value) - 1)
}

function decoded(text) {
    gsub(/&lt;/, "<", text)
    gsub(/&gt;/, ">", text)
    gsub(/&quot;/, "\"", text)
    gsub(/&#39;/, "'", text)
    gsub(/&amp;/, "\\&", text)
    return text
}

function begin_code(kind, of) {
    file = "code-" ++files
    printf "%d %s %s %s %s\n", line, section, kind, file, of >(dir "/code")
    printf "" >(dir "/" file)
}

function say(text) {
    gsub(/[ \t\n]+/, " ", text)
    if (text ~ /[^ ]/)
        printf "%d %s %s\n", line, section, text >(dir "/texts")
}

# class="run" of a <code>: its words decide, whatever stands beside them.
function kind_of(tag,    classes) {
    classes = " " attribute(tag, "class") " "
    if (match(classes, / (run|server|shown) /))
        return substr(classes, RSTART + 1, RLENGTH - 2)
    return ""
}

function open_tag(name, tag) {
    if (name == "section") {
        section = attribute(tag, "id")
        if (section == "")
            section = "-"
        print section >(dir "/sections")
    } else if (name == "pre" && attribute(tag, "data-quote") != "") {
        quoted = attribute(tag, "data-quote")
    } else if (name == "code") {
        within_code = 1
        if (quoted != "")
            begin_code("quote", quoted)
        else if (kind_of(tag) != "")
            begin_code(kind_of(tag), "")
    } else if (name == "script" || name == "style") {
        silent = name
    }
}

function close_tag(name) {
    if (name == "code") {
        within_code = 0
        if (file != "")
            close(dir "/" file)
        file = ""
    } else if (name == "pre") {
        quoted = ""
    } else if (name == silent) {
        silent = ""
    }
}

function look_at_tag(tag,    name) {
    name = tag
    sub(/[ \n\/>].*/, "", name)
    if (tag ~ /^\//) {
        sub(/^\//, "", tag)
        close_tag(tag)
        return
    }
    open_tag(name, tag)
    say(attribute(tag, "aria-label"))
    say(attribute(tag, "title"))
    if (attribute(tag, "href") attribute(tag, "src") != "")
        print line, attribute(tag, "href") attribute(tag, "src") >(dir "/links")
}

function look_at_text(text) {
    if (file != "")
        printf "%s", decoded(text) >(dir "/" file)
    else if (!within_code && silent == "")
        say(decoded(text))
}

BEGIN {
    RS = "<"
    line = 1
    section = "-"
}
NR == 1 { line += gsub(/\n/, "\n"); next }
{
    text = $0
    if (!comment && text ~ /^!--/)
        comment = 1
    if (comment) {
        if (index(text, "-->")) {
            comment = 0
            look_at_text(substr(text, index(text, "-->") + 3))
        }
    } else if (silent != "" && text !~ "^/" silent) {
        # a script's own <
    } else if (index(text, ">")) {
        look_at_tag(substr(text, 1, index(text, ">") - 1))
        look_at_text(substr(text, index(text, ">") + 1))
    }
    line += gsub(/\n/, "\n")
}
