# SPDX-License-Identifier: BSL-1.0
# What Doxygen does not read by itself; headers keep their line numbers. The inline namespace of the
# ABI is no part of a name. A folder is a group. Of `@par Errors errc::timed_out` all would be a
# heading: here only the word is. `@quote PATH NAME` is that region of an example, as in the README.

BEGIN {
    # Not `Clock`: a template parameter has that name, too.
    mark("mde::", "ApiRequest AsyncPackageStore BlockingTransport Hasher HttpExchange HttpHandler")
    mark("mde::", "Observer PackageStore PackageWriter PartWriter QuotaStore StateStore TokenSource")
    mark("mde::", "TokenStore Transport")
    mark("mde::flow::", "Flow LinkRequest LinkSource")
    mark("mde::service::", "ActionStore PackageSource Signer")
}

FNR == 1 {
    parts = split(FILENAME, part, "/")
    group = FILENAME ~ /\/include\/mde\/.*\// ? "layer_" part[parts - 1] : ""
    root = FILENAME
    sub(/\/tests\/docs\/[^\/]*$/, "", root)
}

/^namespace mde::inline MDE_ABI/ { sub(/::inline MDE_ABI/, "") }

# The comments of what is at namespace scope, and not that of the file.
/^\/\/\/ @file/ { in_comment = 1 }
/^\/\/\/ [^@]/ && group && !in_comment { sub(/^\/\/\/ /, "/// @in{" group "}") }
{ in_comment = /^\/\/\// }

/@par (Completion Signature|Errors|Cancellation|Executor|Lifetimes|Exception safety) / {
    match($0, /@par (Completion Signature|Errors|Cancellation|Executor|Lifetimes|Exception safety) +/)
    heading = substr($0, RSTART + 5, RLENGTH - 5)
    sub(/ +$/, "", heading)
    $0 = substr($0, 1, RSTART - 1) "@row{" heading "} " substr($0, RSTART + RLENGTH)
}

# What threads may do is a row of its own.
/^ *\/\/\/ .*Distinct objects: / { sub(/ *Distinct objects: /, " @threads ") }

# Doxygen finds a concept by its whole name only.
/^ *\/\/\/ .*`[A-Z]/ { for (name in concepts) gsub("`" name "`", concepts[name]) }

# A raw string that ends in a quotation mark: Doxygen 1.9.4 takes it to go on.
{ gsub(/R"\([^)]*"\)"/, "\"\"") }

/^\/\/\/ @quote / {
    quote(root "/" $3, $4)
    next
}

{ print }

function mark(scope, names, name, count, i) {
    count = split(names, name, " ")
    for (i = 1; i <= count; ++i) concepts[name[i]] = "@ref " scope name[i] " \"" name[i] "\""
}

# Without its indentation. Nothing there: an unknown command, which Doxygen complains about.
function quote(path, name, line, inside, indent, found) {
    print "/// @code{.cpp}"
    while ((getline line < path) > 0) {
        if (inside && line ~ /^ *\/\/\]$/) break
        if (inside) {
            if (indent < 0) indent = match(line, /[^ ]/) - 1
            print "/// " substr(line, indent + 1)
            found = 1
        }
        if (line ~ "^ *//\\[" name "$") { inside = 1; indent = -1 }
    }
    close(path)
    print "/// @endcode"
    if (!found) print "/// @nothing_to_quote " path " " name
}
