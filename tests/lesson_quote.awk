# SPDX-License-Identifier: MIT
# lesson_quote.awk -v name=NAME FILE...: the function NAME, from its first line to its closing brace,
# or what stands between the comments "region NAME" and "end NAME"; without the indentation that all
# its lines have.  Exit 1 where there is no such thing.
function indent(line) {
    match(line, /^ */)
    return RLENGTH
}

index($0, "/* region " name " ") { n = 0; region = 1; next }
index($0, "/* end " name " ") { region = 0; found = 1 }
/^ *\/\* (region|end) [a-z_]+ \*\/$/ { next } # the marks of another one
region { lines[++n] = $0; next }
found { exit }
!within && /^[A-Za-z]/ && match($0, "(^|[^A-Za-z0-9_])" name "\\(") { within = 1; n = 0 }
within { lines[++n] = $0 }
within && /;$/ && !body { within = 0 }
within && /^\{/ { body = 1 }
within && /^\}/ { found = 1; exit }

END {
    if (!found || region)
        exit 1
    least = 99
    for (i = 1; i <= n; i++)
        if (lines[i] != "" && indent(lines[i]) < least)
            least = indent(lines[i])
    for (i = 1; i <= n; i++)
        print substr(lines[i], least + 1)
}
