# SPDX-License-Identifier: BSL-1.0
# Reads headers and prints them in as few lines as it can, where each header of a line includes those
# before it, itself or through others. Compiled in that order a header meets nothing that it does not
# include anyway, so that one compilation of a line is as good as one of each header on its own.
# Usage: awk -f chains.awk HEADER...

FNR == 1 {
    names[++count] = FILENAME
    known[FILENAME] = 1
}

/^ *# *include <[^>]*>/ {
    split($0, part, /[<>]/)
    direct[FILENAME] = direct[FILENAME] " " part[2]
}

# Fills reach[from, *] with all that `top` includes.
function collect(top, from,    list, i, size) {
    size = split(direct[from], list, " ")
    for (i = 1; i <= size; ++i) {
        if (!(list[i] in known) || (top, list[i]) in reach) continue
        reach[top, list[i]] = 1
        ++weight[top]
        collect(top, list[i])
    }
}

# The one that includes most of those that are left and, if `below` is given, that it includes.
function largest(below,    i, best) {
    best = ""
    for (i = 1; i <= count; ++i) {
        if (names[i] in done) continue
        if (below != "" && !((below, names[i]) in reach)) continue
        if (best == "" || weight[names[i]] > weight[best]) best = names[i]
    }
    return best
}

END {
    for (i = 1; i <= count; ++i) {
        weight[names[i]] = 0
        collect(names[i], names[i])
    }
    while ((name = largest("")) != "") {
        line = ""
        for (; name != ""; name = largest(name)) {
            done[name] = 1
            line = name " " line
        }
        print line
    }
}
